package messenger

import (
	"errors"
	"fmt"

	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/internal/nilcheck"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/secret"
	"github.com/djmessenger/messenger/threadsettings"
)

// Page is a page, or an Instagram professional account, that a bot serves: which app
// delivers its events, and what is its own. [Config.Pages] has those of the start,
// and [Bot.SetPages] adds and changes pages while the bot runs.
type Page struct {
	// App is the id of the app that the page is bound to. Without Secrets it is one of
	// Config.Apps. With Secrets it is an app of the page's owner; then the id may be
	// empty, but with it echoes of what that app sent by other means than this bot
	// count as the bot's own, and a route with the wildcard {app} finds the app's
	// secret without trying others (see receiving.Webhook). Default: the app of
	// Config.Apps that names the page in its Pages, or else the only one of
	// Config.Apps.
	App string

	// ID is the page's id, as events have it: digits only. Required.
	ID string

	// InstagramLogin says that this is an Instagram account which is connected by
	// Instagram Login instead of through a page: its calls go to Config.InstagramURL,
	// without appsecret_proof, and its token, which lasts 60 days, is refreshed each week
	// while Run runs. It needs Config.TokenStore or Config.TokenKeys. See
	// docs/instagram-login.md. Default: false.
	InstagramLogin bool

	// Policy says which handlers run for the page's events. Default: that of the page
	// PolicyOf, or else the common one, of Config.Policy and Bot.SetPolicy.
	Policy routing.Policy

	// PolicyOf is the id of another page whose policy the page uses, as it is at each
	// time. Default: none.
	PolicyOf string

	// Secrets are the secrets of the page owner's own app, for a page that is bound to
	// none of Config.Apps. They sign callbacks about this page and no other page, unless
	// that has the same secret. While a secret is changed, give the new one first and
	// the old one after it, until the platform uses the new one: callbacks may be
	// signed with any of them, and the first one signs Graph calls. Default: the
	// secrets of App.
	Secrets []secret.Value

	// Language is the language in which the page speaks to people of whom none is known: a BCP 47 tag ("de"), or a locale of
	// the platform. On Instagram, where profiles have no locale, that is everyone who has not chosen one. Default:
	// Config.Language.
	Language string
	// ThreadSettings are applied to the page when Run starts, and when the page is set
	// with other settings than before. With Config.Catalog their texts are translated
	// for each locale. What is left out of them is not touched. Those of an Instagram
	// account have the Platform instagram. See Config.ThreadSettings. Default: none.
	ThreadSettings threadsettings.Settings

	// Token finds the page's access token, such as graph.PageToken. It is asked before
	// each call, as Config.Tokens is, and must be safe for concurrent use. An empty
	// graph.PageToken is a mistake, and so is a graph.TokenMap without the page; other
	// sources are not asked before the first call. Default: Config.Tokens.
	Token graph.TokenSource
}

// PageError is one mistake in a [Page]. The error of [New] and of [Bot.SetPages] has
// all of them.
type PageError struct {
	// Place is where the page is: "Config.Pages[2]", or "pages[2]" for the arguments of
	// SetPages.
	Place string
	// PageID is the page's id; it may be empty.
	PageID string
	// Field is the field that is wrong, such as "Secrets[0]".
	Field string
	// Err says what is wrong with it.
	Err error
}

// Error names place, page and field in each of its lines.
func (e *PageError) Error() string {
	return eachLine(fmt.Sprintf("%s (page %q): %s: ", e.Place, e.PageID, e.Field), e.Err)
}

func (e *PageError) Unwrap() error { return e.Err }

// dashboardPage is the id in test events of the App Dashboard. No page has it.
const dashboardPage = "0"

// checkPageID returns why no page can have an id, or nil.
func checkPageID(id string) error {
	switch {
	case id == "":
		return errors.New("is empty")
	case id == graph.Me:
		return errors.New(`"me" is not a page id; use the one that events have`)
	case id == dashboardPage:
		return errors.New(`no page has the id "0"`)
	case !onlyDigits.MatchString(id):
		return errors.New("is not a number: page ids have digits only")
	}
	return nil
}

// check returns what is wrong with a page by itself.
func (p Page) check(place string) []error {
	var errs []error
	fail := func(field, format string, args ...any) {
		errs = append(errs, &PageError{Place: place, PageID: p.ID, Field: field, Err: fmt.Errorf(format, args...)})
	}
	if err := checkPageID(p.ID); err != nil {
		fail("ID", "%w", err)
	}
	seen := map[string]int{}
	for i, s := range p.Secrets {
		field := fmt.Sprintf("Secrets[%d]", i)
		if s.IsZero() {
			fail(field, "is empty")
			continue
		}
		if first, twice := seen[s.Reveal()]; twice {
			fail(field, "is the same as Secrets[%d]", first)
			continue
		}
		seen[s.Reveal()] = i
	}
	switch {
	case p.Token == nil:
	case nilcheck.IsNil(p.Token):
		fail("Token", "is a nil %T", p.Token)
	case isConstant(p.Token) && hasNoToken(p.Token, p.ID):
		fail("Token", "is empty")
	case hasNoToken(p.Token, p.ID):
		fail("Token", "is a %T without a token of this page", p.Token)
	}
	switch {
	case p.PolicyOf != "" && p.Policy != nil:
		fail("PolicyOf", "is set beside Policy: a page has one policy")
	case p.PolicyOf != "" && p.PolicyOf == p.ID:
		fail("PolicyOf", "is the page itself")
	}
	if err := checkLanguage(p.Language); err != nil {
		errs = append(errs, &PageError{Place: place, PageID: p.ID, Field: "Language", Err: err})
	}
	if err := p.ThreadSettings.Validate(); err != nil {
		errs = append(errs, &PageError{Place: place, PageID: p.ID, Field: "ThreadSettings", Err: err})
	}
	return errs
}

var (
	errNoAppOfPage = errors.New("is missing: several of Config.Apps could deliver the page's events")
	errNoSecrets   = errors.New("are missing: Config.Apps is empty, so the page needs its own app's secrets")
	errNoToken     = errors.New("is missing: there is no Config.Tokens either, so nothing could be sent")
	errNotInTokens = errors.New("is missing: Config.Tokens has no token of the page")
	errAllPages    = errors.New("are set, but the only app of Config.Apps delivers the events of every page; set Config.PagesAtRunTime, or name its Pages")
)
