package i18n

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// placeholder is %{name} or %{name|what to say if there is no name}.
var placeholder = regexp.MustCompile(`%\{([^{}|]*)(?:\|[^{}]*)?\}`)

// checkMessages returns the mistakes of one catalogue, by message id.
func checkMessages(messages map[string]string) []error {
	var mistakes []error
	for _, id := range slices.Sorted(maps.Keys(messages)) {
		if err := checkTranslation(id, messages[id]); err != nil {
			mistakes = append(mistakes, fmt.Errorf("%q: %w", id, err))
		}
	}
	return mistakes
}

// checkTranslation refuses translations that would fail when the text is sent. A translation may leave a placeholder out,
// and may choose its own words for a missing name.
func checkTranslation(id, text string) error {
	if id == "" {
		return errors.New("the message id is empty")
	}
	if text == "" {
		return errors.New("the translation is empty; leave the entry out instead")
	}
	known := placeholders(id)
	for _, name := range placeholders(text) {
		if !slices.Contains(known, name) {
			return fmt.Errorf("the translation has a placeholder %%{%s} that the message id does not have", name)
		}
	}
	if strings.Contains(placeholder.ReplaceAllString(text, ""), "%{") {
		return errors.New("the translation has a placeholder that is not closed")
	}
	return nil
}

func placeholders(text string) []string {
	var names []string
	for _, match := range placeholder.FindAllStringSubmatch(text, -1) {
		names = append(names, match[1])
	}
	return names
}
