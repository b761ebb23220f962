package graph

import (
	"context"
	"math"
	"net/url"
	"time"

	"github.com/djmessenger/messenger/secret"
)

// RefreshedToken is the answer to [Client.RefreshToken].
type RefreshedToken struct {
	// Token is the token to use from now on. It may be the one that was refreshed.
	Token secret.Value
	// Life is how long the token lasts from now on: 60 days, as long as the platform says nothing else. At most 68 years.
	Life time.Duration
}

// RefreshToken gives a token of an account that is connected by Instagram Login another 60 days; a zero token stands for
// the account's own, which the [TokenSource] finds. The platform does that for a token that is at least 24 hours old and
// has not expired, and refuses others; an expired token cannot be refreshed: the account must be connected again. The
// tokens of pages need no refresh. The call must go to [InstagramBaseURL]; see Config.BaseURLOf.
//
// The token that was refreshed stays good until its own end, so a call that is repeated, or whose answer is lost, does no
// harm. Errors are those of [Client.Do], without the token; an answer without a token or without its life is a
// [ResponseError]. See https://developers.facebook.com/docs/instagram-platform/reference/refresh_access_token.
func (c *Client) RefreshToken(ctx context.Context, pageID string, token secret.Value) (RefreshedToken, error) {
	request := Request{
		PageID: pageID, Path: "refresh_access_token", Query: url.Values{"grant_type": {"ig_refresh_token"}}, Token: token,
	}
	members, _, err := c.object(ctx, request)
	if err != nil {
		return RefreshedToken{}, err
	}
	refreshed, life := secret.New(decodeText(members["access_token"])), decodeInt(members["expires_in"])
	if refreshed.IsZero() || life <= 0 {
		return RefreshedToken{}, request.unusable("no token in it, or none that lasts")
	}
	return RefreshedToken{Token: refreshed, Life: time.Duration(min(life, math.MaxInt32)) * time.Second}, nil
}
