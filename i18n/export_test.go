package i18n

// Kept returns how many locales a catalogue remembers.
func Kept(c *Catalog) int {
	if found := c.matches.found.Load(); found != nil {
		return len(*found)
	}
	return 0
}
