package messengertest_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/messengertest"
	"github.com/djmessenger/messenger/sending"
)

// A service writes to a person from one of its own HTTP handlers, and may do so
// again when it does not know whether it did.
func TestHostsOwnHandlerReachesThePerson(t *testing.T) {
	t.Parallel()
	chat := startPatient(t, messenger.Config{})
	mux := http.NewServeMux()
	mux.HandleFunc("POST /orders/{id}/shipped", func(w http.ResponseWriter, r *http.Request) {
		psid, order := r.FormValue("psid"), r.PathValue("id")
		ctx, err := chat.Bot.For(r.Context(), messengertest.PageID, psid)
		if err == nil {
			err = chat.Bot.SendOnce(ctx, messengertest.PageID, psid, "shipped-"+order,
				sending.Text(sending.Expand(ctx, "%{first_name}, order "+order+" has shipped.")))
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
		}
	})
	host := httptest.NewServer(mux)
	t.Cleanup(host.Close)

	ada := chat.Person("Ada", "en_US")
	ada.Says("hi") // opens the window, and makes her known
	ada.Sees("Hi, Ada!")
	for range 3 {
		form := strings.NewReader(url.Values{"psid": {ada.ID}}.Encode())
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, host.URL+"/orders/4711/shipped", form)
		require.NoError(t, err)
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		answer, err := http.DefaultClient.Do(request)
		require.NoError(t, err)
		require.NoError(t, answer.Body.Close())
		require.Equal(t, http.StatusOK, answer.StatusCode)
	}
	ada.Sees("Ada, order 4711 has shipped.")
	ada.SeesNothing()
}
