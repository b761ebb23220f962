package simulator

import "time"

// ownLogin reports whether an Instagram account is connected by Instagram Login: it is linked to no page, has its own token,
// and is called at graph.instagram.com.
func (p *page) ownLogin() bool { return p.instagram && p.link == nil }

// issued notes that the page's token is new.
func (p *page) issued(at time.Time) {
	p.tokenAt, p.tokenUntil = at, at.Add(longLife)
}

// minRefreshAge is how old a token of Instagram Login must be before it can be refreshed.
const minRefreshAge = 24 * time.Hour

// callRefreshToken gives a token of Instagram Login 60 more days, see
// https://developers.facebook.com/docs/instagram-platform/reference/refresh_access_token
// The token stays the same.
func (s *Simulator) callRefreshToken(c *call) (any, *GraphError) {
	c.secret = true
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case c.get("grant_type").string() != "ig_refresh_token":
		return nil, refuse(0, "Param grant_type must be ig_refresh_token.")
	case !c.page.ownLogin():
		return nil, known("token invalid")
	case c.at.Sub(c.page.tokenAt) < minRefreshAge:
		return nil, refuse(0, "The access token is less than 24 hours old: it cannot be refreshed yet")
	}
	c.page.issued(c.at)
	return map[string]any{
		"access_token": c.page.token, "token_type": "bearer", "expires_in": int(longLife / time.Second),
	}, nil
}
