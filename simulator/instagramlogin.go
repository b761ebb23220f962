package simulator

import (
	"crypto/subtle"
	"fmt"
	"slices"
	"time"
)

// ownLogin reports whether an Instagram account is connected by Instagram Login: it is linked to no page, has its own token,
// and is called at graph.instagram.com.
func (p *page) ownLogin() bool { return p.instagram && p.link == nil }

// issuedToken is an access token of a page.
type issuedToken struct {
	token string
	at    time.Time // when it was issued
	until time.Time // of Instagram Login: until when it can be used
}

// issued notes that the page's token is new, and the only one.
func (p *page) issued(at time.Time) {
	p.tokenAt, p.tokenUntil, p.refreshed = at, at.Add(longLife), nil
}

// tokens are the page's token and those that it was refreshed to.
func (p *page) tokens() []issuedToken {
	return append([]issuedToken{{p.token, p.tokenAt, p.tokenUntil}}, p.refreshed...)
}

// tokenTexts are those of [page.tokens].
func (p *page) tokenTexts() (texts []string) {
	for _, t := range p.tokens() {
		texts = append(texts, t.token)
	}
	return texts
}

// newestToken is the one that ends last.
func (p *page) newestToken() string {
	all := p.tokens()
	return all[len(all)-1].token
}

// issuedAs returns a token of the page by its text.
func (p *page) issuedAs(text string) (found issuedToken, ok bool) {
	if subtle.ConstantTimeCompare([]byte(text), []byte(p.token)) == 1 {
		return issuedToken{p.token, p.tokenAt, p.tokenUntil}, true
	}
	for _, t := range p.refreshed {
		if subtle.ConstantTimeCompare([]byte(text), []byte(t.token)) == 1 {
			return t, true
		}
	}
	return issuedToken{}, false
}

// minRefreshAge is how old a token of Instagram Login must be before it can be refreshed.
const minRefreshAge = 24 * time.Hour

// callRefreshToken gives a token of Instagram Login 60 more days, see
// https://developers.facebook.com/docs/instagram-platform/reference/refresh_access_token
// The answer has another token, and the one before it is good until its own end: so a bot that does not keep the new one fails,
// as it may on the platform.
func (s *Simulator) callRefreshToken(c *call) (any, *GraphError) {
	c.secret = true
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case c.get("grant_type").string() != "ig_refresh_token":
		return nil, refuse(0, "Param grant_type must be ig_refresh_token.")
	case !c.page.ownLogin():
		return nil, known("token invalid")
	case c.at.Sub(c.issued.at) < minRefreshAge:
		return nil, refuse(0, "The access token is less than 24 hours old: it cannot be refreshed yet")
	}
	fresh := s.refreshedToken(c.page, c.at)
	return map[string]any{
		"access_token": fresh.token, "token_type": "bearer", "expires_in": int(longLife / time.Second),
	}, nil
}

// mostRefreshed is how many refreshed tokens of an account are good at a time; the oldest one ends before its time then.
const mostRefreshed = 100

// refreshedToken adds a token to a page. s.mu must be held.
func (s *Simulator) refreshedToken(p *page, at time.Time) issuedToken {
	p.refreshed = slices.DeleteFunc(p.refreshed, func(t issuedToken) bool { return !at.Before(t.until) })
	if len(p.refreshed) >= mostRefreshed {
		p.refreshed = slices.Clone(p.refreshed[1:])
	}
	fresh := issuedToken{at: at, until: at.Add(longLife)}
	for n := 1; ; n++ {
		fresh.token = fmt.Sprintf("%s-refreshed-%d", p.token, n)
		if s.pageByToken(fresh.token) == nil {
			break
		}
	}
	p.refreshed = append(p.refreshed, fresh)
	return fresh
}
