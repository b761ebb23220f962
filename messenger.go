package messenger

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/internal/engine"
	"github.com/djmessenger/messenger/internal/routes"
	"github.com/djmessenger/messenger/internal/stack"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/memory"
)

// ErrRunning is returned by [Bot.Run] when the bot has been run before.
var ErrRunning = errors.New("messenger: the bot is running or has run; create a new one")

// ErrNotRunning is what [Bot.Healthy] returns before [Bot.Run] is called and
// after it was stopped: callbacks are taken, and nothing works the queue.
var ErrNotRunning = errors.New("messenger: the bot is not running")

// ErrStuck is matched by what [Bot.Healthy] returns while as many calls of the program's
// code (handlers, middleware, token sources, callbacks) do not return as there are workers:
// see [Stats]. The bot goes on, but only a restart frees what they hold.
var ErrStuck = errors.New("messenger: calls of the program's code do not return after their context has ended")

// Bot takes the platform's callbacks and answers them. Make it with [New],
// mount it on a router, and call [Bot.Run]. Its methods are safe for concurrent
// use.
type Bot struct {
	cfg       Config
	client    *graph.Client
	engine    *engine.Engine
	instagram *instagramAccounts
	pages     atomic.Pointer[pageTable]
	pagesMu   sync.Mutex // is held while pages are replaced
	settings  *settingsQueue
	webhook   *receiving.Webhook
	guard     *engine.Guard
	voice     *engine.Voice
	health    health
	watch     notRunning
	ran       atomic.Bool
}

// New builds a bot. The error names everything that is wrong with the
// configuration, one mistake a line with its field: a missing secret or verify token,
// every mistake of the policy. It shows no secret.
func New(config Config) (*Bot, error) {
	cfg := config.WithDefaults()
	b := &Bot{cfg: cfg}
	b.guard = engine.NewGuard(cfg.Logger)
	b.instagram = newInstagramAccounts(b)
	tokens := engine.Tokens(b.guard, b.credentials, cfg.SendTimeout)
	var errs []error
	var err error
	b.webhook, err = receiving.NewWebhook(receiving.WebhookConfig{
		Accept:      b.accept,
		Apps:        cfg.Apps,
		BodyBudget:  cfg.BodyBudget,
		BodyTimeout: cfg.BodyTimeout,
		Logger:      cfg.Logger,
		MaxBody:     cfg.MaxBody,
		VerifyToken: cfg.VerifyToken,

		PagesAtRunTime: cfg.PagesAtRunTime || len(cfg.Pages) > 0 && !cfg.servesEvery(),
	})
	errs = append(errs, inConfig("Config.", err))
	b.client, err = graph.New(graph.Config{
		AppSecret:  b.appSecret,
		BaseURL:    cfg.GraphURL,
		BaseURLOf:  b.baseURL,
		HTTPClient: cfg.HTTPClient,
		Timeout:    cfg.SendTimeout,
		Tokens:     tokens,
		Version:    cfg.GraphVersion,
	})
	errs = append(errs, inConfig("Config.", err), b.cfg.validate())
	pages, err := cfg.firstPages()
	errs = append(errs, err)
	if err := errors.Join(errs...); err != nil {
		return nil, fmt.Errorf("messenger: invalid configuration:\n%w", err)
	}
	b.pages.Store(pages)
	if !pages.every {
		if err := b.webhook.SetApps(pages.bindings(cfg)); err != nil {
			return nil, fmt.Errorf("messenger: invalid configuration:\n%w", err)
		}
	}
	b.startSettings()
	b.health.log, b.health.guard = cfg.Logger, b.guard
	if inspector, ok := store.As[store.Inspector](cfg.Store); ok {
		b.health.ping = inspector.Ping
	}
	logMissing(cfg.Logger, cfg.Store)
	if config.Policy == nil && len(config.Policies) == 0 && pages.usesCommon() {
		cfg.Logger.Warn("no policy is configured: the built-in policy, routing.BuiltIn, runs")
	}
	if _, ok := cfg.Store.(*memory.Store); ok {
		cfg.Logger.Warn("the store is in memory: all data is lost when this process ends")
	}
	logTranslations(cfg.Logger, cfg.Catalog)
	logLongTexts(cfg.Logger, pages.texts.long)
	b.voice = &engine.Voice{
		Catalog:  cfg.Catalog,
		Language: b.languageOf,
		Logger:   cfg.Logger,
		Named:    func(id string) bool { return b.pages.Load().texts.named[id] },
		Texts:    sending.Texts{Prefix: cfg.Prefix, Default: cfg.DefaultText},
	}
	b.engine = engine.New(engine.Config{
		AtMostOnce:     cfg.AtMostOnce,
		Base:           With(context.Background(), b),
		Client:         b.client,
		GracePeriod:    cfg.GracePeriod,
		Guard:          b.guard,
		Keep:           b.keepPage,
		KnowsApp:       b.knowsApp,
		LeaseTTL:       leaseTTL,
		Logger:         cfg.Logger,
		Menu:           b.menuFor,
		OnDeadLetter:   onDeadLetter(cfg.OnDeadLetter),
		OnSendFailed:   cfg.OnSendFailed,
		OnTokenInvalid: cfg.OnTokenInvalid,
		OwnSends:       cfg.ownSends(),
		OwnsApp:        b.ownsApp,
		Policy:         b.policyFor,
		Quiet:          cfg.Quiet,
		Retention:      engine.Retention(cfg.Retention),
		Retry:          cfg.Retry,
		SendTimeout:    cfg.SendTimeout,
		Serves:         b.servedPages(),
		SolePage:       b.solePage,
		Store:          cfg.Store,
		Tokens:         tokens,
		TurnTimeout:    cfg.TurnTimeout,
		WrapSend:       cfg.SendMiddleware,
		WrapTurn:       cfg.TurnMiddleware,
		Voice:          b.voice,
		Workers:        cfg.Workers,
	})
	return b, nil
}

// startSettings queues the thread settings of the configuration for Run.
func (b *Bot) startSettings() {
	b.settings = newSettingsQueue(b.cfg.Logger, b.applySettings)
	b.settings.set(graph.Me, b.cfg.ThreadSettings[graph.Me])
	table := b.pages.Load()
	for _, pageID := range slices.Sorted(maps.Keys(table.pages)) {
		b.settings.set(pageID, table.pages[pageID].ThreadSettings)
	}
}

// Client returns the bot's Graph API client, for calls of the program's own; nil for a nil
// bot. In a turn graph.From has it too.
func (b *Bot) Client() *graph.Client {
	if b == nil {
		return nil
	}
	return b.client
}

// Store returns the bot's store, that of Config.Store or the one in memory; nil for a nil bot. In a
// turn store.From has it too, with what is read.
func (b *Bot) Store() store.Store {
	if b == nil {
		return nil
	}
	return b.cfg.Store
}

// ServeHTTP answers the platform: GET verifies the webhook, POST takes a
// callback. It answers 200 once every event of the callback is durable, 401 to
// a callback whose signature does not match or that is all about pages which
// the app that signed it is not bound to, 413 over Config.MaxBody, 408 if the
// body took longer than Config.BodyTimeout, 400 to what is not JSON, 503 if the
// events could not be stored or Config.BodyBudget is used up, and 405 to other
// methods.
//
// Requests that are not authenticated cost bounded memory: the signature is
// checked over the bytes as they came, before anything reads them as JSON, and
// bodies have a budget. The http.Server in front bounds connections and headers;
// see docs/production.md.
//
// https://developers.facebook.com/documentation/business-messaging/messenger-platform/webhooks
func (b *Bot) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	stack.Grow()
	b.webhook.ServeHTTP(w, r)
}

// putTimeout bounds how long a callback waits to become durable. The platform
// waits 5 seconds for the answer.
const putTimeout = 4 * time.Second

// accept makes the events of a callback durable.
func (b *Bot) accept(ctx context.Context, envelopes []receiving.Envelope) error {
	b.warnIfNotRunning()
	events := make([]store.Event, 0, len(envelopes))
	for _, e := range envelopes {
		body, err := e.MarshalBinary()
		if err != nil {
			return err
		}
		events = append(events, store.Event{
			Conversation: store.Conversation{PageID: e.PageID, PSID: e.Thread},
			Key:          e.Key,
			KeyTime:      e.KeyTime,
			Time:         e.Time,
			Body:         body,
			EchoOf:       e.SendKey,
			EditOf:       e.EditOf,
			Unsends:      store.Unsent{Keys: e.Unsends.Keys, Edits: e.Unsends.Edits, MID: e.Unsends.MID},
		})
	}
	ctx, cancel := context.WithTimeout(ctx, putTimeout)
	defer cancel()
	err := b.put(ctx, events...)
	if backlog, ok := errors.AsType[*store.BacklogError](err); ok {
		// The pages that have room must not suffer for the one that has none.
		return errors.Join(err, b.putOthers(ctx, events, backlog.PageIDs))
	}
	return err
}

// putOthers puts the events of all pages but those. The platform will send the
// whole callback again; then these are known already.
func (b *Bot) putOthers(ctx context.Context, events []store.Event, full []string) error {
	isFull := map[string]bool{}
	for _, pageID := range full {
		isFull[pageID] = true
	}
	var others []store.Event
	for _, e := range events {
		if !isFull[e.PageID] {
			others = append(others, e)
		}
	}
	if len(others) == 0 {
		return nil
	}
	return b.put(ctx, others...)
}

// notRunningAfter is how long a bot may take callbacks before it runs.
const notRunningAfter = 5 * time.Second

// notRunning warns once of a bot that takes callbacks and does not run.
type notRunning struct {
	mu    sync.Mutex
	begun bool
	timer *time.Timer
}

func (b *Bot) warnIfNotRunning() {
	b.watch.start(func() {
		if !b.ran.Load() {
			b.cfg.Logger.Warn("callbacks are stored but not handled: call Run")
		}
	})
}

func (n *notRunning) start(warn func()) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if !n.begun {
		n.begun = true
		n.timer = time.AfterFunc(notRunningAfter, warn)
	}
}

// stop ends the wait: the bot runs.
func (n *notRunning) stop() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.begun = true
	if n.timer != nil {
		n.timer.Stop()
	}
}

// Run applies the thread settings and works the queue until ctx ends. Then it
// takes no more events, lets what runs finish, gives the rest back to the store, and
// returns nil, all within Config.GracePeriod, whatever hangs. No goroutine or timer of the
// bot outlives it, except around code of the program that does not return, which
// Stats.Stuck counts. Callbacks that arrive meanwhile
// and afterwards are still made durable; another replica, or the next start,
// handles them. It runs once: a second call returns [ErrRunning].
//
// Run does not close the store. A service that stops cleanly ends Run's
// context, waits for Run, shuts its HTTP server down, and then closes the store.
func (b *Bot) Run(ctx context.Context) error {
	if b.ran.Swap(true) {
		return ErrRunning
	}
	b.watch.stop()
	b.engine.Run(ctx, b.settings.run, b.health.run, b.instagram.refresher.Run)
	return nil
}

// SetPolicy swaps the policy of all pages that have none of their own, for the
// turns that start from now on. A policy with mistakes is refused, and the old
// one stays. As in [Config], nil means routing.BuiltIn.
func (b *Bot) SetPolicy(policy routing.Policy) error {
	if policy == nil {
		policy = routing.BuiltIn()
	}
	compiled, err := routes.Compile(policy)
	if err != nil {
		return err
	}
	b.pagesMu.Lock()
	defer b.pagesMu.Unlock()
	next := *b.pages.Load()
	next.common = compiled
	b.pages.Store(&next)
	return nil
}
