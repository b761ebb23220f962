package receiving

import (
	"encoding/json"
	"math"
	"strconv"
	"sync"
	"time"

	"github.com/djmessenger/messenger/receiving/internal/scan"
)

// decoder reads an element field by field. It reports a field of a wrong type and leaves it out, treats null like a missing
// field, and skips fields that it does not know.
//
// Each method reads exactly one value, and overwrites all of what it reads into: if a key comes twice, only the last value counts,
// as in a map that encoding/json decodes. Nothing of an earlier value remains, and names match by case.
type decoder struct {
	scan.Reader
	data      []byte
	base      int       // where in data the Reader's own bytes begin
	problems  []problem // the first maxProblems
	malformed int       // counts all of them
	taken     int       // counts the items of all arrays
}

// The platform's own limits are below these.
const (
	// maxItems is how many items of one array are decoded.
	maxItems = 1000
	// maxTaken is how many items of all arrays of an element are decoded, since arrays hold arrays.
	maxTaken = 10_000
)

// decoders are reused, since each is used for one element only.
var decoders = sync.Pool{New: func() any { return new(decoder) }}

// newDecoder returns a decoder of data. The caller must release it.
func newDecoder(data []byte) *decoder {
	d, _ := decoders.Get().(*decoder)
	d.reset(data)
	return d
}

func (d *decoder) reset(data []byte) {
	d.Reset(data)
	d.data, d.base, d.problems, d.malformed, d.taken = data, 0, nil, 0, 0
}

func (d *decoder) release() {
	d.reset(nil)
	decoders.Put(d)
}

// within reads a part of the data again. at is the offset of the part in what is being read.
func (d *decoder) within(at int, part []byte, read func()) {
	outer, base := d.Reader, d.base
	d.Reader, d.base = scan.NewReader(part), base+at
	read()
	d.Reader, d.base = outer, base
}

// problem is a Problem whose path was not looked up yet.
type problem struct {
	offset int // in the decoder's data
	text   string
}

// report counts a problem with the value at offset, and keeps it if fewer than maxProblems are kept.
func (d *decoder) report(offset int, text string) {
	d.malformed++
	if len(d.problems) < maxProblems {
		d.problems = append(d.problems, problem{d.base + offset, text})
	}
}

// describe returns the problems with their paths. Each path is a pass over the data before it, so this is done once, at the end: a
// problem may be reported and forgotten again for every key that comes twice.
func (d *decoder) describe() []Problem {
	if len(d.problems) == 0 {
		return nil
	}
	problems := make([]Problem, len(d.problems))
	for i, p := range d.problems {
		problems[i] = Problem{Path: scan.Path(d.data, p.offset), Text: p.text}
	}
	return problems
}

// refuse reports that the next value has the wrong type, and skips it.
func (d *decoder) refuse(what string) {
	d.report(d.Offset(), "is "+kindName(d.Kind())+", not "+what)
	d.Skip()
}

// want is like refuse, but null is not a problem.
func (d *decoder) want(what string) {
	if d.Kind() == 'n' {
		d.Skip()
		return
	}
	d.refuse(what)
}

// object enters an object. If the next value is not one, it skips the value and returns false.
func (d *decoder) object() bool {
	if d.Kind() != '{' {
		d.want("an object")
		return false
	}
	d.Enter()
	return true
}

// items calls read for each item of an array.
func (d *decoder) items(read func()) {
	if d.Kind() != '[' {
		d.want("an array")
		return
	}
	d.Enter()
	for n := 0; d.NextItem(); n++ {
		if d.take(n) {
			read()
		}
	}
}

// keys calls read for each field of an object whose names are not known, and which was entered.
func (d *decoder) keys(read func(name string)) {
	for n := 0; d.NextKey(); n++ {
		if d.take(n) {
			read(string(d.Key()))
		}
	}
}

// take reports whether item n of an array, which comes next, is within the limits. If not, it skips the item.
func (d *decoder) take(n int) bool {
	if n < maxItems && d.taken < maxTaken {
		d.taken++
		return true
	}
	switch {
	case n == maxItems:
		d.report(d.Offset(), "and what follows it is left out, after "+strconv.Itoa(maxItems)+" items")
	case d.taken == maxTaken:
		d.taken++ // says it once
		d.report(d.Offset(), "and all further items are left out, after "+strconv.Itoa(maxTaken)+" of the event")
	}
	d.Skip()
	return false
}

// ids reads an array of identifiers or links. A single one may stand in its place.
func (d *decoder) ids() (list []string) {
	item := func() {
		var id string
		if d.id(&id); id != "" {
			list = append(list, id)
		}
	}
	if k := d.Kind(); k == '"' || k == '0' {
		item()
		return list
	}
	d.items(item)
	return list
}

func (d *decoder) text(to *string) {
	*to = ""
	if d.Kind() != '"' {
		d.want("a string")
		return
	}
	*to = string(d.Text())
}

// id reads an identifier, which the platform writes as a string or as a number.
func (d *decoder) id(to *string) {
	*to = ""
	switch d.Kind() {
	case '"':
		*to = string(d.Text())
	case '0':
		*to = string(d.Value())
	default:
		d.want("an id")
	}
}

// scalar reads a number or a string with parse, which returns false if the text is invalid. Text that is longer than any number,
// time or name is refused without parse.
func (d *decoder) scalar(what string, parse func(text []byte) bool) {
	start, kind := d.Offset(), d.Kind()
	var text []byte
	switch kind {
	case '"':
		text = d.Text()
	case '0':
		text = d.Value()
	default:
		d.want(what)
		return
	}
	switch {
	case len(text) > maxName:
		d.report(start, "is too long for "+what)
	case !parse(text):
		d.report(start, "is "+kindName(kind)+", not "+what)
	}
}

func (d *decoder) integer(to *int) {
	*to = 0
	if n := d.whole(); n != nil {
		*to = *n
	}
}

// whole reads a whole number that may be missing, which is not the same as zero.
func (d *decoder) whole() (number *int) {
	d.scalar("a whole number", func(text []byte) bool {
		n, err := strconv.Atoi(string(text))
		if err == nil {
			number = &n
		}
		return err == nil
	})
	return number
}

func (d *decoder) float(to *float64) {
	*to = 0
	if f := d.number(); f != nil {
		*to = *f
	}
}

// number reads a number that may be missing, which is not the same as zero.
func (d *decoder) number() (number *float64) {
	d.scalar("a number", func(text []byte) bool {
		f, err := strconv.ParseFloat(string(text), 64)
		if err != nil || math.IsNaN(f) || math.IsInf(f, 0) {
			return false
		}
		number = &f
		return true
	})
	return number
}

func (d *decoder) time(to *time.Time) {
	*to = time.Time{}
	d.scalar("a time", func(text []byte) bool {
		t, ok := parseTime(text)
		if ok {
			*to = t
		}
		return ok
	})
}

// raw keeps any value but null as it is.
func (d *decoder) raw(to *json.RawMessage) {
	*to = nil
	if d.Kind() == 'n' {
		d.Skip()
		return
	}
	*to = d.Value()
}
