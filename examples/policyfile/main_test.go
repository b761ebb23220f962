package main

import (
	"bytes"
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/messengertest"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/routing/policyfile"
)

// start runs a bot whose expectations wait a minute, as a busy machine is slow.
func start(t *testing.T, config messenger.Config) *messengertest.Chat {
	t.Helper()
	chat := messengertest.Start(t, config)
	chat.Patience = time.Minute
	return chat
}

// A running bot takes a new file.
func TestReload(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(text string) {
		content := "routers: [{type: SIMPLE_TEXT, handlers: [{name: Dummy, senders: [{name: SimpleMessage, args: {text: " + text + "}}]}]}]"
		next := filepath.Join(dir, "next")
		require.NoError(t, os.WriteFile(next, []byte(content), 0o600))
		require.NoError(t, os.Rename(next, filepath.Join(dir, "policy.yaml")))
	}
	write("one")
	first, err := registry().Load(os.DirFS(dir), "policy.yaml")
	require.NoError(t, err)
	chat := start(t, messenger.Config{Policy: first})
	changed := make(chan error)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		done <- policyfile.Watcher{
			FS: os.DirFS(dir), Name: "policy.yaml", Registry: registry(), Every: time.Millisecond, Logger: slog.New(slog.DiscardHandler),
			Set: func(p routing.Policy) error {
				err := chat.Bot.SetPolicy(p)
				changed <- err
				return err
			},
		}.Run(ctx)
	}()
	ada := chat.Person("Ada", "en_US")
	require.NoError(t, <-changed)
	ada.Says("hi")
	ada.Sees("one")
	write("two")
	require.NoError(t, <-changed)
	ada.Says("hi")
	ada.Sees("two")
	cancel()
	require.NoError(t, <-done)
}

func TestCommandLine(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"serve"}, 2, "serve takes one policy file"},
		{[]string{"serve", "a", "b"}, 2, "serve takes one policy file"},
		{[]string{"policy", "check", "policy.yaml"}, 0, "policy.yaml: ok, 6 routes under 3 types"},
		{[]string{"policy", "explain", "policy.yaml", "--text", "order 4711"}, 0, "main.orderStatus.ShouldHandle says yes"},
	} {
		var out bytes.Buffer
		require.Equal(t, c.code, run(t.Context(), c.args, &out, &out), c.args)
		require.Contains(t, out.String(), c.want)
	}
}

// A pattern without the group that the handler reads is refused, at its place.
func TestPatternWithoutTheGroup(t *testing.T) {
	t.Parallel()
	file := `routers: [{type: SIMPLE_TEXT, handlers: [{name: shop.OrderStatus, args: {greeting: Hi, regex: 'order (\d+)'}}]}]`
	_, err := registry().Parse("p.yaml", []byte(file))
	require.EqualError(t, err, `p.yaml:1:95: routers[0].handlers[0].args.regex: the pattern has no group "number": name it (?P<number>…)`)
}

func TestPolicyOfTheExample(t *testing.T) {
	t.Parallel()
	policy, err := registry().Load(os.DirFS("."), "policy.yaml")
	require.NoError(t, err)
	chat := start(t, messenger.Config{Policy: policy})
	ada := chat.Person("Ada", "en_US")
	ada.Says("Order #4711, please")
	ada.Sees("Hello! Order 4711 is on its way.")
	ada.Says("Hi!")
	ada.Sees("Hello, Ada!")
	ada.Says("what?")
	ada.Sees("Sorry, I did not understand that.")
}
