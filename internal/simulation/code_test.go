package simulation_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"time"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/secret"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/store"
)

// How a token source fails; with tokenRefused it is the platform that refuses.
const (
	tokenRefused = "refused"
	tokenFails   = "fails"
	tokenPanics  = "panics"
	tokenDeaf    = "deaf"
)

// poisonings is how many processes a turn ends at most. An event is a dead letter much sooner.
const poisonings = 40

var errMisbehaves = errors.New("it misbehaves")

// policy is the program's: what each event is in the journal of its conversation, and what is
// answered.
func (p *process) policy() routing.Policy {
	return routing.Policy{
		receiving.TypeDefault:    {{Name: "journal", Handler: handling.Func(p.journal), Signals: true}},
		receiving.TypeSimpleText: {{Name: "answer", Handler: handling.Func(p.answer), Senders: []sending.Sender{sending.Func(p.compose)}}},
		receiving.TypeSignal: {{
			Name: "answer signal", Senders: []sending.Sender{sending.Func(p.compose)},
			Handler: handling.OnPayload(word, func(ctx context.Context, ev *receiving.Event, _ string, reply *sending.Replier) error {
				return p.answer(ctx, ev, reply)
			}),
		}},
	}
}

type runKey struct{}

// run is one run of the program's code for an event.
type run struct {
	event *eventPlan
	text  string
	n     int

	// w.mu guards these: its lease, as far as that is known, when the store said to its process that it is lost, and its context.
	lease store.LeaseID
	lost  time.Duration
	began time.Duration
	ctx   context.Context //nolint:containedctx // that the bot gave to it
}

// said is the text of an event that has a plan, or empty.
func said(ev *receiving.Event) string {
	if ev.Type == receiving.TypeSimpleText {
		return ev.Text()
	}
	return wordOf(ev)
}

func (r *run) misbehaves(place string) bool {
	return r.n <= r.event.misbehaves && r.event.place == place
}

// wrapTurn begins a run.
func (p *process) wrapTurn(next handling.TurnFunc) handling.TurnFunc {
	return func(ctx context.Context, ev *receiving.Event) error {
		text := said(ev)
		if text == "" {
			return next(ctx, ev)
		}
		r := &run{event: p.w.plan(text), text: text}
		r.n = p.w.ran(p, text)
		p.w.beginsRun(ctx, p, r, store.Conversation{PageID: ev.PageID, PSID: ev.PSID})
		defer p.w.endsRun(p, r)
		if r.misbehaves(inMiddleware) {
			if err := p.misbehave(ctx, r.event); err != nil {
				return err
			}
		}
		return next(context.WithValue(ctx, runKey{}, r), ev)
	}
}

// journal adds the event to a session, and counts it.
func (p *process) journal(ctx context.Context, ev *receiving.Event, _ *sending.Replier) error {
	text := said(ev)
	if text == "" {
		return handling.Skip
	}
	var texts []string
	if _, err := store.LoadSession(ctx, "journal", &texts); err != nil {
		return err
	}
	if err := store.KeepSession(ctx, "journal", append(texts, text), 0); err != nil {
		return err
	}
	return store.Queue(ctx, store.AddThumbUp{PageID: ev.PageID, PSID: ev.PSID})
}

func runOf(ctx context.Context) *run {
	r, _ := ctx.Value(runKey{}).(*run)
	return r
}

// answers is the name of the answers of a turn.
func (r *run) answers() string {
	if r.event.raised {
		return "r" + strings.ReplaceAll(r.text, "/", "-")
	}
	return fmt.Sprint("r", r.event.n)
}

// answer replies to an event.
func (p *process) answer(ctx context.Context, _ *receiving.Event, reply *sending.Replier) error {
	r := runOf(ctx)
	if r == nil {
		return handling.Permanent(errors.New("the context is not that of the middleware"))
	}
	e := r.event
	if !p.w.rest(e.takes, ctx.Done()) && ctx.Err() != nil {
		p.w.cutShort(ctx, p, r.began, r.text)
		return ctx.Err()
	}
	if e.leaks {
		p.w.within(func() {
			p.w.rest(45 * time.Second)
			_ = reply.Reply(ctx, sending.Text("leaked"))
			_ = store.Queue(ctx, store.AddThumbUp{PageID: e.person.page, PSID: e.person.id})
			_ = handling.Signal(ctx, "leaked", word, "leaked")
		})
	}
	if err := r.raise(ctx); err != nil {
		return err
	}
	if r.misbehaves(inHandler) {
		if err := p.misbehave(ctx, e); err != nil {
			return err
		}
	}
	for i := range e.replies {
		m := sending.Text(fmt.Sprintf("%s.%d/%d", r.answers(), i, r.n))
		if i == e.replies-1 && e.late > 0 {
			m = m.After(e.late)
		}
		if err := reply.Reply(ctx, m); err != nil {
			return err
		}
	}
	return nil
}

// compose is a sender that answers nothing, and may misbehave.
func (p *process) compose(ctx context.Context, _ *receiving.Event) ([]sending.Message, error) {
	r := runOf(ctx)
	if r == nil || !r.misbehaves(inSender) {
		return nil, nil
	}
	return nil, p.misbehave(ctx, r.event)
}

func (p *process) misbehave(ctx context.Context, e *eventPlan) error {
	switch e.way {
	case misPermanent:
		return handling.Permanent(errMisbehaves)
	case misPanic:
		panic(errMisbehaves)
	case misGoexit:
		runtime.Goexit()
	case misDeaf:
		p.w.rest(e.stuck)
		return nil
	case misLater:
		return handling.RetryAfter(e.stuck / 4)
	case misSlow:
		<-ctx.Done()
		return ctx.Err()
	case misPoison:
		if p.w.next("poison") > poisonings {
			return nil // and that it took effect is found
		}
		if p.kill("poisoned by " + e.text()) {
			p.w.spawn(func() {
				p.w.rest(2 * time.Second)
				p.w.restart(p.slot)
			})
		}
		return p.gate()
	}
	return errMisbehaves
}

// sendOutside sends messages beside turns, as a program does when something has happened.
func (w *world) sendOutside(o *outsidePlan) {
	w.until(o.at)
	var messages []sending.Message
	for i := range o.messages {
		messages = append(messages, sending.Text(fmt.Sprintf("o%d.%d/1", o.n, i)))
	}
	for i := range max(o.once, 1) {
		w.spawn(func() {
			for try := 0; ; try++ {
				d := w.dice.at("outside call", o.n, i, try)
				ctx, cancel := context.WithTimeout(w.ctx(), 10*time.Second)
				err := w.process(d.at("replica").below(w.replicas)).sendMessages(ctx, o, messages)
				cancel()
				if err == nil || o.once == 0 {
					return
				}
				if !w.rest(d.between(0, 5*time.Second)) {
					return
				}
			}
		})
	}
}

// sendMessages calls the bot. What a dead process was to do fails.
func (p *process) sendMessages(ctx context.Context, o *outsidePlan, messages []sending.Message) error {
	done := make(chan error, 1)
	p.w.within(func() {
		if o.once == 0 {
			done <- safely(func() error { return p.bot.Send(ctx, o.person.page, o.person.id, messages...) })
			return
		}
		done <- safely(func() error {
			return p.bot.SendOnce(ctx, o.person.page, o.person.id, fmt.Sprint("outside ", o.n), messages...)
		})
	})
	select {
	case err := <-done:
		return err
	case <-p.died:
		return errDead
	}
}

// wrapSend is the middleware of sends: it may misbehave before the request, and hangs or panics
// after it.
func (p *process) wrapSend(next sending.DeliverFunc) sending.DeliverFunc {
	return func(ctx context.Context, d sending.Delivery) (graph.SendResult, error) {
		if p.w.calm {
			return next(ctx, d)
		}
		name := "middleware of " + d.Message.Text
		n := p.w.next(name)
		dice := p.w.dice.at(name, n)
		if dice.at("before").chance(0.02) {
			pick(dice.at("how"), weighted[func()]{1, func() { panic(errMisbehaves) }}, weighted[func()]{1, runtime.Goexit},
				weighted[func()]{1, func() { p.w.rest(dice.between(12*time.Second, time.Minute)) }})()
		}
		result, err := next(ctx, d)
		if dice.at("after").chance(0.02) {
			pick(dice.at("how"), weighted[func()]{1, func() {
				p.w.holdBack(d.Message.Text)
				p.w.rest(dice.between(12*time.Second, time.Minute))
			}},
				weighted[func()]{hidden, func() { panic(errMisbehaves) }}, weighted[func()]{hidden, runtime.Goexit})()
		}
		return result, err
	}
}

// tokens is the program's token source.
func (p *process) tokens() graph.TokenSource {
	return graph.TokenFunc(func(_ context.Context, page string) (secret.Value, error) {
		switch t := p.w.tokenTrouble(page); {
		case t == nil:
		case t.way == tokenFails:
			return secret.Value{}, errMisbehaves
		case t.way == tokenPanics:
			panic(errMisbehaves)
		case t.way == tokenDeaf:
			p.w.rest(t.from + t.lasts - p.w.now())
		}
		return secret.New(tokenOf(page)), nil
	})
}

func (w *world) tokenTrouble(page string) *trouble {
	w.mu.Lock()
	defer w.mu.Unlock()
	for i := range w.troubles {
		if t := &w.troubles[i]; t.kind == troubleToken && t.page == page && t.covers(w.now()) {
			return t
		}
	}
	return nil
}

// hook misbehaves as a function of the configuration may.
func (p *process) hook(page, name, about string) {
	if p.w.calm {
		return
	}
	d := p.w.dice.at("hook "+name+about, p.w.next("hook "+name+about))
	if !d.chance(0.2) {
		return
	}
	pick(d.at("how"), weighted[func()]{1, func() { panic(errMisbehaves) }}, weighted[func()]{1, runtime.Goexit},
		weighted[func()]{1, func() {
			p.inHook(page, 1)
			defer p.inHook(page, -1)
			p.w.rest(d.between(time.Second, time.Minute))
		}})()
}

func (p *process) onDeadLetter(_ context.Context, letter messenger.DeadLetter) {
	p.w.told(p, letter)
	p.hook(letter.PageID, "dead", letter.Key)
}

func (p *process) onSendFailed(_ context.Context, f sending.Failure) {
	p.w.failed(p, f)
	p.hook(f.PageID, "failed", f.Message.Text)
}

func (p *process) onTokenInvalid(_ context.Context, page string, _ error) {
	p.hook(page, "token", page)
}
