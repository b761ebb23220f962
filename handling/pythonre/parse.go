package pythonre

import (
	"fmt"
	"strings"
)

// Error says why a pattern is refused.
type Error struct {
	// Offset is the place in the pattern, in characters, from 0.
	Offset int
	// Problem says what is there.
	Problem string
}

func (e *Error) Error() string {
	return fmt.Sprintf("pattern, character %d: %s", e.Offset+1, e.Problem)
}

const (
	maxPattern = 10_000 // characters
	maxNesting = 100    // groups in groups
	maxRepeat  = 1000   // RE2's own limit
)

type flags struct{ ascii, ignoreCase, multiLine, dotAll, verbose bool }

type parser struct {
	in      []rune
	at      int
	names   []string // of the groups, by number - 1; empty for one without a name
	nesting int
}

func (p *parser) fail(at int, format string, args ...any) *Error {
	return &Error{Offset: at, Problem: fmt.Sprintf(format, args...)}
}

// unsupported refuses what RE2 cannot express.
func (p *parser) unsupported(at int, what string) *Error {
	return p.fail(at, "%s, which RE2 does not have; docs/policy.md says what to write instead", what)
}

func (p *parser) more() bool { return p.at < len(p.in) }

// next reports whether the pattern goes on with a text.
func (p *parser) next(text string) bool {
	rest := p.in[p.at:]
	for _, r := range text {
		if len(rest) == 0 || rest[0] != r {
			return false
		}
		rest = rest[1:]
	}
	return true
}

// take consumes a text if the pattern goes on with it.
func (p *parser) take(text string) bool {
	if !p.next(text) {
		return false
	}
	p.at += len([]rune(text))
	return true
}

// until consumes up to a character, which it consumes too.
func (p *parser) until(end rune, what string) (string, error) {
	start := p.at
	for p.more() {
		p.at++
		if p.in[p.at-1] == end {
			return string(p.in[start : p.at-1]), nil
		}
	}
	return "", p.fail(start, "%s has no %q after it", what, end)
}

func parse(pattern string) (node, []string, error) {
	p := &parser{in: []rune(pattern)}
	if len(p.in) > maxPattern {
		return nil, nil, p.fail(maxPattern, "the pattern has %d characters; the limit is %d", len(p.in), maxPattern)
	}
	var f flags
	for p.globalFlags() {
		if err := p.flags(&f, ")"); err != nil {
			return nil, nil, err
		}
		p.at++
	}
	n, err := p.choice(f)
	if err != nil {
		return nil, nil, err
	}
	if p.more() {
		return nil, nil, p.fail(p.at, "a closing parenthesis without an opening one")
	}
	return n, p.names, nil
}

// globalFlags reports whether flags for the whole pattern are next, and consumes
// the characters before them.
func (p *parser) globalFlags() bool {
	if !p.next("(?") {
		return false
	}
	end := p.at + len("(?")
	for end < len(p.in) && strings.ContainsRune("aiLmsux", p.in[end]) {
		end++
	}
	if end == p.at+2 || end == len(p.in) || p.in[end] != ')' {
		return false
	}
	p.at += 2
	return true
}

// flags reads letters until one of the ends, which it leaves.
func (p *parser) flags(f *flags, ends string) error {
	on, sign := true, -1
	start := p.at
	for ; p.more(); p.at++ {
		if before := string(p.in[start:p.at]); strings.ContainsRune(before, p.in[p.at]) && !on {
			return p.fail(p.at, "the flag %c is turned on and off", p.in[p.at])
		}
		switch r := p.in[p.at]; r {
		case 'a', 'u':
			if before := string(p.in[start:p.at]); strings.ContainsRune(before, 'a'+'u'-r) {
				return p.fail(p.at, "the flags a and u exclude each other")
			}
			f.ascii = r == 'a'
		case 'i':
			f.ignoreCase = on
		case 'm':
			f.multiLine = on
		case 's':
			f.dotAll = on
		case 'x':
			f.verbose = on
		case 'L':
			return p.fail(p.at, "the flag L is for patterns of bytes")
		case '-':
			if !on || ends == ")" {
				return p.fail(p.at, "a minus where no flag is turned off")
			}
			on, sign = false, p.at
			continue
		default:
			if !strings.ContainsRune(ends, r) {
				return p.fail(p.at, "%q is no flag", r)
			}
			if sign == p.at-1 {
				return p.fail(p.at, "a flag is missing")
			}
			return nil
		}
		if !on && (p.in[p.at] == 'a' || p.in[p.at] == 'u') {
			return p.fail(p.at, "the flags a and u cannot be turned off")
		}
	}
	return p.fail(p.at, "the group of flags does not end")
}

func (p *parser) choice(f flags) (node, error) {
	var branches choice
	for {
		branch, err := p.sequence(f)
		if err != nil {
			return nil, err
		}
		branches = append(branches, branch)
		if !p.take("|") {
			break
		}
	}
	if len(branches) == 1 {
		return branches[0], nil
	}
	return branches, nil
}

func (p *parser) sequence(f flags) (node, error) {
	parts := sequence{}
	for p.more() && !p.next("|") && !p.next(")") {
		if f.verbose && p.skipVerbose() {
			continue
		}
		start := p.at
		if low, high, ok := p.quantifier(); ok {
			last, err := p.repeated(parts, start)
			if err != nil {
				return nil, err
			}
			if err := p.checkRepeat(start, low, high); err != nil {
				return nil, err
			}
			lazy := p.take("?")
			if !lazy && p.next("+") {
				return nil, p.unsupported(start, fmt.Sprintf("a possessive quantifier (%s)", string(p.in[start:p.at+1])))
			}
			parts[len(parts)-1] = repeat{node: last, min: low, max: high, lazy: lazy}
			continue
		}
		part, err := p.atom(f)
		if err != nil {
			return nil, err
		}
		if part != nil {
			parts = append(parts, part)
		}
	}
	return parts, nil
}

// skipVerbose consumes white space or a comment.
func (p *parser) skipVerbose() bool {
	switch r := p.in[p.at]; {
	case strings.ContainsRune(" \t\n\r\v\f", r):
		p.at++
		return true
	case r == '#':
		for p.more() && p.in[p.at] != '\n' {
			p.at++
		}
		return true
	}
	return false
}

// quantifier reads *, +, ? or a count in braces. Braces that hold no count are
// ordinary characters.
func (p *parser) quantifier() (low, high int, ok bool) {
	switch {
	case p.take("*"):
		return 0, unlimited, true
	case p.take("+"):
		return 1, unlimited, true
	case p.take("?"):
		return 0, 1, true
	case !p.next("{") || p.next("{}"):
		return 0, 0, false
	}
	start := p.at
	p.at++
	first, comma := p.digits(), p.take(",")
	last := first
	if comma {
		last = p.digits()
	}
	if !p.take("}") {
		p.at = start
		return 0, 0, false
	}
	low, high = 0, unlimited
	if first != "" {
		low = number(first)
	}
	if last != "" {
		high = number(last)
	}
	return low, high, true
}

func (p *parser) digits() string {
	start := p.at
	for p.more() && p.in[p.at] >= '0' && p.in[p.at] <= '9' {
		p.at++
	}
	return string(p.in[start:p.at])
}

// number returns a decimal number, or one that is over every limit.
func number(digits string) int {
	n := 0
	for _, d := range digits {
		n = min(n*10+int(d-'0'), 1<<30)
	}
	return n
}

func (p *parser) checkRepeat(at, low, high int) error {
	switch {
	case high != unlimited && high < low:
		return p.fail(at, "repeats at least %d and at most %d times", low, high)
	case low > maxRepeat || high > maxRepeat:
		return p.fail(at, "repeats more than %d times, which RE2 does not do", maxRepeat)
	}
	return nil
}

// repeated returns what a quantifier is about.
func (p *parser) repeated(parts sequence, at int) (node, error) {
	if len(parts) == 0 {
		return nil, p.fail(at, "a quantifier with nothing before it")
	}
	last := parts[len(parts)-1]
	switch last.(type) {
	case assertion:
		return nil, p.fail(at, "a quantifier with nothing before it")
	case repeat:
		return nil, p.fail(at, "a quantifier after a quantifier")
	}
	return last, nil
}

// atom reads one character, class, assertion or group; nil for a comment.
func (p *parser) atom(f flags) (node, error) {
	start := p.at
	r := p.in[p.at]
	p.at++
	switch r {
	case '\\':
		return p.escape(f)
	case '[':
		return p.class(f)
	case '(':
		return p.group(f)
	case '.':
		if f.dotAll {
			return chars{set(nil).not()}, nil
		}
		return chars{runes('\n').not()}, nil
	case '^':
		if f.multiLine {
			return assertion{lineStart, start}, nil
		}
		return assertion{textStart, start}, nil
	case '$':
		if f.multiLine {
			return assertion{lineEnd, start}, nil
		}
		return assertion{lastLineEnd, start}, nil
	}
	return f.chars(runes(r)), nil
}

// chars is a character of a set, in both cases if case is ignored.
func (f flags) chars(s set) node {
	if f.ignoreCase {
		s = fold(s, f.ascii)
	}
	return chars{s}
}

func (f flags) alphabet() alphabet {
	if f.ascii {
		return asciiAlphabet()
	}
	return unicodeAlphabet()
}
