package simulator_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/simulator"
)

const (
	shop       = "200000000000002"
	shopToken  = "simulator-page-token-" + shop
	shopPerson = "7200000000000001"
)

// twoPages are a page of the first app, and a shop of a second app with a secret of its own.
func twoPages(cfg simulator.Config) simulator.Config {
	cfg.Pages = append(cfg.Pages, simulator.Page{ID: shop, Name: "Shop", AppID: secondApp, AppSecret: "second secret"})
	cfg.People = append(simulator.DefaultPeople(), simulator.Person{ID: shopPerson, PageID: shop, FirstName: "Sue"})
	return cfg
}

// as makes a call with another token.
func (p platform) as(t *testing.T, token, method, path, body string) answer {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, p.url+path, bytes.NewReader([]byte(body)))
	require.NoError(t, err)
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return answer{resp.StatusCode, resp.Header, data}
}

// mailbox takes callbacks of any app, and notes the page of each and the secret that signed it.
type mailbox struct {
	mu      sync.Mutex
	secrets []string
	got     []string // page, secret
	status  int
	held    string // the page whose callbacks wait
	wait    chan struct{}
}

func newMailbox(t *testing.T, secrets ...string) (*mailbox, string) {
	t.Helper()
	m := &mailbox{secrets: secrets, status: 200}
	srv := httptest.NewServer(m)
	t.Cleanup(srv.Close)
	return m, srv.URL
}

func (m *mailbox) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	m.mu.Lock()
	defer m.mu.Unlock()
	signed := "unknown"
	for _, secret := range m.secrets {
		h := hmac.New(sha256.New, []byte(secret))
		h.Write(body)
		if r.Header.Get("X-Hub-Signature-256") == "sha256="+hex.EncodeToString(h.Sum(nil)) {
			signed = secret
		}
	}
	var c struct{ Entry []struct{ ID string } }
	_ = json.Unmarshal(body, &c)
	if m.wait != nil && m.held == c.Entry[0].ID {
		wait := m.wait
		m.mu.Unlock()
		wait <- struct{}{}
		<-wait
		m.mu.Lock()
	}
	m.got = append(m.got, c.Entry[0].ID+" "+signed)
	w.WriteHeader(m.status)
}

func (m *mailbox) take() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	got := m.got
	m.got = nil
	return got
}

// hold lets the callbacks of a page wait: each sends on the channel when it arrives, and goes on when it receives.
func (m *mailbox) hold(pageID string, wait chan struct{}) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.held, m.wait = pageID, wait
}

func (m *mailbox) answer(status int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.status = status
}

// Callbacks are signed by the app that the page is bound to.
func TestCallbacksOfTwoApps(t *testing.T) {
	t.Parallel()
	m, url := newMailbox(t, "simulator-app-secret", "second secret", "third")
	p := serve(t, twoPages(simulator.Config{WebhookURL: url}))
	ctx := t.Context()
	say := func(psid string, want string) {
		t.Helper()
		_, err := p.Say(ctx, psid, "hi")
		require.NoError(t, err)
		require.NoError(t, p.Flush(ctx))
		require.Equal(t, []string{want}, m.take())
	}
	say(ada, page+" simulator-app-secret")
	say(shopPerson, shop+" second secret")
	p.SetAppSecret(secondApp, "third")
	say(shopPerson, shop+" third")
	require.Equal(t, shop, p.Deliveries()[1].PageID)

	_, err := p.Comment(ctx, shopPerson, "nice")
	require.NoError(t, err)
	require.NoError(t, p.Page(shop).PostChange(ctx, "inbox_labels", json.RawMessage(`{}`)))
	require.NoError(t, p.Page(shop).OptInUserRef(ctx, "ref-1", "r"))
	require.NoError(t, p.Post(ctx, json.RawMessage(`{"sender":{"id":"`+shopPerson+`"},"recipient":{"id":"`+shop+`"},"message":{"mid":"1"}}`)))
	require.NoError(t, p.Post(ctx, json.RawMessage(`{"sender":{"id":"`+shop+`"},"recipient":{"id":"`+shopPerson+`"},"message":{"mid":"2","is_echo":true}}`)))
	require.NoError(t, p.Post(ctx, json.RawMessage(`{"recipient":{"id":"`+shop+`"},"policy_enforcement":{"action":"block"}}`)))
	require.NoError(t, p.Flush(ctx))
	got := m.take()
	require.Len(t, got, 6)
	for _, one := range got {
		require.Equal(t, shop+" third", one)
	}
	require.NoError(t, p.PostChange(ctx, "inbox_labels", json.RawMessage(`{}`)))
	require.NoError(t, p.Flush(ctx))
	require.Equal(t, []string{page + " simulator-app-secret"}, m.take(), "without a name it is the first page's")
}

// A token is about one page: its people, profile, uploads and comments.
func TestPagesAreApartOnTheGraphSide(t *testing.T) {
	t.Parallel()
	p := serve(t, twoPages(simulator.Config{}))
	ctx := t.Context()
	for _, psid := range []string{ada, shopPerson} {
		_, err := p.Say(ctx, psid, "hi")
		require.NoError(t, err)
	}
	text := func(to string) string { return `{"recipient":{"id":"` + to + `"},"message":{"text":"x"}}` }
	require.Equal(t, 200, p.as(t, shopToken, "POST", "/v27.0/me/messages", text(shopPerson)).status)
	require.Equal(t, 200, p.as(t, shopToken, "POST", "/v27.0/"+shop+"/messages", text(shopPerson)).status)
	require.Len(t, p.Messages(shopPerson), 3)
	require.Equal(t, secondApp, p.Messages(shopPerson)[1].AppID)

	_, sub := p.as(t, shopToken, "POST", "/me/messages", text(ada)).code(t)
	require.Equal(t, 2018001, sub, "a person of another page")
	_, sub = p.as(t, shopToken, "POST", "/"+page+"/messages", text(ada)).code(t)
	require.Equal(t, 33, sub, "another page's path")
	_, sub = p.as(t, shopToken, "GET", "/"+ada, "").code(t)
	require.Equal(t, 33, sub, "a profile of another page's person")
	require.JSONEq(t, `{"id":"`+shop+`","name":"Shop"}`, string(p.as(t, shopToken, "GET", "/me", "").body))
	code, _ := p.as(t, "another", "GET", "/me", "").code(t)
	require.Equal(t, 190, code)

	require.Equal(t, 200, p.as(t, shopToken, "POST", "/me/messenger_profile", `{"get_started":{"payload":"SHOP"}}`).status)
	require.Empty(t, p.Profile())
	require.Contains(t, p.Page(shop).Profile(), "get_started")
	_, err := p.GetStarted(ctx, shopPerson)
	require.NoError(t, err)
	_, err = p.GetStarted(ctx, ada)
	require.ErrorContains(t, err, "no Get Started")

	var upload struct {
		ID string `json:"attachment_id"`
	}
	a := p.as(t, shopToken, "POST", "/me/message_attachments", `{"message":{"attachment":{"type":"image","payload":{"url":"https://e.x/a.png","is_reusable":true}}}}`)
	require.NoError(t, json.Unmarshal(a.body, &upload))
	image := `,"message":{"attachment":{"type":"image","payload":{"attachment_id":"` + upload.ID + `"}}}}`
	require.Equal(t, 200, p.as(t, shopToken, "POST", "/me/messages", `{"recipient":{"id":"`+shopPerson+`"}`+image).status)
	_, sub = p.send(t, `{"recipient":{"id":"`+ada+`"}`+image).code(t)
	require.Equal(t, 2018074, sub, "another page's upload")

	comment, err := p.Comment(ctx, shopPerson, "nice")
	require.NoError(t, err)
	_, sub = p.do(t, "POST", "/"+comment+"/comments", `{"message":"x"}`).code(t)
	require.Equal(t, 33, sub, "another page's comment")
	require.Equal(t, 200, p.as(t, shopToken, "POST", "/"+comment+"/comments", `{"message":"thanks"}`).status)
	require.Len(t, p.Comments(comment), 1)
	require.Len(t, p.PublicReplies(shopPerson), 1)

	proof := func(secret string) string {
		h := hmac.New(sha256.New, []byte(secret))
		h.Write([]byte(shopToken))
		return "/me?appsecret_proof=" + hex.EncodeToString(h.Sum(nil))
	}
	require.Equal(t, 200, p.as(t, shopToken, "GET", proof("second secret"), "").status)
	code, _ = p.as(t, shopToken, "GET", proof("simulator-app-secret"), "").code(t)
	require.Equal(t, 100, code, "another app's proof")

	p.Page(shop).RevokeToken(460)
	_, sub = p.as(t, shopToken, "GET", "/me", "").code(t)
	require.Equal(t, 460, sub)
	require.Equal(t, 200, p.do(t, "GET", "/me", "").status, "the other page goes on")
	p.Page(shop).SetToken("fresh")
	require.Equal(t, 200, p.as(t, "fresh", "GET", "/me", "").status)
	last := p.Requests()[len(p.Requests())-1]
	require.Equal(t, shop, last.PageID)
}

// What happens on one page does not hold up the same person's queue on another: a user_ref may be on both.
func TestQueuesOfPagesAreApart(t *testing.T) {
	t.Parallel()
	m, url := newMailbox(t, "simulator-app-secret", "second secret")
	p := serve(t, twoPages(simulator.Config{WebhookURL: url}))
	hold := make(chan struct{})
	m.hold(page, hold)
	require.NoError(t, p.Page(page).OptInUserRef(t.Context(), "same", "r"))
	<-hold // it arrived, and gets no answer yet
	arrived := make(chan struct{})
	m.hold(shop, arrived)
	require.NoError(t, p.Page(shop).OptInUserRef(t.Context(), "same", "r"))
	<-arrived // the other page's arrives meanwhile
	hold <- struct{}{}
	arrived <- struct{}{}
	require.NoError(t, p.Flush(t.Context()))
	require.ElementsMatch(t, []string{page + " simulator-app-secret", shop + " second secret"}, m.take())
}

func TestPagesComeAndGo(t *testing.T) {
	t.Parallel()
	m, url := newMailbox(t, "simulator-app-secret")
	p := serve(t, simulator.Config{WebhookURL: url, RetryPauses: []time.Duration{time.Hour}})
	ctx := t.Context()
	added, err := p.AddPage(simulator.Page{})
	require.NoError(t, err)
	require.Regexp(t, `^1[0-9]{14}$`, added.ID)
	require.Equal(t, simulator.Page{
		ID: added.ID, Name: "Page " + added.ID, Platform: simulator.PlatformMessenger, Token: "simulator-page-token-" + added.ID, AppID: botApp, AppSecret: "simulator-app-secret",
		Fields: simulator.DefaultFields(),
	}, added)
	sue, err := p.AddPerson(simulator.Person{PageID: added.ID, FirstName: "Sue"})
	require.NoError(t, err)
	require.Len(t, p.Pages(), 2)
	require.Empty(t, p.Pages()[1].AppSecret, "a list is for showing")

	control := p.Page(added.ID)
	require.NoError(t, p.RemovePage(added.ID))
	require.ErrorIs(t, p.RemovePage(added.ID), simulator.ErrNoPage)
	require.ErrorIs(t, control.PostChange(ctx, "feed", json.RawMessage(`{}`)), simulator.ErrNoPage)
	require.ErrorIs(t, control.OptInUserRef(ctx, "u", "r"), simulator.ErrNoPage)
	require.Panics(t, func() { p.Page(added.ID) })
	_, err = p.Say(ctx, sue.ID, "x")
	require.ErrorIs(t, err, simulator.ErrNoPerson)
	require.Len(t, p.People(), 3)
	code, _ := p.as(t, added.Token, "GET", "/me", "").code(t)
	require.Equal(t, 190, code)
	_, err = p.AddPerson(simulator.Person{PageID: added.ID, FirstName: "Sue"})
	require.ErrorIs(t, err, simulator.ErrNoPage)

	again, err := p.AddPage(simulator.Page{ID: added.ID})
	require.NoError(t, err)
	_, err = p.AddPerson(simulator.Person{ID: sue.ID, PageID: again.ID, FirstName: "Sue"})
	require.NoError(t, err)
	require.Empty(t, p.Messages(sue.ID), "a page that is added again starts anew")

	// A callback that waits an hour for its retry is given up at once.
	m.answer(500)
	for id, psid := range map[string]string{page: ada, again.ID: sue.ID} {
		arrived := make(chan struct{})
		m.hold(id, arrived)
		_, err = p.Say(ctx, psid, "hi")
		require.NoError(t, err)
		<-arrived
		arrived <- struct{}{}
	}
	require.NoError(t, p.RemovePage(again.ID))
	require.NoError(t, p.RemovePage(page), "also the first one")
	require.NoError(t, p.Flush(ctx))
	for _, d := range p.Deliveries() {
		require.Equal(t, simulator.Failed, d.State)
	}
	_, err = p.Say(ctx, ada, "x")
	require.ErrorIs(t, err, simulator.ErrNoPerson)
	require.ErrorIs(t, p.PostChange(ctx, "feed", json.RawMessage(`{}`)), simulator.ErrNoPage)
	require.Empty(t, p.Profile())
	require.Empty(t, p.People())
	_, err = p.AddPage(simulator.Page{ID: page, Token: "new"})
	require.NoError(t, err)
	require.Equal(t, 200, p.as(t, "new", "GET", "/me", "").status)
}

// A callback that was not taken before its page was removed is not posted again.
func TestCallbacksOfARemovedPageAreGivenUp(t *testing.T) {
	t.Parallel()
	m, _ := newMailbox(t, "simulator-app-secret")
	var (
		p     platform
		tries atomic.Int32
	)
	blocking := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if tries.Add(1) == 1 {
			_ = p.RemovePage(shop) // while the first attempt is under way
			w.WriteHeader(500)
			return
		}
		m.ServeHTTP(w, r)
	}))
	t.Cleanup(blocking.Close)
	p = serve(t, twoPages(simulator.Config{WebhookURL: blocking.URL, RetryPauses: []time.Duration{time.Millisecond, time.Millisecond}}))
	_, err := p.Say(t.Context(), shopPerson, "hi")
	require.NoError(t, err)
	require.NoError(t, p.Flush(t.Context()))
	d := p.Deliveries()[0]
	require.Equal(t, simulator.Failed, d.State)
	require.Equal(t, "the page was removed", d.Attempts[1].Error)
	require.Empty(t, m.take())
	_, err = p.Say(t.Context(), ada, "hi")
	require.NoError(t, err)
	require.NoError(t, p.Flush(t.Context()))
	require.Len(t, m.take(), 1)
}

func TestPagesThatCannotWork(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		page simulator.Page
		want []string
	}{
		"id":          {simulator.Page{ID: "shop"}, []string{"ID must be digits"}},
		"taken":       {simulator.Page{ID: page}, []string{"ID is taken"}},
		"a person's":  {simulator.Page{ID: ada}, []string{"ID is taken"}},
		"token":       {simulator.Page{Token: "simulator-page-token"}, []string{"Token is another page's"}},
		"secret":      {simulator.Page{AppSecret: "other"}, []string{"AppSecret is not the one of app " + botApp}},
		"all of them": {simulator.Page{AppID: "x", DefaultApp: "y", Fields: []string{"z"}}, []string{`AppID must be digits, got "x"`, `DefaultApp must be digits, got "y"`, `"z" is no webhook field`}},
	} {
		s := newSim(t, simulator.Config{})
		_, err := s.AddPage(c.page)
		for _, want := range c.want {
			require.ErrorContains(t, err, want, name)
		}
		require.Len(t, s.Pages(), 1)
		if name == "a person's" {
			continue // pages are added before people
		}
		_, err = simulator.New(simulator.Config{Pages: []simulator.Page{c.page}})
		require.ErrorContains(t, err, c.want[0], name)
	}
	s := newSim(t, simulator.Config{})
	_, err := s.AddPerson(simulator.Person{ID: page, FirstName: "P"})
	require.ErrorContains(t, err, "is taken")
	_, err = s.AddPerson(simulator.Person{PageID: "9", FirstName: "P"})
	require.ErrorIs(t, err, simulator.ErrNoPage)
	require.NoError(t, s.Close())
	_, err = s.AddPage(simulator.Page{})
	require.ErrorIs(t, err, simulator.ErrClosed)
	require.ErrorIs(t, s.RemovePage(page), simulator.ErrClosed)
}

// A configuration's mistakes are reported together, those of pages and people among them.
func TestMistakesOfPagesAreReportedWithTheOthers(t *testing.T) {
	t.Parallel()
	_, err := simulator.New(simulator.Config{
		AppID: "x", Pages: []simulator.Page{{ID: "shop"}, {AppID: "y"}}, People: []simulator.Person{{PageID: "9", FirstName: "P"}},
	})
	for _, want := range []string{"Config.AppID must be digits", "page shop: ID must be digits", `AppID must be digits, got "y"`, "no such page: 9"} {
		require.ErrorContains(t, err, want)
	}
}

// Pages may come and go while people write, apps act and the bot calls.
func TestPagesUnderLoad(t *testing.T) {
	t.Parallel()
	_, url := newMailbox(t, "simulator-app-secret")
	p := serve(t, simulator.Config{WebhookURL: url, DefaultApp: botApp})
	var work sync.WaitGroup
	for range 4 {
		work.Go(func() {
			for range 25 {
				added, err := p.AddPage(simulator.Page{DefaultApp: botApp})
				if !assert.NoError(t, err) {
					return
				}
				sue, err := p.AddPerson(simulator.Person{PageID: added.ID, FirstName: "Sue"})
				assert.NoError(t, err)
				_, err = p.Say(t.Context(), sue.ID, "hi")
				assert.NoError(t, err)
				_, err = p.Inbox().Say(t.Context(), sue.ID, "Eve here")
				assert.NoError(t, err)
				assert.Equal(t, simulator.InboxApp, p.ThreadOf(sue.ID).Owner)
				assert.NoError(t, p.RemovePage(added.ID))
			}
		})
	}
	for range 50 {
		_, err := p.Say(t.Context(), ada, "hi")
		require.NoError(t, err)
		p.sendText(t, ada, "hello")
		require.Equal(t, 200, p.do(t, "GET", "/simulator/state", "").status)
	}
	work.Wait()
	require.NoError(t, p.Flush(t.Context()))
	require.Len(t, p.Pages(), 1)
	require.Len(t, p.People(), 3)
}

// A stranger on one page is none on another.
func TestStrangersOfPages(t *testing.T) {
	t.Parallel()
	p := serve(t, twoPages(simulator.Config{Strangers: true}))
	text := `{"recipient":{"id":"someone"},"message":{"text":"x"}}`
	require.Equal(t, 200, p.as(t, shopToken, "POST", "/me/messages", text).status)
	_, sub := p.send(t, text).code(t)
	require.Equal(t, 2018001, sub)
	last := p.People()[len(p.People())-1]
	require.Equal(t, [2]string{"someone", shop}, [2]string{last.ID, last.PageID})
}

func TestPagesAPIForOtherLanguages(t *testing.T) {
	t.Parallel()
	p := serve(t, simulator.Config{})
	a := p.do(t, "POST", "/simulator/pages", `{"id":"`+shop+`","name":"Shop"}`)
	require.Equal(t, 200, a.status)
	require.Contains(t, string(a.body), `"token":"`+shopToken+`"`)
	require.Equal(t, 409, p.do(t, "POST", "/simulator/pages", `{"id":"`+shop+`"}`).status)
	require.Equal(t, 404, p.do(t, "POST", "/simulator/people", `{"first_name":"Sue","page_id":"9"}`).status)
	a = p.do(t, "POST", "/simulator/people", `{"first_name":"Sue","page_id":"`+shop+`"}`)
	require.Contains(t, string(a.body), `"page_id":"`+shop+`"`)
	require.Contains(t, string(p.do(t, "GET", "/simulator/pages", "").body), `"name":"Shop"`)
	require.Contains(t, string(p.do(t, "GET", "/simulator/state", "").body), `{"id":"`+shop+`","name":"Shop","platform":"messenger","app_id":"`+botApp+`","inbox":"`+simulator.InboxApp+`","profile":{},"fields":[`)
	require.Equal(t, 200, p.do(t, "DELETE", "/simulator/pages/"+shop, "").status)
	require.Equal(t, 404, p.do(t, "DELETE", "/simulator/pages/"+shop, "").status)
	require.NoError(t, p.Close())
	require.Equal(t, 503, p.do(t, "DELETE", "/simulator/pages/"+page, "").status)
}
