package i18n

// Kept returns how many locales a catalogue remembers.
func Kept(c *Catalog) int {
	kept := 0
	c.matches.found.Range(func(any, any) bool {
		kept++
		return true
	})
	return kept
}
