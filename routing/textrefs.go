package routing

import (
	"cmp"
	"fmt"
	"reflect"
	"regexp"
	"slices"

	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/i18n"
	"github.com/djmessenger/messenger/internal/routes"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/sending"
)

// TextRefs returns the texts of the policy that are known before they are said: those of the senders and handlers, dialogs among
// them, that are an [i18n.TextUser]. The senders of this library are. i18n.Catalog.LongTexts checks their
// lengths, and i18n.Catalog.Unfilled their placeholders.
//
// The values that the placeholders of a sender have are known where all of them come from this library: if the
// sender, the route's handler, if there is one, and its condition are values of its types, and no others that embed them.
func (p Policy) TextRefs() []i18n.TextRef {
	types := make([]receiving.Type, 0, len(p))
	for t := range p {
		types = append(types, t)
	}
	slices.SortFunc(types, cmp.Compare[receiving.Type])
	var refs []i18n.TextRef
	for _, t := range types {
		for _, s := range p.entry(t) {
			place := fmt.Sprintf("%s/%d", s.Type, s.Index)
			if p[t][s.Index].Name != "" {
				place = fmt.Sprintf("%s (route %q)", place, s.Name)
			}
			refs = append(refs, i18n.TextRefsOf(place, s.Handler)...)
			values, known := namesForSenders(s)
			for i, sender := range s.Senders {
				named := i18n.TextRefsOf(fmt.Sprintf("%s: senders[%d]", place, i), sender)
				if known && isOurs(sender) {
					for n := range named {
						named[n].Values = values
					}
				}
				refs = append(refs, named...)
			}
		}
	}
	return refs
}

// namesForSenders returns the names of the values that the senders of a route have, if they can be known.
func namesForSenders(s routes.Step) (names []string, known bool) {
	names = sending.PersonValues()
	if s.When != nil {
		found, known := namesFoundBy(s.When)
		if !known {
			return nil, false
		}
		names = append(names, found...)
	}
	switch h := s.Handler.(type) {
	case nil, handling.Dummy, handling.SaveMessage, handling.UserProfile, handling.ThumbUp, handling.Location:
	case handling.SimpleText:
		if h.Matcher != nil {
			return nil, false
		}
		names = append(names, groupsOf(h.Pattern)...)
	default:
		return nil, false
	}
	return names, true
}

// namesFoundBy returns the names of the values that a condition finds, if they can be known.
func namesFoundBy(c Condition) (names []string, known bool) {
	if group, ok := c.(Group); ok && isOurs(c) {
		for _, part := range group.Parts() {
			found, known := namesFoundBy(part)
			if !known {
				return nil, false
			}
			names = append(names, found...)
		}
		return names, true
	}
	switch c := c.(type) {
	case Text:
		return groupsOf(c.Pattern), c.Matcher == nil
	case Ref:
		return groupsOf(c.Pattern), true
	case Valuer:
		return nil, false
	}
	return nil, true
}

// isOurs reports whether a part is a value of a type of this library, and not one that only embeds it. Of
// senders around others that holds for all of them.
func isOurs(part any) bool {
	switch s := part.(type) {
	case nil:
		return false
	case sending.Delayed:
		return isOurs(s.Sender)
	case sending.Public:
		return isOurs(s.Sender)
	case sending.Typing:
		return !slices.ContainsFunc(s.Senders, func(s sending.Sender) bool { return !isOurs(s) })
	case sending.Func:
		return false
	}
	switch reflect.TypeOf(part).PkgPath() {
	case reflect.TypeFor[sending.SimpleMessage]().PkgPath(), reflect.TypeFor[Policy]().PkgPath():
		return true
	}
	return false
}

// groupsOf returns the names of the groups of a pattern.
func groupsOf(pattern string) []string {
	re, err := regexp.Compile(pattern)
	if err != nil {
		return nil // Validate reports it
	}
	return slices.DeleteFunc(re.SubexpNames(), func(name string) bool { return name == "" })
}
