package messengertest_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/messengertest"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/receiving/payload"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/store"
)

// Order is what the bot keeps of a person's order, and what its signals carry.
type Order struct {
	Number int    `json:"number"`
	Note   string `json:"note,omitempty"`
}

var (
	openOrder = store.SessionOf[Order]{Name: "order", Life: 24 * time.Hour}
	unpaid    = payload.New[Order]("order.unpaid")
	paidFor   = payload.New[Order]("order.paid")
	reminder  = "unpaid order" // a key: a person has one such timer at most
)

// checkout takes an order, and sets a timer for the case that it is not paid.
func checkout(ctx context.Context, _ *receiving.Event, _ map[string]string, reply *sending.Replier) error {
	o := Order{Number: 4711}
	if err := openOrder.Keep(ctx, o); err != nil {
		return err
	}
	if err := handling.After(ctx, 30*time.Minute, reminder, unpaid, o); err != nil {
		return err
	}
	return reply.Reply(ctx, sending.Text("That is 12 euros. Pay at https://shop.example/4711."))
}

// remind is the timer's turn.
func remind(ctx context.Context, _ *receiving.Event, o Order, reply *sending.Replier) error {
	return reply.Reply(ctx, sending.Text(fmt.Sprintf("Order %d waits for your payment.", o.Number)))
}

// thank is the turn of the shop's signal.
func thank(ctx context.Context, _ *receiving.Event, o Order, reply *sending.Replier) error {
	if err := handling.CancelTimer(ctx, reminder); err != nil {
		return err
	}
	if err := openOrder.Drop(ctx); err != nil {
		return err
	}
	return reply.Reply(ctx, sending.Text(fmt.Sprintf("Order %d is paid, thank you.", o.Number)))
}

var shopPolicy = routing.Policy{
	receiving.TypeSimpleText: {{Handler: handling.OnText(`(?i)checkout`, checkout)}},
	receiving.TypeSignal: {
		{Handler: handling.OnPayload(unpaid, remind)},
		{Handler: handling.OnPayload(paidFor, thank)},
	},
}

// paymentHook is what the shop's payment service calls, after the check that it is the service. It may call again, and does so after
// 429 and 503: the key makes it one signal.
func paymentHook(bot *messenger.Bot) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var paid struct {
			Page, Person string
			Order        Order
		}
		if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<20)).Decode(&paid); err != nil {
			w.WriteHeader(statusOf(handling.Permanent(err)))
			return
		}
		text, err := paidFor.EncodeSignal(paid.Order)
		if err == nil {
			err = bot.Signal(r.Context(), paid.Page, paid.Person, fmt.Sprintf("paid %d", paid.Order.Number), text)
		}
		w.WriteHeader(statusOf(err))
	}
}

// statusOf is the answer to who has raised a signal.
func statusOf(err error) int {
	var full *store.RaiseLimitError
	var large *http.MaxBytesError
	switch {
	case err == nil:
		return http.StatusNoContent // it is durable
	case errors.Is(err, store.ErrNoPerson): // who never wrote to the page, or was forgotten; or an unknown page
		return http.StatusNotFound
	case errors.As(err, &full): // 1,000 wait for this person
		return http.StatusTooManyRequests
	case errors.Is(err, payload.ErrTooLong), errors.As(err, &large):
		return http.StatusRequestEntityTooLarge
	case handling.IsPermanent(err): // a bad key or id, or no JSON
		return http.StatusBadRequest
	default: // the store is away: it may have been raised
		return http.StatusServiceUnavailable
	}
}

func TestOrderIsPaidLate(t *testing.T) {
	t.Parallel()
	chat := messengertest.Start(t, messenger.Config{Policy: shopPolicy})
	ada := chat.Person("Ada", "en_US")
	ada.Says("checkout")
	ada.Sees("That is 12 euros. Pay at https://shop.example/4711.")
	chat.Advance(29 * time.Minute)
	ada.SeesNothing()
	chat.Restart() // timers outlive the process
	chat.Advance(time.Minute)
	ada.Sees("Order 4711 waits for your payment.")
	for range 2 {
		call := fmt.Sprintf(`{"page": %q, "person": %q, "order": {"number": 4711}}`, messengertest.PageID, ada.ID)
		answer := httptest.NewRecorder()
		paymentHook(chat.Bot)(answer, httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/paid", strings.NewReader(call)))
		require.Equal(t, http.StatusNoContent, answer.Code)
	}
	ada.Sees("Order 4711 is paid, thank you.")
	ada.SeesNothing()
}

func TestOrderIsPaidInTime(t *testing.T) {
	t.Parallel()
	chat := messengertest.Start(t, messenger.Config{Policy: shopPolicy})
	ada := chat.Person("Ada", "en_US")
	ada.Says("checkout")
	ada.Sees("That is 12 euros. Pay at https://shop.example/4711.")
	require.Equal(t, reminder, chat.Timers(ada)[0].Key)
	chat.Signal(ada, "paid 4711", paidFor.MustEncodeSignal(Order{Number: 4711}))
	ada.Sees("Order 4711 is paid, thank you.")
	require.Empty(t, chat.Timers(ada))
	chat.Advance(24 * time.Hour)
	ada.SeesNothing()
}
