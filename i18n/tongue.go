package i18n

import (
	"golang.org/x/text/language"

	"github.com/djmessenger/messenger/i18n/internal/cldr"
)

// tongue is a language in a script and perhaps a region, and how it writes.
type tongue struct {
	tag         language.Tag
	in          written
	locale      *cldr.Locale
	rightToLeft bool
}

func tongueOf(tag language.Tag) *tongue {
	in := writtenIn(tag)
	return &tongue{tag: tag, in: in, locale: localeData(tag), rightToLeft: rightToLeft[in.script.String()]}
}

// rightToLeft are the scripts that are written so.
var rightToLeft = map[string]bool{"Adlm": true, "Arab": true, "Hebr": true, "Mand": true, "Nkoo": true, "Rohg": true, "Samr": true, "Syrc": true, "Thaa": true}

// localeData returns how a language is written in the region of a tag, or else where it is at home.
func localeData(tag language.Tag) *cldr.Locale {
	base, _ := tag.Base()
	script, _ := tag.Script()
	_, _, region := tag.Raw()
	b, s, r := base.String(), script.String(), region.String()
	candidates := make([]string, 0, 4)
	if region != (language.Region{}) {
		candidates = append(candidates, b+"-"+s+"-"+r)
		if usual(b+"-"+r) == s {
			candidates = append(candidates, b+"-"+r)
		}
	}
	candidates = append(candidates, b+"-"+s)
	if usual(b) == s {
		candidates = append(candidates, b)
	}
	return cldr.Find(candidates...)
}

// usual returns the script in which a language is usually written.
func usual(tag string) string {
	parsed, err := language.Parse(tag)
	if err != nil {
		return ""
	}
	script, _ := parsed.Script()
	return script.String()
}

// inRegion returns the tag of a text with the region of a person who speaks its language, so that numbers and dates are
// written as where the person lives.
func inRegion(text, person language.Tag) language.Tag {
	_, _, region := person.Raw()
	if region == (language.Region{}) || writtenIn(text) != writtenIn(person) {
		return text
	}
	base, script := writtenIn(text).base, writtenIn(text).script
	tag, err := language.Compose(base, script, region)
	if err != nil {
		return text
	}
	return tag
}
