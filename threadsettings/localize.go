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

// localized returns the blocks of a property with the default one translated, and with a block for each target whose translation differs from it and
// that has none.
func localized[Block any](
	blocks []Block, catalog *i18n.Catalog, targets []string, locale func(*Block) *string,
	translate func(Block, *i18n.Localizer) Block, same func(a, b Block) bool,
) []Block {
	in := func(wanted string) func(Block) bool { return func(b Block) bool { return *locale(&b) == wanted } }
	at := slices.IndexFunc(blocks, in(DefaultLocale))
	if at < 0 {
		return blocks
	}
	ids := blocks[at]
	blocks[at] = translate(ids, catalog.For(""))
	for _, target := range targets {
		block := translate(ids, catalog.For(target))
		if !slices.ContainsFunc(blocks, in(target)) && !same(block, blocks[at]) {
			*locale(&block) = target
			blocks = append(blocks, block)
		}
	}
	return blocks
}

// each returns a copy of the items of a block, in which translate has changed each. The calls of [said] name the field and its limit, so
// that package i18n/extract finds them.
func each[Item any](items []Item, translate func(*Item)) []Item {
	items = slices.Clone(items)
	for i := range items {
		translate(&items[i])
	}
	return items
}

func localizeGreetings(greetings []Greeting, catalog *i18n.Catalog, targets []string) []Greeting {
	return localized(greetings, catalog, targets, func(g *Greeting) *string { return &g.Locale }, func(g Greeting, localizer *i18n.Localizer) Greeting {
		g.Text = said(localizer, g.Text, maxGreeting)
		return g
	}, func(a, b Greeting) bool { return a.Text == b.Text })
}

func localizeCommands(blocks []Commands, catalog *i18n.Catalog, targets []string) []Commands {
	return localized(blocks, catalog, targets, func(b *Commands) *string { return &b.Locale }, func(b Commands, localizer *i18n.Localizer) Commands {
		b.Items = each(b.Items, func(c *Command) { c.Description = said(localizer, c.Description, maxDescription) })
		return b
	}, func(a, b Commands) bool { return slices.Equal(a.Items, b.Items) })
}

func localizeIceBreakers(blocks []IceBreakers, catalog *i18n.Catalog, targets []string) []IceBreakers {
	return localized(blocks, catalog, targets, func(b *IceBreakers) *string { return &b.Locale }, func(b IceBreakers, localizer *i18n.Localizer) IceBreakers {
		b.Items = each(b.Items, func(i *IceBreaker) { i.Question = said(localizer, i.Question, maxQuestion) })
		return b
	}, func(a, b IceBreakers) bool { return slices.Equal(a.Items, b.Items) })
}

func localizeMenus(menus []Menu, catalog *i18n.Catalog, targets []string) []Menu {
	return localized(menus, catalog, targets, func(m *Menu) *string { return &m.Locale }, func(m Menu, localizer *i18n.Localizer) Menu {
		m.Items = each(m.Items, func(i *MenuItem) { i.Title = said(localizer, i.Title, maxMenuTitle) })
		return m
	}, func(a, b Menu) bool { return slices.Equal(a.Items, b.Items) })
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
