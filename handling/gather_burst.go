package handling

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/djmessenger/messenger/internal/turnctx"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/receiving/payload"
	"github.com/djmessenger/messenger/store"
)

// gatherSession begins the names of the sessions of bursts, and the keys of their timers. The open burst
// of a Gather is in the session of that name and the Gather's; one whose turn has failed is in a session of its own.
const gatherSession = "messenger.gather."

// keepGathered is how long a burst is kept that was not handled.
const keepGathered = 7 * 24 * time.Hour

// gatheredKind is the payload of a burst's timer.
var gatheredKind = payload.New[gatherTimer]("messenger.gather")

type gatherTimer struct {
	Name string `json:"name"`
	ID   string `json:"id"`
}

// burst is what waits to be handled together.
type burst struct {
	// ID is of the first event. Each burst has a timer of its own, so that none is lost if the next burst begins
	// while the timer waits.
	ID string `json:"id"`
	// First is when the first event was handled, and Due when its timer is due at the earliest, by the store's clock.
	First time.Time  `json:"first"`
	Due   time.Time  `json:"due"`
	Items []gathered `json:"items"`

	aside bool // it is in a session of its own
}

// gathered is a message of a burst.
type gathered struct {
	Key      string          `json:"key"`
	MID      string          `json:"mid,omitempty"`
	Envelope json.RawMessage `json:"event"`
	// Text is what an edit has changed the text to.
	Text *string `json:"text,omitempty"`
}

// overdue reports whether the turn of the burst's timer has come before the event and has failed: events and timers
// are handled in the order of their times. It may be wrong by the time that the commit took; then the burst is split.
func (b *burst) overdue(ev *receiving.Event, now time.Time) bool {
	return b.ID != "" && now.After(b.Due) && ev.Time.After(b.Due)
}

// full reports whether the burst takes no more messages: as it would be stored, in which some characters take six bytes.
func (b *burst) full() bool {
	if len(b.Items) >= MaxGathered {
		return true
	}
	stored, err := json.Marshal(b)
	return err != nil || len(stored) >= MaxGatheredBytes
}

// add adds an event, once.
func (b *burst) add(ev *receiving.Event, now time.Time) error {
	for _, item := range b.Items {
		if item.Key == ev.Key {
			return nil
		}
	}
	stored, err := envelopeOf(ev).MarshalBinary()
	if err != nil {
		return Permanent(fmt.Errorf("handling: Gather: %w", err))
	}
	if b.ID == "" {
		sum := sha256.Sum256([]byte(ev.Key))
		b.ID, b.First = base64.RawURLEncoding.EncodeToString(sum[:12]), now
	}
	b.Items = append(b.Items, gathered{Key: ev.Key, MID: ev.MID(), Envelope: stored})
	return nil
}

// find returns the index of the message with that id, or -1.
func (b *burst) find(mid string) int {
	for i, item := range b.Items {
		if mid != "" && item.MID == mid {
			return i
		}
	}
	return -1
}

// events decodes the messages.
func (b *burst) events() ([]*receiving.Event, error) {
	events := make([]*receiving.Event, 0, len(b.Items))
	for _, item := range b.Items {
		var e receiving.Envelope
		if err := e.UnmarshalBinary(item.Envelope); err != nil {
			return nil, Permanent(fmt.Errorf("handling: Gather: a message of the burst: %w", err))
		}
		ev, _ := e.Event()
		if m, ok := ev.Payload.(*receiving.Message); ok && item.Text != nil {
			m.Text = *item.Text
		}
		events = append(events, ev)
	}
	return events, nil
}

// envelopeOf returns the envelope of a message. Where the platform has put it into the callback, an event does not say: as a
// messaging element, or as the change that the dashboard's test button sends.
func envelopeOf(ev *receiving.Event) receiving.Envelope {
	e := receiving.Envelope{
		Key: ev.Key, Object: ev.Object, PageID: ev.PageID, PSID: ev.PSID, UserRef: ev.UserRef, Thread: ev.PSID,
		Time: ev.Time, Standby: ev.Standby, Raw: ev.Raw,
	}
	if again, _ := e.Event(); again.Type == ev.Type {
		return e
	}
	e.Field = "messages"
	return e
}

// session is where the burst of that id is, or the open one for "".
func (g Gather) session(id string) store.SessionOf[burst] {
	s := store.SessionOf[burst]{Name: gatherSession + g.Name, Life: keepGathered}
	if id != "" {
		s.Name += "." + id
	}
	return s
}

// open returns the burst that gathers, or none.
func (g Gather) open(ctx context.Context) (burst, error) { return g.load(ctx, "") }

// load returns the burst of a session, or none.
func (g Gather) load(ctx context.Context, id string) (burst, error) {
	b, _, err := g.session(id).Load(ctx)
	if _, broken := errors.AsType[*store.SessionError](err); broken {
		return burst{}, Permanent(fmt.Errorf("handling: Gather: %w", err))
	}
	b.aside = id != ""
	return b, err
}

// setAside keeps a burst whose turn has failed for a replay.
func (g Gather) setAside(ctx context.Context, b burst) error {
	if err := g.session(b.ID).Keep(ctx, b); err != nil {
		return err
	}
	return g.session("").Drop(ctx)
}

func (g Gather) timerKey(b burst) string { return gatherSession + g.Name + "." + b.ID }

// await keeps the burst open for that long.
func (g Gather) await(ctx context.Context, b burst, wait time.Duration) error {
	b.Due = Now(ctx).Add(wait).UTC()
	if err := g.session("").Keep(ctx, b); err != nil {
		return err
	}
	return After(ctx, wait, g.timerKey(b), gatheredKind, gatherTimer{Name: g.Name, ID: b.ID})
}

// end ends a burst.
func (g Gather) end(ctx context.Context, b burst) error {
	id := ""
	if b.aside {
		id = b.ID
	}
	if err := g.session(id).Drop(ctx); err != nil {
		return err
	}
	return CancelTimer(ctx, g.timerKey(b))
}

// reopen keeps a burst whose work a newer message has made obsolete, for that to join it: all else that the turn has queued is dropped.
func (g Gather) reopen(ctx context.Context, b burst, cause error) error {
	set := store.NewTurn(store.From(ctx), store.PersonFrom(ctx)).Begin("")
	err := g.await(set.Context(context.WithoutCancel(ctx)), b, g.quiet())
	if err != nil {
		return errors.Join(cause, err)
	}
	return &turnctx.KeptError{Err: cause, Writes: set.End()}
}
