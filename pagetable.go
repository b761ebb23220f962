package messenger

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/djmessenger/messenger/internal/nilcheck"
	"github.com/djmessenger/messenger/internal/routes"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/secret"
)

// pageTable is the pages that a bot serves. It does not change: a new one takes its
// place as a whole.
type pageTable struct {
	// every says that one app delivers the events of every page; pages are then those
	// with something of their own.
	every  bool
	common *routes.Table
	pages  map[string]*servedPage
	me     *servedPage // what is configured for graph.Me, or nil
	apps   map[string]bool
	texts  texts
}

// servedPage is a page in a table. It does not change.
type servedPage struct {
	Page
	app    int           // index in Config.Apps, or -1 for an app of its own
	secret secret.Value  // signs Graph calls
	own    *routes.Table // made of Page.Policy, or nil
	policy *routes.Table // in force, or nil for the common one
	menus  []menu
}

// page returns what is served under an id, or nil: then the page may still be one of
// every page.
func (t *pageTable) page(pageID string) *servedPage { return t.pages[pageID] }

// serves reports whether events of a page can reach the bot.
func (t *pageTable) serves(pageID string) bool { return t.every || t.pages[pageID] != nil }

// policy returns the policy of a page, or nil if the page is not served.
func (t *pageTable) policy(pageID string) *routes.Table {
	p := t.pages[pageID]
	switch {
	case p != nil && p.policy != nil:
		return p.policy
	case p != nil || t.every:
		return t.common
	}
	return nil
}

// usesCommon reports whether the common policy runs for some page. A table without pages is for those that will be set.
func (t *pageTable) usesCommon() bool {
	if t.every || len(t.pages) == 0 {
		return true
	}
	for _, p := range t.pages {
		if p.policy == nil {
			return true
		}
	}
	return false
}

// menus returns the menus of a page.
func (t *pageTable) menus(pageID string) []menu {
	if p := t.pages[pageID]; p != nil && !p.ThreadSettings.IsEmpty() {
		return p.menus
	}
	if t.me != nil {
		return t.me.menus
	}
	return nil
}

// placed is a page with its place, for errors. What is wrong with a page by itself
// may have been reported already.
type placed struct {
	Page
	place   string
	checked bool
}

// with returns a table that also has these pages, in place of those with the same
// ids, or all mistakes in them.
func (t *pageTable) with(c Config, pages []placed) (*pageTable, error) {
	next := &pageTable{every: t.every, common: t.common, pages: maps.Clone(t.pages), me: t.me, texts: t.texts.more()}
	var errs []error
	places := map[string]string{}
	for _, p := range pages {
		var found []error
		if !p.checked {
			found = p.check(p.place)
		} else if err := checkPageID(p.ID); err != nil {
			found = append(found, &PageError{Place: p.place, PageID: p.ID, Field: "ID", Err: err})
		}
		if first, twice := places[p.ID]; twice && p.ID != "" {
			found = append(found, &PageError{Place: p.place, PageID: p.ID, Field: "ID", Err: fmt.Errorf("is the same as that of %s", first)})
		}
		places[p.ID] = p.place
		served, mistakes := t.serve(c, p)
		errs = append(append(errs, found...), mistakes...)
		fail := func(field string) func(error) {
			return func(err error) { errs = append(errs, &PageError{Place: p.place, PageID: p.ID, Field: field, Err: err}) }
		}
		if served.own != nil {
			next.texts.addPolicy(c, p.Policy, fail("Policy"))
		}
		next.texts.add(c, p.ThreadSettings.TextRefs(), fail("ThreadSettings"))
		next.pages[p.ID] = served
	}
	bySecret := next.bySecret()
	for _, p := range pages {
		errs = append(errs, next.checkPolicyOf(p), next.checkSecrets(p, bySecret))
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	next.settle()
	return next, nil
}

// serve works out what a page is served with.
func (t *pageTable) serve(c Config, p placed) (*servedPage, []error) {
	served := &servedPage{Page: clonePage(p.Page), app: -1, menus: menusOf(p.ThreadSettings, c.Catalog)}
	var errs []error
	fail := func(field string, err error) {
		errs = append(errs, &PageError{Place: p.place, PageID: p.ID, Field: field, Err: err})
	}
	if len(p.Secrets) > 0 {
		served.secret = p.Secrets[0]
		t.checkOwnApp(c, p.Page, fail)
	} else if app, field, err := appOf(c, p.Page); err != nil {
		fail(field, err)
	} else {
		served.app = app
		if secrets := c.Apps[app].Secrets; len(secrets) > 0 {
			served.secret = secrets[0]
		}
	}
	switch {
	case p.Token != nil, p.checked && c.needsTokens():
	case nilcheck.IsNil(c.Tokens):
		fail("Token", errNoToken)
	case !p.checked && hasNoToken(c.Tokens, p.ID):
		fail("Token", errNotInTokens)
	}
	if p.InstagramLogin && c.TokenStore == nil && len(c.TokenKeys) == 0 {
		fail("InstagramLogin", errNoTokenKeys)
	}
	if p.InstagramLogin && c.TokenStore != nil && neverChanges(cmp.Or(p.Token, c.Tokens)) {
		fail("Token", errTokenNeverChanges)
	}
	if p.Policy != nil {
		var err error
		if served.own, err = routes.Compile(p.Policy); err != nil {
			fail("Policy", err)
		}
	}
	return served, errs
}

// checkOwnApp checks a page that is bound to its owner's app.
func (t *pageTable) checkOwnApp(c Config, p Page, fail func(field string, err error)) {
	if t.every {
		fail("Secrets", errAllPages)
	}
	for i, app := range c.Apps {
		if p.App != "" && app.ID == p.App {
			fail("Secrets", fmt.Errorf("are set, and App is that of Config.Apps[%d], which has its own", i))
		}
		for j, s := range p.Secrets {
			if slices.ContainsFunc(app.Secrets, func(of secret.Value) bool { return !s.IsZero() && of.Equal(s.Reveal()) }) {
				fail(fmt.Sprintf("Secrets[%d]", j), fmt.Errorf("is a secret of Config.Apps[%d]; set App instead", i))
			}
		}
	}
}

// appOf finds the app of Config.Apps that a page without secrets is bound to.
func appOf(c Config, p Page) (app int, field string, err error) {
	if p.App != "" {
		app = slices.IndexFunc(c.Apps, func(a receiving.App) bool { return a.ID == p.App })
		if app < 0 {
			err = fmt.Errorf("%q is none of Config.Apps, and there are no Secrets", p.App)
		}
		return app, "App", err
	}
	app = slices.IndexFunc(c.Apps, func(a receiving.App) bool { return slices.Contains(a.Pages, p.ID) })
	switch {
	case app >= 0:
		return app, "", nil
	case len(c.Apps) == 1:
		return 0, "", nil
	case len(c.Apps) == 0:
		return -1, "Secrets", errNoSecrets
	}
	return -1, "App", errNoAppOfPage
}

// checkPolicyOf checks that what a page refers to leads to a policy.
func (t *pageTable) checkPolicyOf(p placed) error {
	fail := func(format string, args ...any) error {
		return &PageError{Place: p.place, PageID: p.ID, Field: "PolicyOf", Err: fmt.Errorf(format, args...)}
	}
	chain := []string{p.ID}
	for of := p.PolicyOf; of != "" && of != p.ID; {
		at := t.pages[of]
		if at == nil {
			if len(chain) == 1 {
				return fail("page %q is not served", of)
			}
			return nil // it is that page's mistake
		}
		if slices.Contains(chain, of) {
			return nil // the cycle is that of other pages, which are named
		}
		chain = append(chain, of)
		if of = at.PolicyOf; of == p.ID {
			return fail("is a cycle: %s", strings.Join(append(chain, p.ID), " → "))
		}
	}
	return nil
}

// checkSecrets checks that the pages with a secret name one app.
func (t *pageTable) checkSecrets(p placed, bySecret map[string][]string) error {
	for i, s := range p.Secrets {
		for _, pageID := range bySecret[s.Reveal()] {
			if other := t.pages[pageID]; other.App != p.App {
				err := fmt.Errorf("is a secret of page %q too, and its App is %q", pageID, other.App)
				return &PageError{Place: p.place, PageID: p.ID, Field: fmt.Sprintf("Secrets[%d]", i), Err: err}
			}
		}
	}
	return nil
}

// bySecret returns the pages with secrets of their own, by secret.
func (t *pageTable) bySecret() map[string][]string {
	pages := map[string][]string{}
	for pageID, p := range t.pages {
		for _, s := range p.Secrets {
			pages[s.Reveal()] = append(pages[s.Reveal()], pageID)
		}
	}
	return pages
}

// without returns a table without these pages, or why they cannot go. Those that it
// does not have are passed over.
func (t *pageTable) without(pageIDs []string) (*pageTable, error) {
	next := &pageTable{every: t.every, common: t.common, pages: maps.Clone(t.pages), me: t.me, texts: t.texts.more()}
	for _, pageID := range pageIDs {
		delete(next.pages, pageID)
	}
	var errs []error
	for _, pageID := range slices.Sorted(maps.Keys(next.pages)) {
		if of := next.pages[pageID].PolicyOf; of != "" && next.pages[of] == nil {
			errs = append(errs, fmt.Errorf("messenger: page %q cannot be removed: page %q uses its policy", of, pageID))
		}
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	next.settle()
	return next, nil
}

// settle works out what depends on more than one page.
func (t *pageTable) settle() {
	t.apps = map[string]bool{}
	for pageID, p := range t.pages {
		if p.App != "" {
			t.apps[p.App] = true
		}
		from := p
		for from.PolicyOf != "" {
			from = t.pages[from.PolicyOf]
		}
		if p.policy != from.own {
			changed := *p
			changed.policy = from.own
			t.pages[pageID] = &changed
		}
	}
}

// bindings are the apps with the pages that they deliver events of, in a fixed order.
// Pages with their own secrets are grouped by secret: each one signs for its pages.
func (t *pageTable) bindings(c Config) []receiving.App {
	apps := slices.Clone(c.Apps)
	for i := range apps {
		apps[i].Pages = nil
	}
	own := map[string]int{} // index in apps by app id and secret
	for _, pageID := range slices.Sorted(maps.Keys(t.pages)) {
		p := t.pages[pageID]
		if p.app >= 0 {
			apps[p.app].Pages = append(apps[p.app].Pages, pageID)
			continue
		}
		for _, s := range p.Secrets {
			i, known := own[s.Reveal()]
			if !known {
				i = len(apps)
				own[s.Reveal()] = i
				apps = append(apps, receiving.App{ID: p.App, Secrets: []secret.Value{s}})
			}
			apps[i].Pages = append(apps[i].Pages, pageID)
		}
	}
	return apps
}

func clonePage(p Page) Page {
	p.Secrets = slices.Clone(p.Secrets)
	p.Policy = maps.Clone(p.Policy)
	return p
}
