package messengertest_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/messengertest"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/memory"
)

// Basket is what a person has chosen so far. Version 0 was one dish.
type Basket struct {
	Dishes []string `json:"dishes"`
}

var basket = store.SessionOf[Basket]{
	Name:    "basket",
	Version: 1,
	Life:    24 * time.Hour,
	Upgrade: func(_ int, data []byte) (Basket, error) {
		var old struct {
			Dish string `json:"dish"`
		}
		err := json.Unmarshal(data, &old)
		return Basket{Dishes: []string{old.Dish}}, err
	},
}

// choose adds a dish to the basket.
func choose(ctx context.Context, _ *receiving.Event, groups map[string]string, reply *sending.Replier) error {
	chosen, _, err := basket.Load(ctx) // the zero Basket if there is none
	if err != nil {
		return err
	}
	chosen.Dishes = append(chosen.Dishes, groups["dish"])
	if err := basket.Keep(ctx, chosen); err != nil {
		return err
	}
	return reply.Reply(ctx, sending.Text(fmt.Sprintf("You have %s.", strings.Join(chosen.Dishes, ", "))))
}

// clearBasket empties the basket.
func clearBasket(ctx context.Context, _ *receiving.Event, _ map[string]string, reply *sending.Replier) error {
	if err := basket.Drop(ctx); err != nil {
		return err
	}
	return reply.Reply(ctx, sending.Text("Your basket is empty."))
}

func TestBasket(t *testing.T) {
	t.Parallel()
	st := memory.New(memory.Config{})
	chat := messengertest.Start(t, messenger.Config{Store: st, Policy: routing.Policy{receiving.TypeSimpleText: {
		{Handler: handling.OnText(`(?i)add (?P<dish>\w+)`, choose)},
		{Handler: handling.OnText(`(?i)clear`, clearBasket)},
	}}})
	ada := chat.Person("Ada", "en_US")
	require.NoError(t, st.Apply(t.Context(), store.SaveSession{ // as the deployment before left it
		PageID: messengertest.PageID, PSID: ada.ID, Name: "basket", Data: []byte(`{"dish": "soup"}`),
	}))

	ada.Says("add fish")
	ada.Sees("You have soup, fish.")
	ada.Says("clear")
	ada.Sees("Your basket is empty.")
	ada.Says("add tea")
	ada.Sees("You have tea.")
	ada.SeesNothing()
}
