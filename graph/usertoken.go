package graph

import (
	"context"
	"net/url"
	"time"

	"github.com/djmessenger/messenger/secret"
)

// UserToken is the access token of a person.
type UserToken struct {
	Expires time.Duration // from now; zero: not told, or never
	Token   secret.Value
}

// ExchangeUserToken exchanges a person's token, such as a short-lived one of the Graph API Explorer, for a long-lived one,
// which lasts about 60 days. The page tokens that [Client.Accounts] gets by it do not expire. The call bears the app's own
// token. As the platform documents it, app secret and token are in the query of its URL: a proxy or a transport that logs URLs
// sees them.
//
// Errors are those of [Client.Do], without the secrets and the URL; an answer without a token is a [ResponseError]. See
// https://developers.facebook.com/docs/facebook-login/guides/access-tokens/get-long-lived.
func (c *Client) ExchangeUserToken(ctx context.Context, appID string, appSecret, token secret.Value) (UserToken, error) {
	bearer := AppToken(appID, appSecret)
	if err := checkApp(bearer, appID); err != nil {
		return UserToken{}, err
	}
	if token.IsZero() {
		return UserToken{}, refuse("exchange: there is no token of a person")
	}
	request := Request{Path: "oauth/access_token", Token: bearer, Query: url.Values{
		"client_id": {appID}, "client_secret": {appSecret.Reveal()}, "fb_exchange_token": {token.Reveal()}, "grant_type": {"fb_exchange_token"},
	}}
	members, _, err := c.object(ctx, request)
	if err != nil {
		return UserToken{}, hideIn(hideIn(err, token), appSecret)
	}
	long := decodeText(members["access_token"])
	if long == "" {
		return UserToken{}, request.unusable("no token in it")
	}
	return UserToken{Expires: time.Duration(decodeInt(members["expires_in"])) * time.Second, Token: secret.New(long)}, nil
}
