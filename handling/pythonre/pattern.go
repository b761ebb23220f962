package pythonre

import (
	"errors"
	"regexp"
	"regexp/syntax"
	"slices"
)

// Pattern is a compiled pattern. It matches whole texts, as Python's re.fullmatch
// does. It is immutable, and may be used from many goroutines at once. It is a
// handling.TextMatcher and a handling.GroupNamer.
type Pattern struct {
	source  string
	names   []string
	encoded bool
	re      *regexp.Regexp
	// onEmpty matches an empty text instead, if that makes a difference.
	onEmpty *regexp.Regexp
}

// Compile translates a pattern of at most 10,000 characters. What Python would refuse
// and what RE2 cannot express is an [*Error] that names the place.
func Compile(pattern string) (*Pattern, error) {
	root, names, err := parse(pattern)
	if err != nil {
		return nil, err
	}
	p := &Pattern{source: pattern, names: names}
	inside := false
	walk(root, func(n node) {
		if a, ok := n.(assertion); ok {
			p.encoded = p.encoded || a.kind == boundary || a.kind == notBoundary
			inside = inside || a.kind == notBoundary || a.kind == notASCIIBoundary
		}
	})
	if p.re, err = compile(root, p.encoded, false); err != nil {
		return nil, err
	}
	if inside {
		p.onEmpty, err = compile(root, p.encoded, true)
	}
	return p, err
}

func compile(root node, encoded, empty bool) (*regexp.Regexp, error) {
	expression, err := translate(root, encoded, empty)
	if err != nil {
		return nil, err
	}
	re, err := regexp.Compile(expression)
	if refused, ok := errors.AsType[*syntax.Error](err); ok { // without the expression, which is the translation's
		return nil, &Error{Problem: "RE2 refuses the pattern: " + refused.Code.String()}
	}
	return re, err
}

// MustCompile is [Compile] for patterns that the program itself contains. It panics
// where Compile returns an error.
func MustCompile(pattern string) *Pattern {
	p, err := Compile(pattern)
	if err != nil {
		panic("pythonre: " + err.Error())
	}
	return p
}

// String returns the pattern.
func (p *Pattern) String() string { return p.source }

// GroupNames returns the names of the named groups, in the order of the pattern.
func (p *Pattern) GroupNames() []string {
	return slices.DeleteFunc(slices.Clone(p.names), func(name string) bool { return name == "" })
}

// MatchText reports whether the whole text matches, and returns what the named
// groups that took part have matched.
func (p *Pattern) MatchText(text string) (groups map[string]string, ok bool) {
	re, in := p.re, text
	if text == "" && p.onEmpty != nil {
		re = p.onEmpty
	}
	if p.encoded {
		in = encode(text)
	}
	at := re.FindStringSubmatchIndex(in)
	if at == nil {
		return nil, false
	}
	groups = map[string]string{}
	for i, name := range p.names {
		from, to := at[2*i+2], at[2*i+3]
		if name == "" || from < 0 {
			continue
		}
		groups[name] = in[from:to]
		if p.encoded {
			groups[name] = decode(in[from:to])
		}
	}
	return groups, true
}
