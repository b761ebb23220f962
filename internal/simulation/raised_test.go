package simulation_test

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/djmessenger/messenger/internal/raise"
	"github.com/djmessenger/messenger/store"
)

// raising is what is known of an event that the program has raised. It is a model of [store.Raise].
type raising struct {
	key     string
	once    bool // a signal; not a timer
	process *process
	at      time.Duration // when it was raised
	delay   time.Duration
	// stored is when it was raised by the store's clock, and due when it is due; both as early as they can be after a step of the clock
	// back, which a store notices at its next call, or does not notice.
	stored, due time.Time
	// stepped reports that a step of the clock has changed when it is due. Then its place in the order is not known.
	stepped bool
	// unsure reports that the store may not have noticed such a step, so that it may be late.
	unsure bool
	gone   bool // it was taken back or replaced
	maybe  bool // it may have been
}

// isTimer reports whether the event is a timer, and so background work.
func (e *event) isTimer() bool { return e.raising != nil && !e.once }

// stored is the store's time as it keeps it.
func (w *world) stored() time.Time { return w.storeTime().Truncate(time.Microsecond) }

// raised notes that the store has taken a raise. Own is the conversation whose outcome it was in, or nil.
func (w *world) raised(p *process, r store.Raise, own *conversation) {
	text, err := raise.Payload(r.Body)
	if err == nil {
		text, err = word.Decode(text)
	}
	if err != nil {
		w.violate("what is raised can be read", "%q: %v", r.Body, err)
		return
	}
	c := w.conv(r.Conversation)
	once := !r.Replace
	switch {
	case once && c.signals[r.Key]:
		w.say("%s: %s has no effect, signal %q was raised before", p.name, text, r.Key)
		return
	case once:
		c.raised(r.Key)
	default:
		w.takeBack(r.Conversation, r.Key, own, func(e *event) bool { return e.isTimer() })
	}
	if w.said[text] != nil {
		w.violate("a turn takes effect once", "%s is raised again", text)
	}
	if text == "leaked" {
		w.violate("what runs on after its turn has no effect", "a signal of it was raised")
	}
	w.arrivals++
	ev := &event{text: text, arrival: w.arrivals, put: w.now() + r.Delay, acked: true}
	ev.raising = &raising{key: r.Key, once: once, process: p, at: w.now(), delay: r.Delay, stored: w.stored()}
	ev.due = ev.stored.Add(r.Delay.Truncate(time.Microsecond))
	ev.Conversation, ev.Time = r.Conversation, ev.due
	w.said[text] = ev
	w.signals = append(w.signals, ev)
	c.events = append(c.events, ev)
	w.say("%s: raised %s for %s under %q, due in %v", p.name, text, r.PSID, r.Key, r.Delay)
	time.AfterFunc(r.Delay, func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.happens(p, onDue)
	})
}

// raised notes that a signal was raised under a key.
func (c *conversation) raised(key string) {
	if c.signals == nil {
		c.signals = map[string]bool{}
	}
	c.signals[key] = true
}

// waitingRaised are the raised events of a conversation that wait, in the order in which they are due.
func (c *conversation) waitingRaised() []*event {
	waits := slices.DeleteFunc(slices.Clone(c.events), func(e *event) bool { return e.raising == nil || e.done })
	slices.SortFunc(waits, func(a, b *event) int { return cmp.Or(a.Time.Compare(b.Time), cmp.Compare(a.arrival, b.arrival)) })
	return waits
}

// takeBack takes back the raised events of a key, as a cancellation or a replacement does: not the one whose turn ends with the same
// outcome, and not the first that is due while another worker has the conversation. It returns whether there were any, and those of which
// the model does not know, since it does not know which is the first.
func (w *world) takeBack(conv store.Conversation, key string, own *conversation, which func(*event) bool) (found bool, maybe []*event) {
	c := w.conv(conv)
	others := c.holder != nil && c != own
	waits := c.waitingRaised()
	unknown := others && slices.ContainsFunc(waits, func(e *event) bool { return e.stepped || e.maybe })
	for i, ev := range waits {
		running := others && i == 0 && !ev.due.After(w.storeTime())
		switch {
		case ev.key != key || !which(ev):
		case unknown:
			ev.maybe, maybe = true, append(maybe, ev)
		case !running:
			found = true
			w.takenBack(c, ev)
		}
	}
	return found, maybe
}

// takenBack notes that a raised event was taken back.
func (w *world) takenBack(c *conversation, ev *event) {
	w.say("%s is taken back", ev.text)
	ev.gone, ev.maybe = true, false
	c.events = slices.DeleteFunc(c.events, func(e *event) bool { return e == ev })
	if ev.once {
		delete(c.signals, ev.key)
	}
}

// cancelled notes that the store has taken back what was raised under a key, and checks what it says of that.
func (w *world) cancelled(p *process, conv store.Conversation, key string, says bool) {
	w.say("%s: take back %q of %s: %v", p.name, key, conv.PSID, says)
	found, maybe := w.takeBack(conv, key, nil, func(*event) bool { return true })
	switch {
	case len(maybe) == 0 && found != says:
		w.violate("CancelSignal says what it has taken back", "%q of %s: %v, not %v", key, conv.PSID, says, found)
	case !says:
		for _, ev := range maybe {
			ev.maybe = false
		}
	case len(maybe) == 1:
		w.takenBack(w.conv(conv), maybe[0])
	}
}

// handedOut notes that a lease has an event that the program has raised, and checks that it may have it.
func (w *world) handedOut(p *process, e *store.QueuedEvent) *event {
	text, err := raise.Payload(e.Body)
	if err == nil {
		text, err = word.Decode(text)
	}
	ev := w.said[text]
	if err != nil || ev == nil || ev.raising == nil {
		w.violate("what is handed out was raised", "%q: %v", e.Body, err)
		return nil
	}
	switch {
	case ev.gone:
		w.violate("what was taken back is not handled", "%s is claimed by %s", text, p.name)
	case ev.done:
		w.violate("what was raised is handled once", "%s is claimed by %s again", text, p.name)
	case w.stored().Before(ev.due):
		w.violate("nothing is handled before its time", "%s is claimed by %s %v before", text, p.name, ev.due.Sub(w.storeTime()))
	case !ev.stepped && !e.Time.Equal(ev.due), e.Time.Before(ev.due):
		w.violate("the time of a signal is when it became due", "%s has %v, not %v", text, e.Time, ev.due)
	case e.Raised.Key != ev.key || ev.Key != "" && ev.Key != e.Key:
		w.violate("a signal keeps its keys", "%s has %q and %q, not %q and %q", text, e.Raised.Key, e.Key, ev.raising.key, ev.Key)
	}
	if ev.maybe {
		ev.maybe = false // it was not
	}
	ev.Key, ev.Time = e.Key, e.Time
	w.taken[e.Key] = ev
	return ev
}

// stepRaised notes what a step of the store's clock does to what was raised: its delay counts by that clock, and after a step back by a
// second or more it counts from the time to which the clock was set, if it was raised later than that.
func (w *world) stepRaised(step time.Duration) {
	now := w.stored()
	troubled := slices.ContainsFunc(w.troubles, func(t trouble) bool { return t.kind == troubleStore && t.covers(w.now()) })
	for _, ev := range w.signals {
		if ev.done || ev.gone {
			continue
		}
		if ahead := ev.stored.Sub(now); step < 0 && ahead > -2*time.Second {
			ev.stepped, ev.unsure = true, troubled || step > -2*time.Second
			ahead = max(ahead, 0)
			ev.stored, ev.due = ev.stored.Add(-ahead), ev.due.Add(-ahead)
			ev.Time = ev.due
		}
		if rest := ev.due.Sub(now); rest > 0 {
			ev.put = w.now() + rest
		} else {
			ev.put = min(ev.put, w.now())
		}
	}
}

// checkTimers checks that the store lists what waits in a conversation.
func (w *world) checkTimers(conv store.Conversation, timers []store.Timer) {
	var want, got []string
	for _, ev := range w.conv(conv).waitingRaised() {
		if ev.maybe || ev.stepped {
			return
		}
		want = append(want, ev.key+" "+ev.due.UTC().String())
	}
	for _, t := range timers {
		got = append(got, t.Key+" "+t.Due.UTC().String())
	}
	if !slices.Equal(want, got) {
		w.violate("Timers lists what waits", "for %s: %q, not %q", conv.PSID, got, want)
	}
}

func (s *processStore) checkTimers(ctx context.Context, conv store.Conversation) {
	timers, err := s.inner.Timers(ctx, conv, store.TimerQuery{})
	if err != nil {
		panic(err)
	}
	s.p.w.checkTimers(conv, timers)
}

func (s *processStore) Timers(ctx context.Context, conv store.Conversation, query store.TimerQuery) ([]store.Timer, error) {
	return call(ctx, s, "read", func(ctx context.Context) ([]store.Timer, error) { return s.inner.Timers(ctx, conv, query) })
}

func (s *processStore) CancelRaised(ctx context.Context, conv store.Conversation, key string) (bool, error) {
	return call(ctx, s, "cancel", func(ctx context.Context) (bool, error) {
		found, err := s.inner.CancelRaised(ctx, conv, key)
		if err == nil {
			s.p.w.cancelled(s.p, conv, key, found)
			s.checkTimers(ctx, conv)
		}
		return found, err
	})
}
