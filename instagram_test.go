package messenger_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/internal/bubble"
	"github.com/djmessenger/messenger/secret"
	"github.com/djmessenger/messenger/simulator"
	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/memory"
)

const (
	igAccount = "17841400000000001"
	igToken   = "IGAA-instagram-token"
	igFan     = "7100000000000088"
)

// igSession is the name of the session with the state of igToken.
var igSession = func() string {
	sum := sha256.Sum256([]byte(igToken))
	return "instagram login " + hex.EncodeToString(sum[:8])
}()

var tokenKey = secret.New("a key of more than sixteen bytes")

// instagramPlatform has an account that is connected by Instagram Login, beside the page.
func instagramPlatform() simulator.Config {
	return simulator.Config{
		Pages:  []simulator.Page{{ID: igAccount, Platform: simulator.PlatformInstagram, Token: igToken}},
		People: append(simulator.DefaultPeople(), simulator.Person{ID: igFan, PageID: igAccount, FirstName: "Ana"}),
	}
}

// byHost notes the paths of Graph calls by their host.
type byHost struct {
	bubble.InProcess

	mu    sync.Mutex
	calls map[string][]string
	proof bool // one was signed at graph.instagram.com
}

func (b *byHost) RoundTrip(r *http.Request) (*http.Response, error) {
	b.mu.Lock()
	b.calls[r.URL.Host] = append(b.calls[r.URL.Host], r.URL.Path)
	b.proof = b.proof || r.URL.Host == "graph.instagram.com" && r.URL.Query().Has("appsecret_proof")
	b.mu.Unlock()
	return b.InProcess.RoundTrip(r)
}

func (b *byHost) of(host string) []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]string(nil), b.calls[host]...)
}

// TestAccountOfInstagramLogin: it has the same handler and policy as a page. Its calls go to a host of its own, unsigned, and its
// token is refreshed as soon as the platform allows.
func TestAccountOfInstagramLogin(t *testing.T) {
	t.Parallel()
	var w *world
	calls := &byHost{calls: map[string][]string{}}
	calls.Handler = func() http.Handler { return w.Simulator }
	cfg := messenger.Config{
		HTTPClient:   &http.Client{Transport: calls},
		InstagramURL: "http://graph.instagram.com",
		Pages:        []messenger.Page{{ID: igAccount, InstagramLogin: true, Token: graph.PageToken(igToken)}},
		Policy:       texts(echo),
		TokenKeys:    []secret.Value{tokenKey},
	}
	inBubbleAs(t, &w, instagramPlatform(), cfg, func() {
		w.Says(igFan, "hi")
		w.Says(ada, "hi")
		after(time.Minute)
		require.Equal(t, []string{"you said hi"}, w.Texts(igFan))
		require.Equal(t, []string{"you said hi"}, w.Texts(ada))
		require.Equal(t, []string{"/v27.0/me/messages"}, calls.of("graph.test"))
		require.ElementsMatch(t, []string{"/v27.0/refresh_access_token", "/v27.0/me/messages"}, calls.of("graph.instagram.com"))
		require.False(t, calls.proof)

		require.NoError(w.T, w.MoveClock(25*time.Hour)) // the platform refuses to refresh a token on its first day
		after(2 * time.Hour)
		session, err := w.Store.Session(w.T.Context(), igAccount, "", igSession)
		require.NoError(t, err)
		var kept struct{ Sealed []byte }
		require.NoError(t, json.Unmarshal(session.Data, &kept))
		require.NotEmpty(t, kept.Sealed)
		require.NotContains(t, string(kept.Sealed), igToken)
		require.NoError(t, w.MoveClock(59*24*time.Hour)) // the token of the configuration ends
		w.Says(igFan, "hi")
		after(time.Minute)
		require.Equal(t, []string{"you said hi", "you said hi"}, w.Texts(igFan))
	})
}

// TestTokenThatEnds: when an account has been disconnected, the program hears of it with the account's id.
func TestTokenThatEnds(t *testing.T) {
	t.Parallel()
	var (
		w      *world
		mu     sync.Mutex
		failed []messenger.TokenRefreshFailure
	)
	cfg := messenger.Config{
		Pages: []messenger.Page{{ID: igAccount, InstagramLogin: true, Token: graph.PageToken("IGAA-revoked")}},
		OnTokenRefreshFailed: func(_ context.Context, failure messenger.TokenRefreshFailure) {
			mu.Lock()
			defer mu.Unlock()
			failed = append(failed, failure)
		},
		TokenKeys: []secret.Value{tokenKey},
	}
	inBubbleAs(t, &w, instagramPlatform(), cfg, func() {
		after(time.Minute)
		mu.Lock()
		defer mu.Unlock()
		require.Len(t, failed, 1)
		require.Equal(t, igAccount, failed[0].PageID)
		require.ErrorIs(t, failed[0].Err, graph.ErrTokenInvalid)
		require.NotContains(t, failed[0].Err.Error(), "IGAA")
	})
}

// faultyStore panics when the session of one account is read, and hangs for another.
type faultyStore struct {
	store.Store

	panics, hangs string
	release       chan struct{}
}

func (s *faultyStore) Unwrap() store.Store { return s.Store }

func (s *faultyStore) Session(ctx context.Context, pageID, psid, name string) (store.Session, error) {
	switch pageID {
	case s.panics:
		panic("a fault of the store")
	case s.hangs:
		<-s.release
	}
	return s.Store.Session(ctx, pageID, psid, name)
}

// TestStoreFaultsOfOneAccount: a panic or a hang of the store while the token of one account is refreshed ends neither the bot nor
// the refreshes of the others.
func TestStoreFaultsOfOneAccount(t *testing.T) {
	t.Parallel()
	platform, cfg := instagramPlatform(), messenger.Config{TokenKeys: []secret.Value{tokenKey}}
	panics, hangs := "17841400000000002", "17841400000000003"
	for _, id := range []string{panics, hangs} {
		platform.Pages = append(platform.Pages, simulator.Page{ID: id, Platform: simulator.PlatformInstagram, Token: igToken + id})
	}
	synctest.Test(t, func(t *testing.T) {
		faulty := &faultyStore{Store: memory.New(memory.Config{}), panics: panics, hangs: hangs, release: make(chan struct{})}
		cfg.Store = faulty
		w := newWorld(t, platform, cfg)
		w.start()
		require.NoError(t, w.MoveClock(25*time.Hour)) // the platform refuses to refresh a token on its first day
		var pages []messenger.Page
		for _, id := range []string{panics, hangs} {
			pages = append(pages, messenger.Page{ID: id, InstagramLogin: true, Token: graph.PageToken(igToken + id)})
		}
		require.NoError(t, w.bot.SetPages(pages...))
		after(time.Minute)
		require.NoError(t, w.bot.SetPages(append(pages, messenger.Page{ID: igAccount, InstagramLogin: true, Token: graph.PageToken(igToken)})...))
		after(10 * time.Minute)
		_, err := faulty.Store.Session(t.Context(), igAccount, "", igSession)
		require.NoError(t, err, "the token of an account that was added later is refreshed")
		close(faulty.release)
		require.NoError(t, w.Close())
		w.Stop()
	})
}

// savedTokens is a TokenStore, and finds what it was given.
type savedTokens struct {
	mu     sync.Mutex
	tokens map[string]string
}

func (s *savedTokens) Save(_ context.Context, pageID string, token secret.Value, _ time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tokens[pageID] = token.Reveal()
	return nil
}

func (s *savedTokens) Token(_ context.Context, pageID string) (secret.Value, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return secret.New(s.tokens[pageID]), nil
}

// TestTokenStore: a token that is refreshed goes to the program's store, for an account that is added while the bot runs too.
func TestTokenStore(t *testing.T) {
	t.Parallel()
	var w *world
	saved := &savedTokens{tokens: map[string]string{igAccount: igToken}}
	inBubbleAs(t, &w, instagramPlatform(), messenger.Config{Policy: texts(echo), TokenStore: saved}, func() {
		require.NoError(t, w.MoveClock(25*time.Hour)) // the platform refuses to refresh a token on its first day
		require.NoError(t, w.bot.SetPages(messenger.Page{ID: igAccount, InstagramLogin: true, Token: saved}))
		after(time.Minute)
		token, err := saved.Token(t.Context(), igAccount)
		require.NoError(t, err)
		require.Equal(t, igToken+"-refreshed-1", token.Reveal(), "as the simulator answers")
		require.NoError(t, w.MoveClock(59*24*time.Hour)) // the token before it ends
		w.Says(igFan, "hi")
		after(time.Minute)
		require.Equal(t, []string{"you said hi"}, w.Texts(igFan))
	})
}

// TestInstagramConfig: what is wrong is named with its field, and no secret is shown.
func TestInstagramConfig(t *testing.T) {
	t.Parallel()
	var noStore *nilTokenStore
	account := messenger.Page{ID: igAccount, InstagramLogin: true, Token: graph.PageToken(igToken)}
	for want, change := range map[string]func(c *messenger.Config){
		`Config.Pages[0] (page "17841400000000001"): InstagramLogin: needs Config.TokenKeys or Config.TokenStore, since a token that is refreshed must be kept`: func(*messenger.Config) {},
		`Config.TokenKeys[1]: has 5 bytes, less than 16`: func(c *messenger.Config) { c.TokenKeys = []secret.Value{tokenKey, secret.New("short")} },
		`Config.TokenKeys[0]: is empty`:                  func(c *messenger.Config) { c.TokenKeys = []secret.Value{{}} },
		`Config.Pages[0] (page "17841400000000001"): Token: must find what Config.TokenStore has saved, and graph.PageToken and graph.TokenMap never change`: func(c *messenger.Config) {
			c.TokenStore = &nilTokenStore{}
		},
		`Token: must find what Config.TokenStore has saved`: func(c *messenger.Config) {
			c.Pages = []messenger.Page{{ID: igAccount, InstagramLogin: true}}
			c.Tokens, c.TokenStore = graph.TokenMap{igAccount: secret.New(igToken)}, &nilTokenStore{}
		},
		`Config.TokenStore: is a nil *messenger_test.nilTokenStore`: func(c *messenger.Config) { c.TokenStore = noStore },
		`Config.InstagramURL: scheme must be http or https`: func(c *messenger.Config) {
			c.InstagramURL, c.TokenKeys = "ftp://graph.instagram.com", []secret.Value{tokenKey}
		},
	} {
		config := messenger.Config{
			Apps: messenger.App(appSecret), VerifyToken: secret.New(verifyToken), Tokens: graph.PageToken(pageToken), Pages: []messenger.Page{account},
		}
		change(&config)
		_, err := messenger.New(config)
		require.ErrorContains(t, err, want)
		require.NotContains(t, err.Error(), igToken)
		require.NotContains(t, err.Error(), "short")
	}
	_, err := messenger.New(messenger.Config{
		Apps: messenger.App(appSecret), VerifyToken: secret.New(verifyToken), Tokens: graph.PageToken(pageToken),
		Pages: []messenger.Page{account}, TokenKeys: []secret.Value{tokenKey},
	})
	require.NoError(t, err)
}

type nilTokenStore struct{}

func (*nilTokenStore) Save(context.Context, string, secret.Value, time.Time) error { return nil }
