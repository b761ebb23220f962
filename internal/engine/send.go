package engine

import (
	"context"
	"time"

	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/internal/metadata"
	"github.com/djmessenger/messenger/sending"
)

// attempt makes one attempt at a send that was started, inside of the program's
// middleware, and records what it means. It returns how long the conversation must rest.
func (w *worker) attempt(p *plan) (pause time.Duration) {
	w.aged = true // it takes its time
	w.starting = nil
	ctx, used := withUsedCredentials(w.held.ctx)
	if p.send.Started && p.delivery.Message.Public != nil {
		if pause, settled := w.findPublicReply(ctx, p, used); settled {
			return pause
		}
	}
	began := time.Now()
	result, err := w.e.send(ctx, &p.delivery)
	if err == nil {
		w.e.pages.accepted(p.delivery.PageID, used.get(), began)
	}
	return w.record(p, result, err, used)
}

// post makes the request of an attempt, inside of all middleware.
func (e *Engine) post(ctx context.Context, d sending.Delivery) (graph.SendResult, error) {
	if d.Message.Public != nil {
		return e.cfg.Client.PublicReply(ctx, d.PageID, publicTarget(*d.Message.Public), d.Message.Text)
	}
	wire := ""
	if d.Message.SenderAction == "" {
		var err error
		if wire, err = metadata.Encode(d.Key, d.Message.Metadata); err != nil {
			return graph.SendResult{}, sending.Refuse(err)
		}
	}
	body, err := d.Message.Request(sending.Recipient{ID: d.PSID}, wire)
	if err != nil {
		return graph.SendResult{}, sending.Refuse(err)
	}
	return e.cfg.Client.SendMessage(ctx, d.PageID, body)
}
