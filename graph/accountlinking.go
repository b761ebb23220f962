package graph

import (
	"context"
	"net/http"
	"net/url"

	"github.com/djmessenger/messenger/secret"
)

// LinkingPerson returns the PSID of the person whom the platform has sent to the page's login with a linking token, the
// query parameter account_linking_token. The platform wants the token in the URL of this call.
//
// Errors are those of [Client.Do], without the linking token; an answer without a recipient is a [ResponseError]. See
// https://developers.facebook.com/docs/messenger-platform/identity/account-linking.
func (c *Client) LinkingPerson(ctx context.Context, pageID string, linkingToken secret.Value) (psid string, err error) {
	if linkingToken.IsZero() {
		return "", refuse("account linking: there is no linking token")
	}
	request := Request{PageID: pageID, Path: Me, Query: url.Values{
		"account_linking_token": {linkingToken.Reveal()},
		"fields":                {"recipient"},
	}}
	members, _, err := c.object(ctx, request)
	if err != nil {
		return "", hideIn(err, linkingToken)
	}
	psid = decodeText(members["recipient"])
	if psid == "" {
		return "", request.unusable("no recipient in it")
	}
	return psid, nil
}

// UnlinkAccount ends the link between a person and their account. Errors are those of [Client.Do], and a [ResponseError]
// for an answer that does not report success.
func (c *Client) UnlinkAccount(ctx context.Context, pageID, psid string) error {
	if psid == "" {
		return refuse("account linking: the person's id is empty")
	}
	request := Request{Body: map[string]string{"psid": psid}, Method: http.MethodPost, PageID: pageID, Path: Me + "/unlink_accounts"}
	members, _, err := c.object(ctx, request)
	if err != nil {
		return err
	}
	if decodeText(members["result"]) != "unlink account success" && !decodeBool(members["success"]) {
		return request.unusable("no success reported")
	}
	return nil
}
