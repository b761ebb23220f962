package simulation_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/receiving/payload"
	"github.com/djmessenger/messenger/store"
)

// What a program does with signals and timers.
const (
	doSignal = "signal"
	doTimer  = "timer"
	doCancel = "cancel"
)

// raisePlan is a signal that the program raises, a timer that it sets, or one of them that it takes back.
type raisePlan struct {
	n      int
	do     string
	key    string
	delay  time.Duration
	person person
	at     time.Duration // when, if that is not in a turn
	turn   *eventPlan    // that of what is raised
}

func (r *raisePlan) String() string {
	return fmt.Sprintf("%s %s %q after %v", r.do, r.turn.text(), r.key, r.delay)
}

// due is how long after its plan begins all is due that it raises, and that what it raises raises.
func (r *raisePlan) due() time.Duration {
	next := time.Duration(0)
	for _, raised := range r.turn.raises {
		next = max(next, raised.due())
	}
	return r.delay + next
}

// planRaises draws what is raised, in turns and from outside of turns. Some of it meets what was raised before: under the same key, and
// when that is about to become due.
func (s *scenario) planRaises() {
	for i := range s.dice.at("raises").below(14) {
		d := s.dice.at("raise", i)
		e := s.events[d.at("person").below(len(s.events))]
		r := s.planRaise(d, e.person)
		switch {
		case d.at("in a turn").chance(0.5):
			e.raises = append(e.raises, r)
			continue
		case d.at("meets").chance(0.4) && len(s.raises) > 0:
			met := s.raises[d.at("meets", 1).below(len(s.raises))]
			r.person, r.turn.person, r.key = met.person, met.person, met.key
			r.at = max(0, met.at+met.delay+d.at("meets", 2).between(-1500*time.Millisecond, 1500*time.Millisecond))
			if r.do != doCancel {
				r.do = met.do
			}
			if met.do == doCancel {
				r.do = doTimer
			}
		default:
			r.at = d.at("at").between(s.known(r.person), s.horizon)
		}
		s.raises = append(s.raises, r)
	}
}

// known is about when a bot knows a person: when they have written.
func (s *scenario) known(who person) time.Duration {
	for _, e := range s.events {
		if e.person == who {
			return min(e.at, s.horizon)
		}
	}
	return 0
}

func (s *scenario) planRaise(d dice, whose person) *raisePlan {
	r := &raisePlan{n: len(s.turns), person: whose}
	r.do = pick(d.at("do"), weighted[string]{3, doSignal}, weighted[string]{5, doTimer}, weighted[string]{2, doCancel})
	r.key = fmt.Sprint("timer ", d.at("key").below(3))
	if r.do == doSignal || r.do == doCancel && d.at("cancels").chance(0.3) {
		r.key = fmt.Sprint("signal ", d.at("key").below(4))
	}
	if r.do == doTimer {
		r.delay = d.at("delay").between(0, pick(d.at("delay", 1),
			weighted[time.Duration]{2, 3 * time.Second}, weighted[time.Duration]{4, 30 * time.Second}, weighted[time.Duration]{2, 2 * time.Minute}))
	}
	r.turn = s.planEvent(d.at("turn"), whose, 0)
	r.turn.n, r.turn.raised = r.n, true
	s.turns = append(s.turns, r.turn)
	if r.do != doCancel && d.at("next").chance(0.25) && len(s.turns) < 30 {
		next := s.planRaise(d.at("next", 1), whose)
		if d.at("again").chance(0.5) { // it sets itself anew
			next.do, next.key = doTimer, r.key
		}
		r.turn.raises = append(r.turn.raises, next)
	}
	return r
}

// word is the payload of what is raised: its name, which differs for each raise.
var word = payload.New[string]("word")

// wordOf is the name in an event of type SIGNAL.
func wordOf(ev *receiving.Event) string {
	signal, ok := ev.Payload.(*receiving.Signal)
	if !ok {
		return ""
	}
	text, err := word.Decode(signal.Payload)
	if err != nil {
		return ""
	}
	return text
}

// raise does in a turn what its plan says.
func (r *run) raise(ctx context.Context) error {
	for _, plan := range r.event.raises {
		name := fmt.Sprintf("%s/%s.%d", plan.turn.text(), strings.ReplaceAll(r.text, "/", "-"), r.n)
		var err error
		switch plan.do {
		case doSignal:
			err = handling.Signal(ctx, plan.key, word, name)
		case doTimer:
			err = handling.After(ctx, plan.delay, plan.key, word, name)
		case doCancel:
			err = handling.CancelTimer(ctx, plan.key)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// raiseOutside does what a plan says outside of turns, until a call of the bot succeeds.
func (w *world) raiseOutside(r *raisePlan) {
	w.until(r.at)
	for try := 0; ; try++ {
		d := w.dice.at("raise call", r.n, try)
		ctx, cancel := context.WithTimeout(w.ctx(), 10*time.Second)
		name := fmt.Sprintf("%s/o%d", r.turn.text(), try)
		err := w.process(d.at("replica").below(w.replicas)).raise(ctx, r, name)
		cancel()
		w.raisedOutside(r, name, err)
		if err == nil || !w.rest(d.between(0, 5*time.Second)) {
			return
		}
	}
}

// raise calls the bot. What a dead process was to do fails.
func (p *process) raise(ctx context.Context, r *raisePlan, name string) error {
	done := make(chan error, 1)
	p.w.within(func() {
		done <- safely(func() (err error) {
			switch r.do {
			case doSignal:
				err = p.bot.Signal(ctx, r.person.page, r.person.id, r.key, word.MustEncodeSignal(name))
			case doTimer:
				err = p.bot.SignalAfter(ctx, r.person.page, r.person.id, r.delay, r.key, word.MustEncodeSignal(name))
			case doCancel:
				_, err = p.bot.CancelSignal(ctx, r.person.page, r.person.id, r.key)
			}
			return err
		})
	})
	select {
	case err := <-done:
		return err
	case <-p.died:
		return errDead
	}
}

// raisedOutside checks the answer to a call from outside of turns. w.mu must not be held.
func (w *world) raisedOutside(r *raisePlan, name string, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	c := w.conv(store.Conversation{PageID: r.person.page, PSID: r.person.id})
	switch {
	case err == nil && r.do == doTimer && w.said[name] == nil, err == nil && r.do == doSignal && !c.signals[r.key]:
		w.violate("what a call has raised is durable", "%v as %s is not", r, name)
	case errors.Is(err, store.ErrNoPerson) && r.do == doCancel:
		w.violate("what does not wait can be taken back", "%v: %v", r, err)
	}
}
