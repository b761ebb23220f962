package pythonre

import (
	"fmt"
	"strings"
)

// translation is a pattern in RE2's syntax.
type translation struct {
	out strings.Builder
	// encoded makes it match encoded texts.
	encoded bool
	// empty makes it match an empty text, in which Python finds no \B.
	empty bool
}

// maxTranslation is the most bytes of a pattern in RE2's syntax: some hundreds of
// bytes are usual.
const maxTranslation = 1 << 20

// translate returns an expression of RE2 that matches what the pattern does, from
// the first to the last character.
func translate(n node, encoded, empty bool) (string, error) {
	t := &translation{encoded: encoded, empty: empty}
	t.out.WriteString(`\A(?:`)
	if err := t.node(n, false); err != nil {
		return "", err
	}
	t.out.WriteString(`)\z`)
	if t.out.Len() > maxTranslation {
		return "", &Error{Problem: "the pattern has too many large character classes"}
	}
	return t.out.String(), nil
}

// node writes a part; newline says whether what may follow it can match a newline.
func (t *translation) node(n node, newline bool) error {
	switch n := n.(type) {
	case chars:
		t.chars(n.set)
	case assertion:
		return t.assertion(n, newline)
	case sequence:
		for i, part := range n {
			if err := t.node(part, newline || canMatchNewline(n[i+1:])); err != nil {
				return err
			}
		}
	case choice:
		t.out.WriteString("(?:")
		for i, part := range n {
			if i > 0 {
				t.out.WriteByte('|')
			}
			if err := t.node(part, newline); err != nil {
				return err
			}
		}
		t.out.WriteByte(')')
	case repeat:
		t.out.WriteString("(?:")
		if err := t.node(n.node, newline || canMatchNewline(n.node)); err != nil {
			return err
		}
		t.out.WriteString(")" + n.quantifier())
	case group:
		t.out.WriteByte('(')
		if n.number == 0 {
			t.out.WriteString("?:")
		}
		if err := t.node(n.node, newline); err != nil {
			return err
		}
		t.out.WriteByte(')')
	}
	return nil
}

func (r repeat) quantifier() string {
	count := fmt.Sprintf("{%d,%d}", r.min, r.max)
	switch {
	case r.max != unlimited:
	case r.min == 0:
		count = "*"
	case r.min == 1:
		count = "+"
	default:
		count = fmt.Sprintf("{%d,}", r.min)
	}
	if r.lazy {
		count += "?"
	}
	return count
}

func (t *translation) chars(s set) {
	if !t.encoded {
		t.out.WriteString(s.class())
		return
	}
	inFrames := framedRunes()
	if len(s) == 1 && s[0].lo == s[0].hi { // most are one character, and the rest takes longer
		if class := s.class(); inFrames.has(s[0].lo) {
			t.out.WriteString("(?:_" + class + "_)")
		} else {
			t.out.WriteString(class)
		}
		return
	}
	outside := inFrames.not()
	plain, framed := s.and(outside), s.and(inFrames)
	// Outside of a frame no other framed rune than the underscore that begins one can
	// be next, and inside of it no other rune: there the classes may have whatever
	// makes them short.
	underscore := runes('_').not()
	plainClass := fewest(plain, s.and(underscore), union(s, inFrames).and(underscore)).class()
	framedClass := "_" + fewest(framed, s, union(s, outside)).class() + "_"
	switch {
	case len(framed) == 0:
		t.out.WriteString(plainClass)
	case len(plain) == 0:
		t.out.WriteString("(?:" + framedClass + ")")
	default:
		t.out.WriteString("(?:" + plainClass + "|" + framedClass + ")")
	}
}

func (t *translation) assertion(a assertion, newline bool) error {
	switch a.kind {
	case textStart:
		t.out.WriteString(`\A`)
	case textEnd:
		t.out.WriteString(`\z`)
	case lastLineEnd:
		if newline {
			return &Error{a.at, "$ before something that can match a newline, which RE2 cannot express; use \\Z, or (?m)"}
		}
		t.out.WriteString(`\z`) // before a newline the rest of the pattern could not match it
	case lineStart:
		t.out.WriteString(`(?m:^)`)
	case lineEnd:
		t.out.WriteString(`(?m:$)`)
	case boundary:
		t.out.WriteString(`\b`)
	case asciiBoundary:
		if t.encoded {
			return &Error{a.at, `an ASCII \b in a pattern with a Unicode one, which RE2 cannot express`}
		}
		t.out.WriteString(`\b`)
	case notBoundary, notASCIIBoundary:
		switch {
		case t.empty:
			t.out.WriteString(set(nil).class())
		case t.encoded && a.kind == notASCIIBoundary:
			return &Error{a.at, `an ASCII \B in a pattern with a Unicode one, which RE2 cannot express`}
		default:
			t.out.WriteString(`\B`)
		}
	}
	return nil
}

func canMatchNewline(n node) bool {
	found := false
	walk(n, func(n node) {
		if c, ok := n.(chars); ok && c.set.has('\n') {
			found = true
		}
	})
	return found
}
