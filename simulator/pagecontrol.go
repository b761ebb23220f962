package simulator

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
)

// PageControl changes one of the pages. What it does to a page that was removed has no effect, or is [ErrNoPage].
type PageControl struct {
	sim *Simulator
	pg  *page
}

// Page returns the control of the page with this id. It panics if there is none.
func (s *Simulator) Page(id string) PageControl {
	s.mu.Lock()
	defer s.mu.Unlock()
	pg := s.pageByID(id)
	if pg == nil {
		panic(fmt.Sprintf("%v: %q", ErrNoPage, id))
	}
	return PageControl{s, pg}
}

// mainPage is the control of the page of Config.PageID, even if it was removed.
func (s *Simulator) mainPage() PageControl {
	s.mu.Lock()
	defer s.mu.Unlock()
	return PageControl{s, s.main}
}

// SetToken replaces the access token: calls with the old one are answered with error 190 from now on. It also ends a
// revocation. No other page must have the token. That of a linked Instagram account is its page's.
func (p PageControl) SetToken(token string) {
	p.sim.mu.Lock()
	defer p.sim.mu.Unlock()
	pg := p.pg.tokenOwner()
	pg.token, pg.tokenError = token, nil
	pg.issued(p.sim.now())
}

// tokenOwner is the page that has the token: that to which an account is linked, or the page itself.
func (p *page) tokenOwner() *page {
	if p.link != nil {
		return p.link
	}
	return p
}

// RevokeToken makes every Graph call with the page's token fail with error 190 and this subcode, until
// [PageControl.SetToken]. Usual subcodes: 458 app removed, 460 password changed, 463 expired (also taken for 0), 467
// invalid. For refusals of the token in other words see [PageControl.RefuseToken].
func (p PageControl) RevokeToken(subcode int) { p.RefuseToken(tokenRefused(cmp.Or(subcode, 463))) }

// RefuseToken makes every Graph call with the page's token fail with this error, until [PageControl.SetToken]. [Refusals]
// has the platform's words for it.
func (p PageControl) RefuseToken(err *GraphError) {
	p.sim.mu.Lock()
	defer p.sim.mu.Unlock()
	p.pg.tokenOwner().tokenError = err
}

// SetFields replaces the webhook fields that the page is subscribed to, as POST /{page}/subscribed_apps does. It is an error
// if one is not a field of the page's platform.
func (p PageControl) SetFields(fields ...string) error {
	p.sim.mu.Lock()
	defer p.sim.mu.Unlock()
	if problem := p.pg.checkFields(fields); problem != "" {
		return errors.New("simulator: " + problem)
	}
	p.pg.resubscribe(fields)
	p.sim.publish("page", map[string]string{"changed": p.pg.id})
	return nil
}

// SetLenient changes [Page.Lenient].
func (p PageControl) SetLenient(lenient bool) {
	p.sim.mu.Lock()
	defer p.sim.mu.Unlock()
	p.pg.lenient = lenient
}

// SetUsage puts a value into the X-Business-Use-Case-Usage header of the answers to the page's calls, in place of that of
// [Simulator.SetUsage]; empty ends it.
func (p PageControl) SetUsage(header string) {
	p.sim.mu.Lock()
	defer p.sim.mu.Unlock()
	p.pg.usage = header
}

// Profile returns the page's Messenger Profile, one JSON value per property that is set. The result is a copy.
func (p PageControl) Profile() map[string]json.RawMessage {
	p.sim.mu.Lock()
	defer p.sim.mu.Unlock()
	profile := make(map[string]json.RawMessage, len(p.pg.profile))
	for name, raw := range p.pg.profile {
		profile[name] = slices.Clone(raw)
	}
	return profile
}

// PostChange sends a change of a page field, such as feed or inbox_labels; value is any JSON. It needs no subscription.
// All changes of a page share one queue.
func (p PageControl) PostChange(ctx context.Context, field string, value json.RawMessage) error {
	if !json.Valid(value) {
		return errors.New("simulator: the change's value is not JSON")
	}
	return p.sim.postEntry(ctx, field, func(e *entry) { e.Changes = []change{{Field: field, Value: value}} },
		func() (*page, string, bool) { return p.pg, "", false })
}

// OptInUserRef is an opt-in through the checkbox plugin: the page learns a user_ref to send to, and no person. The
// conversation is found under the user_ref.
func (p PageControl) OptInUserRef(ctx context.Context, userRef, ref string) error {
	if userRef == "" {
		return errors.New("simulator: no user_ref")
	}
	if p.pg.instagram {
		return errNotOnInstagram("a plugin")
	}
	return p.raise(ctx, userRef, "messaging_optins", element{Optin: &eventOptin{Ref: ref, UserRef: userRef}})
}

// AppRoles sends an app_roles event: which apps are the page's primary_receiver and secondary_receiver, by app id. The
// platform sent it under the Handover Protocol, which is no more; bots still meet it in what was stored.
func (p PageControl) AppRoles(ctx context.Context, roles map[string][]string) error {
	return p.raise(ctx, "", "messaging_handovers", element{AppRoles: roles})
}

// raise queues an event that no person has sent, if the page is subscribed to it.
func (p PageControl) raise(ctx context.Context, queue, field string, e element) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s := p.sim
	at := s.now()
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.closed:
		return ErrClosed
	case p.pg.removed:
		return fmt.Errorf("%w: %s", ErrNoPage, p.pg.id)
	}
	e.Recipient, e.Timestamp = &party{ID: p.pg.id}, at.UnixMilli()
	raw, err := encode(e)
	if err != nil {
		return err
	}
	return s.reportUnder(p.pg, Delivery{PSID: queue, Field: field, Time: at}, messagingOf(raw))
}

// pageIDOf is the id of the page with this token, empty if there is none.
func (s *Simulator) pageIDOf(token string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if pg := s.pageByToken(token); pg != nil && token != "" {
		return pg.id
	}
	return ""
}

// pageByToken returns the page with this token, nil if there is none. s.mu must be held.
func (s *Simulator) pageByToken(token string) *page {
	for _, pg := range s.pages {
		if _, ok := pg.issuedAs(token); ok {
			return pg
		}
	}
	return nil
}
