package operations

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
)

// allow returns why a call is refused before it is looked at.
func (s *server) allow(c *call) error {
	if err := s.sameOrigin(c.Request); err != nil {
		return err
	}
	if len(s.config.Tokens) > 0 && !s.hasToken(c.Request) {
		return &refusal{http.StatusUnauthorized, "unauthenticated", "the header Authorization has to be \"Bearer\" and a token of this API"}
	}
	if s.config.Authorize == nil {
		return nil
	}
	err := s.authorize(c)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, ErrUnauthenticated):
		s.config.Logger.Info("an operation was refused", "action", c.action.Name, "page", c.action.PageID, "error", err)
		return &refusal{http.StatusUnauthorized, "unauthenticated", "the request proves no identity; sign in, or send a token"}
	default:
		s.config.Logger.Info("an operation was refused", "action", c.action.Name, "page", c.action.PageID, "error", err)
		return &refusal{http.StatusForbidden, "forbidden", "this is not allowed to you; some may do it only for one page, named by the path or the parameter page"}
	}
}

// sameOrigin refuses what a browser sends for a page of another origin, reads too: nothing here is for such pages.
func (s *server) sameOrigin(r *http.Request) error {
	asChange := r
	if r.Method == http.MethodGet || r.Method == http.MethodHead || r.Method == http.MethodOptions {
		asChange = r.Clone(r.Context())
		asChange.Method = http.MethodPost
	}
	if s.origins.Check(asChange) != nil {
		return &refusal{http.StatusForbidden, "foreign_origin", "a page of another origin sent this request; call the API from a program, or from a page of the same origin"}
	}
	return nil
}

// hasToken compares with every token, so that the time says neither which one is near nor how near.
func (s *server) hasToken(r *http.Request) bool {
	scheme, given, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	ok := false
	for _, token := range s.config.Tokens {
		if token.Equal(given) {
			ok = true
		}
	}
	return ok && strings.EqualFold(scheme, "Bearer") && len(r.Header.Values("Authorization")) == 1
}

// authorize asks the program.
func (s *server) authorize(c *call) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("Config.Authorize panicked: %v", p)
		}
	}()
	return s.config.Authorize(c.Request, c.action)
}
