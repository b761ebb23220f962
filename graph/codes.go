package graph

import (
	"strconv"
	"strings"
)

// anyCode is the code of a row that goes by its subcode alone.
const anyCode = -1 << 31

// ownMeaning is the least subcode that means the same with every code. The platform prints such numbers as a code, too.
const ownMeaning = 1_000_000

// row is the meaning of one refusal. The first row that fits counts, so an exception stands before its rule.
type row struct {
	code    int
	last    int    // the row stands for the codes from code to last; 0: for code alone
	subcode int    // 0: every subcode
	text    string // a part of the message, in lower case; "": every message. The platform may translate messages: see Error.Meaning
	meaning Meaning
	note    string // what the platform says, shortened
	source  string
}

// fits reports whether the row stands for a refusal; message is in lower case.
func (r row) fits(code, subcode int, message string) bool {
	if r.text != "" && !strings.Contains(message, r.text) {
		return false
	}
	if r.code == anyCode || r.subcode >= ownMeaning {
		return code == r.subcode || subcode == r.subcode
	}
	if r.subcode != 0 && r.subcode != subcode {
		return false
	}
	return code == r.code || r.last != 0 && code > r.code && code <= r.last
}

// name writes the row's code as documentation does: 10/2018278, 200–299, any/463.
func (r row) name() string {
	name := strconv.Itoa(r.code)
	switch {
	case r.code == anyCode:
		name = "any"
	case r.last != 0:
		name += "–" + strconv.Itoa(r.last)
	}
	if r.subcode != 0 {
		name += "/" + strconv.Itoa(r.subcode)
	}
	return name
}

func meaningOf(code, subcode int, message string) Meaning {
	message = strings.ToLower(message)
	for _, r := range rows {
		if r.fits(code, subcode, message) {
			return r.meaning
		}
	}
	return MeaningUnknown
}
