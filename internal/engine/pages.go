package engine

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/djmessenger/messenger/attachment"
	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/store"
)

// How often a page without a good token looks for a new one, and how long it
// trusts the platform's refusal of the old.
const (
	tokenPoll  = 5 * time.Second
	tokenRetry = 5 * time.Minute
)

// pages keeps, for each page that this process sends for, its pace and whether
// its token is good.
type pages struct {
	cfg    Config
	hint   func()
	timers *timers
	hook   func(ctx context.Context, log *slog.Logger, name string, tell func(ctx context.Context))
	peers  *peers
	pauses *pauses
	mu     sync.Mutex
	all    map[string]*page
}

type page struct {
	text, media *pace

	// refused are the credentials that the platform refused, since when, and until
	// when that is trusted; the times are zero if they are good.
	refused      credentials
	since, until time.Time
}

func newPages(e *Engine) *pages {
	cfg, peers := e.cfg, e.peers
	p := &pages{cfg: cfg, hint: e.hint, timers: &e.timers, hook: e.hook, peers: peers, pauses: e.pauses, all: map[string]*page{}}
	peers.help = func(pageID string) {
		if cfg.Serves != nil && !cfg.Serves(pageID) {
			return
		}
		p.mu.Lock()
		pace := p.get(pageID).text
		p.mu.Unlock()
		pace.help()
	}
	return p
}

func (p *pages) get(pageID string) *page {
	pg := p.all[pageID]
	if pg == nil {
		pg = &page{text: newPace(textRate, p.hint, p.timers), media: newPace(mediaRate, p.hint, p.timers)}
		p.all[pageID] = pg
	}
	return pg
}

// wait returns how long a conversation must rest before its next message, or 0
// if the message may go out, and whether it then stands in the page's line. It
// never blocks for the pace: a worker must not wait for it.
func (p *pages) wait(ctx context.Context, conv store.Conversation, m sending.Message, background bool) (rest time.Duration, inLine bool) {
	if rest := p.pauses.rest(conv.PageID); rest > 0 {
		return rest, false
	}
	p.mu.Lock()
	pg := p.get(conv.PageID)
	refused, until := pg.refused, pg.until
	p.mu.Unlock()
	now := time.Now()
	if now.Before(until) {
		current, err := p.current(ctx, conv.PageID)
		if err != nil || current.token.IsZero() || current.equal(refused) {
			return min(tokenPoll, until.Sub(now)+time.Millisecond), false
		}
	}
	usage := p.cfg.Client.Usage(conv.PageID)
	if shut := usage.RegainAt().Sub(now); shut > 0 {
		return shut, false
	}
	pace := pg.text
	if m.Attachment != nil && (m.Attachment.Type == attachment.Audio || m.Attachment.Type == attachment.Video) {
		pace = pg.media
	}
	share := p.peers.share(conv.PageID)
	rest = pace.wait(time.Now(), share, brakeOf(usage.Percent()), background)
	if rest > beat/2 && share > newcomerShare {
		p.peers.heldUp(conv.PageID)
	}
	return rest, rest > 0
}

// current returns the page's credentials as they are now.
func (p *pages) current(ctx context.Context, pageID string) (credentials, error) {
	token, appSecret, err := p.cfg.Tokens.Credentials(ctx, pageID)
	return credentials{token, appSecret}, err
}

// Held is a page that waits for a token that the platform accepts.
type Held struct {
	Since, RetryAt time.Time
}

// Held returns the pages whose messages wait for a good token.
func (e *Engine) Held() map[string]Held {
	e.pages.mu.Lock()
	defer e.pages.mu.Unlock()
	held := map[string]Held{}
	for pageID, page := range e.pages.all {
		if !page.since.IsZero() && e.served(pageID) {
			held[pageID] = Held{Since: page.since, RetryAt: page.until}
		}
	}
	return held
}

func (e *Engine) served(pageID string) bool { return e.cfg.Serves == nil || e.cfg.Serves(pageID) }

// Changed says that pages were set, or removed: what was found out about them counts
// no more, except that the platform refuses a token and secret, which holds until one of
// them is another; and something that waits may be for them.
func (e *Engine) Changed(pageIDs ...string) {
	e.pages.mu.Lock()
	for _, pageID := range pageIDs {
		if !e.served(pageID) {
			delete(e.pages.all, pageID)
		}
	}
	e.pages.mu.Unlock()
	e.profiles.fields.forget(pageIDs)
	if source, ok := e.cfg.Tokens.(interface{ forget(pageIDs []string) }); ok {
		source.forget(pageIDs)
	}
	e.hint()
}

// Usage returns what is known of the allowances of the pages that this process
// sends for.
func (e *Engine) Usage() map[string]graph.Usage {
	e.pages.mu.Lock()
	defer e.pages.mu.Unlock()
	usage := make(map[string]graph.Usage, len(e.pages.all))
	for pageID := range e.pages.all {
		usage[pageID] = e.cfg.Client.Usage(pageID)
	}
	return usage
}

// pause stops the page's sends after a token was refused, and tells the
// program once for each token. It returns how long to rest before looking for
// a new one; a moment, if there is one already.
func (p *pages) pause(ctx context.Context, pageID string, used credentials, err error) time.Duration {
	current, tokenErr := p.current(ctx, pageID)
	if tokenErr == nil && !current.token.IsZero() && !used.token.IsZero() && !current.equal(used) {
		return time.Millisecond
	}
	if p.cfg.Serves != nil && !p.cfg.Serves(pageID) {
		return tokenPoll // the page was removed, and its token with it
	}
	p.mu.Lock()
	pg := p.get(pageID)
	told := !pg.until.IsZero() && pg.refused.equal(used)
	now := time.Now()
	if pg.since.IsZero() {
		pg.since = now
	}
	pg.refused, pg.until = used, now.Add(tokenRetry)
	p.mu.Unlock()
	if !told {
		p.cfg.Logger.Error("a page's access token is refused; its messages wait for a new one", "page", pageID, "retry_after", tokenRetry.String(), "error", err)
		p.tell(ctx, pageID, err)
	}
	return tokenPoll
}

// accepted notes that the platform took a call that began at that time with that
// token: a page that waited for a token is served again. The late answer to a call
// that was made before the refusal says nothing.
func (p *pages) accepted(pageID string, used credentials, began time.Time) {
	p.mu.Lock()
	pg := p.get(pageID)
	same := pg.refused.equal(used)
	if pg.until.IsZero() || began.Before(pg.until.Add(-tokenRetry)) || same && began.Before(pg.until) {
		p.mu.Unlock()
		return
	}
	since := pg.since
	pg.refused, pg.since, pg.until = credentials{}, time.Time{}, time.Time{}
	p.mu.Unlock()
	p.cfg.Logger.Info("a page's access token is accepted again", "page", pageID,
		"after", time.Since(since).Round(time.Millisecond).String(), "same_token", same)
}

func (p *pages) tell(ctx context.Context, pageID string, err error) {
	p.hook(ctx, p.cfg.Logger, "OnTokenInvalid", func(ctx context.Context) { p.cfg.OnTokenInvalid(ctx, pageID, err) })
}
