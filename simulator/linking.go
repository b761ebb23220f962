package simulator

import (
	"fmt"
	"time"
)

// linkTokenLife is how long a linking token says whose it is.
const linkTokenLife = 5 * time.Minute

// linkToken is what a person brings to the page's login.
type linkToken struct {
	token, psid string
	at          time.Time
}

// LinkingToken returns the account_linking_token with which a person comes to the page's login, as when they tap an
// account_link button: for five minutes GET /me?fields=recipient&account_linking_token=… tells who they are. See
// https://developers.facebook.com/docs/messenger-platform/identity/account-linking
func (s *Simulator) LinkingToken(psid string) (string, error) {
	at := s.now()
	s.mu.Lock()
	defer s.mu.Unlock()
	pg := s.home[psid]
	switch {
	case pg == nil:
		return "", fmt.Errorf("%w: %s", ErrNoPerson, psid)
	case pg.instagram:
		return "", errNotOnInstagram("account linking")
	}
	t := linkToken{"ARQ" + randomHex(), psid, at}
	pg.linkTokens = trim(append(pg.linkTokens, t), 1000)
	return t.token, nil
}

// linkedPerson is the field recipient of the page: whose account_linking_token the call has.
func (p *page) linkedPerson(c *call) (any, *GraphError) {
	token := c.get("account_linking_token")
	if !token.present() {
		return nil, refuse(0, "The parameter account_linking_token is required.")
	}
	for _, t := range p.linkTokens {
		if t.token == token.string() && c.at.Sub(t.at) <= linkTokenLife {
			return t.psid, nil
		}
	}
	return nil, known("account linking token")
}

// callUnlink is POST /me/unlink_accounts. Like the platform's it sends no event.
func (s *Simulator) callUnlink(c *call) (any, *GraphError) {
	var ck check
	psid := ck.neededID(c.get("psid"))
	if ck.err != nil {
		return nil, ck.err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if c.page.people[psid] == nil || c.page.instagram {
		return nil, c.page.known("person unknown")
	}
	return map[string]string{"result": "unlink account success"}, nil
}
