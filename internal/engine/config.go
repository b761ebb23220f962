package engine

import (
	"context"
	"log/slog"
	"time"

	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/internal/routes"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/store"
)

// Config is what an engine works with. Every exported field is set; package messenger
// checks and defaults what users give.
type Config struct {
	AtMostOnce bool
	// Base is the context that all those of the program's code derive from.
	Base        context.Context
	Client      *graph.Client
	GracePeriod time.Duration
	// Guard is what the program's code is run by, that of Tokens included.
	Guard    *Guard
	LeaseTTL time.Duration
	Logger   *slog.Logger
	// Menu returns the items of a page's menu that a tap on sends an event for, those
	// that people of that locale see first.
	Menu           func(pageID, locale string) []routes.Offer
	OnDeadLetter   func(ctx context.Context, letter DeadLetter) // or nil
	OnSendFailed   func(ctx context.Context, failure sending.Failure)
	OnTokenInvalid func(ctx context.Context, pageID string, err error)
	// OwnsApp reports whether an app is one of the bot's, and KnowsApp whether the id of
	// the app that a page is bound to is known.
	OwnsApp  func(appID string) bool
	KnowsApp func(pageID string) bool
	// OwnSends reports that an attempt to send runs no code of the program but the token source, which has bounds of its own:
	// WrapSend is empty, and Client makes its calls with the HTTP client that is its default.
	OwnSends bool
	// Policy returns that of a page; nil if the bot does not serve the page.
	Policy    func(pageID string) *routes.Table
	Quiet     handling.Quiet
	Retention Retention
	Retry     handling.Retry
	// Serves reports whether the bot serves a page; nil for every page. Keep returns a
	// context in which calls for the page go on to work when it is removed.
	Serves func(pageID string) bool
	Keep   func(ctx context.Context, pageID string) context.Context
	// SolePage reports whether the bot serves one page and no other; nil if that is unknown.
	SolePage    func() bool
	SendTimeout time.Duration
	Store       store.Store
	Tokens      graph.CredentialSource
	TurnTimeout time.Duration
	WrapSend    []sending.Middleware
	WrapTurn    []handling.Middleware
	// Voice says texts.
	Voice   *Voice
	Workers int

	interruptible bool // see isInterruptible; set by New
}

// Retention says how long records are kept; zero keeps them without limit.
type Retention struct {
	DedupKeys, People, Received, Sent time.Duration
}

// Fixed measures, which no user has had reason to change.
const (
	// poll is how often the store is asked for work without a hint.
	poll = time.Second
	// hintWithin is the longest wait that a timer is kept for.
	hintWithin = time.Minute
	// eventsPerLease bounds the events, and the sends, that a lease hands out.
	eventsPerLease = 16
	// aloneAtFirst is how long an event that was interrupted often runs alone at
	// first; aloneDoublings bounds how often that doubles.
	aloneAtFirst   = 5 * time.Second
	aloneDoublings = 4
	// stuckAfter is how long code may go on after its context has ended.
	stuckAfter = time.Second
	// hookTimeout bounds one call of a function of the program that is told of
	// something, such as OnSendFailed.
	hookTimeout = 10 * time.Second
	// hooksStuck is how many calls of one such function may be stuck before it is no
	// longer called.
	hooksStuck = 16
	// purgeEvery is how often old records are erased.
	purgeEvery = time.Hour
	// profilesAtOnce bounds the look-ups that run beside turns.
	profilesAtOnce = 16
	// profilesWaiting bounds those that wait for it.
	profilesWaiting = 1000
	// profileSteps is in how many parts a turn's wait for a look-up is counted.
	profileSteps = 10
	// profileTimeout bounds one of them.
	profileTimeout = 10 * time.Second
	// giveUpSending is the age at which a message that only met temporary
	// refusals is given up.
	giveUpSending = 24 * time.Hour
	// uncertainTries bounds how often a message with unknown outcome is sent, and
	// laterTries how often one that the platform will take later, as it says,
	// without a throttle.
	uncertainTries = 4
	laterTries     = 4
	// settlePatience is how long a send that another process has started, and whose lease
	// has expired, waits for what that process knows of it.
	settlePatience = 5 * time.Second
	// mostUnsaved bounds the results of sends that wait for the store.
	mostUnsaved = 5000
	// echoPatience is how long a message with unknown outcome waits for its echo, and
	// echoing how long after an echo its page is known to get them.
	echoPatience = 30 * time.Second
	echoing      = 24 * time.Hour
	// repeatedFor is the longest that the platform repeats a callback.
	repeatedFor = 36 * time.Hour
	// window is how long after a person's act a page may write to them.
	window = 24 * time.Hour
)
