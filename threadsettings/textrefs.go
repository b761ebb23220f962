package threadsettings

import (
	"fmt"

	"github.com/djmessenger/messenger/i18n"
)

// TextRefs returns the texts that [Settings.Localize] translates: those of the default blocks, with the platform's limits.
func (s Settings) TextRefs() []i18n.TextRef {
	s = s.withDefaults()
	var refs []i18n.TextRef
	add := func(place, key string, limit int) {
		refs = append(refs, i18n.TextRef{Key: key, Place: place, Limit: limit, Values: []string{}}) // no placeholders: nothing fills them
	}
	for i, block := range s.Commands {
		for j, item := range block.Items {
			if block.Locale == DefaultLocale {
				add(fmt.Sprintf("Commands[%d].Items[%d].Description", i, j), item.Description, maxDescription)
			}
		}
	}
	for i, greeting := range s.Greeting {
		if greeting.Locale == DefaultLocale {
			add(fmt.Sprintf("Greeting[%d].Text", i), greeting.Text, maxGreeting)
		}
	}
	for i, block := range s.IceBreakers {
		for j, item := range block.Items {
			if block.Locale == DefaultLocale {
				add(fmt.Sprintf("IceBreakers[%d].Items[%d].Question", i, j), item.Question, maxQuestion)
			}
		}
	}
	for i, menu := range s.PersistentMenu {
		for j, item := range menu.Items {
			if menu.Locale == DefaultLocale {
				add(fmt.Sprintf("PersistentMenu[%d].Items[%d].Title", i, j), item.Title, maxMenuTitle)
			}
		}
	}
	return refs
}
