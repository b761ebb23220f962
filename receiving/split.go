package receiving

import (
	"errors"
	"fmt"
	"sync"
)

// MaxElements is the maximum number of events in a callback. The platform batches up to 1,000.
const MaxElements = 10_000

var (
	// ErrNotCallback reports a body that is not a JSON object.
	ErrNotCallback = errors.New("receiving: the body is not a JSON object")
	// ErrTooManyElements reports a body with more than [MaxElements] events.
	ErrTooManyElements = errors.New("receiving: the callback has too many elements")
)

// Callback is a callback, split into its events.
type Callback struct {
	// Envelopes are the events, in the order in which the platform wrote them.
	Envelopes []Envelope
	// Problems describe the first 16 malformed parts: elements that are not objects and so no events, and parts of events that
	// have a wrong type.
	Problems []Problem
	// Malformed counts all of those.
	Malformed int
}

// Split splits a callback's body into its events, in one pass over its bytes. A malformed element does not affect the others.
// The envelopes share memory with body.
//
// It returns an error that wraps [ErrNotCallback] if the body is not a single JSON object, or [ErrTooManyElements].
//
// https://developers.facebook.com/documentation/business-messaging/messenger-platform/webhooks
func Split(body []byte) (Callback, error) {
	s := newSplitter(body)
	defer s.release()
	if err := s.split(); err != nil {
		return Callback{}, err
	}
	return Callback{Envelopes: append([]Envelope(nil), s.envelopes...), Problems: s.describe(), Malformed: s.malformed}, nil
}

// split reads the whole callback into the splitter.
func (s *splitter) split() error {
	if s.Kind() != '{' {
		return ErrNotCallback
	}
	s.product = ""
	entries := false
	for s.Enter(); s.NextKey(); {
		switch string(s.Key()) {
		case "object":
			s.readProduct(&s.product)
		case "entry":
			if entries {
				s.rewind(mark{}) // the last one counts
			}
			entries = true
			s.list(s.entry)
		default:
			s.Skip()
		}
	}
	if err := s.End(); err != nil {
		return fmt.Errorf("%w: %w", ErrNotCallback, err)
	}
	if s.elements > MaxElements {
		return ErrTooManyElements
	}
	if !entries {
		s.report(0, "has no entry")
	}
	for i := range s.envelopes {
		s.envelopes[i].Object = s.product
	}
	return nil
}

// splitter is the state while a callback is read. An element's page may stand after it, so its key is made when its entry ends.
type splitter struct {
	decoder
	product    Object // the product of the whole callback
	envelopes  []Envelope
	elements   int        // counts them, those beyond MaxElements too
	identities []identity // of the envelopes of this entry
	mids       []byte     // what the identities' message ids are kept in
	scratch    []byte
	page       string // the entry's id, one string for equal ones
}

// splitters are reused for their memory.
var splitters = sync.Pool{New: func() any { return new(splitter) }}

// newSplitter returns a splitter of body. The caller must release it.
func newSplitter(body []byte) *splitter {
	s, _ := splitters.Get().(*splitter)
	s.reset(body)
	return s
}

// release gives the splitter's memory, that of its envelopes too, to the next callback.
func (s *splitter) release() {
	s.reset(nil)
	const many, large = 256, 64 << 10 // events and bytes; the memory for more than that is not kept
	if cap(s.mids)+cap(s.scratch) > large || cap(s.identities) > many || cap(s.envelopes) > many {
		return
	}
	clear(s.identities[:cap(s.identities)])
	clear(s.envelopes)
	s.product, s.envelopes, s.elements, s.page = "", s.envelopes[:0], 0, ""
	splitters.Put(s)
}

// mark is how much a splitter has read.
type mark struct {
	envelopes, elements, malformed, problems int
}

func (s *splitter) mark() mark {
	return mark{len(s.envelopes), s.elements, s.malformed, len(s.problems)}
}

// rewind forgets what was read since m.
func (s *splitter) rewind(m mark) {
	clear(s.envelopes[m.envelopes:])
	s.envelopes, s.elements = s.envelopes[:m.envelopes], m.elements
	s.malformed, s.problems = m.malformed, s.problems[:m.problems]
}

// readProduct reads the name of the product.
func (s *splitter) readProduct(to *Object) {
	*to = ""
	s.scalar("a name", func(text []byte) bool {
		switch {
		case string(text) == string(ObjectPage):
			*to = ObjectPage
		case isName(text):
			*to = Object(text)
		default:
			return false
		}
		return true
	})
}

// list reads the objects of an array; anything else in it, and null in its place, is malformed.
func (s *splitter) list(read func()) {
	if s.Kind() != '[' {
		s.refuse("an array")
		return
	}
	for s.Enter(); s.NextItem(); {
		if s.Kind() != '{' {
			s.refuse("an object")
			continue
		}
		read()
	}
}
