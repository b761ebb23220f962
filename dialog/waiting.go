package dialog

import (
	"context"
	"strconv"
	"time"

	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/store"
)

// beginWait begins to wait for a signal.
func (f *flow[S]) beginWait(ctx context.Context, n node[S]) error {
	f.rec.Begun++
	f.rec.Request = digest(f.rec.Run, n.name, strconv.Itoa(f.rec.Begun))
	if _, err := n.do(ctx, f.run()); err != nil || f.over {
		return err
	}
	if err := f.run().Say(ctx, n.text); err != nil {
		return err
	}
	return f.visited(ctx, f.d.timeout(n))
}

// deliver gives the signal to the step that waits for it.
func (f *flow[S]) deliver(ctx context.Context) error {
	n, _ := f.open()
	next, err := n.signal(ctx, f.run(), f.ev.PayloadText())
	if err != nil || f.over {
		return err
	}
	return f.proceed(ctx, n, next)
}

// interrupt answers an act that comes while the run waits. It returns errPassed for what is
// for the routes of the act's own type.
func (f *flow[S]) interrupt(ctx context.Context, a act) error {
	n, _ := f.open()
	if a.is == dialogTap {
		return f.remind(ctx)
	}
	switch c := f.words.command(ctx, f.ev.Text()); {
	case f.ev.Type != receiving.TypeSimpleText:
	case c == cancel && n.kind == hands: // as it reaches the bot, the bot has the conversation
		if err := f.note(ctx, ""); err != nil {
			return err
		}
		return f.end(ctx, Cancelled)
	case c == cancel:
		return f.end(ctx, Cancelled)
	case c == goBack && n.goBack:
		return f.obey(ctx, n, c)
	case c == help && f.d.Help != "" && n.kind == waits:
		return f.run().Say(ctx, f.d.Help)
	}
	if n.kind == hands || n.busy == "" {
		return errPassed
	}
	return f.run().Say(ctx, n.busy)
}

// handOver passes the conversation to an app, with the step's text.
func (f *flow[S]) handOver(ctx context.Context, n node[S]) error {
	if err := f.run().Send(ctx, passing{sending.LongText{Text: n.text}, n.app}); err != nil {
		return err
	}
	f.rec.Paused = true
	if err := f.note(ctx, n.app); err != nil {
		return err
	}
	return f.visited(ctx, max(n.timeout, 0))
}

// note records which app has the conversation by the dialog's own doing: the platform reports a
// hand-over only to the app that gets the conversation.
func (f *flow[S]) note(ctx context.Context, owner string) error {
	at := f.ev.Time
	if at.IsZero() {
		at = handling.Now(ctx)
	}
	return store.Queue(ctx, store.NoteThread{PageID: f.ev.PageID, PSID: f.ev.PSID, Owner: owner, At: at})
}

// passing is a sender whose last message hands the conversation over.
type passing struct {
	sending.Sender

	app string
}

func (p passing) Compose(ctx context.Context, ev *receiving.Event) ([]sending.Message, error) {
	messages, err := p.Sender.Compose(ctx, ev)
	if err == nil && len(messages) > 0 {
		messages[len(messages)-1] = messages[len(messages)-1].PassThread(p.app)
	}
	return messages, err
}

// pausedFor is how long a run is kept that is paused.
const pausedFor = 7 * 24 * time.Hour

// pause stops the run while another app has the conversation. A Human keeps its own limit.
func (f *flow[S]) pause(ctx context.Context) error {
	f.rec.Paused = true
	n, _ := f.open()
	if n.kind == hands {
		f.wait = max(n.timeout, 0)
		return nil
	}
	return f.visited(ctx, pausedFor)
}

// goOn goes on with a run that was paused: what was waited for is waited for again, and a
// question is asked again.
func (f *flow[S]) goOn(ctx context.Context) error {
	f.rec.Paused = false
	n, known := f.open()
	switch {
	case known && n.kind == hands:
		return f.proceed(ctx, n, Next{})
	case known && n.kind == waits:
		return f.visited(ctx, f.d.timeout(n))
	}
	return f.enter(ctx)
}

// timeOut decides what follows a time-out.
func (f *flow[S]) timeOut(ctx context.Context) error {
	n, known := f.open()
	f.rec.Timeouts++
	switch {
	case f.rec.Paused, known && n.kind == hands:
		return f.end(ctx, NotReturned)
	case !known:
		return f.end(ctx, Lost)
	case f.d.OnTimeout == nil && n.kind == waits:
		return f.end(ctx, NoSignal)
	case f.d.OnTimeout == nil:
		return f.end(ctx, TimedOut)
	}
	next, err := f.d.OnTimeout(ctx, f.run())
	if err != nil || f.over {
		return err
	}
	next.free = true
	return f.proceed(ctx, n, next)
}
