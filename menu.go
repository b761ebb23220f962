package messenger

import (
	"slices"

	"github.com/djmessenger/messenger/i18n"
	"github.com/djmessenger/messenger/internal/routes"
	"github.com/djmessenger/messenger/threadsettings"
)

// menu is what the persistent menu of a page offers in one locale, without links.
type menu struct {
	locale string
	items  []routes.Offer
}

// menusOf returns the menus of a page, as they are applied: in every locale that the
// catalogue serves.
func menusOf(settings threadsettings.Settings, catalog *i18n.Catalog) []menu {
	var menus []menu
	for _, block := range settings.Localize(catalog).PersistentMenu {
		m := menu{locale: block.Locale}
		for _, item := range block.Items {
			if item.URL == "" {
				m.items = append(m.items, routes.Offer{Title: item.Title, Payload: item.Payload})
			}
		}
		menus = append(menus, m)
	}
	return menus
}

// menuFor returns what the menu of a page offers, or that of the only page, whose id
// the configuration may leave out: first in the person's locale, then
// by default, and then in all other locales, since the platform decides which one a
// person sees.
func (b *Bot) menuFor(pageID, locale string) []routes.Offer {
	rank := func(m menu) int {
		switch m.locale {
		case locale:
			return 0
		case threadsettings.DefaultLocale:
			return 1
		}
		return 2
	}
	menus := slices.Clone(b.pages.Load().menus(pageID))
	slices.SortStableFunc(menus, func(a, b menu) int { return rank(a) - rank(b) })
	var offers []routes.Offer
	for _, m := range menus {
		offers = append(offers, m.items...)
	}
	return offers
}
