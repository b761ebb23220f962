package messengertest_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/messengertest"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/simulator"
	"github.com/djmessenger/messenger/threadsettings"
)

// onboarding connects the pages of customers. A real one finds the page and its token with
// the code of Facebook's login, and keeps both in the service's own database.
type onboarding struct{ bot *messenger.Bot }

// connect is called when a customer has granted the app access to a page.
func (o onboarding) connect(w http.ResponseWriter, r *http.Request) {
	page := messenger.Page{
		ID:             r.FormValue("page"),
		Token:          graph.PageToken(r.FormValue("token")),
		Policy:         policyOf(r.FormValue("name")),
		ThreadSettings: threadsettings.Settings{Greeting: threadsettings.GreetingOf("Welcome to " + r.FormValue("name"))},
	}
	// First the bot knows the page, then the platform sends its events.
	if err := o.bot.SetPages(page); err != nil {
		http.Error(w, err.Error(), http.StatusUnprocessableEntity)
		return
	}
	if err := o.bot.Client().Subscribe(r.Context(), page.ID, "messages", "messaging_postbacks"); err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
	}
}

// disconnect is called when a customer leaves.
func (o onboarding) disconnect(w http.ResponseWriter, r *http.Request) {
	pageID := r.FormValue("page")
	if err := o.bot.Client().Unsubscribe(r.Context(), pageID); err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	if err := o.bot.RemovePages(pageID); err != nil {
		http.Error(w, err.Error(), http.StatusConflict)
	}
}

func policyOf(name string) routing.Policy {
	return routing.Policy{receiving.TypeSimpleText: {{Handler: handling.Dummy{}, Senders: sending.List(sending.Text("This is " + name + "."))}}}
}

func TestOnboarding(t *testing.T) {
	t.Parallel()
	const shop, token = "200000000000002", "token-of-the-shop"
	chat := messengertest.StartOn(t,
		simulator.Config{Pages: []simulator.Page{{ID: shop, Token: token}}},
		messenger.Config{PagesAtRunTime: true, Pages: []messenger.Page{{ID: messengertest.PageID, Policy: policyOf("our own page")}}},
	)
	service := onboarding{chat.Bot}
	submit := func(handle http.HandlerFunc, values url.Values) int {
		r := httptest.NewRequestWithContext(context.Background(), http.MethodPost, "/", strings.NewReader(values.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		w := httptest.NewRecorder()
		handle(w, r)
		return w.Code
	}
	require.Equal(t, http.StatusUnprocessableEntity, submit(service.connect, url.Values{"name": {"no page"}}))
	require.Equal(t, http.StatusOK, submit(service.connect, url.Values{"page": {shop}, "token": {token}, "name": {"the shop"}}))
	sue := chat.PersonOn(shop, "Sue", "en_US")
	sue.Says("hi")
	sue.Sees("This is the shop.")
	require.Equal(t, http.StatusOK, submit(service.disconnect, url.Values{"page": {shop}}))
	require.ErrorIs(t, chat.Bot.Send(t.Context(), shop, sue.ID, sending.Text("x")), messenger.ErrNoApp)
}
