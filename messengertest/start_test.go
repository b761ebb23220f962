package messengertest_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/messengertest"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/secret"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/simulator"
)

func app(id string, pages ...string) receiving.App {
	return receiving.App{ID: id, Secrets: []secret.Value{secret.New("secret of " + id)}, Pages: pages}
}

func TestStartKeepsThePagesOfTheApps(t *testing.T) {
	t.Parallel()
	answer := func(text string) routing.Policy {
		return routing.Policy{receiving.TypeSimpleText: {{Handler: handling.Dummy{}, Senders: sending.List(sending.Text(text))}}}
	}
	for name, c := range map[string]struct {
		apps     []receiving.App
		policies map[string]routing.Policy
		want     string
	}{
		"no app":                  {nil, nil, "any page"},
		"an app of all pages":     {[]receiving.App{app("1")}, nil, "any page"},
		"an app of the page":      {[]receiving.App{app("1", "7", messengertest.PageID)}, nil, "any page"},
		"another app":             {[]receiving.App{app("1", "7"), app("2", messengertest.PageID)}, nil, "any page"},
		"a policy of the page":    {[]receiving.App{app("1", messengertest.PageID)}, map[string]routing.Policy{messengertest.PageID: answer("own")}, "own"},
		"a policy of another one": {[]receiving.App{app("1", "7", messengertest.PageID)}, map[string]routing.Policy{"7": answer("own")}, "any page"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			chat := startPatient(t, messenger.Config{Apps: c.apps, Policy: answer("any page"), Policies: c.policies})
			ada := chat.Person("Ada", "")
			ada.Says("hi")
			ada.Sees(c.want)
			for _, a := range c.apps {
				require.True(t, a.Secrets[0].Equal("secret of "+a.ID), "the caller's apps stay as they are")
			}
		})
	}
	tb := &failing{TB: t}
	tb.expect("no app of Config.Apps is bound to the simulated page: add messengertest.PageID", func() {
		messengertest.Start(tb, messenger.Config{Apps: []receiving.App{app("1", "7"), app("2", "8")}})
	})
	tb.expect(`Policies["9"]: is for a page that no app of Config.Apps is bound to`, func() {
		messengertest.Start(tb, messenger.Config{
			Apps: []receiving.App{app("1", messengertest.PageID)}, Policies: map[string]routing.Policy{"9": answer("own")},
		})
	})
}

func TestStartOnRefusesWhatItSetsItself(t *testing.T) {
	t.Parallel()
	tb := &failing{TB: t}
	for field, platform := range map[string]simulator.Config{
		"AppID":       {AppID: "1"},
		"AppSecret":   {AppSecret: "another"},
		"PageID":      {PageID: "7"},
		"PageToken":   {PageToken: "another"},
		"VerifyToken": {VerifyToken: "another"},
		"WebhookURL":  {WebhookURL: "http://127.0.0.1:1/webhook"},
	} {
		tb.expect("simulator.Config."+field+" is set by StartOn; leave it empty", func() {
			messengertest.StartOn(tb, platform, messenger.Config{})
		})
		require.NotContains(t, tb.failure, "another")
	}
	messengertest.StartOn(t, simulator.Config{PageID: messengertest.PageID}, messenger.Config{})
}
