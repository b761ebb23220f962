package i18n

import "strings"

// part is a piece of words: plain, or a placeholder.
type part struct {
	plain    string
	name     string // of a placeholder, if it is one
	fallback string
	has      bool // a fallback
	holds    bool // it is a placeholder
}

// nextPart cuts the first piece off words. An opening that is not closed is plain.
func nextPart(words string) (p part, rest string) {
	at := strings.Index(words, "%{")
	switch {
	case at < 0:
		return part{plain: words}, ""
	case at > 0 && words[at-1] == '%': // %%{ stands for %{
		return part{plain: words[:at-1] + "%{"}, words[at+2:]
	}
	end := strings.IndexByte(words[at:], '}')
	switch {
	case end < 0:
		return part{plain: words}, ""
	case at > 0:
		return part{plain: words[:at]}, words[at:]
	}
	name, fallback, has := strings.Cut(words[2:end], "|")
	return part{name: name, fallback: fallback, has: has, holds: true}, words[end+1:]
}

// partsOf returns the pieces of words.
func partsOf(words string) []part {
	var parts []part
	for words != "" {
		var p part
		p, words = nextPart(words)
		if last := len(parts) - 1; last >= 0 && !p.holds && !parts[last].holds {
			parts[last].plain += p.plain
			continue
		}
		parts = append(parts, p)
	}
	return parts
}

// checkWords returns what is wrong with words, or "".
func checkWords(words string) string {
	if words == "" {
		return "the translation is empty; leave the entry out instead"
	}
	for _, r := range words {
		switch {
		case r == '\uFFFD':
			return "the translation has a damaged character (\uFFFD)"
		case r < 0x20 && r != '\n' && r != '\t', r == 0x7f:
			return "the translation has a control character"
		}
	}
	if hasOpen(words) {
		return notClosed
	}
	for _, p := range partsOf(words) {
		switch {
		case strings.Contains(p.name, "{"), strings.Contains(p.fallback, "%{"):
			return notClosed
		case p.holds && !isName(p.name):
			return "the translation has a placeholder without a proper name: " + shown("%{"+p.name+"}")
		}
	}
	return ""
}

const notClosed = `the translation has a placeholder that is not closed: "}" is missing after "%{"`

// hasOpen reports whether the last opening of words has no end.
func hasOpen(words string) bool {
	for words != "" {
		at := strings.Index(words, "%{")
		if at < 0 {
			return false
		}
		escaped := at > 0 && words[at-1] == '%'
		words = words[at+2:]
		if escaped {
			continue
		}
		end := strings.IndexByte(words, '}')
		if end < 0 {
			return true
		}
		words = words[end+1:]
	}
	return false
}

// placeholders returns the names of the placeholders of words, each once.
func placeholders(words string) []string {
	var names []string
	seen := map[string]bool{}
	for _, p := range partsOf(words) {
		if p.holds && !seen[p.name] {
			seen[p.name] = true
			names = append(names, p.name)
		}
	}
	return names
}
