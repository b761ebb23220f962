package simulator

import (
	"errors"
	"net/http"
	"slices"
	"strings"
)

// subscriptions are an app's, by object: page or instagram.
type subscriptions map[string]*appSubscription

// appSubscription is where the callbacks about one kind of object go, and which fields the app wants.
type appSubscription struct {
	callback string
	fields   []string
}

// callAppSubscriptions is the app's side of its subscriptions, see
// https://developers.facebook.com/docs/graph-api/reference/app/subscriptions
// A new one is verified by the handshake. The simulator has one webhook: it is that of the last subscription of any app.
func (s *Simulator) callAppSubscriptions(c *call) (any, *GraphError) {
	if c.node != c.app && c.node != "app" {
		return nil, errObject(c.method, c.node)
	}
	if c.method == http.MethodPost {
		return s.subscribeApp(c)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	subs := s.subscriptionsOf(c.app)
	if c.method == http.MethodDelete {
		return s.unsubscribeApp(c, subs)
	}
	data := []any{}
	for _, object := range []string{"page", "instagram"} {
		sub := subs[object]
		if sub == nil {
			continue
		}
		fields := []any{}
		for _, name := range sub.fields {
			fields = append(fields, map[string]string{"name": name, "version": graphVersion})
		}
		data = append(data, map[string]any{"object": object, "callback_url": sub.callback, "active": true, "fields": fields})
	}
	return map[string]any{"data": data}, nil
}

// subscriptionsOf are an app's subscriptions: if it has changed none, those that the simulator began with, for its webhook
// and all fields. s.mu must be held.
func (s *Simulator) subscriptionsOf(app string) subscriptions {
	if subs, ok := s.appFields[app]; ok {
		return subs
	}
	subs := subscriptions{}
	for _, pg := range s.pages {
		if object := pg.object(); pg.appID == app && s.webhook != "" && subs[object] == nil {
			subs[object] = &appSubscription{s.webhook, fieldsOf(object)}
		}
	}
	return subs
}

// fieldsOf are the webhook fields of a kind of object.
func fieldsOf(object string) []string {
	if object == PlatformInstagram {
		return fieldsOfInstagram(true)
	}
	return slices.Clone(subscribable)
}

func (p *page) object() string {
	if p.instagram {
		return PlatformInstagram
	}
	return "page"
}

func (s *Simulator) subscribeApp(c *call) (any, *GraphError) {
	var ck check
	object := ck.oneOf(c.get("object"), "page", PlatformInstagram)
	if object == "" {
		ck.refuse("Param object must be one of {page, instagram}.")
	}
	callback := ck.link(c.get("callback_url"), false)
	if callback == "" {
		ck.refuse("Param callback_url must be a URL.")
	}
	token := ck.required(c.get("verify_token"), 1000)
	names := fieldNames(c.get("fields"))
	for _, name := range names {
		if !slices.Contains(fieldsOf(object), name) {
			ck.refuse("Param fields: %q is not a webhook field of the object %s.", name, object)
		}
	}
	if len(names) == 0 {
		ck.refuse("The parameter fields is required.")
	}
	if ck.err != nil {
		return nil, ck.err
	}
	if !strings.HasPrefix(strings.ToLower(callback), "https:") {
		c.warn("The callback URL is accepted here although it is not https. The platform wants https and a certificate that browsers trust.")
	}
	c.outliveReset() // the bot answers the handshake
	if err := s.verify(c.ctx, callback, token); err != nil {
		return nil, errVerification(c, err)
	}
	if err := s.SetWebhook(callback); err != nil {
		return nil, refuse(0, "Param callback_url: %s", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	subs := s.subscriptionsOf(c.app)
	subs[object] = &appSubscription{callback, names}
	s.appFields[c.app] = subs
	return successful, nil
}

// errVerification is the platform's answer to a handshake that failed.
func errVerification(c *call, err error) *GraphError {
	if errors.Is(err, ErrClosed) {
		return known("unavailable")
	}
	reason := err.Error()
	if failed, ok := errors.AsType[*VerifyError](err); ok {
		reason = failed.Err.Error()
		if failed.Advice != "" {
			c.warn("%s", failed.Advice)
		}
	}
	return &GraphError{
		Message: "(#2200) Callback verification failed with the following errors: " + reason, Code: 2200,
	}
}

// unsubscribeApp ends subscriptions: those of an object or of all, wholly or for some fields. s.mu must be held.
func (s *Simulator) unsubscribeApp(c *call, subs subscriptions) (any, *GraphError) {
	var ck check
	object := ck.oneOf(c.get("object"), "page", PlatformInstagram)
	if ck.err != nil {
		return nil, ck.err
	}
	gone := fieldNames(c.get("fields"))
	for name, sub := range subs {
		if object != "" && object != name {
			continue
		}
		sub.fields = slices.DeleteFunc(sub.fields, func(field string) bool { return len(gone) == 0 || slices.Contains(gone, field) })
		if len(sub.fields) == 0 {
			delete(subs, name)
		}
	}
	s.appFields[c.app] = subs
	return successful, nil
}

// warnNotSubscribed says why the bot hears nothing of what a person wrote or tapped. Of other events nothing is said: a bot may
// do without them. s.mu must be held.
func (s *Simulator) warnNotSubscribed(pg *page, d Delivery) {
	if s.webhook == "" || d.Field != "messages" && d.Field != "messaging_postbacks" {
		return
	}
	who := "the app is"
	if !pg.subscribed(d.Field) {
		who = "the page is"
	}
	s.end(Entry{
		Seq: s.begin(), Time: s.now(), Kind: EntryWarning, Name: pg.fieldName(d.Field), PageID: pg.id, PSID: d.PSID,
		Error:  "Not posted: " + who + " not subscribed to " + pg.fieldName(d.Field) + ", so the bot is not told.",
		Advice: "Subscribe: messenger webhook subscribe, or POST /{page}/subscribed_apps.",
	})
}

// hears reports whether callbacks of a webhook field are sent: the page and its app must have subscribed to it. s.mu must be
// held.
func (s *Simulator) hears(pg *page, field string) bool {
	if !pg.subscribed(field) {
		return false
	}
	subs, changed := s.appFields[pg.appID]
	if !changed {
		return true
	}
	sub := subs[pg.object()]
	return sub != nil && (slices.Contains(sub.fields, pg.fieldName(field)) || pg.instagram && slices.Contains(sub.fields, field))
}
