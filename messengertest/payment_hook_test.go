package messengertest_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/messengertest"
	"github.com/djmessenger/messenger/simulator"
	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/memory"
)

// away is a store that cannot be reached when the test says so.
type away struct {
	*memory.Store

	now atomic.Bool
}

func (a *away) Apply(ctx context.Context, writes ...store.Write) error {
	if a.now.Load() {
		return errors.New("connection refused")
	}
	return a.Store.Apply(ctx, writes...)
}

// TestPaymentHook: the example of docs/signals.md answers whatever can go wrong with a status of its own.
func TestPaymentHook(t *testing.T) {
	t.Parallel()
	clock := messengertest.NewClock()
	st := &away{Store: memory.New(memory.Config{Now: clock.Now})}
	chat := messengertest.StartAt(t, clock, simulator.Config{}, messenger.Config{Store: st, Policy: shopPolicy})
	chat.Patience = patience
	ada, ben, cyd, dan := chat.Person("Ada", ""), chat.Person("Ben", ""), chat.Person("Cyd", ""), chat.Person("Dan", "")
	for _, person := range []*messengertest.Person{ada, ben, cyd} {
		person.Says("hello")
	}
	chat.Idle()
	require.NoError(t, st.Forget(t.Context(), store.Conversation{PageID: messengertest.PageID, PSID: ben.ID}))
	for i := range store.MaxRaised {
		require.NoError(t, chat.Bot.SignalAfter(t.Context(), messengertest.PageID, cyd.ID, time.Hour, fmt.Sprint(i), "wait"))
	}
	call := func(page, person, note string) string {
		return fmt.Sprintf(`{"page": %q, "person": %q, "order": {"number": 4711, "note": %q}}`, page, person, note)
	}
	for name, c := range map[string]struct {
		body string
		away bool
		want int
	}{
		"paid":                   {call(messengertest.PageID, ada.ID, ""), false, http.StatusNoContent},
		"who never wrote":        {call(messengertest.PageID, dan.ID, ""), false, http.StatusNotFound},
		"an unknown person":      {call(messengertest.PageID, "1", ""), false, http.StatusNotFound},
		"who was forgotten":      {call(messengertest.PageID, ben.ID, ""), false, http.StatusNotFound},
		"an unknown page":        {call("1", ada.ID, ""), false, http.StatusNotFound},
		"one too many":           {call(messengertest.PageID, cyd.ID, ""), false, http.StatusTooManyRequests},
		"a payload too large":    {call(messengertest.PageID, ada.ID, strings.Repeat("x", 64<<10)), false, http.StatusRequestEntityTooLarge},
		"a body too large":       {call(messengertest.PageID, ada.ID, strings.Repeat("x", 1<<20)), false, http.StatusRequestEntityTooLarge},
		"no person":              {call(messengertest.PageID, "", ""), false, http.StatusBadRequest},
		"no page":                {call("", ada.ID, ""), false, http.StatusBadRequest},
		"no JSON":                {"paid", false, http.StatusBadRequest},
		"the store is away":      {call(messengertest.PageID, ada.ID, ""), true, http.StatusServiceUnavailable},
		"half of a body":         {call(messengertest.PageID, ada.ID, "")[:20], false, http.StatusBadRequest},
		"an order of other JSON": {`{"order": 7}`, false, http.StatusBadRequest},
	} {
		st.now.Store(c.away)
		answer := httptest.NewRecorder()
		paymentHook(chat.Bot)(answer, httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/paid", strings.NewReader(c.body)))
		require.Equal(t, c.want, answer.Code, name)
		st.now.Store(false)
	}
	ada.Sees("Order 4711 is paid, thank you.")
	ada.SeesNothing()
}
