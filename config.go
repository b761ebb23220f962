package messenger

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"time"

	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/i18n"
	"github.com/djmessenger/messenger/internal/nilcheck"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/secret"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/memory"
	"github.com/djmessenger/messenger/threadsettings"
)

// Config is what a [Bot] is made of. Apps, VerifyToken and Tokens are required.
type Config struct {
	// Apps are the apps whose callbacks the bot takes, with their secrets; see
	// [App]. With an app's id, echoes of what the app sent by other means than
	// this bot count as its own too. Required.
	Apps []receiving.App

	// AtMostOnce drops a message whose outcome is unknown, which may then be
	// missing. By default it is sent again, and may arrive twice; the package
	// documentation lists when. Default: false.
	AtMostOnce bool

	// BodyBudget bounds the memory, in bytes, of the bodies of all requests in
	// flight together: those still arriving, and those of callbacks that wait for
	// the store. It is charged by bytes received. A callback beyond it is
	// answered 503, and the platform sends it again. A quarter of it is reserved
	// for bodies up to 64 KiB, half of that for those up to 4 KiB; see
	// receiving.Webhook. Three quarters of it must have room for MaxBody.
	// Default: 32 MiB.
	BodyBudget int64

	// BodyTimeout is how long the body of a request may take to arrive before it
	// is answered 408, on every server and behind every middleware. The other
	// limits of a connection are the http.Server's; docs/production.md lists
	// them. Default: 5 s.
	BodyTimeout time.Duration

	// Catalog translates the texts of the built-in senders into each person's
	// language. Default: no translation.
	Catalog *i18n.Catalog

	// DefaultText is what sending.Default says. Default: "Sorry, I did not
	// understand that."
	DefaultText string

	// GracePeriod is how long Run takes at most to return, once its context has ended.
	// Running turns and sends may use all of it but the last quarter, or the last 3
	// seconds if that is less: then their contexts end, and what is unfinished is given
	// back. Default: 20 s.
	GracePeriod time.Duration

	// GraphURL is where the Graph API is. Default: https://graph.facebook.com.
	GraphURL string

	// GraphVersion is the version of the Graph API. Default: v27.0.
	GraphVersion string

	// HTTPClient makes the calls to the Graph API. Default: a client of the
	// library's own.
	HTTPClient *http.Client

	// InstagramURL is where the calls of pages with Page.InstagramLogin go. Default:
	// GraphURL if that is set, as for a simulator; otherwise
	// https://graph.instagram.com.
	InstagramURL string

	// Logger takes what the bot has to say. The bot itself puts no message's
	// text, token or secret into it; errors and panics of handlers are logged as
	// they are. Default: slog.Default.
	Logger *slog.Logger

	// Language is the language in which the bot speaks to people of whom none is known, of pages that have none of their own:
	// a BCP 47 tag ("de"), or a locale of the platform. docs/i18n.md has the order in which a language is found. Default: the
	// source language of Catalog.
	Language string

	// MaxBody is the size in bytes above which a callback is refused with 413.
	// Default: 4 MiB.
	MaxBody int64

	// OnDeadLetter is called when an event has become a dead letter: its turn has
	// failed with a permanent error or for the last time, or the event could not be
	// decoded, or ended the process while it ran alone. The letter is durable then.
	// It is called once for each letter, unless the process ends just after the
	// commit: then it is not. Its context ends after 10 seconds, or earlier if the
	// worker's lease is lost or the grace period is over. It must not block for long:
	// the worker waits for it, and mostly the events of that person. A panic is logged.
	// While 16 of its calls are stuck ([Stats]), it is not called. Default: nothing is
	// called; it is logged and counted in Stats anyway.
	OnDeadLetter func(ctx context.Context, letter DeadLetter)

	// OnSendFailed is called when a message will not be sent: refused by the
	// platform or before it, set aside, or of unknown outcome; also for a reply
	// that was refused in its turn (sending.ErrNotAnswerable, a sending.FieldError),
	// when the turn has ended. Otherwise it is called just before the failure is
	// recorded, so after a crash it may be called again. Its
	// context ends like that of OnDeadLetter. It must not block for long. Default: nothing is called; the failure is logged and recorded anyway.
	OnSendFailed func(ctx context.Context, failure sending.Failure)

	// OnTokenInvalid is called once when the platform refuses a page's access
	// token, or the proof that the app's secret makes for it. That page's
	// messages wait, and the events of the people they are for wait with them.
	// Tokens is asked for another token every 5 seconds, and a new one, or a new secret
	// from Bot.SetPages, is used at once; the refused one is tried again every 5 minutes. graph.PageToken never
	// has another token: a new one needs a restart, which loses nothing. That the
	// platform accepts a token again is logged at INFO; if it refuses one after
	// that, OnTokenInvalid is called again. It must not block for long. Default:
	// nothing is called; it is logged anyway.
	OnTokenInvalid func(ctx context.Context, pageID string, err error)

	// OnTokenRefreshFailed is called when the token of a page with Page.InstagramLogin
	// could not be refreshed: at once if the platform calls the token invalid, which
	// connecting the account again mends, and for other failures when they have lasted for
	// 48 hours. It is called after each further try, once an hour for all replicas that
	// share Store. With TokenStore it is called each week, too, while Page.Token, or
	// Tokens, does not find the token that was saved a week ago. Its context ends after 10 seconds. Default: nothing is called; it is
	// logged anyway.
	OnTokenRefreshFailed func(ctx context.Context, failure TokenRefreshFailure)

	// Pages are the pages that the bot serves from the start: those whose tokens,
	// policies and thread settings are kept together, as services do that serve the
	// pages of many customers. They may be bound to apps of Config.Apps that do not name
	// them. Default: none beside those that the Apps name.
	Pages []Page

	// PagesAtRunTime says that the bot serves only the pages that it is told of: in
	// Pages, in the Pages of Apps, and later with Bot.SetPages. An app that names no
	// Pages then delivers the events of none, instead of every page, and Apps and Tokens
	// may be empty. Default: false.
	PagesAtRunTime bool

	// Policies are policies by page id, for pages that do not use Policy.
	// Default: none.
	Policies map[string]routing.Policy

	// Policy says which handlers run for which events. Default:
	// routing.BuiltIn, which New logs; with Policies, no routes.
	Policy routing.Policy

	// Prefix stands before every text of sending.SimpleMessage and
	// sending.Default. Default: empty.
	Prefix string

	// Quiet says when the bot keeps silent because another answers the person: a human
	// in the page's inbox, or another app. docs/middleware.md explains it. Default: never.
	Quiet handling.Quiet

	// Retention says how long records are kept.
	Retention Retention

	// Retry says how often and when an event is tried again whose turn has failed.
	// routing.Route.Retry replaces it for what a route fails with. It does not apply to
	// sends, which docs/errors.md describes. Default: 4 tries, after pauses of 1, 5 and
	// 25 s.
	Retry handling.Retry

	// SendMiddleware wraps every attempt to send, the first one outermost.
	// Default: none.
	SendMiddleware []sending.Middleware

	// SendTimeout bounds one attempt to send. Default: 10 s.
	SendTimeout time.Duration

	// Store is what the bot remembers with. Check the error of the function that
	// opens it before you assign its result: New refuses a nil pointer. Default:
	// [memory.New], which forgets everything when the process ends.
	Store store.Store

	// ThreadSettings are applied when Run starts, by page id; graph.Me stands
	// for the one page of a bot with a single token. With Catalog their texts
	// are translated for each locale. Replicas that share Store apply them
	// once, and again only after they have changed: what another program has
	// changed since stays. They are applied in the background: a failure is
	// logged and tried again, and delays nothing. See docs/thread-settings.md.
	// Default: none are touched.
	ThreadSettings map[string]threadsettings.Settings

	// TokenKeys encrypt the refreshed tokens of pages with Page.InstagramLogin, which are
	// kept in Store: the first one encrypts, and each decrypts. A key is a long random
	// string, such as the output of "openssl rand -base64 32"; one of less than 16 bytes is
	// refused. To change it run with (old, new), then with (new, old) until each token has
	// been refreshed, then with (new); see docs/instagram-login.md. Not used with
	// TokenStore. Default: none.
	TokenKeys []secret.Value

	// TokenStore takes the refreshed tokens of pages with Page.InstagramLogin, for programs
	// that keep tokens themselves. Default: they are kept in Store, encrypted with
	// TokenKeys.
	TokenStore TokenStore

	// Tokens finds the pages' access tokens; see graph.PageToken. Required.
	Tokens graph.TokenSource

	// TurnMiddleware wraps every turn, the first one outermost. Default: none.
	TurnMiddleware []handling.Middleware

	// TurnTimeout bounds the handling of one event. A handler that goes on
	// after its context has ended has no effects. A route with a longer
	// routing.Route.Timeout has its own time beside it. Default: 30 s.
	TurnTimeout time.Duration

	// VerifyToken is what the app's dashboard was given for this webhook.
	// Required.
	VerifyToken secret.Value

	// Workers bounds how many conversations this process handles at once. If the bot
	// serves several pages, none of them has more than seven eighths. Turns wait for the
	// store, for the Graph API and for what handlers call, so there are many more than
	// processors; those that wait share commits. Set it lower if handlers use something
	// that must not be used so often at once. Default: 256.
	Workers int
}

// Retention says how long records are kept. A negative duration keeps them without
// limit.
type Retention struct {
	// DedupKeys is for the keys that identify repeated deliveries, and those of
	// [Bot.SendOnce]. Default: 7 days, which is also the minimum.
	DedupKeys time.Duration
	// People is for everything about people who have been silent for so long, counted
	// from their last act: profile, sessions, locations, messages both ways. They are
	// forgotten, as by [store.Store.Forget], unless something of theirs still waits,
	// delayed messages included, or is a dead letter. Someone who comes back is a new
	// person. That the bot has written to them does not count. It is at least 24 hours.
	// Default: they are kept.
	People time.Duration
	// Received is for events kept by handling.SaveMessage. Default: 90 days.
	Received time.Duration
	// Sent is for the record of sends. Default: 90 days.
	Sent time.Duration
}

// Defaults of [Config].
const (
	DefaultBodyBudget  = receiving.DefaultBodyBudget
	DefaultBodyTimeout = receiving.DefaultBodyTimeout
	DefaultGracePeriod = 20 * time.Second
	DefaultMaxBody     = receiving.DefaultMaxBody
	DefaultSendTimeout = 10 * time.Second
	DefaultText        = "Sorry, I did not understand that."
	DefaultTurnTimeout = 30 * time.Second
	DefaultWorkers     = 256
)

const (
	day         = 24 * time.Hour
	minimumSeen = 7 * day
	keepRecords = 90 * day
	leaseTTL    = 15 * time.Second
)

// App is a single app with all its pages. The secrets are the app's secret and,
// while it is being changed, the other one too: callbacks signed with any of
// them are taken, and the first one signs the calls to the Graph API. So to
// change it run with (old, new), reset the secret in the App Dashboard, and then
// run with (new).
func App(secrets ...string) []receiving.App {
	app := receiving.App{}
	for _, s := range secrets {
		app.Secrets = append(app.Secrets, secret.New(s))
	}
	return []receiving.App{app}
}

// WithDefaults returns a copy in which every field that has a default is set.
func (c Config) WithDefaults() Config {
	setDefault(&c.BodyBudget, DefaultBodyBudget)
	setDefault(&c.BodyTimeout, DefaultBodyTimeout)
	setDefault(&c.DefaultText, DefaultText)
	setDefault(&c.GracePeriod, DefaultGracePeriod)
	if c.InstagramURL == "" {
		c.InstagramURL = cmp.Or(c.GraphURL, graph.InstagramBaseURL)
	}
	setDefault(&c.GraphURL, graph.DefaultBaseURL)
	setDefault(&c.GraphVersion, graph.DefaultVersion)
	setDefault(&c.Logger, slog.Default())
	setDefault(&c.MaxBody, DefaultMaxBody)
	setDefault(&c.Retention.Received, keepRecords)
	setDefault(&c.Retention.DedupKeys, minimumSeen)
	setDefault(&c.Retention.Sent, keepRecords)
	setDefault(&c.SendTimeout, DefaultSendTimeout)
	setDefault(&c.TurnTimeout, DefaultTurnTimeout)
	setDefault(&c.Workers, DefaultWorkers)
	if c.OnSendFailed == nil {
		c.OnSendFailed = func(context.Context, sending.Failure) {}
	}
	if c.OnTokenRefreshFailed == nil {
		c.OnTokenRefreshFailed = func(context.Context, TokenRefreshFailure) {}
	}
	if c.OnTokenInvalid == nil {
		c.OnTokenInvalid = func(context.Context, string, error) {}
	}
	if c.Policy == nil && len(c.Policies) == 0 {
		c.Policy = routing.BuiltIn()
	}
	c.Retry = c.Retry.WithDefaults()
	if c.Store == nil {
		c.Store = memory.New(memory.Config{})
	}
	return c
}

func setDefault[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}

// validate returns every mistake that the parts do not find themselves.
func (c Config) validate() error {
	var errs []error
	fail := func(field, format string, args ...any) {
		errs = append(errs, inConfig("Config."+field+": ", fmt.Errorf(format, args...)))
	}
	if c.GracePeriod < 0 {
		fail("GracePeriod", "is negative")
	}
	if c.TurnTimeout < 0 {
		fail("TurnTimeout", "is negative")
	}
	if c.Workers < 0 {
		fail("Workers", "is negative")
	}
	c.checkTokens(fail)
	c.checkInstagram(fail)
	if err := checkLanguage(c.Language); err != nil {
		fail("Language", "%w", err)
	}
	if nilcheck.IsNil(c.Store) {
		fail("Store", "is a nil %T: check the error of the function that opened the store", c.Store)
	}
	if s := c.Retention.DedupKeys; s > 0 && s < minimumSeen {
		fail("Retention.DedupKeys", "is below 7 days: the platform may still repeat what would be forgotten")
	}
	if p := c.Retention.People; p > 0 && p < day {
		fail("Retention.People", "is below 24 hours: people whom the bot may still answer would be forgotten")
	}
	errs = append(errs, inConfig("Config.", c.Quiet.Validate()), inConfig("Config.", c.Retry.Validate()))
	for i, m := range c.TurnMiddleware {
		if m == nil {
			fail(fmt.Sprintf("TurnMiddleware[%d]", i), "is nil")
		}
	}
	for i, m := range c.SendMiddleware {
		if m == nil {
			fail(fmt.Sprintf("SendMiddleware[%d]", i), "is nil")
		}
	}
	c.checkApps(fail)
	for _, pageID := range slices.Sorted(maps.Keys(c.Policies)) {
		if !c.serves(pageID) {
			fail(fmt.Sprintf("Policies[%q]", pageID), "is for a page that no app of Config.Apps is bound to")
		}
	}
	for _, pageID := range slices.Sorted(maps.Keys(c.ThreadSettings)) {
		place := fmt.Sprintf("ThreadSettings[%q]", pageID)
		if pageID != graph.Me && !c.serves(pageID) {
			fail(place, "is for a page that no app of Config.Apps is bound to")
		}
		errs = append(errs, inConfig("Config."+place+": ", c.ThreadSettings[pageID].Validate()))
	}
	return errors.Join(errs...)
}

// checkTokens checks where tokens are from.
func (c Config) checkTokens(fail func(field, format string, args ...any)) {
	switch {
	case c.Tokens == nil:
		if c.needsTokens() {
			fail("Tokens", "is missing: nothing could be sent")
		}
	case nilcheck.IsNil(c.Tokens):
		fail("Tokens", "is a nil %T: nothing could be sent", c.Tokens)
	case isConstant(c.Tokens) && hasNoToken(c.Tokens, ""):
		fail("Tokens", "is an empty token: nothing could be sent")
	}
}

// needsTokens reports whether Tokens is required: unless each page may bring its own.
func (c Config) needsTokens() bool {
	return !c.PagesAtRunTime && (len(c.Pages) == 0 || c.servesEvery())
}

// isConstant reports whether a source is a [graph.PageToken].
func isConstant(source graph.TokenSource) bool {
	return reflect.TypeOf(source) == reflect.TypeOf(graph.PageToken(""))
}

// hasNoToken reports whether it is certain that a source has no token for a page: only
// sources that are known to have their tokens at hand are asked.
func hasNoToken(source graph.TokenSource, pageID string) bool {
	if _, isMap := source.(graph.TokenMap); !isMap && !isConstant(source) {
		return false
	}
	token, err := source.Token(context.Background(), pageID)
	return err != nil || token.IsZero()
}

// checkApps finds apps that name the same page, or have the same id: receiving
// takes that where pages change at run time, but in a configuration it is a mistake.
func (c Config) checkApps(fail func(field, format string, args ...any)) {
	if !c.PagesAtRunTime && len(c.Pages) == 0 {
		return // receiving does
	}
	places := map[string]string{}
	once := func(kind, value, place string) {
		if first, twice := places[kind+value]; twice && value != "" {
			fail(place, "is the same as Config.%s", first)
			return
		}
		places[kind+value] = place
	}
	for i, app := range c.Apps {
		once("id ", app.ID, fmt.Sprintf("Apps[%d].ID", i))
		for j, pageID := range app.Pages {
			once("page ", pageID, fmt.Sprintf("Apps[%d].Pages[%d]", i, j))
		}
	}
}

// serves reports whether events of a page can reach the bot from the start.
func (c Config) serves(pageID string) bool {
	return c.servesEvery() ||
		slices.ContainsFunc(c.Pages, func(p Page) bool { return p.ID == pageID }) ||
		slices.ContainsFunc(c.Apps, func(app receiving.App) bool { return slices.Contains(app.Pages, pageID) })
}

// appSecret is the secret that signs the Graph calls for a page that is not known, if
// there is one app.
func (c Config) appSecret() secret.Value {
	if len(c.Apps) != 1 || len(c.Apps[0].Secrets) == 0 {
		return secret.Value{}
	}
	return c.Apps[0].Secrets[0]
}

// ownSends reports whether an attempt to send runs code of this library and of net/http only.
func (c Config) ownSends() bool {
	_, own := http.DefaultTransport.(*http.Transport) // of which the client that is the default has a copy
	return own && c.HTTPClient == nil && len(c.SendMiddleware) == 0
}
