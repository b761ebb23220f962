package main

import (
	"bytes"
	"context"
	"log/slog"
	"os"
	"strings"
	"testing"
	"testing/fstest"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/messengertest"
	"github.com/djmessenger/messenger/routing"
)

func file(text string) *fstest.MapFile {
	return &fstest.MapFile{Data: []byte("routers: [{type: SIMPLE_TEXT, handlers: [{name: Dummy, senders: [{name: SimpleMessage, args: {" + text + "}}]}]}]")}
}

// A running bot takes a new file, and keeps the old policy while the file is broken.
func TestReload(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	files := fstest.MapFS{"policy.yaml": file("text: one")}
	first, err := registry().Load(files, "policy.yaml")
	require.NoError(t, err)
	chat := messengertest.Start(t, messenger.Config{Policy: first})
	w := &watcher{files: files, name: "policy.yaml", registry: registry(), set: chat.Bot.SetPolicy, log: slog.New(slog.NewTextHandler(&log, nil))}
	ada := chat.Person("Ada", "en_US")
	says := func(want string) {
		t.Helper()
		w.look()
		ada.Says("hi")
		ada.Sees(want)
	}
	says("one")

	files["policy.yaml"] = file("text: two")
	says("two")

	log.Reset()
	files["policy.yaml"] = file("txt: three")
	says("two")
	says("two")
	require.Equal(t, 2, strings.Count(log.String(), "the old policy stays"), "each mistake is logged once:\n%s", log.String())
	require.Contains(t, log.String(), "at=policy.yaml:1:")
	require.Contains(t, log.String(), "args.txt")

	delete(files, "policy.yaml")
	says("two")
	files["policy.yaml"] = file("text: three")
	says("three")
}

func TestWatcherLooksUntilTheEnd(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		set := 0
		files := fstest.MapFS{"policy.yaml": file("text: one")}
		w := &watcher{
			files: files, name: "policy.yaml", registry: registry(), log: slog.New(slog.DiscardHandler),
			set: func(routing.Policy) error { set++; return nil },
		}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { w.run(ctx, time.Second); close(done) }()
		synctest.Wait()
		require.Equal(t, 1, set)
		files["policy.yaml"] = file("text: two")
		<-time.After(1500 * time.Millisecond)
		require.Equal(t, 2, set)
		cancel()
		<-done
	})
}

func TestPolicyOfTheExample(t *testing.T) {
	t.Parallel()
	policy, err := registry().Load(os.DirFS("."), "policy.yaml")
	require.NoError(t, err)
	chat := messengertest.Start(t, messenger.Config{Policy: policy})
	ada := chat.Person("Ada", "en_US")
	ada.Says("Order #4711, please")
	ada.Sees("Hello! Order 4711 is on its way.")
	ada.Says("Hi!")
	ada.Sees("Hello, Ada!")
	ada.Says("what?")
	ada.Sees("Sorry, I did not understand that.")
}
