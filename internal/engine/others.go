package engine

import (
	"context"
	"slices"

	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/store"
)

// echoRecords is how many records of sent messages an echo without metadata is looked for
// in.
const echoRecords = 100

// identifyEcho finds out whether an echo that carries nothing of the bot's is of a message
// that the bot sent, by the id that the platform gave to it: Instagram sends echoes
// without app id and metadata. It returns false when the lease is over.
func (t *turn) identifyEcho() bool {
	mid := t.unidentifiedEcho()
	if mid == "" {
		return true
	}
	return t.w.read(func() error { return t.findEcho(t.w.e.reading(), mid) })
}

// unidentifiedEcho returns the id of the message that the event is an echo of, if the echo
// does not say itself whose it is.
func (t *turn) unidentifiedEcho() string {
	m, ok := t.ev.Payload.(*receiving.Message)
	if !ok || t.own || !m.IsEcho || m.AppID != "" && t.w.e.cfg.KnowsApp(t.ev.PageID) {
		return ""
	}
	return m.MID
}

// findEcho finds out whether the bot sent the message of that id.
func (t *turn) findEcho(ctx context.Context, mid string) error {
	persons := []string{t.ev.PSID}
	if t.ev.PSID != "" {
		persons = append(persons, "") // the records of private replies to comments
	}
	for _, psid := range persons {
		sent, err := t.w.e.cfg.Store.Sent(ctx, t.ev.PageID, psid, echoRecords)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(sent, func(s store.Sent) bool { return s.MID == mid }) {
			t.own = true
			return nil
		}
	}
	return nil
}

// see keeps what the event says about others, and lets the turn read it.
func (t *turn) see(ctx context.Context, person store.Person) {
	if t.seen = t.others(person); len(t.seen) == 0 {
		return
	}
	set := t.state.Begin("others")
	_ = store.Queue(set.Context(ctx), t.seen...) // nothing of it can be refused
	set.End()
}

// others returns what an event says about others who write to its person for the page. It
// takes effect even if the turn fails, and the turn itself sees it already. A
// replayed event says nothing new.
func (t *turn) others(p store.Person) []store.Write {
	ev := t.ev
	if ev.PSID == "" || len(t.queued.Only) > 0 {
		return nil
	}
	at := actedAt(t.queued)
	thread := store.NoteThread{PageID: ev.PageID, PSID: ev.PSID, At: at}
	switch payload := ev.Payload.(type) {
	case *receiving.Message:
		if ev.Type == receiving.TypeEcho && !t.own && !slices.Contains(t.w.e.cfg.Quiet.Automations, payload.AppID) {
			return append(t.threadAfter(p, thread), store.NoteHuman{PageID: ev.PageID, PSID: ev.PSID, At: at})
		}
	case *receiving.ThreadControl:
		if payload.Action == "pass_thread_control" || payload.Action == "take_thread_control" {
			thread.Owner = t.newOwner(payload)
			return []store.Write{thread}
		}
	}
	return t.threadAfter(p, thread)
}

// threadAfter returns what an event says about a thread that another app was reported to
// control: on standby, that it does, and that the platform says so with each event; an
// act that comes to the bot after that, or when control has lapsed, that it does no more.
func (t *turn) threadAfter(p store.Person, thread store.NoteThread) []store.Write {
	switch {
	case p.ThreadOwner == "" || thread.At.Before(p.ThreadAt):
		return nil
	case t.ev.Standby && !p.ThreadStandby:
		thread.Owner, thread.Standby = p.ThreadOwner, true
		return []store.Write{thread}
	case t.ev.IsAct() && (p.ThreadStandby && thread.At.After(p.ThreadAt) || !thread.At.Before(p.ThreadHeldUntil())):
		return []store.Write{thread}
	}
	return nil
}

// newOwner returns the id of the other app that a hand-over gives control to, or "" if it
// is one of the bot's own. While the id of the page's app is unknown, it is the bot's if control
// is passed: the platform reports that to the app that gets control.
func (t *turn) newOwner(c *receiving.ThreadControl) string {
	cfg := t.w.e.cfg
	if cfg.OwnsApp(c.NewOwnerAppID) || !cfg.KnowsApp(t.ev.PageID) && c.Action == "pass_thread_control" {
		return ""
	}
	return c.NewOwnerAppID
}
