package instagramlogin_test

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/internal/instagramlogin"
	"github.com/djmessenger/messenger/secret"
	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/memory"
)

const (
	account = "17841400000000001"
	day     = 24 * time.Hour
)

var (
	errTooYoung = &graph.Error{Code: 100, Message: "less than 24 hours old"}
	errInvalid  = &graph.Error{Code: 190, Message: "the session has expired"}
)

// platform refreshes tokens.
type platform struct {
	mu     sync.Mutex
	tokens []string // that it was asked to refresh
	refuse func() error
	during func() // while it is asked the first time
}

func (p *platform) refresh(_ context.Context, _ string, token secret.Value) (graph.RefreshedToken, error) {
	p.mu.Lock()
	p.tokens = append(p.tokens, token.Reveal())
	n, refuse := len(p.tokens), p.refuse
	p.mu.Unlock()
	if n == 1 && p.during != nil {
		p.during()
	}
	if refuse != nil {
		if err := refuse(); err != nil {
			return graph.RefreshedToken{}, err
		}
	}
	return graph.RefreshedToken{Token: secret.New(fmt.Sprintf("token-%d", n)), Life: 60 * day}, nil
}

// refuses decides what is refused from now on; nil: nothing.
func (p *platform) refuses(refuse func() error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.refuse = refuse
}

func (p *platform) asked() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]string(nil), p.tokens...)
}

// world is a platform, a store, and what replicas have in common.
type world struct {
	t        *testing.T
	platform platform
	store    store.Store
	keys     []secret.Value

	mu     sync.Mutex
	given  string
	failed []instagramlogin.Failure
}

func inWorld(t *testing.T, test func(w *world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		test(&world{t: t, store: memory.New(memory.Config{}), keys: []secret.Value{secret.New("key 1")}, given: "given"})
	})
}

func (w *world) token(context.Context, string) (secret.Value, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return secret.New(w.given), nil
}

func (w *world) give(token string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.given = token
}

func (w *world) failures() []instagramlogin.Failure {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]instagramlogin.Failure(nil), w.failed...)
}

// config is that of a replica which keeps tokens in the store.
func (w *world) config() instagramlogin.Config {
	return instagramlogin.Config{
		Accounts: func() []string { return []string{account} },
		Given:    w.token,
		Refresh:  w.platform.refresh,
		Tokens:   instagramlogin.NewTokens(w.store, w.keys, slog.New(slog.DiscardHandler)),
		Failed: func(_ context.Context, _ string, failure instagramlogin.Failure) {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.failed = append(w.failed, failure)
		},
		Guard:  func(ctx context.Context, do func(context.Context) error) error { return do(ctx) },
		Now:    func(context.Context) (time.Time, error) { return time.Now(), nil },
		Store:  w.store,
		Logger: slog.New(slog.DiscardHandler),
	}
}

// start runs a replica and returns the source of its tokens, and how to stop it.
func (w *world) start(config instagramlogin.Config) (tokens graph.TokenSource, stop func()) {
	ctx, cancel := context.WithCancel(w.t.Context())
	refresher := instagramlogin.NewRefresher(config)
	var running sync.WaitGroup
	running.Go(func() { refresher.Run(ctx) })
	tokens = graph.TokenFunc(w.token)
	if config.Tokens != nil {
		tokens = config.Tokens.Source(tokens)
	}
	return tokens, func() { cancel(); running.Wait() }
}

func (w *world) requireToken(want string, of graph.TokenSource) {
	w.t.Helper()
	token, err := of.Token(w.t.Context(), account)
	require.NoError(w.t, err)
	require.Equal(w.t, want, token.Reveal())
}

// sessionOf is the name of the session with the state of a token.
func sessionOf(token string) string {
	sum := sha256.Sum256([]byte(token))
	return "instagram login " + hex.EncodeToString(sum[:8])
}

// kept reads what the store has of the token that is given first.
func (w *world) kept(into any) {
	w.t.Helper()
	session, err := w.store.Session(w.t.Context(), account, "", sessionOf("given"))
	require.NoError(w.t, err)
	require.NoError(w.t, json.Unmarshal(session.Data, into))
}

func after(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// TestTokensAreRefreshedOnceAWeek: of three replicas one refreshes the token, all use it, and a restart changes nothing.
func TestTokensAreRefreshedOnceAWeek(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		sources := make([]graph.TokenSource, 3)
		stops := make([]func(), 3)
		for i := range sources {
			sources[i], stops[i] = w.start(w.config())
		}
		after(time.Minute)
		for week := range 10 {
			want := []string{"given"}
			for i := range week {
				want = append(want, fmt.Sprintf("token-%d", i+1))
			}
			require.Equal(t, want, w.platform.asked())
			for _, source := range sources {
				w.requireToken(fmt.Sprintf("token-%d", week+1), source)
			}
			stops[0]()
			sources[0], stops[0] = w.start(w.config())
			after(7*day + 2*time.Hour)
		}
		for _, stop := range stops {
			stop()
		}
		require.Empty(t, w.failures())
	})
}

// TestClocks: neither a replica with a wrong clock nor a step of the store's clock decides for long when tokens are refreshed.
func TestClocks(t *testing.T) {
	t.Parallel()
	for name, ahead := range map[string]time.Duration{"a year ahead": 365 * day, "a year behind": -365 * day} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, refuse := range []error{nil, errTooYoung} {
				inWorld(t, func(w *world) {
					w.platform.refuses(func() error { return refuse })
					var mu sync.Mutex
					off := ahead
					config := w.config()
					config.Now = func(context.Context) (time.Time, error) {
						mu.Lock()
						defer mu.Unlock()
						return time.Now().Add(off), nil
					}
					_, stop := w.start(config)
					after(time.Minute)
					require.Len(t, w.platform.asked(), 1)
					var kept struct{ Refreshed, Tried time.Time }
					w.kept(&kept)
					if kept.Tried.IsZero() {
						kept.Tried = kept.Refreshed
					}
					require.WithinDuration(t, time.Now().Add(ahead), kept.Tried, 2*time.Minute, "the clock of the store decides")
					mu.Lock()
					off = 0 // the clock is set right
					mu.Unlock()
					w.platform.refuses(nil)
					after(14*day + 2*time.Hour)
					require.InDelta(t, 3, len(w.platform.asked()), 1, "a refresh each week, and none is left out")
					require.Empty(t, w.failures())
					stop()
				})
			}
		})
	}
}

// TestYoungTokens: the platform refuses to refresh a token on its first day, which is nothing to report.
func TestYoungTokens(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		born := time.Now()
		w.platform.refuses(func() error {
			if time.Since(born) < day {
				return errTooYoung
			}
			return nil
		})
		_, stop := w.start(w.config())
		_, stopOther := w.start(w.config())
		after(3 * day)
		require.InDelta(t, 25, len(w.platform.asked()), 1, "one try an hour, of both replicas together")
		require.Empty(t, w.failures())
		stop()
		stopOther()
	})
}

// TestLastingFailures are reported after two days, once an hour, with their begin and the end of the token.
func TestLastingFailures(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		tokens, stop := w.start(w.config())
		after(6 * day)
		begin := time.Now()
		away := errors.New("the network is down")
		w.platform.refuses(func() error { return away })
		after(day + 47*time.Hour)
		require.Empty(t, w.failures(), "failures of two days pass")
		after(5 * time.Hour)
		failures := w.failures()
		require.InDelta(t, 5, len(failures), 1)
		require.ErrorIs(t, failures[0].Err, away)
		require.WithinDuration(t, begin.Add(day), failures[0].Since, 2*time.Hour)
		require.WithinDuration(t, begin.Add(-6*day).Add(60*day), failures[0].Expires, time.Minute)
		w.requireToken("token-1", tokens)

		w.platform.refuses(nil)
		after(day)
		require.Len(t, w.failures(), len(failures), "it is mended")
		stop()
	})
}

// TestInvalidTokens: only a person can mend a token that has ended, so that is reported at once. A new one is refreshed at once,
// and its failures are counted anew.
func TestInvalidTokens(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		w.platform.refuses(func() error { return errInvalid })
		tokens, stop := w.start(w.config())
		after(time.Minute)
		require.Len(t, w.failures(), 1)
		require.Zero(t, w.failures()[0].Expires)
		after(3 * day)
		require.Greater(t, len(w.failures()), 70)

		w.platform.refuses(func() error { return errTooYoung })
		w.give("new")
		w.requireToken("new", tokens)
		known := len(w.failures())
		after(day)
		require.Len(t, w.failures(), known, "the new token has no failures that last")
		w.platform.refuses(nil)
		after(2 * time.Hour)
		asked := w.platform.asked()
		require.Equal(t, "new", asked[len(asked)-1])
		w.requireToken(fmt.Sprintf("token-%d", len(asked)), tokens)
		stop()
	})
}

// TestTokensOfTheProgram: what is refreshed goes to the program's store, and is refreshed from there.
func TestTokensOfTheProgram(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		var (
			mu    sync.Mutex
			saved []string
		)
		refused := errors.New("the vault is sealed")
		fail := true
		config := w.config()
		config.Tokens = nil
		config.Save = func(_ context.Context, pageID string, token secret.Value, expires time.Time) error {
			mu.Lock()
			defer mu.Unlock()
			if fail {
				return refused
			}
			require.Equal(t, account, pageID)
			require.Equal(t, time.Now().Add(60*day), expires)
			saved = append(saved, token.Reveal())
			w.give(token.Reveal())
			return nil
		}
		_, stop := w.start(config)
		after(49 * time.Hour)
		require.NotEmpty(t, w.failures(), "that it cannot be saved is reported like any failure")
		require.ErrorIs(t, w.failures()[0].Err, refused)
		mu.Lock()
		fail = false
		mu.Unlock()
		n := len(w.platform.asked())
		after(15 * day)
		require.Equal(t, []string{fmt.Sprintf("token-%d", n+1), fmt.Sprintf("token-%d", n+2), fmt.Sprintf("token-%d", n+3)}, saved)
		require.Equal(t, []string{"given", saved[0], saved[1]}, w.platform.asked()[n:])
		session, err := w.store.Session(t.Context(), account, "", sessionOf("given"))
		require.NoError(t, err)
		require.NotContains(t, string(session.Data), "sealed")
		stop()
	})
}

// savesTo is a replica of a program that keeps tokens itself.
func (w *world) savesTo(save func(token string) error) instagramlogin.Config {
	config := w.config()
	config.Tokens = nil
	config.Save = func(_ context.Context, _ string, token secret.Value, _ time.Time) error { return save(token.Reveal()) }
	return config
}

// TestTokenThatIsFoundLate: a replica that still finds the token before for some minutes does not refresh it again, and nothing is
// reported.
func TestTokenThatIsFoundLate(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		config := w.savesTo(func(token string) error {
			w.give(token)
			return nil
		})
		var late string
		other := config
		other.Given = func(context.Context, string) (secret.Value, error) {
			w.mu.Lock()
			defer w.mu.Unlock()
			found := cmp.Or(late, w.given)
			late = w.given
			return secret.New(found), nil // that of its last look
		}
		late = "given"
		_, stop := w.start(config)
		_, stopOther := w.start(other)
		after(21*day + 5*time.Hour)
		require.Equal(t, []string{"given", "token-1", "token-2", "token-3"}, w.platform.asked())
		require.Empty(t, w.failures())
		stop()
		stopOther()
	})
}

// TestTokenThatIsNotFound: a program that saves tokens and never finds them is reported each week, long before its token ends, and
// its token is refreshed all the same.
func TestTokenThatIsNotFound(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		begin := time.Now()
		_, stop := w.start(w.savesTo(func(string) error { return nil }))
		after(6 * day)
		require.Empty(t, w.failures())
		after(16 * day)
		failures := w.failures()
		require.Len(t, failures, 3)
		require.ErrorIs(t, failures[0].Err, instagramlogin.ErrNotFound)
		require.WithinDuration(t, begin, failures[0].Since, time.Minute)
		require.Zero(t, failures[0].Expires, "the platform has not said when the token of the configuration ends")
		require.Equal(t, []string{"given", "given", "given", "given"}, w.platform.asked())
		stop()
	})
}

// TestEndWhileATokenIsSaved: when the process ends after the program has taken a token, the next one does not refresh it again.
func TestEndWhileATokenIsSaved(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		var stop func()
		saved := make(chan struct{})
		config := w.savesTo(func(token string) error {
			w.give(token)
			close(saved)
			return errors.New("the process ends") // nothing is done after it
		})
		_, stop = w.start(config)
		<-saved
		stop()
		_, stop = w.start(w.savesTo(func(token string) error {
			w.give(token)
			return nil
		}))
		after(6 * day)
		require.Equal(t, []string{"given"}, w.platform.asked())
		after(2 * day)
		require.Equal(t, []string{"given", "token-1"}, w.platform.asked())
		stop()
	})
}

// TestReplicaThatHangs: when the lease of a replica that hangs has ended, another refreshes the token, and what the first one
// gets at last does not replace it.
func TestReplicaThatHangs(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		hangs, release := make(chan struct{}), make(chan struct{})
		w.platform.during = func() {
			close(hangs)
			<-release
		}
		first, stopFirst := w.start(w.config())
		<-hangs
		second, stopSecond := w.start(w.config())
		after(5 * time.Minute)
		require.Equal(t, []string{"given", "given"}, w.platform.asked())
		w.requireToken("token-2", second)
		close(release)
		after(time.Minute)
		w.requireToken("token-2", second)
		w.requireToken("token-2", first)
		stopFirst()
		stopSecond()
	})
}

// TestTwoGivenTokens: in a deploy that configures another token, replicas with the old one and with the new one each keep what
// theirs has become, and neither is refreshed more often for it.
func TestTwoGivenTokens(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		before, stopBefore := w.start(w.config())
		after(time.Minute)
		w.requireToken("token-1", before)

		config := w.config()
		config.Given = func(context.Context, string) (secret.Value, error) { return secret.New("given later"), nil }
		_, stopLater := w.start(config)
		later := config.Tokens.Source(graph.PageToken("given later"))
		after(3 * time.Hour)
		require.Equal(t, []string{"given", "given later"}, w.platform.asked())
		w.requireToken("token-1", before)
		w.requireToken("token-2", later)
		after(7 * day)
		require.ElementsMatch(t, []string{"given", "given later", "token-1", "token-2"}, w.platform.asked())
		stopBefore()
		stopLater()

		after(62 * day)
		for _, token := range []string{"given", "given later"} {
			_, err := w.store.Session(t.Context(), account, "", sessionOf(token))
			require.ErrorIs(t, err, store.ErrNotFound, "a state goes after its token has ended")
		}
	})
}

// TestShutdownDuringARefresh is no failure: nothing is logged but at INFO, nothing is reported or stored, and the next replica refreshes
// the token.
func TestShutdownDuringARefresh(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		away := errors.New("the network is down")
		w.platform.refuses(func() error { return away })
		_, stop := w.start(w.config())
		after(49 * time.Hour)
		require.NotEmpty(t, w.failures(), "they last")
		stop()
		var before, now struct{ Tried time.Time }
		w.kept(&before)
		failed := len(w.failures())
		after(2 * time.Hour)

		var log strings.Builder
		config := w.config()
		config.Logger = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelWarn}))
		asked := make(chan struct{})
		config.Refresh = func(ctx context.Context, _ string, _ secret.Value) (graph.RefreshedToken, error) {
			close(asked)
			<-ctx.Done()
			return graph.RefreshedToken{}, ctx.Err()
		}
		_, stop = w.start(config)
		<-asked
		stop()
		require.Empty(t, log.String())
		require.Len(t, w.failures(), failed)
		w.kept(&now)
		require.Equal(t, before, now)

		w.platform.refuses(nil)
		tokens, stop := w.start(w.config())
		after(time.Minute)
		w.requireToken(fmt.Sprintf("token-%d", len(w.platform.asked())), tokens)
		stop()
	})
}

// TestShutdownAfterAFailure: what the platform has said is stored, even if the process ends just then.
func TestShutdownAfterAFailure(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		config := w.config()
		st := &slowStore{Store: w.store, writes: make(chan struct{}), release: make(chan struct{})}
		config.Store = st
		w.platform.refuses(func() error { return errInvalid })
		var reported error
		config.Failed = func(ctx context.Context, _ string, _ instagramlogin.Failure) { reported = ctx.Err() }
		_, stop := w.start(config)
		<-st.writes
		go func() {
			time.Sleep(time.Second)
			close(st.release)
		}()
		stop()
		var kept struct{ Tried time.Time }
		w.kept(&kept)
		require.NotZero(t, kept.Tried)
		require.NoError(t, reported, "the program has time to be told")
	})
}

// slowStore is a store with a write that takes its time.
type slowStore struct {
	store.Store

	writes, release chan struct{}
}

func (s *slowStore) Apply(ctx context.Context, writes ...store.Write) error {
	close(s.writes)
	select {
	case <-s.release:
		return s.Store.Apply(ctx, writes...)
	case <-ctx.Done():
		return ctx.Err()
	}
}

// TestKeptTokensAreEncrypted: the store never has a token in clear. Keys can be changed, and without the right key the token
// of the configuration is used.
func TestKeptTokensAreEncrypted(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		_, stop := w.start(w.config())
		after(time.Minute)
		stop()
		session, err := w.store.Session(t.Context(), account, "", sessionOf("given"))
		require.NoError(t, err)
		var kept struct{ Sealed []byte }
		require.NoError(t, json.Unmarshal(session.Data, &kept))
		require.NotEmpty(t, kept.Sealed)
		for _, text := range []string{string(session.Data), string(kept.Sealed)} {
			require.NotContains(t, text, "token-1")
			require.NotContains(t, text, "given")
		}

		w.keys = []secret.Value{secret.New("key 2"), secret.New("key 1")}
		tokens, stop := w.start(w.config())
		w.requireToken("token-1", tokens)
		after(8 * day)
		w.requireToken("token-2", tokens)
		stop()

		w.keys = []secret.Value{secret.New("key 2")}
		tokens, stop = w.start(w.config())
		w.requireToken("token-2", tokens)
		stop()

		w.keys = []secret.Value{secret.New("key 3")}
		tokens, stop = w.start(w.config())
		w.requireToken("given", tokens)
		stop()
	})
}

// awayStore is a store that can be away.
type awayStore struct {
	store.Store

	mu   sync.Mutex
	away error
}

// goAway has reads fail from now on; nil: no more.
func (s *awayStore) goAway(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.away = err
}

func (s *awayStore) Session(ctx context.Context, pageID, psid, name string) (store.Session, error) {
	s.mu.Lock()
	away := s.away
	s.mu.Unlock()
	if away != nil {
		return store.Session{}, away
	}
	return s.Store.Session(ctx, pageID, psid, name)
}

// TestStoreAway: a token that is known serves on while the store is away; one that is not known is not guessed.
func TestStoreAway(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		st := &awayStore{Store: w.store}
		w.store = st
		tokens, stop := w.start(w.config())
		after(time.Minute)
		w.requireToken("token-1", tokens)
		away := errors.New("away")
		st.goAway(away)
		after(10 * day)
		w.requireToken("token-1", tokens)
		require.Len(t, w.platform.asked(), 1)
		other, stopOther := w.start(w.config())
		_, err := other.Token(t.Context(), account)
		require.ErrorIs(t, err, away)
		stopOther()
		st.goAway(nil)
		after(2 * time.Hour)
		w.requireToken("token-2", tokens)
		stop()
	})
}
