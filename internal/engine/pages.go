package engine

import (
	"context"
	"fmt"
	"runtime/debug"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/djmessenger/messenger/secret"
	"github.com/djmessenger/messenger/sending"
)

// The platform's documented rates, per page.
const (
	textRate  = 300
	mediaRate = 10
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
	cfg Config
	mu  sync.Mutex
	all map[string]*page
}

type page struct {
	text, media *rate.Limiter

	// refused is the token that the platform refused, until when.
	refused secret.Value
	until   time.Time
}

func newPages(cfg Config) *pages { return &pages{cfg: cfg, all: map[string]*page{}} }

func (p *pages) get(pageID string) *page {
	pg := p.all[pageID]
	if pg == nil {
		pg = &page{text: rate.NewLimiter(textRate, textRate/10), media: rate.NewLimiter(mediaRate, mediaRate)}
		p.all[pageID] = pg
	}
	return pg
}

// wait returns how long the page must not send, or 0 and counts the message.
// It never blocks for the pace: a slot is not to wait.
func (p *pages) wait(ctx context.Context, pageID string, m sending.Message) time.Duration {
	p.mu.Lock()
	pg := p.get(pageID)
	refused, until := pg.refused, pg.until
	p.mu.Unlock()
	if time.Now().Before(until) {
		token, err := p.cfg.Tokens.Token(ctx, pageID)
		if err != nil || token.IsZero() || token.Equal(refused.Reveal()) {
			return min(tokenPoll, time.Until(until)+time.Millisecond)
		}
	}
	limiter := pg.text
	if m.Attachment != nil && (m.Attachment.Type == sending.AttachmentAudio || m.Attachment.Type == sending.AttachmentVideo) {
		limiter = pg.media
	}
	reservation := limiter.Reserve()
	delay := reservation.Delay()
	if delay > 0 {
		reservation.Cancel()
	}
	return delay
}

// pause stops the page's sends after its token was refused, and tells the
// program once for each token. It returns how long to rest before looking for
// a new one.
func (p *pages) pause(ctx context.Context, pageID string, err error) time.Duration {
	token, tokenErr := p.cfg.Tokens.Token(ctx, pageID)
	if tokenErr != nil {
		token = secret.Value{}
	}
	p.mu.Lock()
	pg := p.get(pageID)
	told := !pg.until.IsZero() && pg.refused.Equal(token.Reveal())
	pg.refused, pg.until = token, time.Now().Add(tokenRetry)
	p.mu.Unlock()
	if !told {
		p.cfg.Logger.Error("a page's access token is refused; its messages wait for a new one", "page", pageID, "error", err)
		p.tell(ctx, pageID, err)
	}
	return tokenPoll
}

func (p *pages) tell(ctx context.Context, pageID string, err error) {
	defer func() {
		if value := recover(); value != nil {
			p.cfg.Logger.Error("OnTokenInvalid panicked", "panic", fmt.Sprint(value), "stack", string(debug.Stack()))
		}
	}()
	p.cfg.OnTokenInvalid(ctx, pageID, err)
}
