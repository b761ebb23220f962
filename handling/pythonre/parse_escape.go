package pythonre

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
)

var controls = map[rune]rune{'a': '\a', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t', 'v': '\v', '\\': '\\'}

// escape reads what follows a backslash outside of a class.
func (p *parser) escape(f flags) (node, error) {
	start := p.at - 1
	if !p.more() {
		return nil, p.fail(start, "a backslash at the end")
	}
	r := p.in[p.at]
	p.at++
	if class, ok := f.alphabet().class(r); ok {
		return chars{class}, nil
	}
	switch r {
	case 'A':
		return assertion{textStart, start}, nil
	case 'Z':
		return assertion{textEnd, start}, nil
	case 'b':
		return assertion{f.either(asciiBoundary, boundary), start}, nil
	case 'B':
		return assertion{f.either(notASCIIBoundary, notBoundary), start}, nil
	}
	if r >= '1' && r <= '9' && !p.octalAhead(r) {
		return nil, p.unsupported(start, fmt.Sprintf(`a back-reference \%c`, r))
	}
	literal, err := p.literal(start, r)
	if err != nil {
		return nil, err
	}
	return f.chars(runes(literal)), nil
}

func (f flags) either(ascii, all place) place {
	if f.ascii {
		return ascii
	}
	return all
}

func isOctal(r rune) bool { return r >= '0' && r <= '7' }

// octalAhead reports whether a first digit and the two that follow are octal.
func (p *parser) octalAhead(first rune) bool {
	return isOctal(first) && p.at+1 < len(p.in) && isOctal(p.in[p.at]) && isOctal(p.in[p.at+1])
}

// literal returns the character that an escape stands for, in a class or not.
func (p *parser) literal(start int, r rune) (rune, error) {
	if c, ok := controls[r]; ok {
		return c, nil
	}
	switch {
	case r == 'x':
		return p.hex(start, 2)
	case r == 'u':
		return p.hex(start, 4)
	case r == 'U':
		return p.hex(start, 8)
	case r == 'N':
		return 0, p.fail(start, `a character by its name (\N{…}); write the character itself`)
	case isOctal(r):
		code := r - '0'
		for range 2 {
			if !p.more() || !isOctal(p.in[p.at]) {
				break
			}
			code = code*8 + p.in[p.at] - '0'
			p.at++
		}
		if code > 0o377 {
			return 0, p.fail(start, `an octal escape over \377`)
		}
		return code, nil
	case r <= unicode.MaxASCII && (unicode.IsLetter(r) || unicode.IsDigit(r)):
		return 0, p.fail(start, `\%c, which is no escape`, r)
	}
	return r, nil
}

func (p *parser) hex(start, digits int) (rune, error) {
	if p.at+digits > len(p.in) {
		return 0, p.fail(start, "the escape needs %d hexadecimal digits", digits)
	}
	text := string(p.in[p.at : p.at+digits])
	code, err := strconv.ParseUint(text, 16, 32)
	if err != nil || strings.ContainsAny(text, "+_") {
		return 0, p.fail(start, "the escape needs %d hexadecimal digits", digits)
	}
	if code > unicode.MaxRune {
		return 0, p.fail(start, "the escape is beyond the last character, U+10FFFF")
	}
	p.at += digits
	return rune(code), nil
}
