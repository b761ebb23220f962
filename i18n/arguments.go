package i18n

import "slices"

// Arguments returns the names that the text of a message id may show a value of, in any language of the catalogue: those
// of its placeholders, and those that choices are made by. known is false for a key, such as "orders.shipped", that
// no language has: nothing can be said of its text then. It is for code that must know what a text shows before it is said.
func (l *Localizer) Arguments(id string) (names []string, known bool) {
	known = l.arguments(id, func(name string, _ bool) {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	})
	return names, known
}

// arguments gives the names of Arguments to add, some of them more than once, and whether the place has a default.
func (l *Localizer) arguments(id string, add func(name string, hasDefault bool)) (known bool) {
	for _, p := range partsOf(id) {
		if p.holds {
			add(p.name, p.has)
		}
	}
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
	return known || !isKey(id)
}

// arguments gives the names that a text uses to add.
func (c *compiled) arguments(add func(name string, hasDefault bool)) {
	for _, p := range c.parts {
		if p.holds {
			add(p.name, p.has)
		}
	}
	if c.choice == nil {
		return
	}
	add(c.choice.of, false)
	for _, said := range c.choice.exact {
		said.arguments(add)
	}
	for _, said := range c.choice.forms { // other is one of them
		if said != nil {
			said.arguments(add)
		}
	}
}
