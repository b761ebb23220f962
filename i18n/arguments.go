package i18n

import "slices"

// Arguments returns the names that the text of a message id may show a value of, in any language of the catalogue: those
// of its placeholders, and those that choices are made by. known is false for a key, such as "orders.shipped", that
// no language has: nothing can be said of its text then. It is for code that must know what a text shows before it is said.
func (l *Localizer) Arguments(id string) (names []string, known bool) {
	add := func(more ...string) {
		for _, name := range more {
			if !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	add(placeholders(id)...)
	if l != nil && l.catalog != nil {
		for _, texts := range l.catalog.texts {
			for _, messages := range texts.messages {
				if said, has := messages[id]; has {
					known = true
					said.arguments(add)
				}
			}
		}
	}
	return names, known || !isKey(id)
}

// arguments gives the names that a text uses to add.
func (c *compiled) arguments(add func(names ...string)) {
	for _, p := range c.parts {
		if p.holds {
			add(p.name)
		}
	}
	if c.choice == nil {
		return
	}
	add(c.choice.of)
	for _, said := range c.choice.exact {
		said.arguments(add)
	}
	for _, said := range c.choice.forms { // other is one of them
		if said != nil {
			said.arguments(add)
		}
	}
}
