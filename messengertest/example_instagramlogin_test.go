package messengertest_test

import (
	"testing"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/messengertest"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/secret"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/simulator"
)

// withInstagram adds an account to a bot. The token is the long-lived one that Instagram
// Login gave; the key is a secret of the service, such as 32 random bytes in base64.
func withInstagram(config messenger.Config, accountID, token, key string) messenger.Config {
	config.Pages = append(config.Pages, messenger.Page{
		ID:             accountID,
		InstagramLogin: true,
		Token:          graph.PageToken(token),
	})
	config.TokenKeys = []secret.Value{secret.New(key)}
	return config
}

func TestInstagramAccount(t *testing.T) {
	t.Parallel()
	const account, token = "17841400000000001", "token-of-the-account"
	config := messenger.Config{Policy: routing.Policy{
		receiving.TypeSimpleText: {{Handler: handling.Dummy{}, Senders: sending.List(sending.Text("Hello!"))}},
	}}
	chat := messengertest.StartOn(t,
		simulator.Config{Pages: []simulator.Page{{ID: account, Platform: simulator.PlatformInstagram, Token: token}}},
		withInstagram(config, account, token, "an example of a key"),
	)
	ana := chat.PersonOn(account, "Ana", "")
	ana.Says("hi")
	ana.Sees("Hello!")
}
