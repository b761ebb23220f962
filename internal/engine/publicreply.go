package engine

import (
	"context"
	"fmt"
	"time"

	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/store"
)

// publicReplyShows is how long after it was started a public reply of unknown outcome
// is looked for: by then the platform lists it, if it was posted.
const publicReplyShows = 15 * time.Second

// lookUpTries is how many attempts are made before a look-up that keeps failing is
// given up, and the outcome stays unknown. A refused token does not count.
const lookUpTries = 12

// lookUpTimeout bounds one look-up, which may be several calls.
const lookUpTimeout = 30 * time.Second

func publicTarget(p sending.PublicReply) graph.PublicTarget {
	return graph.PublicTarget{
		Instagram: p.Object == receiving.ObjectInstagram, CommentID: p.CommentID, PostID: p.PostID, MediaID: p.MediaID,
	}
}

// findPublicReply finds out whether an earlier attempt, whose outcome is unknown, has
// posted a public reply. It returns false if that was not posted, and may be posted
// now. A public reply that the platform cannot be asked about is not posted again:
// everyone would see it twice.
func (w *worker) findPublicReply(ctx context.Context, p *plan, used *usedCredentials) (pause time.Duration, settled bool) {
	d := p.delivery
	id, err := run(ctx, w.e.guard, code{name: "a look-up of a public reply", log: w.log, limit: lookUpTimeout}, func(ctx context.Context) (string, error) {
		return w.e.cfg.Client.FindPublicReply(ctx, d.PageID, publicTarget(*d.Message.Public), d.Message.Text, d.CreatedAt)
	})
	unknown := func(err error) (time.Duration, bool) {
		w.recordFinal(p, graph.SendResult{}, err, store.OutcomeUncertain)
		return 0, true
	}
	switch {
	case err == nil && id != "":
		w.recordFinal(p, graph.SendResult{MID: id}, nil, store.OutcomeSent)
		return 0, true
	case err == nil && w.e.cfg.AtMostOnce:
		return unknown(sending.ErrUncertain)
	case err == nil:
		return 0, false
	}
	switch class := graph.Classify(err); {
	case class == graph.RetryNewToken:
		pause = w.e.pages.pause(w.held.ctx, d.PageID, used.get(), err)
	case class == graph.RetryNever, d.Attempt >= lookUpTries:
		return unknown(fmt.Errorf("%w: %w", sending.ErrUncertain, err))
	default:
		pause = backoff(d.Attempt, time.Second)
	}
	w.recordAgain(p.send, d, graph.SendResult{}, err, store.OutcomeRetry) // it stays one of unknown outcome
	return pause, true
}
