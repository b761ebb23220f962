package messenger

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/internal/nilcheck"
	"github.com/djmessenger/messenger/internal/routes"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/secret"
)

// SetPages adds pages, or replaces those with the same ids, at any time and from any
// goroutine: also before Run, and while callbacks arrive and turns run. All of them
// take effect together. A [Page] is taken as it is given: what it leaves empty is not
// taken over from before. If there is a mistake nothing changes, and the error names
// every one; each is a [PageError].
//
// Afterwards new callbacks are checked with the new binding, turns that start have the
// new policy, calls have the new token, and what waits for the page in the store is
// worked on. A turn that runs keeps its policy. A callback that is being received, or
// a call that is being made, has the old or the new binding and never a part of both.
// Messages that wait because the platform refuses the page's token, or the secret that
// signs with it, go out within 5 s if the new one is good. Thread settings are applied in the background, if they are
// others than before or could not be applied, and failures are logged: SetPages makes
// no call and does not wait. Each call costs time in proportion to all pages, about
// 1 ms for a thousand: set many pages in one call.
//
// The pages are those of this process and not stored: set them in every process that
// takes callbacks, and again after a restart, best in Config.Pages. See docs/pages.md.
func (b *Bot) SetPages(pages ...Page) error {
	if b == nil {
		return ErrNoBot
	}
	list := make([]placed, len(pages))
	ids := make([]string, len(pages))
	for i, p := range pages {
		list[i] = placed{Page: p, place: fmt.Sprintf("pages[%d]", i)}
		ids[i] = p.ID
	}
	b.pagesMu.Lock()
	defer b.pagesMu.Unlock()
	next, err := b.pages.Load().with(b.cfg, list)
	if err != nil {
		return fmt.Errorf("messenger: invalid pages:\n%w", err)
	}
	return b.use(next, ids)
}

// RemovePages removes pages, at any time and from any goroutine. An id that is not
// known is passed over, so that it is safe to repeat. It fails, and removes none, if a
// page that stays uses the policy of one that goes.
//
// Afterwards callbacks about a removed page are refused, [Bot.Send] to it returns
// [ErrNoApp], and its thread settings are no longer tried; they stay on the platform. A
// turn that runs for it goes on to its end and commits, with the page's token and
// policy, and so does a message that is being sent. Everything else that waits for the
// page, answers of that turn included, stays in the store, where another process that
// knows the page takes it up, or this one when the page is set again. Stats.Unserved
// counts it. store.Store.Forget erases it, person by person.
//
// If one app of Config.Apps delivers the events of every page, the page is still
// served, with the common policy and token.
func (b *Bot) RemovePages(pageIDs ...string) error {
	if b == nil {
		return ErrNoBot
	}
	b.pagesMu.Lock()
	defer b.pagesMu.Unlock()
	next, err := b.pages.Load().without(pageIDs)
	if err != nil {
		return err
	}
	return b.use(next, pageIDs)
}

// Pages returns the pages that this process serves and knows by their ids, in order of
// them: those of Config.Pages and of the Pages of Config.Apps, and those that were set,
// without those that were removed. If one app of Config.Apps delivers the events of
// every page, other pages are served too.
func (b *Bot) Pages() []Page {
	if b == nil {
		return nil
	}
	table := b.pages.Load()
	pages := make([]Page, 0, len(table.pages))
	for _, pageID := range slices.Sorted(maps.Keys(table.pages)) {
		pages = append(pages, clonePage(table.pages[pageID].Page))
	}
	return pages
}

// use puts a table in force in which these pages have changed. b.pagesMu must be held.
// The binding of callbacks is first: an event of a page that is not known yet waits.
func (b *Bot) use(next *pageTable, pageIDs []string) error {
	if !next.every {
		if err := b.webhook.SetApps(next.bindings(b.cfg)); err != nil {
			return fmt.Errorf("messenger: %w", err)
		}
	}
	b.pages.Store(next)
	logLongTexts(b.cfg.Logger, next.texts.long)
	for _, pageID := range pageIDs {
		p := next.pages[pageID]
		if p == nil {
			b.settings.remove(pageID)
			continue
		}
		b.settings.set(pageID, p.ThreadSettings)
	}
	b.engine.Changed(pageIDs...)
	b.instagram.refresher.Wake()
	return nil
}

// firstPages makes the table of the configuration.
func (c Config) firstPages() (*pageTable, error) {
	table := &pageTable{every: c.servesEvery(), pages: map[string]*servedPage{}}
	var err error
	if table.common, err = routes.Compile(c.Policy); err != nil {
		err = inConfig("Config.Policy: ", err)
	}
	if me, ok := c.ThreadSettings[graph.Me]; ok {
		table.me = &servedPage{menus: menusOf(me, c.Catalog)}
	}
	pagesErr := table.addTexts(c)
	next, withErr := table.with(c, c.allPages())
	pagesErr = errors.Join(pagesErr, withErr)
	if err := errors.Join(err, c.checkPages(), pagesErr); err != nil {
		return nil, err
	}
	next.texts.long = append(table.texts.long, next.texts.long...)
	return next, nil
}

// servesEvery reports whether one app delivers the events of every page.
func (c Config) servesEvery() bool {
	return !c.PagesAtRunTime && len(c.Apps) == 1 && len(c.Apps[0].Pages) == 0
}

// allPages are those of the configuration: Pages, and those that the Apps name, or that
// have a policy or thread settings.
func (c Config) allPages() []placed {
	var all []placed
	known := map[string]bool{}
	for i, p := range c.Pages {
		all = append(all, placed{Page: p, place: fmt.Sprintf("Config.Pages[%d]", i)})
		known[p.ID] = true
	}
	others := map[string]string{}
	for i, app := range c.Apps {
		for j, pageID := range app.Pages {
			others[pageID] = fmt.Sprintf("Config.Apps[%d].Pages[%d]", i, j)
		}
	}
	for pageID := range c.ThreadSettings {
		if pageID != graph.Me && c.servesEvery() {
			others[pageID] = fmt.Sprintf("Config.ThreadSettings[%q]", pageID)
		}
	}
	for pageID := range c.Policies {
		if c.servesEvery() || others[pageID] != "" {
			others[pageID] = fmt.Sprintf("Config.Policies[%q]", pageID)
		}
	}
	for _, pageID := range slices.Sorted(maps.Keys(others)) {
		if known[pageID] || pageID == "" {
			continue
		}
		p := Page{ID: pageID, ThreadSettings: c.ThreadSettings[pageID]}
		if policy, ok := c.Policies[pageID]; ok {
			p.Policy = routing.Policy{}
			maps.Copy(p.Policy, policy)
		}
		all = append(all, placed{Page: p, place: others[pageID], checked: true})
	}
	return all
}

// checkPages returns where Pages contradict other fields.
func (c Config) checkPages() error {
	var errs []error
	for i, p := range c.Pages {
		fail := func(field, format string, args ...any) {
			errs = append(errs, &PageError{Place: fmt.Sprintf("Config.Pages[%d]", i), PageID: p.ID, Field: field, Err: fmt.Errorf(format, args...)})
		}
		if _, twice := c.Policies[p.ID]; twice {
			fail("Policy", "is in Config.Policies too; set it in one place")
		}
		if _, twice := c.ThreadSettings[p.ID]; twice {
			fail("ThreadSettings", "are in Config.ThreadSettings too; set them in one place")
		}
		for j, app := range c.Apps {
			if slices.Contains(app.Pages, p.ID) && (len(p.Secrets) > 0 || p.App != "" && p.App != app.ID) {
				fail("App", "is another than Config.Apps[%d], which names the page in its Pages", j)
			}
		}
	}
	return errors.Join(errs...)
}

// keptPageKey is the key of a page in the contexts of what runs for it.
type keptPageKey struct{}

// keepPage returns a context in which calls for the page go on to work when the page
// has been removed.
func (b *Bot) keepPage(ctx context.Context, pageID string) context.Context {
	if p := b.pages.Load().page(pageID); p != nil {
		return context.WithValue(ctx, keptPageKey{}, p)
	}
	return ctx
}

// find returns a page as it is served, or as it was when what runs for it began, or nil.
func (b *Bot) find(ctx context.Context, pageID string) *servedPage {
	p := b.pages.Load().page(pageID)
	if kept, ok := ctx.Value(keptPageKey{}).(*servedPage); ok && p == nil && kept.ID == pageID {
		return kept
	}
	return p
}

// credentials returns where the token of a page is from, and the secret of its app.
func (b *Bot) credentials(ctx context.Context, pageID string) (tokens graph.TokenSource, appSecret secret.Value) {
	p := b.find(ctx, pageID)
	tokens = b.givenTokens(p)
	switch {
	case p != nil && p.InstagramLogin:
		return b.instagram.source(tokens), secret.Value{}
	case p != nil:
		return tokens, p.secret
	}
	return tokens, b.cfg.appSecret()
}

// givenTokens returns where the program has the token of a page from; the page may be nil.
func (b *Bot) givenTokens(p *servedPage) graph.TokenSource {
	switch {
	case p != nil && p.Token != nil:
		return p.Token
	case nilcheck.IsNil(b.cfg.Tokens):
		return graph.TokenMap{}
	}
	return b.cfg.Tokens
}

// appSecret finds the secret that signs the Graph calls for a page.
func (b *Bot) appSecret(pageID string) secret.Value {
	_, appSecret := b.credentials(context.Background(), pageID)
	return appSecret
}

// ownsApp reports whether an app is one of the bot's.
func (b *Bot) ownsApp(appID string) bool {
	return appID != "" && (slices.ContainsFunc(b.cfg.Apps, func(app receiving.App) bool { return app.ID == appID }) || b.pages.Load().apps[appID])
}

// knowsApp reports whether the id of the app is known that a page is bound to.
func (b *Bot) knowsApp(pageID string) bool {
	p := b.pages.Load().page(pageID)
	switch {
	case p != nil && p.app >= 0:
		return b.cfg.Apps[p.app].ID != ""
	case p != nil:
		return p.App != ""
	}
	return slices.ContainsFunc(b.cfg.Apps, func(app receiving.App) bool { return app.ID != "" })
}

// servedPages is what claims are limited to, or nil if there is no limit.
func (b *Bot) servedPages() func(pageID string) bool {
	if b.cfg.servesEvery() {
		return nil
	}
	return func(pageID string) bool { return b.pages.Load().serves(pageID) }
}

func (b *Bot) policyFor(pageID string) *routes.Table { return b.pages.Load().policy(pageID) }

// solePage reports whether this process serves one page and no other.
func (b *Bot) solePage() bool {
	table := b.pages.Load()
	return !table.every && len(table.pages) == 1
}
