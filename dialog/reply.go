package dialog

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"strings"

	"github.com/djmessenger/messenger/i18n"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/sending"
)

// errPassed says that an act was refused by a question with Pass, and goes to other routes
// first.
var errPassed = errors.New("dialog: passed")

// reading is what a question makes of an act before anything follows from it.
type reading struct {
	command command
	choice  string // the key of the choice that was tapped or named
	page    int    // of a showPage
}

// read finds out which choice or command an act is at a question.
func (f *flow[S]) read(ctx context.Context, n node[S], a act) (reading, error) {
	if a.is == dialogTap {
		if a.tap.Key == skipKey && n.optional {
			return reading{command: skip}, nil
		}
		if page, ok := pageTapped(a.tap.Key); ok {
			return reading{command: showPage, page: page}, nil
		}
		return reading{choice: a.tap.Key}, nil
	}
	text := ""
	if f.ev.Type == receiving.TypeSimpleText {
		text = f.ev.Text()
	}
	if strings.TrimSpace(text) == "" {
		return reading{}, nil
	}
	choices, err := n.choices(ctx, f.run(), f.rec.Partial)
	if err != nil {
		return reading{}, err
	}
	if key, ok := choiceOf(ctx, choices, text); ok {
		return reading{choice: key}, nil
	}
	switch c := f.words.command(ctx, text); {
	case c == skip && !n.optional, c == help && f.d.Help == "":
		return reading{}, nil
	default:
		return reading{command: c}, nil
	}
}

// answer takes an act for an answer to the open question. With pass, what a question with Pass
// refuses is errPassed, and changes nothing.
func (f *flow[S]) answer(ctx context.Context, a act, pass bool) error {
	n, _ := f.open()
	said, err := f.read(ctx, n, a)
	if err != nil {
		return err
	}
	if said.command != noCommand {
		f.page = said.page
		return f.obey(ctx, n, said.command)
	}
	return f.accept(ctx, n, said.choice, func(why *RefusalError) error {
		if pass && n.pass {
			return errPassed
		}
		return f.refuse(ctx, n, why)
	})
}

// accept gives an act to a question, and goes on if that accepts it. If not, the run is as before, and refused is called.
func (f *flow[S]) accept(ctx context.Context, n node[S], choice string, refused func(*RefusalError) error) error {
	before := f.rec
	old, err := n.present(&f.state)
	if err != nil {
		return err
	}
	got, err := n.take(ctx, f.run(), Input{Event: f.ev, Choice: choice}, f.rec.Partial)
	if refusal, ok := errors.AsType[*RefusalError](err); ok {
		return refused(refusal)
	}
	if err != nil || f.over {
		return err
	}
	f.rec.Partial, f.rec.Said = got.partial, saidBy(f.ev)
	switch size, err := f.size(); {
	case err != nil:
		return err
	case size > MaxState-roomForNames:
		f.rec = before
		if err := f.restore(); err != nil {
			return err
		}
		return refused(&RefusalError{Text: f.words.TooLarge})
	}
	f.rec.Tries = 0
	if got.more {
		return f.askMore(ctx, n)
	}
	next, err := got.next()
	if err != nil || f.over {
		return err
	}
	return f.answered(ctx, n, old, next)
}

// answered goes on from a question that has got an answer: what may depend on that is asked, said and done again.
func (f *flow[S]) answered(ctx context.Context, n node[S], old json.RawMessage, next Next) error {
	switch now, err := n.present(&f.state); {
	case err != nil:
		return err
	case !bytes.Equal(old, now):
		f.rec.position = f.rec.revise(outlineOf(f.d.nodes, i18n.From(ctx)), n.name, f.applies)
	}
	return f.proceed(ctx, n, next)
}

// skip passes a question without an answer.
func (f *flow[S]) skip(ctx context.Context, n node[S]) error {
	old, err := n.present(&f.state)
	if err != nil {
		return err
	}
	n.clear(&f.state)
	return f.answered(ctx, n, old, Next{move: skips})
}

// roomForNames is what an accepted answer leaves for the name of the step behind it, and of the next one.
const roomForNames = 1 << 10

// correct takes a tap on the chip of a question that was answered before.
func (f *flow[S]) correct(ctx context.Context, a act) error {
	n, known := f.d.step(a.tap.Step)
	if !known || n.kind != asks {
		return f.remind(ctx)
	}
	before := f.rec
	value, err := n.present(&f.state)
	if err != nil {
		return err
	}
	f.suspend()
	f.move(f.rec.correct(f.d.all, n.name))
	f.rec.Partial = value // several choices: the tap adds one
	said, err := f.read(ctx, n, a)
	switch {
	case err != nil:
		return err
	case said.command == skip:
		f.rec.Said = saidBy(f.ev)
		return f.skip(ctx, n)
	case said.command != noCommand:
		f.rec = before
		return f.remind(ctx)
	}
	return f.accept(ctx, n, said.choice, func(why *RefusalError) error {
		f.rec = before
		if err := f.complain(ctx, why); err != nil {
			return err
		}
		return f.remind(ctx)
	})
}

// remind asks the open question again. At what waits for something else it says Busy. What waits for nothing, since
// a deployment, goes on.
func (f *flow[S]) remind(ctx context.Context) error {
	n, known := f.open()
	switch {
	case !known:
		return f.end(ctx, Lost)
	case n.kind == asks:
		return f.ask(ctx, n)
	case n.kind == waits:
		return f.run().Say(ctx, n.busy)
	case n.kind == says, n.kind == does:
		return f.enter(ctx)
	}
	return nil
}

// obey does what a person can say at any question.
func (f *flow[S]) obey(ctx context.Context, n node[S], c command) error {
	switch c {
	case cancel:
		return f.end(ctx, Cancelled)
	case help:
		if err := f.run().Say(ctx, f.d.Help); err != nil {
			return err
		}
	case skip:
		return f.skip(ctx, n)
	case goBack:
		before, ok := f.rec.back(f.d.all, f.applies)
		if ok {
			f.move(before)
			return f.enter(ctx)
		}
		if err := f.run().Say(ctx, f.words.NoBack); err != nil {
			return err
		}
	case showPage, noCommand:
	}
	return f.remind(ctx)
}

// complain says why an act is no answer.
func (f *flow[S]) complain(ctx context.Context, why *RefusalError) error {
	if why.Text == "" {
		return nil
	}
	f.fill(ctx)
	for name, value := range why.Values {
		f.reply.Set(name, value)
	}
	err := f.reply.Send(ctx, sending.LongText{Text: why.Text})
	if errors.Is(err, sending.ErrNotAnswerable) {
		return nil
	}
	return err
}

// refuse says why an act is no answer, and asks again.
func (f *flow[S]) refuse(ctx context.Context, n node[S], why *RefusalError) error {
	f.rec.Tries++
	f.rec.Said = saidBy(f.ev)
	if f.d.MaxTries > 0 && f.rec.Tries >= f.d.MaxTries {
		return f.end(ctx, Stuck)
	}
	if err := f.complain(ctx, why); err != nil {
		return err
	}
	return f.ask(ctx, n)
}
