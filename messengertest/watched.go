package messengertest

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/djmessenger/messenger/store"
)

// watched is the store of a chat's bot. It sees from the bot's calls whether all that is due has been handled, and when
// more becomes due.
type watched struct {
	store.Store

	clock *Clock

	mu      sync.Mutex
	hints   map[int]func() // that the bot has registered
	nextID  int
	running int           // calls that may make something due
	calls   int           // of those that have ended
	empty   int           // calls, when the newest claim began that found nothing
	changed chan struct{} // receives when a claim has found nothing
	due     []time.Time   // when something may become due, by the clock
	resting []rest        // conversations that wait until the page's send rate lets their messages pass
}

// rest is that of a conversation of a page, until a time by the clock.
type rest struct {
	pageID string
	until  time.Time
}

func watch(st store.Store, clock *Clock) *watched {
	return &watched{Store: st, clock: clock, hints: map[int]func(){}, empty: -1, changed: make(chan struct{}, 1)}
}

// on returns the same for another store.
func (w *watched) on(st store.Store) *watched {
	w.mu.Lock()
	defer w.mu.Unlock()
	next := watch(st, w.clock)
	next.due = slices.Clone(w.due)
	return next
}

// Unwrap implements store.Unwrapper: the capabilities are those of the store.
func (w *watched) Unwrap() store.Store { return w.Store }

// Put implements store.Queuer.
func (w *watched) Put(ctx context.Context, events ...store.Event) error {
	defer w.begin()()
	return w.Store.Put(ctx, events...)
}

// Enqueue implements store.Queuer.
func (w *watched) Enqueue(ctx context.Context, sends ...store.Send) error {
	defer w.begin()()
	err := w.Store.Enqueue(ctx, sends...)
	if err == nil {
		w.noteSends(sends)
	}
	return err
}

// Apply implements store.Store.
func (w *watched) Apply(ctx context.Context, writes ...store.Write) error {
	defer w.begin()()
	err := w.Store.Apply(ctx, writes...)
	if err == nil {
		w.noteWrites(writes)
	}
	return err
}

// Commit implements store.Queuer.
func (w *watched) Commit(ctx context.Context, outcome store.Outcome) ([]store.QueuedSend, error) {
	defer w.begin()()
	due, err := w.Store.Commit(ctx, outcome)
	if err == nil {
		w.noteSends(outcome.Sends)
		w.noteWrites(outcome.Writes)
		if outcome.Release {
			w.noteDue(outcome.After)
			w.noteRest(outcome)
		}
	}
	return due, err
}

// Claim implements store.Queuer.
func (w *watched) Claim(ctx context.Context, claim store.Claim) ([]store.Lease, error) {
	w.mu.Lock()
	before := w.calls
	w.mu.Unlock()
	end := w.begin()
	leases, err := w.Store.Claim(ctx, claim)
	if err != nil || len(leases) > 0 {
		end()
		return leases, err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.running--
	if claim.Background > 0 { // it has looked for everything
		w.empty = before
		select {
		case w.changed <- struct{}{}:
		default:
		}
	}
	return leases, nil
}

// Wake implements store.Queuer.
func (w *watched) Wake(hint func()) (stop func()) {
	end := w.Store.Wake(hint)
	w.mu.Lock()
	defer w.mu.Unlock()
	id := w.nextID
	w.nextID++
	w.hints[id] = hint
	return func() {
		w.mu.Lock()
		delete(w.hints, id)
		w.mu.Unlock()
		end()
	}
}

// begin notes a call that may make something due, until the function is called that it returns.
func (w *watched) begin() (end func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.running++
	return func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.running--
		w.calls++
	}
}

// again makes what claims have found so far count no more, and has the bot claim.
func (w *watched) again() {
	w.mu.Lock()
	w.calls++
	w.mu.Unlock()
	w.hint()
}

func (w *watched) hint() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, hint := range w.hints {
		hint()
	}
}

// idle reports whether a claim has found nothing since the last call that may have made something due, and says how many such
// calls there were.
func (w *watched) idle() (bool, int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.running == 0 && w.empty == w.calls, w.calls
}

func (w *watched) noteSends(sends []store.Send) {
	for _, s := range sends {
		w.noteDue(s.Delay)
	}
}

func (w *watched) noteWrites(writes []store.Write) {
	for _, write := range writes {
		if raised, ok := write.(store.Raise); ok {
			w.noteDue(raised.Delay)
		}
	}
}

// noteDue notes that something becomes due after a delay from now.
func (w *watched) noteDue(delay time.Duration) {
	if delay <= 0 {
		return
	}
	w.noteAt(w.clock.Now().Add(delay))
}

// noteAt notes that something becomes due at a time.
func (w *watched) noteAt(at time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !slices.ContainsFunc(w.due, at.Equal) {
		w.due = append(w.due, at)
	}
}

// nextDue returns when something becomes due next, up to a time: the last within a second, so that what is due
// together is handled together. It is that time if nothing is.
func (w *watched) nextDue(until time.Time) time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	now := w.clock.Now()
	w.due = slices.DeleteFunc(w.due, func(at time.Time) bool { return !at.After(now) })
	slices.SortFunc(w.due, time.Time.Compare)
	next := until
	for i, at := range w.due {
		if at.After(until) || at.Sub(w.due[0]) > time.Second {
			break
		}
		if i == 0 || at.After(next) {
			next = at
		}
	}
	return next
}

// noteRest notes that a conversation rests with messages that are due. One that the platform refused for now is not: it has
// a time of its own.
func (w *watched) noteRest(outcome store.Outcome) {
	if outcome.After <= 0 || outcome.Event != nil || outcome.Awaits != "" ||
		slices.ContainsFunc(outcome.Results, func(r store.SendResult) bool { return r.State != store.SendFinished }) {
		return
	}
	until := w.clock.Now().Add(outcome.After)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.resting = append(w.resting, rest{outcome.Lease.PageID, until})
}

// endRests drops the rests that have ended. What claims have found before counts no more then.
func (w *watched) endRests() {
	w.mu.Lock()
	now, before := w.clock.Now(), len(w.resting)
	w.resting = slices.DeleteFunc(w.resting, func(r rest) bool { return !r.until.After(now) })
	ended := len(w.resting) < before
	w.mu.Unlock()
	if ended {
		w.again()
	}
}

// rests reports whether a conversation rests of a page that is of interest.
func (w *watched) rests(of func(pageID string) bool) bool {
	w.mu.Lock()
	resting := slices.Clone(w.resting)
	w.mu.Unlock()
	return slices.ContainsFunc(resting, func(r rest) bool { return of(r.pageID) })
}
