package graph

import (
	"context"
	"encoding/json"
	"iter"
	"net/url"

	"github.com/djmessenger/messenger/secret"
)

// Account is a page on which a person has a role.
type Account struct {
	AccessToken secret.Value // of the page, for the app of the person's token; zero if the platform gives none
	Category    string
	ID          string
	Name        string
	Tasks       []string // what the person may do, such as MESSAGING and MODERATE
}

// Accounts lists the pages of the person whose token the call bears, each with an access token of its own: one that does not
// expire if the person's token is a long-lived one ([Client.ExchangeUserToken]). The app must have the permission
// pages_show_list. The call is signed if Config.AppSecret has a secret for the page "".
//
// Errors are those of [List]. See https://developers.facebook.com/docs/graph-api/reference/user/accounts.
func (c *Client) Accounts(ctx context.Context, userToken secret.Value) iter.Seq2[Account, error] {
	if userToken.IsZero() {
		return noList[Account](refuse("accounts: there is no token of a person"))
	}
	request := Request{Path: Me + "/accounts", Query: url.Values{"fields": {"id,name,category,tasks,access_token"}, "limit": {"100"}}, Token: userToken}
	return listOf(ctx, c, request, func(members map[string]json.RawMessage, _ json.RawMessage) Account {
		return Account{
			AccessToken: secret.New(decodeText(members["access_token"])),
			Category:    decodeText(members["category"]),
			ID:          decodeText(members["id"]),
			Name:        decodeText(members["name"]),
			Tasks:       decodeTexts(members["tasks"]),
		}
	})
}
