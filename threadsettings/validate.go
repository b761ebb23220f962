package threadsettings

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/internal/weburl"
)

// The platform's limits: numbers of items, and lengths in characters.
const (
	maxCommandName = 32
	maxCommands    = 100 // items
	maxDescription = 64  // of a command
	maxDomains     = 50  // items
	maxGreeting    = 160
	maxIceBreakers = 4  // items
	maxMenuItems   = 20 // items
	maxMenuTitle   = 30
	maxPayload     = 1000
	maxQuestion    = 80
)

var localePattern = regexp.MustCompile(`\A(?:default|[a-z]{2,3}_[A-Z]{2})\z`)

// Validate reports what the platform would refuse: every mistake at once, joined, each a [Mistake]. It fills the defaults in
// first. It cannot check whether a menu has the get-started button that it needs, which depends on the page: see [NewPlan].
func (s Settings) Validate() error {
	s = s.withDefaults()
	report := &mistakes{platform: s.Platform}
	report.properties(s)
	if s.GetStarted != nil {
		report.length("GetStarted.Payload", s.GetStarted.Payload, maxPayload)
	}
	if s.AccountLinkingURL != "" {
		if err := weburl.CheckHTTPS(s.AccountLinkingURL); err != nil {
			report.add("AccountLinkingURL", "%q %w", s.AccountLinkingURL, err)
		}
	}
	report.domains(s.WhitelistedDomains)
	report.greeting(s.Greeting)
	report.commands(s.Commands)
	report.iceBreakers(s.IceBreakers)
	report.menus("PersistentMenu", s.PersistentMenu)
	return errors.Join(report.found...)
}

// Mistake is one thing that is wrong with settings.
type Mistake struct {
	// Place is the field, such as "PersistentMenu[1].Items[2].Title".
	Place string
	// Locale is that of the block that the field is in; empty if it is in none.
	Locale string
	// Err says what is wrong, to be read after the place.
	Err error
}

// Error returns the place, the locale and what is wrong, in one line.
func (m *Mistake) Error() string {
	if m.Locale == "" {
		return fmt.Sprintf("threadsettings: %s: %v", m.Place, m.Err)
	}
	return fmt.Sprintf("threadsettings: %s (%s): %v", m.Place, m.Locale, m.Err)
}

func (m *Mistake) Unwrap() error { return m.Err }

// mistakes collects mistakes.
type mistakes struct {
	found    []error
	locale   string // of the block that is checked
	platform graph.Platform
}

func (m *mistakes) add(place, format string, args ...any) {
	m.found = append(m.found, &Mistake{Place: place, Locale: m.locale, Err: fmt.Errorf(format, args...)})
}

// properties checks whether the platform has what is mentioned, and whether it is mentioned once.
func (m *mistakes) properties(s Settings) {
	if s.Platform != graph.PlatformMessenger && s.Platform != graph.PlatformInstagram {
		m.add("Platform", "is %q; there are %q and %q", string(s.Platform), graph.PlatformMessenger, graph.PlatformInstagram)
		return
	}
	for i, property := range s.Remove {
		place := fmt.Sprintf("Remove[%d]", i)
		switch err := checkProperty(property, s.Platform); {
		case err != nil:
			m.add(place, "%w", err)
		case s.has(property):
			m.add(place, "%s is wanted and removed", property)
		case slices.Index(s.Remove, property) != i:
			m.add(place, "%s comes twice", property)
		}
	}
	for _, property := range inOrder {
		if s.has(property) {
			if err := checkProperty(property, s.Platform); err != nil {
				m.add(fields[property], "%w; leave it out of the settings for Instagram", err)
			}
		}
	}
}

// fields are the fields of Settings.
var fields = map[Property]string{
	PropertyAccountLinkingURL: "AccountLinkingURL", PropertyCommands: "Commands", PropertyGetStarted: "GetStarted", PropertyGreeting: "Greeting",
	PropertyIceBreakers: "IceBreakers", PropertyPersistentMenu: "PersistentMenu", PropertyWhitelistedDomains: "WhitelistedDomains",
}

func (m *mistakes) length(place, text string, limit int) {
	switch length := utf8.RuneCountInString(text); {
	case !utf8.ValidString(text):
		m.add(place, "is not valid UTF-8")
	case strings.TrimSpace(text) == "":
		m.add(place, "is empty")
	case length > limit:
		m.add(place, "%d characters; at most %d", length, limit)
	}
}

func (m *mistakes) count(place string, items, least, most int, what string) {
	if items < least || items > most {
		m.add(place, "%d items; %s %d to %d", items, what, least, most)
	}
}

// blocks checks the blocks of a property that has any: each locale once, the default one among them. It calls each for the
// place of each block.
func (m *mistakes) blocks(place string, locales []string, each func(i int, place string)) {
	if len(locales) == 0 {
		return
	}
	for i, locale := range locales {
		block := fmt.Sprintf("%s[%d]", place, i)
		if !localePattern.MatchString(locale) {
			m.add(block+".Locale", "%q is neither %q nor of the form zh_TW", locale, DefaultLocale)
		}
		if first := slices.Index(locales, locale); first != i {
			m.add(block+".Locale", "%q comes twice, first at %d", locale, first)
		}
		m.locale = locale
		each(i, block)
		m.locale = ""
	}
	if !slices.Contains(locales, DefaultLocale) {
		m.add(place, "has no block for the locale %q", DefaultLocale)
	}
}

// localesOf returns the locale of each block.
func localesOf[Block any](blocks []Block, locale func(Block) string) []string {
	locales := make([]string, len(blocks))
	for i, block := range blocks {
		locales[i] = locale(block)
	}
	return locales
}

func (m *mistakes) greeting(greetings []Greeting) {
	m.blocks("Greeting", localesOf(greetings, func(g Greeting) string { return g.Locale }), func(i int, place string) {
		m.length(place+".Text", greetings[i].Text, maxGreeting)
	})
}

func (m *mistakes) iceBreakers(blocks []IceBreakers) {
	m.blocks("IceBreakers", localesOf(blocks, func(b IceBreakers) string { return b.Locale }), func(i int, place string) {
		m.count(place+".Items", len(blocks[i].Items), 1, maxIceBreakers, "a locale has")
		for j, item := range blocks[i].Items {
			m.length(fmt.Sprintf("%s.Items[%d].Question", place, j), item.Question, maxQuestion)
			m.length(fmt.Sprintf("%s.Items[%d].Payload", place, j), item.Payload, maxPayload)
		}
	})
}

func (m *mistakes) commands(blocks []Commands) {
	m.blocks("Commands", localesOf(blocks, func(b Commands) string { return b.Locale }), func(i int, place string) {
		m.count(place+".Items", len(blocks[i].Items), 1, maxCommands, "a locale has")
		first := map[string]int{}
		for j, command := range blocks[i].Items {
			name := fmt.Sprintf("%s.Items[%d].Name", place, j)
			m.length(name, command.Name, maxCommandName)
			m.length(fmt.Sprintf("%s.Items[%d].Description", place, j), command.Description, maxDescription)
			if strings.HasPrefix(command.Name, "/") {
				m.add(name, "%q begins with a slash, which people type and the name does not have", command.Name)
			}
			if other, twice := first[command.Name]; twice {
				m.add(name, "%q comes twice, first at %d", command.Name, other)
				continue
			}
			first[command.Name] = j
		}
	})
}

func (m *mistakes) menus(place string, menus []Menu) {
	m.blocks(place, localesOf(menus, func(menu Menu) string { return menu.Locale }), func(i int, place string) {
		least := 1
		if menus[i].ComposerInputDisabled {
			least = 0
			if m.platform == graph.PlatformInstagram {
				m.add(place+".ComposerInputDisabled", "Instagram cannot do this; leave it out")
			}
		}
		m.count(place+".Items", len(menus[i].Items), least, maxMenuItems, "a menu has")
		for j, item := range menus[i].Items {
			m.item(fmt.Sprintf("%s.Items[%d]", place, j), item)
		}
	})
}

func (m *mistakes) item(place string, item MenuItem) {
	m.length(place+".Title", item.Title, maxMenuTitle)
	if item.URL == "" {
		m.postback(place, item)
		return
	}
	m.url(place+".URL", item.URL)
	if item.Payload != "" {
		m.add(place, "has both a url and a payload; a link has no payload, so remove one of them")
	}
	if item.FallbackURL != "" {
		m.url(place+".FallbackURL", item.FallbackURL)
		if !item.MessengerExtensions {
			m.add(place+".FallbackURL", "goes with messenger_extensions only")
		}
	}
	if !slices.Contains([]string{"", "compact", "tall"}, item.WebviewHeightRatio) { // full is the default
		m.add(place+".WebviewHeightRatio", "%q is none of compact, tall, full", item.WebviewHeightRatio)
	}
	if m.platform == graph.PlatformInstagram && (item.MessengerExtensions || item.WebviewHeightRatio != "") {
		m.add(place, "Instagram has neither messenger_extensions nor webview_height_ratio")
	}
}

func (m *mistakes) postback(place string, item MenuItem) {
	if item.Payload == "" {
		m.add(place, "needs a payload or a url; only the first %d items have a payload by their place", len(menuPayloads))
	} else {
		m.length(place+".Payload", item.Payload, maxPayload)
	}
	if item.FallbackURL != "" || item.MessengerExtensions || item.WebviewHeightRatio != "" {
		m.add(place, "has fields of a link but no url")
	}
}

func (m *mistakes) url(place, text string) {
	if err := weburl.Check(text); err != nil {
		m.add(place, "%q %w", text, err)
	}
}

// domains checks that each is an https origin with a full domain name.
func (m *mistakes) domains(domains []string) {
	if len(domains) > 0 {
		m.count("WhitelistedDomains", len(domains), 1, maxDomains, "a page has")
	}
	for i, domain := range domains {
		place := fmt.Sprintf("WhitelistedDomains[%d]", i)
		if err := weburl.CheckHTTPS(domain); err != nil {
			m.add(place, "%q %w", domain, err)
			continue
		}
		parsed, err := url.Parse(domain)
		if err != nil {
			m.add(place, "%q is no URL", domain)
			continue
		}
		_, notIP := netip.ParseAddr(parsed.Hostname())
		switch {
		case notIP == nil || !strings.Contains(parsed.Hostname(), "."):
			m.add(place, "%q has no full domain name, such as shop.example", domain)
		case parsed.User != nil || strings.TrimSuffix(parsed.Path, "/") != "" || parsed.RawQuery != "" || parsed.Fragment != "":
			m.add(place, "%q has more than the scheme and the domain", domain)
		}
	}
}
