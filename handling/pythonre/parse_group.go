package pythonre

import (
	"slices"
	"strings"
	"unicode"
)

// refused are the groups that RE2 does not have, by how they begin.
var refused = []struct{ begin, name string }{
	{"?=", "look-ahead (?=…)"},
	{"?!", "negative look-ahead (?!…)"},
	{"?<=", "look-behind (?<=…)"},
	{"?<!", "negative look-behind (?<!…)"},
	{"?>", "an atomic group (?>…)"},
	{"?(", "a conditional group (?(…)…)"},
	{"?P=", "a back-reference (?P=…)"},
}

// group reads what follows an opening parenthesis.
func (p *parser) group(f flags) (node, error) {
	start := p.at - 1
	for _, r := range refused {
		if p.next(r.begin) {
			return nil, p.unsupported(start, r.name)
		}
	}
	number := 0
	switch {
	case p.take("?#"):
		_, err := p.until(')', "the comment")
		return nil, err
	case p.take("?P<"):
		name, err := p.name(start)
		if err != nil {
			return nil, err
		}
		p.names = append(p.names, name)
		number = len(p.names)
	case p.take("?:"):
	case p.next("?P"):
		return nil, p.fail(start, "an unknown group that begins with (?P")
	case p.take("?"):
		if !p.more() || !strings.ContainsRune("aiLmsux-", p.in[p.at]) {
			return nil, p.fail(start, "an unknown group that begins with (?")
		}
		if err := p.flags(&f, "):"); err != nil {
			return nil, err
		}
		if p.take(")") {
			return nil, p.fail(start, "flags for the whole pattern, which have to be at its start")
		}
		p.at++
	default:
		p.names = append(p.names, "")
		number = len(p.names)
	}
	if p.nesting++; p.nesting > maxNesting {
		return nil, p.fail(start, "more than %d groups in one another", maxNesting)
	}
	inner, err := p.choice(f)
	if err != nil {
		return nil, err
	}
	p.nesting--
	if !p.take(")") {
		return nil, p.fail(start, "the group does not end")
	}
	return group{inner, number}, nil
}

func (p *parser) name(start int) (string, error) {
	name, err := p.until('>', "the name of the group")
	if err != nil {
		return "", err
	}
	for i, r := range name {
		if r != '_' && !unicode.IsLetter(r) && (i == 0 || !unicode.IsDigit(r) && !unicode.Is(unicode.M, r)) {
			return "", p.fail(start, "%q is no name of a group", name)
		}
	}
	if name == "" {
		return "", p.fail(start, "the group's name is missing")
	}
	if slices.Contains(p.names, name) {
		return "", p.fail(start, "a second group with the name %q", name)
	}
	return name, nil
}
