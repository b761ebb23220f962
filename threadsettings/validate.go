package threadsettings

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/djmessenger/messenger/internal/weburl"
)

// The platform's limits, in characters unless they say otherwise.
const (
	maxGreeting  = 160
	maxMenuItems = 20 // items
	maxMenuTitle = 30
	maxPayload   = 1000
)

var localePattern = regexp.MustCompile(`\A(?:default|[a-z]{2,3}_[A-Z]{2})\z`)

// Validate reports what the platform would refuse: every mistake at once, each with its place. It fills the defaults in
// first. It cannot check whether a menu has the get-started button that it needs, which depends on the page: see [NewPlan].
func (s Settings) Validate() error {
	report := &mistakes{}
	s = s.withDefaults()
	if s.GetStarted != nil {
		report.length("GetStarted.Payload", s.GetStarted.Payload, maxPayload)
	}
	var locales []string
	for i, greeting := range s.Greeting {
		report.length(fmt.Sprintf("Greeting[%d] (%s).Text", i, greeting.Locale), greeting.Text, maxGreeting)
		locales = append(locales, greeting.Locale)
	}
	report.locales("Greeting", locales)
	report.iceBreakers(s.IceBreakers)
	locales = nil
	for i, menu := range s.PersistentMenu {
		place := fmt.Sprintf("PersistentMenu[%d] (%s).Items", i, menu.Locale)
		if len(menu.Items) == 0 || len(menu.Items) > maxMenuItems {
			report.add(place, "%d items; a menu has 1 to %d", len(menu.Items), maxMenuItems)
		}
		for j, item := range menu.Items {
			report.item(fmt.Sprintf("%s[%d]", place, j), item)
		}
		locales = append(locales, menu.Locale)
	}
	report.locales("PersistentMenu", locales)
	return errors.Join(report.found...)
}

// mistakes collects mistakes.
type mistakes struct {
	found []error
}

func (m *mistakes) add(place, format string, args ...any) {
	m.found = append(m.found, fmt.Errorf("threadsettings: %s: %w", place, fmt.Errorf(format, args...)))
}

func (m *mistakes) length(place, text string, limit int) {
	switch length := utf8.RuneCountInString(text); {
	case strings.TrimSpace(text) == "":
		m.add(place, "is empty")
	case length > limit:
		m.add(place, "%d characters; at most %d", length, limit)
	}
}

// locales checks the blocks of a property that has any: each locale once, the default one among them.
func (m *mistakes) locales(place string, locales []string) {
	if len(locales) == 0 {
		return
	}
	for i, locale := range locales {
		blockPlace := fmt.Sprintf("%s[%d].Locale", place, i)
		if !localePattern.MatchString(locale) {
			m.add(blockPlace, "%q is neither %q nor of the form zh_TW", locale, DefaultLocale)
		}
		if first := slices.Index(locales, locale); first != i {
			m.add(blockPlace, "%q comes twice, first at %d", locale, first)
		}
	}
	if !slices.Contains(locales, DefaultLocale) {
		m.add(place, "has no block for the locale %q", DefaultLocale)
	}
}

func (m *mistakes) item(place string, item MenuItem) {
	m.length(place+".Title", item.Title, maxMenuTitle)
	if item.URL == "" {
		m.postback(place, item)
		return
	}
	m.url(place+".URL", item.URL)
	if item.Payload != "" {
		m.add(place, "has both a URL and a Payload; a link has no payload")
	}
	if item.FallbackURL != "" {
		m.url(place+".FallbackURL", item.FallbackURL)
		if !item.MessengerExtensions {
			m.add(place+".FallbackURL", "goes with MessengerExtensions only")
		}
	}
	if !slices.Contains([]string{"", "compact", "tall"}, item.WebviewHeightRatio) { // full is the default
		m.add(place+".WebviewHeightRatio", "%q is none of compact, tall, full", item.WebviewHeightRatio)
	}
}

func (m *mistakes) postback(place string, item MenuItem) {
	if item.Payload == "" {
		m.add(place, "needs a Payload or a URL; only the first %d items have a payload by their place", len(menuPayloads))
	} else {
		m.length(place+".Payload", item.Payload, maxPayload)
	}
	if item.FallbackURL != "" || item.MessengerExtensions || item.WebviewHeightRatio != "" {
		m.add(place, "has fields of a link but no URL")
	}
}

func (m *mistakes) url(place, text string) {
	if err := weburl.Check(text); err != nil {
		m.add(place, "%q %w", text, err)
	}
}
