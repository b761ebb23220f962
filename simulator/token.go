package simulator

import (
	"crypto/subtle"
	"slices"
	"strconv"
	"strings"
	"time"
)

// DefaultUserToken is the token of a person who works for every page of the app of [Config.AppID]: calls for me/accounts
// bear it. It is public.
const DefaultUserToken = "simulator-user-token"

// tokenKinds are whose tokens a call can bear.
type tokenKinds uint8

const (
	pageToken tokenKinds = 1 << iota
	appToken             // the app's id and its secret, with a bar between them
	userToken

	noToken  tokenKinds = 0
	anyToken            = pageToken | appToken | userToken
)

// The hosts of the Graph API. A call by another name, such as localhost, is answered as by both.
const (
	hostFacebook  = "graph.facebook.com"
	hostInstagram = "graph.instagram.com"
)

// graphHost is the host of the platform that a request names, empty if it names another.
func graphHost(host string) string {
	switch name := hostname(host); name {
	case hostInstagram:
		return hostInstagram
	case hostFacebook, "graph-video.facebook.com":
		return hostFacebook
	}
	return ""
}

// bearer is what a token stands for.
type bearer struct {
	kind    tokenKinds // noToken: it is unknown
	page    *page
	app     string
	secret  string // of the app
	revoked *GraphError
	issued  issuedToken // of a page
}

// bearerOf looks a token up. s.mu must be held.
func (s *Simulator) bearerOf(token string) bearer {
	if pg := s.pageByToken(token); pg != nil {
		issued, _ := pg.issuedAs(token)
		return bearer{pageToken, pg, pg.appID, s.apps[pg.appID], pg.tokenError, issued}
	}
	if app, ok := s.userTokens[token]; ok {
		return bearer{kind: userToken, app: app, secret: s.apps[app]}
	}
	if app, given, ok := strings.Cut(token, "|"); ok {
		secret, exists := s.apps[app]
		if exists && secret != "" && subtle.ConstantTimeCompare([]byte(given), []byte(secret)) == 1 {
			return bearer{kind: appToken, app: app, secret: secret}
		}
	}
	return bearer{}
}

// authorize checks token and appsecret_proof, see
// https://developers.facebook.com/docs/graph-api/guides/secure-requests
func (s *Simulator) authorize(c *call, takes tokenKinds) *GraphError {
	if takes == noToken {
		return nil
	}
	s.mu.Lock()
	b := s.bearerOf(c.token)
	s.mu.Unlock()
	switch {
	case c.token == "" && c.node == "me":
		return known("token inactive")
	case c.token == "":
		return known("token missing")
	case b.kind == noToken, b.page != nil && !b.page.speaksTo(c.host), b.page == nil && c.host == hostInstagram:
		return known("token invalid")
	case b.revoked != nil:
		return b.revoked
	case b.page != nil && b.page.ownLogin() && !c.at.Before(b.issued.until):
		return tokenRefused(463)
	case b.kind&takes == 0:
		return errTokenKind(c, takes)
	}
	c.page, c.app, c.user, c.issued = b.page, b.app, b.kind == userToken, b.issued
	return s.checkProof(c, b.secret)
}

// speaksTo reports whether a host takes the page's token: an Instagram account that is linked to no page has its token from
// Instagram Login, which graph.instagram.com takes, and it takes no others.
func (p *page) speaksTo(host string) bool {
	return host == "" || (host == hostInstagram) == p.ownLogin()
}

// errTokenKind refuses a token that is good, but not for this call.
func errTokenKind(c *call, takes tokenKinds) *GraphError {
	switch {
	case takes == appToken:
		return &GraphError{Message: "(#15) This method must be called with an app access_token.", Code: 15}
	case c.node == "me":
		return known("token inactive")
	case takes&pageToken != 0:
		return known("not a page token")
	}
	return known("permission denied")
}

func (s *Simulator) checkProof(c *call, secret string) *GraphError {
	proof, message := c.get("appsecret_proof"), c.token
	if !proof.present() {
		if s.cfg.RequireProof && !c.proved {
			return known("proof missing")
		}
		return nil
	}
	fresh := true
	if stamp := c.get("appsecret_time"); stamp.present() {
		message += "|" + stamp.string()
		unix, err := strconv.ParseInt(stamp.string(), 10, 64)
		fresh = err == nil && c.at.Sub(time.Unix(unix, 0)).Abs() <= 5*time.Minute
	}
	if !fresh || subtle.ConstantTimeCompare([]byte(proof.string()), []byte(mac(secret, []byte(message)))) == 0 {
		return known("proof invalid")
	}
	c.proved = true
	return nil
}

// withoutSecrets is a text without the tokens and secrets that the simulator knows.
func (s *Simulator) withoutSecrets(text string) string {
	s.mu.Lock()
	var secrets []string
	for _, pg := range s.pages {
		secrets = append(secrets, pg.tokenTexts()...)
	}
	for _, secret := range s.apps {
		secrets = append(secrets, secret)
	}
	for token := range s.userTokens {
		secrets = append(secrets, token)
	}
	s.mu.Unlock()
	slices.SortFunc(secrets, func(a, b string) int { return len(b) - len(a) }) // one may begin with another
	for _, secret := range secrets {
		if secret != "" {
			text = strings.ReplaceAll(text, secret, "…")
		}
	}
	return text
}
