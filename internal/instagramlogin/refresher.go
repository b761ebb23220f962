package instagramlogin

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/secret"
	"github.com/djmessenger/messenger/store"
)

const (
	// refreshPause is the time between refreshes. A token lasts 60 days: eight refreshes may fail before it ends.
	refreshPause = 7 * 24 * time.Hour
	// retryPause is the time between tries when a refresh has failed, of all replicas together.
	retryPause = time.Hour
	// patience is how long a refresh may fail before that is reported. A token is refused that is less than 24 hours old.
	patience = 48 * time.Hour
	// refreshLease is the lease of a replica on the refresh of one token; see [store.Once].
	refreshLease = 2 * time.Minute
	// noteTimeout bounds the write of a failure.
	noteTimeout = 10 * time.Second
	// atOnce is how many tokens are refreshed at the same time.
	atOnce = 8
)

// GuardTimeout is how long [Config.Guard] lets one account take: it may wait for the lease of another replica first.
const GuardTimeout = 2 * refreshLease

// Failure says that the token of an account could not be refreshed.
type Failure struct {
	Since   time.Time // of the first try that failed
	Expires time.Time // when the token ends; zero if that is not known
	Err     error
}

// ErrNotFound is a [Failure] of a program that does not find the token that it was given.
var ErrNotFound = errors.New("Config.TokenStore was given a refreshed token, but Page.Token, or Config.Tokens, still finds the one before it")

// Config is what a [Refresher] is made of. All fields but Tokens and Save are required, and one of these two.
type Config struct {
	// Accounts lists the accounts whose tokens are refreshed, by page id.
	Accounts func() []string
	// Given finds the token that the program has given to an account.
	Given func(ctx context.Context, pageID string) (secret.Value, error)
	// Refresh refreshes a token.
	Refresh func(ctx context.Context, pageID string, token secret.Value) (graph.RefreshedToken, error)
	// Save gives a refreshed token to the program; Given finds it from then on, on each replica within some minutes. If it is nil, Tokens keeps it.
	Save func(ctx context.Context, pageID string, token secret.Value, expires time.Time) error
	// Tokens keep refreshed tokens if there is no Save.
	Tokens *Tokens
	// Failed is called after a try that failed, when the token is invalid or the failures last, and before a try if Given still
	// finds a token that Save has replaced a week ago.
	Failed func(ctx context.Context, pageID string, failure Failure)
	// Guard runs what uses the store for one account. It turns a panic into an error, and returns at the latest some seconds
	// after [GuardTimeout], so that one account does not stop the refresh of the others.
	Guard func(ctx context.Context, do func(ctx context.Context) error) error

	// Now shows the store's clock: the clock of one process must not decide when the others refresh.
	Now func(ctx context.Context) (time.Time, error)

	Store  store.Store
	Logger *slog.Logger
}

// Refresher refreshes tokens while it runs.
type Refresher struct {
	config Config
	wake   chan struct{}
}

// NewRefresher returns a refresher that waits for Run.
func NewRefresher(config Config) *Refresher {
	return &Refresher{config: config, wake: make(chan struct{}, 1)}
}

// Wake has the accounts looked at now, as after a change of them.
func (r *Refresher) Wake() {
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

// Run looks after the tokens until ctx ends.
func (r *Refresher) Run(ctx context.Context) {
	for {
		r.look(ctx)
		timer := time.NewTimer(retryPause)
		select {
		case <-timer.C:
		case <-r.wake:
		case <-ctx.Done():
		}
		timer.Stop()
		if ctx.Err() != nil {
			return
		}
	}
}

// look refreshes the tokens that are due.
func (r *Refresher) look(ctx context.Context) {
	var tries sync.WaitGroup
	room := make(chan struct{}, atOnce)
	for _, pageID := range r.config.Accounts() {
		room <- struct{}{}
		if ctx.Err() != nil {
			break
		}
		tries.Go(func() {
			defer func() { <-room }()
			err := r.config.Guard(ctx, func(ctx context.Context) error { return r.tend(ctx, pageID) })
			if err != nil && ctx.Err() == nil {
				r.config.Logger.Warn("cannot look after the token of an Instagram account; trying again", "page", pageID, "error", err, "after", retryPause)
			}
		})
	}
	tries.Wait()
}

// What is done is in the state of a token, and nowhere else: the work of [store.Once] always ends with one of these errors or
// another, and only its lease is used.
var (
	errNotDue    = errors.New("not due")   // another replica has tried meanwhile
	errFailed    = errors.New("failed")    // which has been reported
	errRefreshed = errors.New("refreshed") // there is nothing left to do
)

// tend refreshes the token of an account if that is due, once between all replicas. Its error is one of the store, or of where
// the given token is from.
func (r *Refresher) tend(ctx context.Context, pageID string) error {
	given, err := r.config.Given(ctx, pageID)
	if err != nil {
		return err
	}
	of := digest(given)
	before, err := loadState(ctx, r.config.Store, pageID, of)
	if err != nil {
		return err
	}
	if due, err := r.due(ctx, before); err != nil || !due {
		return err
	}
	_, err = store.Once(ctx, r.config.Store, "Instagram Login token of "+pageID, of, refreshLease, func(ctx context.Context) error {
		s, err := loadState(ctx, r.config.Store, pageID, of)
		if err != nil {
			return err
		}
		now, err := r.config.Now(ctx)
		if err != nil {
			return err
		}
		if !s.due(now) {
			return errNotDue
		}
		if err := r.refresh(ctx, attempt{pageID: pageID, given: given, at: now}, &s); err != nil {
			return err
		}
		return errRefreshed
	})
	if errors.Is(err, errNotDue) || errors.Is(err, errFailed) || errors.Is(err, errRefreshed) {
		return nil
	}
	return err
}

// attempt is one try to refresh a token.
type attempt struct {
	pageID string
	given  secret.Value
	at     time.Time // by the store's clock
}

// due reports whether a token is to be refreshed now.
func (r *Refresher) due(ctx context.Context, s state) (bool, error) {
	now, err := r.config.Now(ctx)
	return err == nil && s.due(now), err
}

// refresh makes one try and reports its result.
func (r *Refresher) refresh(ctx context.Context, a attempt, s *state) error {
	if s.notFound(a.at) {
		r.config.Logger.Error("the refreshed token of an Instagram account is not used, and the one before it will end",
			"page", a.pageID, "error", ErrNotFound, "since", s.Refreshed)
		r.config.Failed(ctx, a.pageID, Failure{Since: s.Refreshed, Expires: s.Expires, Err: ErrNotFound})
	}
	expires, err := r.renew(ctx, a, s)
	switch {
	case err != nil && ctx.Err() != nil:
		return ctx.Err() // the process ends, or its lease: that is no failure of the refresh
	case err != nil:
		return r.failed(context.WithoutCancel(ctx), a, s, err)
	}
	r.config.Logger.Info("the token of an Instagram account was refreshed", "page", a.pageID, "expires", expires)
	return nil
}

// renew has the platform refresh the token, and keeps what it answers.
func (r *Refresher) renew(ctx context.Context, a attempt, s *state) (expires time.Time, err error) {
	current := a.given
	if r.config.Tokens != nil {
		if known := r.config.Tokens.remember(a.pageID, *s); !known.token.IsZero() {
			current = known.token
		}
	}
	refreshed, err := r.config.Refresh(ctx, a.pageID, current)
	if err != nil {
		return time.Time{}, err
	}
	expires = a.at.Add(refreshed.Life)
	if r.config.Tokens == nil {
		return expires, r.handOver(ctx, a, s, refreshed.Token, expires)
	}
	next := *s
	next.refreshed(a.at, expires)
	if err := r.config.Tokens.keep(a.pageID, refreshed.Token, &next); err != nil {
		return time.Time{}, err
	}
	if err := next.save(ctx, r.config.Store, a.pageID); err != nil {
		return time.Time{}, err
	}
	r.config.Tokens.remember(a.pageID, next)
	return expires, nil
}

// handOver gives a refreshed token to the program. The state of that token is written first: if the process ends before the
// rest is done, the token is known to be fresh. That of the token before it is written too, since a replica may find it for a while.
func (r *Refresher) handOver(ctx context.Context, a attempt, s *state, token secret.Value, expires time.Time) error {
	next := *s
	if of := digest(token); of != s.of {
		var err error
		if next, err = loadState(ctx, r.config.Store, a.pageID, of); err != nil {
			return err
		}
	}
	next.refreshed(a.at, expires)
	if err := next.save(ctx, r.config.Store, a.pageID); err != nil {
		return err
	}
	same := next.of == s.of
	if same {
		s.version = next.version
	}
	if err := r.config.Save(ctx, a.pageID, token, expires); err != nil {
		return fmt.Errorf("Config.TokenStore: %w", err)
	}
	if same {
		return nil
	}
	s.refreshed(a.at, s.Expires)
	s.Replaced = true
	return s.save(ctx, r.config.Store, a.pageID)
}

// failed notes that a try failed, and reports it: at once if the token is invalid, which only a person can mend, and
// otherwise when it lasts. Its context does not end with the process, so that what is known is kept.
func (r *Refresher) failed(ctx context.Context, a attempt, s *state, failure error) error {
	s.Tried = a.at
	if s.FailingSince.IsZero() || s.FailingSince.After(a.at) {
		s.FailingSince = a.at
	}
	within, cancel := context.WithTimeout(ctx, noteTimeout)
	defer cancel()
	if err := s.save(within, r.config.Store, a.pageID); err != nil {
		r.config.Logger.Warn("cannot store that a refresh failed: other replicas will try it too", "page", a.pageID, "error", err)
	}
	log := r.config.Logger.With("page", a.pageID, "error", failure, "since", s.FailingSince, "after", retryPause)
	if !s.Expires.IsZero() {
		log = log.With("expires", s.Expires)
	}
	if graph.Classify(failure) == graph.RetryNewToken || a.at.Sub(s.FailingSince) >= patience {
		log.Error("cannot refresh the token of an Instagram account; retrying: if the token has ended, connect the account again")
		r.config.Failed(ctx, a.pageID, Failure{Since: s.FailingSince, Expires: s.Expires, Err: failure})
	} else {
		log.Warn("cannot refresh the token of an Instagram account; retrying")
	}
	return errFailed
}
