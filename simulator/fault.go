package simulator

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// DropKind says where the connection breaks under a Graph call.
type DropKind string

// The ways a connection breaks.
const (
	// DropNone: it holds.
	DropNone DropKind = ""
	// DropBefore: closed before the body is read; the call has no effect.
	DropBefore DropKind = "before"
	// DropAfter: closed after the call has taken effect and before any answer; the
	// caller cannot know whether it was executed.
	DropAfter DropKind = "after"
	// DropHalf: closed after half the answer; the call has taken effect.
	DropHalf DropKind = "half"
)

// Fault makes Graph calls fail. Of several faults that match a call, the one
// added first applies.
type Fault struct {
	// Match picks the calls, by HTTP method and path without version
	// ("/me/messages"). It is called without locks. Default: every POST to …/messages.
	Match func(method, path string) bool

	// Times is how many calls it hits; negative is all, until
	// [Simulator.ClearFaults]. Default: 1.
	Times int

	// Status is the HTTP status of the answer. Default: with Error that of its
	// [Refusal], or 400; 500 with Body.
	Status int

	// Error is the answer, in Graph's shape; [Refusals] lists those of the
	// platform. Default: none.
	Error *GraphError

	// Body is the answer as it stands, JSON or not. Default: none.
	Body string

	// Header is added to the answer. Default: none.
	Header http.Header

	// Delay is waited before anything else, in real time; the caller going away
	// or Close end it. With a Delay alone the call is slow and right: it is about what there is after the Delay, such as after a reset. Default: 0.
	Delay time.Duration

	// Drop breaks the connection. Default: DropNone.
	Drop DropKind

	// Effect lets the call take effect although it is answered with Status, Error
	// or Body. Default: false.
	Effect bool
}

// answers reports whether the fault replaces the answer.
func (f *Fault) answers() bool { return f.Status != 0 || f.Error != nil || f.Body != "" }

// effect reports whether the call is carried out.
func (f *Fault) effect() bool {
	return f.Effect || f.Drop == DropAfter || f.Drop == DropHalf || f.Drop == DropNone && !f.answers()
}

// check refuses a fault that no call could have.
func (f *Fault) check() error {
	switch {
	case !slices.Contains([]DropKind{DropNone, DropBefore, DropAfter, DropHalf}, f.Drop):
		return fmt.Errorf("Fault.Drop: unknown kind %q; use DropBefore, DropAfter or DropHalf", string(f.Drop))
	case f.Status != 0 && (f.Status < 200 || f.Status > 999):
		return fmt.Errorf("Fault.Status: %d is not the status of an answer", f.Status)
	case f.Delay < 0:
		return fmt.Errorf("Fault.Delay: must not be negative: %v", f.Delay)
	}
	return nil
}

type fault struct {
	Fault
	order faultOrder // how it came over HTTP; of Go it has what JSON can say
	code  bool       // Match is a program's own
	hits  int
	mu    sync.Mutex // of hits
}

func (f *fault) spent() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.Times > 0 && f.hits >= f.Times
}

// claim takes one of the fault's hits, if any is left.
func (f *fault) claim() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.Times > 0 && f.hits >= f.Times {
		return false
	}
	f.hits++
	return true
}

// Fault makes the next matching Graph calls fail. It panics if Drop is none of the
// constants, Status is not 0 and not from 200 to 999, or Delay is negative: the test
// that adds such a fault would test something else.
func (s *Simulator) Fault(f Fault) {
	if err := f.check(); err != nil {
		panic("simulator: " + err.Error())
	}
	if f.Times == 0 {
		f.Times = 1
	}
	code := f.Match != nil
	if f.Match == nil {
		f.Match = func(method, path string) bool {
			return method == http.MethodPost && strings.HasSuffix(path, "/messages")
		}
	}
	if f.Status == 0 && f.Error != nil {
		f.Status = f.Error.filled().status
	}
	if f.Status == 0 && f.Body != "" {
		f.Status = http.StatusInternalServerError
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, &fault{Fault: f, code: code, order: faultOrder{
		Error: f.Error, Status: f.Status, Body: f.Body, Header: headers(f.Header), Delay: durationText(f.Delay), Drop: f.Drop, Effect: f.Effect, Times: f.Times,
	}})
}

// durationText is a duration in JSON, empty for none.
func durationText(d time.Duration) string {
	if d == 0 {
		return ""
	}
	return d.String()
}

// ClearFaults forgets all faults that have not hit yet.
func (s *Simulator) ClearFaults() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = nil
}

// faultFor returns the fault that hits this call, or nil.
func (s *Simulator) faultFor(method, path string) *Fault {
	s.mu.Lock()
	kept := make([]*fault, 0, len(s.faults))
	for _, f := range s.faults {
		if !f.spent() {
			kept = append(kept, f)
		}
	}
	s.faults = kept
	s.mu.Unlock()
	for _, f := range kept {
		if f.Match(method, path) && f.claim() {
			return &f.Fault
		}
	}
	return nil
}

// wait sleeps for a fault's delay.
func (s *Simulator) wait(ctx context.Context, d time.Duration) {
	if d <= 0 {
		return
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	case <-s.ctx.Done():
	}
}
