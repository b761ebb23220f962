package receiving

import (
	"errors"
	"fmt"
	"net/http"
)

// bindings are the apps in force, with what is made of them. They do not change; [Webhook.SetApps] replaces them as a
// whole, and a callback uses the same ones from the check of its signature to the end.
type bindings struct {
	apps  []App
	keys  []*key
	pages []map[string]bool // by app; nil means all
}

// newBindings prepares apps. Those without pages are bound to all pages, or to none. The keys of secrets that were there
// before go on to be used.
func newBindings(apps []App, allPages bool, before *bindings) *bindings {
	b := &bindings{apps: apps, pages: make([]map[string]bool, len(apps))}
	kept := map[string]*key{}
	if before != nil {
		for _, k := range before.keys {
			kept[k.secret] = k
		}
	}
	for i, app := range apps {
		for _, s := range app.Secrets {
			b.keys = append(b.keys, newKey(i, s.Reveal(), kept[s.Reveal()]))
		}
		if len(app.Pages) == 0 && allPages {
			continue
		}
		b.pages[i] = make(map[string]bool, len(app.Pages))
		for _, pageID := range app.Pages {
			b.pages[i][pageID] = true
		}
	}
	return b
}

// SetApps replaces the apps and the pages that they are bound to, at any time. Each callback is checked against the old
// apps or against the new ones, as they are at the end of its body, and never against a part of both. A callback that was
// checked before may still be accepted when SetApps has returned. It returns an error that lists every invalid field with
// its place, and then nothing has changed.
//
// An app without Pages is bound to none here, and apps may be empty: then every callback is refused. A page may be bound to
// several apps, for instance while it moves from one to another, or while the secrets of its app change: a callback about
// it may then be signed by any of them. An app may have several entries with the same ID, for pages with different secrets.
// Otherwise the rules of [WebhookConfig] hold.
func (w *Webhook) SetApps(apps []App) error {
	var faults []error
	fault := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	validateApps(apps, true, fault)
	if len(faults) > 0 {
		return errors.Join(faults...)
	}
	w.setting.Lock()
	defer w.setting.Unlock()
	w.bindings.Store(newBindings(cloneApps(apps), false, w.bindings.Load()))
	return nil
}

// AppWildcard is the name of a wildcard in the pattern of a route. [Webhook] has what it is for.
const AppWildcard = "app"

// named reports whether the path of a request names the app, or no app.
func named(r *http.Request, app App) bool {
	id := r.PathValue(AppWildcard)
	return id == "" || id == app.ID
}

// knows reports whether a secret of the apps may have signed a request, as far as its path says.
func (b *bindings) knows(r *http.Request) bool {
	if r.PathValue(AppWildcard) == "" {
		return true
	}
	for i := range b.apps {
		if named(r, b.apps[i]) {
			return true
		}
	}
	return false
}

// signer returns the app whose secret made the signature, or -1.
func (b *bindings) signer(r *http.Request, body *body, signature *mac) int {
	for _, k := range b.keys {
		if named(r, b.apps[k.app]) && k.signed(body, signature) {
			return k.app
		}
	}
	return -1
}
