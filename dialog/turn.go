package dialog

import (
	"context"
	"fmt"
)

// current is a flow as those see it that it starts: a function of a dialog may start another
// dialog.
type current interface {
	ended() bool
	id() string
	isOf(names []string) bool
	// replace ends the run, since another one starts.
	replace(ctx context.Context) error
}

// turn is the flow that runs in a context, and how many steps have passed without a question, in
// all flows of the turn.
type turn struct {
	steps     *int
	flow      current
	replacing bool
}

type turnKey struct{}

// turnOf returns the turn of a flow that runs in a context, and the context of what it calls.
func turnOf(ctx context.Context, f current) (*turn, context.Context) {
	t := &turn{steps: new(int), flow: f}
	if outer, ok := ctx.Value(turnKey{}).(*turn); ok {
		t.steps = outer.steps
	}
	return t, context.WithValue(ctx, turnKey{}, t)
}

// step counts a step.
func (t *turn) step() error {
	if *t.steps++; *t.steps > MaxSteps {
		return fmt.Errorf("more than %d steps passed in one turn without a question: the dialog goes in a circle", MaxSteps)
	}
	return nil
}

func (f *flow[S]) ended() bool { return f.over }

func (f *flow[S]) id() string { return f.rec.Run }

func (f *flow[S]) replace(ctx context.Context) error {
	f.turn.replacing = true
	defer func() { f.turn.replacing = false }()
	return f.end(ctx, Replaced)
}
