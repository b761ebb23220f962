package i18n

import "golang.org/x/text/feature/plural"

// amended are the cardinal rules that CLDR has changed since the version that x/text has. The letters are CLDR's.
var amended = map[string]func(n operands) plural.Form{
	"he": func(n operands) plural.Form {
		switch {
		case n.whole == 1 && n.digits == 0, n.whole == 0 && n.digits != 0: // i = 1 and v = 0 or i = 0 and v != 0
			return plural.One
		case n.whole == 2 && n.digits == 0: // i = 2 and v = 0
			return plural.Two
		}
		return plural.Other
	},
	"is": func(n operands) plural.Form {
		t, _ := n.significant()
		if t == 0 && endsInOne(n.whole) || endsInOne(t) { // t = 0 and i % 10 = 1 and i % 100 != 11 or t % 10 = 1 and t % 100 != 11
			return plural.One
		}
		return plural.Other
	},
	"mk": func(n operands) plural.Form {
		if n.digits == 0 && endsInOne(n.whole) || endsInOne(n.fraction) { // v = 0 and i % 10 = 1 and i % 100 != 11 or the same of f
			return plural.One
		}
		return plural.Other
	},
	"mr": func(n operands) plural.Form {
		if n.whole == 1 && n.fraction == 0 { // n = 1
			return plural.One
		}
		return plural.Other
	},
	"mt": func(n operands) plural.Form {
		switch last := n.whole % 100; {
		case n.fraction != 0:
			return plural.Other
		case n.whole == 1: // n = 1
			return plural.One
		case n.whole == 2: // n = 2
			return plural.Two
		case n.whole == 0, 3 <= last && last <= 10: // n = 0 or n % 100 = 3..10
			return plural.Few
		case 11 <= last && last <= 19: // n % 100 = 11..19
			return plural.Many
		}
		return plural.Other
	},
}

func endsInOne(n int) bool { return n%10 == 1 && n%100 != 11 }

// significant returns the fraction without trailing zeros, and its number of digits.
func (n operands) significant() (fraction, digits int) {
	fraction, digits = n.fraction, n.digits
	for digits > 0 && fraction%10 == 0 {
		fraction, digits = fraction/10, digits-1
	}
	return fraction, digits
}
