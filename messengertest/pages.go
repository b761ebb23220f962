package messengertest

import (
	"cmp"
	"context"
	"slices"
	"testing"

	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/secret"
	"github.com/djmessenger/messenger/simulator"
)

// tokensOf has the token of each page. That of the page PageID, and of pages that the platform does not know, is always
// PageToken, as that of a bot with one page.
func tokensOf(sim *simulator.Simulator) graph.TokenSource {
	return graph.TokenFunc(func(_ context.Context, pageID string) (secret.Value, error) {
		if pageID != PageID {
			for _, page := range sim.Pages() {
				if page.ID == pageID {
					return secret.New(page.Token), nil
				}
			}
		}
		return secret.New(PageToken), nil
	})
}

// withSecrets lists the pages of a platform with the secrets of their apps.
func withSecrets(sim *simulator.Simulator, platform simulator.Config) []simulator.Page {
	secrets := map[string]string{AppID: AppSecret}
	for _, page := range platform.Pages {
		secrets[page.AppID] = cmp.Or(secrets[page.AppID], page.AppSecret)
	}
	pages := sim.Pages()
	for i := range pages {
		pages[i].AppSecret = cmp.Or(secrets[pages[i].AppID], "simulator-app-secret-"+pages[i].AppID)
	}
	return pages
}

// simulatedApps returns the apps of a test. Those that deliver the events of the simulated pages are the simulated apps;
// which pages each is bound to stays as it is.
func simulatedApps(t testing.TB, given []receiving.App, pages []simulator.Page) []receiving.App {
	t.Helper()
	if len(given) == 0 {
		return appsOf(pages)
	}
	apps, simulated := slices.Clone(given), make([]string, len(given))
	for _, page := range pages {
		i := slices.IndexFunc(apps, func(app receiving.App) bool {
			return len(apps) == 1 && len(app.Pages) == 0 || slices.Contains(app.Pages, page.ID)
		})
		switch {
		case i < 0 && page.ID == PageID:
			t.Fatalf("messengertest: no app of Config.Apps is bound to the simulated page: "+
				"add messengertest.PageID, %s, to the Pages of one, or leave Apps empty", PageID)
			return nil
		case i < 0:
			t.Fatalf("messengertest: no app of Config.Apps is bound to the simulated page %s: add it to the Pages of one", page.ID)
			return nil
		case simulated[i] != "" && simulated[i] != page.AppID:
			t.Fatalf("messengertest: one app of Config.Apps is bound to pages of two simulated apps, %s and %s", simulated[i], page.AppID)
			return nil
		}
		simulated[i] = page.AppID
		apps[i].ID, apps[i].Secrets = page.AppID, []secret.Value{secret.New(page.AppSecret)}
	}
	return apps
}

// appsOf is one app that takes the callbacks of all pages, or if the pages are bound to several, each with its pages.
func appsOf(pages []simulator.Page) []receiving.App {
	var apps []receiving.App
	for _, page := range pages {
		i := slices.IndexFunc(apps, func(app receiving.App) bool { return app.ID == page.AppID })
		if i < 0 {
			i = len(apps)
			apps = append(apps, receiving.App{ID: page.AppID, Secrets: []secret.Value{secret.New(page.AppSecret)}})
		}
		apps[i].Pages = append(apps[i].Pages, page.ID)
	}
	if len(apps) == 1 {
		apps[0].Pages = nil // pages may be added
	}
	return apps
}

// pageOf is the page that a person writes to.
func (c *Chat) pageOf(p *Person) (simulator.Page, bool) {
	known, ok := c.find(p.ID)
	if !ok {
		return simulator.Page{}, false
	}
	pages := c.Pages()
	i := slices.IndexFunc(pages, func(page simulator.Page) bool { return page.ID == known.PageID })
	if i < 0 {
		return simulator.Page{}, false
	}
	return pages[i], true
}
