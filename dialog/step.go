package dialog

import (
	"context"
	"encoding/json"
	"time"

	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/receiving/payload"
	"github.com/djmessenger/messenger/sending"
)

// Step is a step of a dialog: a [Question], [Say], [Do], [Wait], [Human] or [Include]. The set
// is closed.
type Step[S any] interface {
	nodes() []node[S]
}

// node is a step in the form that all kinds have in common. Its functions know the types that
// only the step itself knows.
type node[S any] struct {
	stop

	timeout time.Duration
	when    func(s *S) bool // nil: it always applies
	text    string          // a message id
	prompt  func(ctx context.Context, r *Run[S]) (sending.Sender, error)
	faults  []error // what Validate reports
	group   []string
	values  []string // that the code of included dialogs sets
	hidden  bool     // the diagram leaves it out

	// Of a question.
	optional, pass bool
	clear          func(s *S)
	choices        func(ctx context.Context, r *Run[S], partial json.RawMessage) ([]Choice, error)
	take           func(ctx context.Context, r *Run[S], in Input, partial json.RawMessage) (taken, error)
	present        func(s *S) (json.RawMessage, error) // the value that is kept
	show           func(ctx context.Context, s *S) string
	takes          func(t receiving.Type) bool // nil: no types but the usual
	contact        *sending.QuickReply         // the chip by which the platform answers
	known          []Choice                    // choices that are known without a run, for the diagram
	coded          bool                        // code decides where the answer leads

	// Of what runs code.
	do func(ctx context.Context, r *Run[S]) (Next, error)

	// Of a wait.
	busy    string
	goBack  bool
	ref     payload.Ref
	answers func(payload, request string) bool // whether a signal answers a request
	signal  func(ctx context.Context, r *Run[S], payload string) (Next, error)

	// Of a hand-over.
	app string
}

// taken is what a question made of an act that it did not refuse. The value is in the state.
type taken struct {
	more    bool            // the answer is not complete
	partial json.RawMessage // the value so far, then
	next    func() (Next, error)
}

// applies reports whether the step is not left out.
func (n node[S]) applies(s *S) bool { return n.when == nil || n.when(s) }

// whenOf adapts a condition on the state.
func whenOf[S any](when func(S) bool) func(*S) bool {
	if when == nil {
		return nil
	}
	return func(s *S) bool { return when(*s) }
}
