// Package cldrdates has how languages write dates of the Gregorian calendar, by Unicode's CLDR: names of
// months and days, and the order of day, month and year. It has the languages in which the platform
// is used, with their regions.
//
// https://cldr.unicode.org/translation/date-time/date-time-patterns
package cldrdates

import (
	_ "embed"
	"strings"
	"sync"

	"golang.org/x/text/language"
)

//go:generate go run gen.go /tmp/cldr/node_modules

// Dates is how a language writes dates. It must not be changed. What CLDR does not have is empty.
type Dates struct {
	// Name is the locale of CLDR that this is of, such as "de" or "en-001".
	Name string
	// Long, Digits and Yearless are patterns of CLDR: "d. MMMM y", "d.M.y", "d.M.".
	Long, Digits, Yearless string
	// Months are the names of each month, as Long has them first.
	Months [12][]string
	// Days are the names of each day of the week, Sunday first.
	Days [7][]string
	// Relative are the words for yesterday, today, tomorrow, and the day after.
	Relative [4]string
	// This and Next are such as "this Friday" and "next Friday".
	This, Next [7]string
}

//go:embed dates.txt
var text string

// locale is what the file has of a locale: what differs from its parent.
type locale struct {
	parent string
	fields map[string]string
}

var locales = sync.OnceValue(func() map[string]locale {
	all := map[string]locale{}
	var at locale
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		if name, ok := strings.CutPrefix(line, "@"); ok {
			name, parent, _ := strings.Cut(name, " ")
			at = locale{parent, map[string]string{}}
			all[name] = at
		} else if field, value, ok := strings.Cut(line, "\t"); ok {
			at.fields[field] = value
		}
	}
	return all
})

var known sync.Map // of *Dates by name; there are as many as there are locales in the file

// Of returns how a language, in the region of the tag, writes dates; false if that is not known.
func Of(tag language.Tag) (*Dates, bool) {
	name, ok := nameOf(tag)
	if !ok {
		return nil, false
	}
	if d, ok := known.Load(name); ok {
		return d.(*Dates), true //nolint:forcetypeassert // nothing else is in it
	}
	d, _ := known.LoadOrStore(name, load(name))
	return d.(*Dates), true //nolint:forcetypeassert // the same
}

// nameOf returns the locale of CLDR that is nearest to a tag.
func nameOf(tag language.Tag) (string, bool) {
	base, _ := tag.Base()
	script, _ := tag.Script()
	region, _ := tag.Region()
	b := base.String()
	if b == "tl" {
		b = "fil"
	}
	for _, name := range []string{
		b + "-" + script.String() + "-" + region.String(), b + "-" + region.String(), b + "-" + script.String(), b,
	} {
		if _, ok := locales()[name]; ok {
			return name, true
		}
	}
	return "", false
}

func load(name string) *Dates {
	of := func(field string) string {
		for at, ok := locales()[name]; ok; at, ok = locales()[at.parent] {
			if value, ok := at.fields[field]; ok {
				return value
			}
		}
		return ""
	}
	d := &Dates{Name: name, Long: of("long"), Digits: of("digits"), Yearless: of("yearless")}
	for i, names := range strings.Split(of("months"), ";") {
		d.Months[i] = strings.Split(names, "|")
	}
	for i, names := range strings.Split(of("days"), ";") {
		d.Days[i] = strings.Split(names, "|")
	}
	copy(d.Relative[:], strings.Split(of("relative"), ";"))
	copy(d.This[:], strings.Split(of("this"), ";"))
	copy(d.Next[:], strings.Split(of("next"), ";"))
	return d
}
