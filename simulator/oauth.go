package simulator

import (
	"crypto/subtle"
	"time"
)

const (
	longLife      = 60 * 24 * time.Hour // of a long-lived token of a person, and of an Instagram Login
	maxUserTokens = 100                 // that are made; more are refused
)

// pageTasks are what someone may do on their page.
var pageTasks = []string{"ADVERTISE", "ANALYZE", "CREATE_CONTENT", "MESSAGING", "MODERATE", "MANAGE"}

// callAccessToken gives tokens, see https://developers.facebook.com/docs/facebook-login/guides/access-tokens
// There are three ways: client_credentials for an app's token, fb_exchange_token for a long-lived token of a person, and
// the code of a login, which is any text here.
func (s *Simulator) callAccessToken(c *call) (any, *GraphError) {
	c.secret = true
	var ck check
	app, secret := ck.neededID(c.get("client_id")), ck.required(c.get("client_secret"), 1000)
	if ck.err != nil {
		return nil, ck.err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	expected, ok := s.apps[app]
	switch {
	case !ok:
		return nil, &GraphError{Message: "Error validating application. Cannot get application info due to a system error.", Code: 101}
	case subtle.ConstantTimeCompare([]byte(expected), []byte(secret)) == 0:
		return nil, &GraphError{Message: "Error validating client secret.", Code: 1}
	}
	answer := map[string]any{"token_type": "bearer"}
	exchange, code := c.get("fb_exchange_token"), c.get("code")
	switch grant := c.get("grant_type").string(); {
	case grant == "client_credentials":
		answer["access_token"] = app + "|" + expected
		return answer, nil
	case grant == "fb_exchange_token":
		if s.userTokens[exchange.string()] != app {
			return nil, known("token invalid")
		}
	case (grant == "" || grant == "authorization_code") && code.present():
		if !c.get("redirect_uri").present() {
			return nil, refuse(0, "The parameter redirect_uri is required.")
		}
	default:
		return nil, refuse(0, "Param grant_type must be one of {client_credentials, fb_exchange_token}, or there must be a code.")
	}
	if len(s.userTokens) > maxUserTokens {
		return nil, known("app limit")
	}
	token := "simulator-user-token-" + randomHex()
	s.userTokens[token] = app
	answer["access_token"], answer["expires_in"] = token, int(longLife/time.Second)
	return answer, nil
}

// callAccounts lists the pages of the person whose token the call has: those of its app. See
// https://developers.facebook.com/docs/graph-api/reference/user/accounts
func (s *Simulator) callAccounts(c *call) (any, *GraphError) {
	if c.page != nil {
		return nil, refuse(0, "Tried accessing nonexisting field (accounts) on node type (Page)")
	}
	fields, err := readFields(c.get("fields"))
	if err != nil {
		return nil, err
	}
	c.secret = true
	s.mu.Lock()
	defer s.mu.Unlock()
	var pages []*page
	for _, pg := range s.pages {
		if pg.appID == c.app && !pg.instagram {
			pages = append(pages, pg)
		}
	}
	if len(fields) == 0 {
		for _, name := range []string{"access_token", "category", "category_list", "name", "tasks"} {
			fields = append(fields, field{name: name})
		}
	}
	return list(c, pages, func(pg *page) string { return pg.id }, func(pg *page) (any, *GraphError) {
		about := *c
		about.page = pg
		return s.readPage(&about, fields)
	})
}
