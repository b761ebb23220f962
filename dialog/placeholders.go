package dialog

import "regexp"

// placeholder is %{name} or %{name|what to say instead}; %%{ is none.
var placeholder = regexp.MustCompile(`(?:^|[^%])%\{([^{}|]+)`)

// placeholders are the names that a text has placeholders for.
func placeholders(text string) []string {
	var names []string
	for _, found := range placeholder.FindAllStringSubmatch(text, -1) {
		names = append(names, found[1])
	}
	return names
}
