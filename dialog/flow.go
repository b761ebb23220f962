package dialog

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/sending"
)

// flow is what one turn does with a run.
type flow[S any] struct {
	d     definition[S]
	words Words

	ev    *receiving.Event
	reply *sending.Replier
	rec   record
	state S
	wait  time.Duration // how long the run waits now; 0 is for ever
	page  int           // of the chips that are shown

	turn *turn
	over bool // the run has ended
}

// newFlow returns a flow of a run.
func (d definition[S]) newFlow(ctx context.Context, ev *receiving.Event, reply *sending.Replier, rec record) (*flow[S], context.Context) {
	f := &flow[S]{d: d, words: d.words(), ev: ev, reply: reply, rec: rec}
	f.rec.Object = cmp.Or(ev.Object, rec.Object)
	f.turn, ctx = turnOf(ctx, f)
	return f, ctx
}

// restore reads the state of the run. What cannot be read is lost.
func (f *flow[S]) restore() error {
	var err error
	if f.rec.Version != f.d.Version && f.d.Upgrade != nil {
		f.state, err = f.d.Upgrade(f.rec.Version, f.rec.State)
		return err
	}
	if f.rec.Version > f.d.Version {
		return errNewer
	}
	return json.Unmarshal(f.rec.State, &f.state)
}

var errNewer = errors.New("dialog: the state is of a newer version, and there is no Upgrade")

// open returns the open step.
func (f *flow[S]) open() (n node[S], known bool) { return f.d.step(f.rec.Step) }

func (f *flow[S]) applies(i int) bool { return f.d.nodes[i].applies(&f.state) }

// run is the run as the dialog's functions see it.
func (f *flow[S]) run() *Run[S] {
	return &Run[S]{
		State: &f.state, Event: f.ev, Reply: f.reply, ID: f.rec.Run, Step: f.rec.Step, Request: f.rec.Request,
		Tries: f.rec.Tries, Timeouts: f.rec.Timeouts, fill: f.fill, words: f.words,
	}
}

// fill gives the answers to the texts that are said next, by the names of their steps and what these were called before; in
// an included dialog by the names that it has for them too.
func (f *flow[S]) fill(ctx context.Context) {
	at, _ := f.open()
	for _, n := range f.d.nodes {
		if n.show == nil {
			continue
		}
		shown := ""
		if f.rec.shows(n.name) {
			shown = n.show(ctx, &f.state)
		}
		for _, name := range append([]string{n.name}, n.aliases...) {
			f.reply.Set(name, shown)
			if name, ok := at.relative(name); ok {
				f.reply.Set(name, shown)
			}
		}
	}
}

// fails returns a permanent error of the open step.
func (f *flow[S]) fails(format string, args ...any) error {
	return handling.Permanent(&StepError{Dialog: f.d.Name, Step: f.rec.Step, Problem: fmt.Sprintf(format, args...)})
}

// enter goes on from the open step, until a question is asked, something is waited for, or the
// run has ended.
func (f *flow[S]) enter(ctx context.Context) error {
	for !f.over {
		n, known := f.open()
		switch {
		case !known:
			return f.end(ctx, Lost)
		case f.rec.Paused && n.kind != does:
			return nil // until the bot has the conversation again
		case n.kind == asks:
			return f.ask(ctx, n)
		}
		if err := f.turn.step(); err != nil {
			return f.fails("%v", err)
		}
		var next Next
		var err error
		switch n.kind {
		case says:
			err = f.say(ctx, n)
		case does:
			next, err = n.do(ctx, f.run())
		case waits:
			return f.beginWait(ctx, n)
		case hands:
			return f.handOver(ctx, n)
		case asks:
		}
		if err != nil || f.over {
			return err
		}
		if next.move == stays {
			return f.fails("only a question or a wait can stay open, and it returns Stay")
		}
		if enter, err := f.follow(ctx, n, next); err != nil || !enter {
			return err
		}
	}
	return nil
}

// isOf reports whether the run is of a dialog with one of these names.
func (f *flow[S]) isOf(names []string) bool { return slices.Contains(names, f.d.Name) }
