package gettext

import (
	"strings"

	"golang.org/x/text/language"
)

// OtherLanguage returns the field Language of the header of a .po file as it stands there, such as "pt_BR", and whether it
// is another language than the wanted one. Of two names one may leave out the script or the region, as tools for
// translators do: "pl_PL" is Polish. A header that names no language says nothing. [ReadPO] does not look at the field: the
// name of the file says the language.
func OtherLanguage(data []byte, wanted string) (header string, other bool) {
	b := newBuilder("", "")
	r := reader{builder: b}
	n := 0
	for line := range strings.Lines(string(data)) {
		n++
		r.line(n, strings.TrimSuffix(line, "\n"))
	}
	r.flush()
	return b.language, differ(b.language, wanted)
}

// differ reports whether two names are of two languages.
func differ(header, wanted string) bool {
	said, err := parsed(header)
	if err != nil {
		return false
	}
	is, err := parsed(wanted)
	if err != nil {
		return false
	}
	saidBase, saidScript, saidRegion := said.Raw()
	isBase, isScript, isRegion := is.Raw()
	if saidBase != isBase {
		return true
	}
	if saidScript == (language.Script{}) && saidRegion == (language.Region{}) || isScript == (language.Script{}) && isRegion == (language.Region{}) {
		return false
	}
	saidScript, _ = said.Script() // that which people of the region write, if the name has none
	isScript, _ = is.Script()
	return saidScript != isScript || saidRegion != isRegion && saidRegion != language.Region{} && isRegion != language.Region{}
}

// parsed reads the name of a language, and writes those that have two codes, such as Norwegian, with one.
func parsed(name string) (language.Tag, error) {
	tag, err := language.Parse(strings.ReplaceAll(name, "_", "-"))
	if err != nil {
		return tag, err
	}
	return language.Macro.Canonicalize(tag)
}
