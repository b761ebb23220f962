package gettext

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// forms are what the header Plural-Forms says.
type forms struct {
	count int
	index expression
}

// expression is the plural expression of a header, compiled. It returns an error for a division by zero.
type expression func(n int) (int, error)

const (
	maxForms      = 6 // as many as CLDR has categories
	maxExpression = 1000
)

var errZero = errors.New("a division by zero")

// parseForms reads "nplurals=2; plural=n != 1;".
func parseForms(header string) (forms, error) {
	var f forms
	var source string
	for field := range strings.SplitSeq(header, ";") {
		name, value, ok := strings.Cut(field, "=")
		switch strings.TrimSpace(name) {
		case "nplurals":
			n, err := strconv.Atoi(strings.TrimSpace(value))
			if err != nil || n < 1 || n > maxForms {
				return f, fmt.Errorf("nplurals is not a number from 1 to %d", maxForms)
			}
			f.count = n
		case "plural":
			source = value
		case "":
			if ok {
				return f, errors.New("has a field without a name")
			}
		}
	}
	switch {
	case f.count == 0:
		return f, errors.New("nplurals is missing")
	case strings.TrimSpace(source) == "":
		return f, errors.New("plural is missing")
	case len(source) > maxExpression:
		return f, fmt.Errorf("plural is longer than %d characters", maxExpression)
	}
	p := parser{rest: source}
	f.index = p.choice()
	if p.space(); p.err == nil && p.rest != "" {
		p.fail("has something after its end: " + strconv.Quote(p.rest))
	}
	if p.err != nil {
		return f, p.err
	}
	for n := range 1200 {
		i, err := f.index(n)
		if err != nil || i < 0 || i >= f.count {
			return f, fmt.Errorf("plural has no form from 0 to %d for the number %d", f.count-1, n)
		}
	}
	return f, nil
}

// parser reads an expression of C.
type parser struct {
	rest  string
	depth int
	err   error
}

func (p *parser) fail(problem string) {
	if p.err == nil {
		p.err = errors.New("plural " + problem)
	}
}

func (p *parser) space() { p.rest = strings.TrimLeft(p.rest, " \t\n\\") }

// takes goes over an operator, if it is next.
func (p *parser) takes(operator string) bool {
	p.space()
	rest, ok := strings.CutPrefix(p.rest, operator)
	if ok {
		p.rest = rest
	}
	return ok
}

func (p *parser) choice() expression {
	if p.depth++; p.depth > 200 {
		p.fail("has too many parts within each other")
	}
	defer func() { p.depth-- }()
	condition := p.binary(0)
	if p.err != nil || !p.takes("?") {
		return condition
	}
	yes := p.choice()
	if !p.takes(":") {
		p.fail("lacks a colon after ?")
	}
	if p.err != nil {
		return condition
	}
	no := p.choice()
	return func(n int) (int, error) {
		c, err := condition(n)
		switch {
		case err != nil:
			return 0, err
		case c != 0:
			return yes(n)
		}
		return no(n)
	}
}

// levels are the binary operators, from those that bind least. Longer ones come first.
var levels = [][]string{{"||"}, {"&&"}, {"==", "!="}, {"<=", ">=", "<", ">"}, {"+", "-"}, {"*", "/", "%"}}

func (p *parser) binary(level int) expression {
	if level == len(levels) {
		return p.unary()
	}
	left := p.binary(level + 1)
	for p.err == nil {
		operator := ""
		for _, o := range levels[level] {
			if p.takes(o) {
				operator = o
				break
			}
		}
		if operator == "" {
			break
		}
		left = combine(operator, left, p.binary(level+1))
	}
	return left
}

func combine(operator string, left, right expression) expression {
	return func(n int) (int, error) {
		a, err := left(n)
		if err != nil || operator == "||" && a != 0 || operator == "&&" && a == 0 {
			return truth(a != 0), err
		}
		b, err := right(n)
		if err != nil {
			return 0, err
		}
		return apply(operator, a, b)
	}
}

func apply(operator string, a, b int) (int, error) {
	switch operator {
	case "||", "&&":
		return truth(b != 0), nil
	case "==":
		return truth(a == b), nil
	case "!=":
		return truth(a != b), nil
	case "<=":
		return truth(a <= b), nil
	case ">=":
		return truth(a >= b), nil
	case "<":
		return truth(a < b), nil
	case ">":
		return truth(a > b), nil
	case "+":
		return a + b, nil
	case "-":
		return a - b, nil
	case "*":
		return a * b, nil
	}
	if b == 0 {
		return 0, errZero
	}
	if operator == "/" {
		return a / b, nil
	}
	return a % b, nil
}

func truth(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

func (p *parser) unary() expression {
	if p.depth++; p.depth > 200 {
		p.fail("has too many parts within each other")
	}
	defer func() { p.depth-- }()
	zero := func(int) (int, error) { return 0, nil }
	if p.err != nil {
		return zero
	}
	switch {
	case p.takes("!"):
		inner := p.unary()
		return func(n int) (int, error) {
			v, err := inner(n)
			return truth(v == 0), err
		}
	case p.takes("("):
		inner := p.choice()
		if !p.takes(")") {
			p.fail("lacks a closing parenthesis")
		}
		return inner
	case p.takes("n"):
		return func(n int) (int, error) { return n, nil }
	}
	digits := p.rest[:len(p.rest)-len(strings.TrimLeft(p.rest, "0123456789"))]
	p.rest = p.rest[len(digits):]
	v, err := strconv.Atoi(digits)
	switch {
	case digits == "" && p.rest == "":
		p.fail("ends in the middle")
	case digits == "":
		p.fail("has something that it cannot have: " + strconv.Quote(p.rest))
	case err != nil || v > 1_000_000_000:
		p.fail("has a number that is too large")
	}
	return func(int) (int, error) { return v, nil }
}
