package graph_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/secret"
)

const person = "EAAG-a-person"

func exchangeToken(ctx context.Context, c *graph.Client) (any, error) {
	got, err := c.ExchangeUserToken(ctx, "77", secret.New(appSecret), secret.New(person))
	return revealed{got.Token.Reveal(), got.Expires}, err
}

// revealed is what can be compared, as a secret cannot.
type revealed struct {
	token string
	of    any
}

func TestAccounts(t *testing.T) {
	t.Parallel()
	runExchanges(t, map[string]exchange{"list": {
		call: func(ctx context.Context, c *graph.Client) (any, error) {
			accounts, err := collect(c.Accounts(ctx, secret.New(person)))
			var got []revealed
			for _, account := range accounts {
				token := account.AccessToken.Reveal()
				account.AccessToken = secret.Value{}
				got = append(got, revealed{token, account})
			}
			return got, err
		},
		answer: `{"data":[{"id":9,"name":"Shop","category":"Pizza place","access_token":"t","tasks":["MESSAGING",null]},{"id":"8"}]}`,
		bearer: person,
		wire:   `GET me/accounts?fields=id%2Cname%2Ccategory%2Ctasks%2Caccess_token&limit=100`,
		want:   []revealed{{"t", graph.Account{ID: "9", Name: "Shop", Category: "Pizza place", Tasks: []string{"MESSAGING"}}}, {"", graph.Account{ID: "8"}}},
	}})
}

func TestExchangeUserToken(t *testing.T) {
	t.Parallel()
	runExchanges(t, map[string]exchange{"exchange": {
		call:   exchangeToken,
		answer: `{"access_token":"long","token_type":"bearer","expires_in":5184000}`,
		bearer: appToken,
		wire:   `GET oauth/access_token?client_id=77&client_secret=` + appSecret + `&fb_exchange_token=` + person + `&grant_type=fb_exchange_token`,
		want:   revealed{"long", 60 * 24 * time.Hour},
	}})
	requireHidden(t, person, exchangeToken)
	requireHidden(t, appSecret, exchangeToken)
}

func TestTokensThatAreNotExchanged(t *testing.T) {
	t.Parallel()
	some := secret.New("x")
	exchange := func(id string, appSecret, token secret.Value) func(context.Context, *graph.Client) error {
		return func(ctx context.Context, c *graph.Client) error {
			_, err := c.ExchangeUserToken(ctx, id, appSecret, token)
			return err
		}
	}
	requireNotSent(t, map[string]func(context.Context, *graph.Client) error{
		"no app":    exchange("", some, some),
		"no secret": exchange("77", secret.Value{}, some),
		"no token":  exchange("77", some, secret.Value{}),
		"no person": func(ctx context.Context, c *graph.Client) error {
			_, err := collect(c.Accounts(ctx, secret.Value{}))
			return err
		},
	})
}

func TestExchangeWithoutAnAnswer(t *testing.T) {
	t.Parallel()
	_, err := newPlatform(t, answering(200, `{"data":[]}`)).client(t).ExchangeUserToken(t.Context(), "77", secret.New(appSecret), secret.New(person))
	require.ErrorAs(t, err, new(*graph.ResponseError))
}
