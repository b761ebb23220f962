package graph_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/secret"
)

const inspected = "EAAG/inspected+token"

func debugToken(ctx context.Context, c *graph.Client) (any, error) {
	return c.DebugToken(ctx, appCredentials(), secret.New(inspected))
}

func TestDebugToken(t *testing.T) {
	t.Parallel()
	debug := func(answer string, want graph.TokenInfo) exchange {
		want.Raw = []byte(answer)
		return exchange{call: debugToken, answer: answer, bearer: appToken, wire: `GET debug_token?input_token=EAAG%2Finspected%2Btoken`, want: want}
	}
	runExchanges(t, map[string]exchange{
		"valid": debug(`{"data":{"app_id":"77","type":"PAGE","application":"Bot","data_access_expires_at":1657627200,"expires_at":0,`+
			`"is_valid":true,"issued_at":"1657627200","profile_id":1,"scopes":["pages_messaging",7,null],"user_id":"5"}}`, graph.TokenInfo{
			AppID: "77", Application: "Bot", DataAccessExpires: time.Date(2022, 7, 12, 12, 0, 0, 0, time.UTC),
			Issued: time.Date(2022, 7, 12, 12, 0, 0, 0, time.UTC), ProfileID: "1", Scopes: []string{"pages_messaging", "7"}, Type: "PAGE", UserID: "5", Valid: true,
		}),
		"expired": debug(`{"data":{"error":{"code":190,"message":"Session of `+inspected+` has expired","subcode":463},"is_valid":false,"expires_at":1657627200,"scopes":[]}}`,
			graph.TokenInfo{Code: 190, Subcode: 463, Reason: "Session of [redacted] has expired", Expires: time.Date(2022, 7, 12, 12, 0, 0, 0, time.UTC)}),
		"strange": debug(`{"data":{"app_id":{},"is_valid":"maybe","scopes":"all","expires_at":"never","error":"x"}}`, graph.TokenInfo{}),
	})
}

func TestErrorsCarryNoInspectedToken(t *testing.T) {
	t.Parallel()
	requireHidden(t, inspected, debugToken)
}

func TestTokensThatAreNotAskedAbout(t *testing.T) {
	t.Parallel()
	debug := func(bearer, token secret.Value) func(context.Context, *graph.Client) error {
		return func(ctx context.Context, c *graph.Client) error {
			_, err := c.DebugToken(ctx, bearer, token)
			return err
		}
	}
	requireNotSent(t, map[string]func(context.Context, *graph.Client) error{
		"no bearer": debug(secret.Value{}, secret.New(inspected)),
		"no token":  debug(appCredentials(), secret.Value{}),
	})
	_, err := newPlatform(t, nil).client(t).DebugToken(t.Context(), secret.New("a\nb"), secret.New(inspected))
	require.ErrorIs(t, err, graph.ErrTokenInvalid)
}
