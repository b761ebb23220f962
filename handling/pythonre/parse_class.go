package pythonre

// class reads what follows an opening bracket.
func (p *parser) class(f flags) (node, error) {
	start := p.at - 1
	negated := p.take("^")
	var spans []span
	for first := true; ; first = false {
		if !p.more() {
			return nil, p.fail(start, "the character class does not end")
		}
		if !first && p.take("]") {
			break
		}
		at := p.at
		low, members, err := p.member(f)
		if err != nil {
			return nil, err
		}
		if !p.next("-") || p.next("-]") {
			if members == nil {
				members = set{{low, low}}
			}
			spans = append(spans, members...)
			continue
		}
		p.at++
		if !p.more() {
			return nil, p.fail(start, "the character class does not end")
		}
		high, more, err := p.member(f)
		switch {
		case err != nil:
			return nil, err
		case members != nil || more != nil:
			return nil, p.fail(at, "a range between classes: %s", string(p.in[at:p.at]))
		case high < low:
			return nil, p.fail(at, "a range that ends before it begins: %s", string(p.in[at:p.at]))
		}
		spans = append(spans, span{low, high})
	}
	members := union(spans)
	if f.ignoreCase {
		members = fold(members, f.ascii)
	}
	if negated {
		members = members.not()
	}
	return chars{members}, nil
}

// member reads one character, or a class such as \w.
func (p *parser) member(f flags) (rune, set, error) {
	start := p.at
	r := p.in[p.at]
	p.at++
	if r != '\\' {
		return r, nil, nil
	}
	if !p.more() {
		return 0, nil, p.fail(start, "a backslash at the end")
	}
	r = p.in[p.at]
	p.at++
	if class, ok := f.alphabet().class(r); ok {
		return 0, class, nil
	}
	if r == 'b' {
		return '\b', nil, nil
	}
	r, err := p.literal(start, r)
	return r, nil, err
}
