package threadsettings

import (
	"cmp"
	"slices"
	"strings"

	"golang.org/x/text/language"

	"github.com/djmessenger/messenger/i18n"
)

// locales are the platform's, without artificial ones such as English upside down. See
// https://developers.facebook.com/documentation/business-messaging/messenger-platform/messenger-profile/supported-locales.
var locales = strings.Fields(`
	af_ZA ar_AR as_IN az_AZ be_BY bg_BG bn_IN br_FR bs_BA ca_ES cb_IQ co_FR cs_CZ cx_PH cy_GB da_DK de_DE el_GR en_GB en_US
	es_ES es_LA et_EE eu_ES fa_IR ff_NG fi_FI fo_FO fr_CA fr_FR fy_NL ga_IE gl_ES gn_PY gu_IN ha_NG he_IL hi_IN hr_HR hu_HU
	hy_AM id_ID is_IS it_IT ja_JP jv_ID ka_GE kk_KZ km_KH kn_IN ko_KR ku_TR lt_LT lv_LV mg_MG mk_MK ml_IN mn_MN mr_IN ms_MY
	mt_MT my_MM nb_NO ne_NP nl_BE nl_NL nn_NO or_IN pa_IN pl_PL ps_AF pt_BR pt_PT ro_RO ru_RU rw_RW sc_IT si_LK sk_SK sl_SI
	so_SO sq_AL sr_RS sv_SE sw_KE sz_PL ta_IN te_IN tg_TJ th_TH tl_PH tr_TR tz_MA uk_UA ur_PK uz_UZ vi_VN zh_CN zh_HK zh_TW`)

// Localize returns settings with the default block and one block for every locale of the platform that a catalogue serves,
// so that a person reads the menu in the same language as the bot's messages. The texts of the default block are the message
// ids: the greeting, the titles of the menu, the questions, and the descriptions of commands, whose names stay. A locale gets no block if its texts equal those of the default block. Existing blocks do not change. Payloads are the
// same in every language. A nil catalogue changes nothing. A translation that is longer than the platform takes is shortened, as
// by [i18n.Shorten].
//
// A catalogue for a locale that the platform does not list, such as es-MX, has a block of its own too.
func (s Settings) Localize(catalog *i18n.Catalog) Settings {
	s = s.withDefaults()
	targets := targetLocales(catalog)
	s.Commands = localizeCommands(s.Commands, catalog, targets)
	s.Greeting = localizeGreetings(s.Greeting, catalog, targets)
	s.IceBreakers = localizeIceBreakers(s.IceBreakers, catalog, targets)
	s.PersistentMenu = localizeMenus(s.PersistentMenu, catalog, targets)
	return s
}

func localizeGreetings(greetings []Greeting, catalog *i18n.Catalog, targets []string) []Greeting {
	at := slices.IndexFunc(greetings, func(g Greeting) bool { return g.Locale == DefaultLocale })
	if at < 0 {
		return greetings
	}
	id := greetings[at].Text
	greetings[at].Text = said(catalog.For(""), id, maxGreeting)
	for _, locale := range targets {
		text := said(catalog.For(locale), id, maxGreeting)
		known := slices.ContainsFunc(greetings, func(g Greeting) bool { return g.Locale == locale })
		if !known && text != greetings[at].Text {
			greetings = append(greetings, Greeting{Locale: locale, Text: text})
		}
	}
	return greetings
}

func localizeCommands(blocks []Commands, catalog *i18n.Catalog, targets []string) []Commands {
	at := slices.IndexFunc(blocks, func(b Commands) bool { return b.Locale == DefaultLocale })
	if at < 0 {
		return blocks
	}
	translate := func(items []Command, localizer *i18n.Localizer) []Command {
		translated := slices.Clone(items)
		for i := range translated {
			translated[i].Description = said(localizer, translated[i].Description, maxDescription)
		}
		return translated
	}
	ids := blocks[at].Items
	blocks[at].Items = translate(ids, catalog.For(""))
	for _, locale := range targets {
		items := translate(ids, catalog.For(locale))
		known := slices.ContainsFunc(blocks, func(b Commands) bool { return b.Locale == locale })
		if !known && !slices.Equal(items, blocks[at].Items) {
			blocks = append(blocks, Commands{Items: items, Locale: locale})
		}
	}
	return blocks
}

func localizeIceBreakers(blocks []IceBreakers, catalog *i18n.Catalog, targets []string) []IceBreakers {
	at := slices.IndexFunc(blocks, func(b IceBreakers) bool { return b.Locale == DefaultLocale })
	if at < 0 {
		return blocks
	}
	translate := func(items []IceBreaker, localizer *i18n.Localizer) []IceBreaker {
		translated := slices.Clone(items)
		for i := range translated {
			translated[i].Question = said(localizer, translated[i].Question, maxQuestion)
		}
		return translated
	}
	ids := blocks[at].Items
	blocks[at].Items = translate(ids, catalog.For(""))
	for _, locale := range targets {
		items := translate(ids, catalog.For(locale))
		known := slices.ContainsFunc(blocks, func(b IceBreakers) bool { return b.Locale == locale })
		if !known && !slices.Equal(items, blocks[at].Items) {
			blocks = append(blocks, IceBreakers{Items: items, Locale: locale})
		}
	}
	return blocks
}

func localizeMenus(menus []Menu, catalog *i18n.Catalog, targets []string) []Menu {
	at := slices.IndexFunc(menus, func(m Menu) bool { return m.Locale == DefaultLocale })
	if at < 0 {
		return menus
	}
	ids := menus[at].Items
	menus[at].Items = translateItems(ids, catalog.For(""))
	for _, locale := range targets {
		menu := menus[at]
		menu.Items, menu.Locale = translateItems(ids, catalog.For(locale)), locale
		known := slices.ContainsFunc(menus, func(m Menu) bool { return m.Locale == locale })
		if !known && !slices.Equal(menu.Items, menus[at].Items) {
			menus = append(menus, menu)
		}
	}
	return menus
}

func translateItems(items []MenuItem, localizer *i18n.Localizer) []MenuItem {
	translated := slices.Clone(items)
	for i := range translated {
		translated[i].Title = said(localizer, translated[i].Title, maxMenuTitle)
	}
	return translated
}

// said is the text of a message id, shortened if it is a translation that is longer than the platform takes.
func said(localizer *i18n.Localizer, id string, limit int) string {
	return localizer.Within(localizer.Text(id), id, limit)
}

// targetLocales returns the platform's locales and those of the catalogues that name a language and a region.
func targetLocales(catalog *i18n.Catalog) []string {
	targets := slices.Clone(locales)
	for _, name := range catalog.Locales() {
		tag, err := language.Parse(name)
		if err != nil {
			continue
		}
		base, _, region := tag.Raw()
		if locale := base.String() + "_" + region.String(); localePattern.MatchString(locale) && region.IsCountry() {
			targets = append(targets, locale)
		}
	}
	slices.SortFunc(targets, cmp.Compare)
	return slices.Compact(targets)
}
