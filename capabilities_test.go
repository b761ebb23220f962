package messenger_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/simulator"
	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/memory"
)

// minimal is a store that has what every store must have, and no capability.
type minimal struct {
	store.Store
	deliveries int   // that leases pretend to have, if not 0
	refuses    error // what Put returns
}

func (m *minimal) Claim(ctx context.Context, claim store.Claim) ([]store.Lease, error) {
	leases, err := m.Store.Claim(ctx, claim)
	for i := range leases {
		if m.deliveries != 0 {
			leases[i].Deliveries = m.deliveries
		}
	}
	return leases, err
}

func (m *minimal) Put(ctx context.Context, events ...store.Event) error {
	if m.refuses != nil {
		return m.refuses
	}
	return m.Store.Put(ctx, events...)
}

// capabilitiesOfStore are the names of the interfaces of package store that a store may have beyond store.Store: all
// that are neither part of that nor named here as something else. So one that is added is among them.
func capabilitiesOfStore(t *testing.T) (names []string) {
	t.Helper()
	required, all := map[string]bool{"Unwrapper": true, "Write": true}, map[string]*ast.InterfaceType{}
	files, err := filepath.Glob("store/*.go")
	require.NoError(t, err)
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		require.NoError(t, err)
		ast.Inspect(file, func(n ast.Node) bool {
			if spec, ok := n.(*ast.TypeSpec); ok && spec.Name.IsExported() && !strings.HasSuffix(name, "_test.go") {
				if is, ok := spec.Type.(*ast.InterfaceType); ok {
					all[spec.Name.Name] = is
				}
			}
			return true
		})
	}
	var requires func(name string)
	requires = func(name string) {
		required[name] = true
		for _, part := range all[name].Methods.List {
			if embedded, ok := part.Type.(*ast.Ident); ok {
				requires(embedded.Name)
			}
		}
	}
	requires("Store")
	for name := range all {
		if !required[name] {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// TestCapabilitiesAreDocumented: the page that says what a bot does without each names all of them.
func TestCapabilitiesAreDocumented(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("docs/architecture.md")
	require.NoError(t, err)
	for _, name := range capabilitiesOfStore(t) {
		_, _, documented := strings.Cut(string(page), "\n| `store."+name+"` | ")
		require.True(t, documented, name)
	}
}

// TestBotRunsOnAStoreWithoutCapabilities: what the bot cannot do says so, all else works.
func TestBotRunsOnAStoreWithoutCapabilities(t *testing.T) {
	t.Parallel()
	var logged bytes.Buffer
	var dead []messenger.DeadLetter
	st := &minimal{Store: memory.New(memory.Config{})}
	cfg := messenger.Config{
		Store: st, Logger: slog.New(slog.NewTextHandler(&logged, nil)),
		OnDeadLetter: func(_ context.Context, letter messenger.DeadLetter) { dead = append(dead, letter) },
		Policy: texts(route("answer", func(ctx context.Context, ev *receiving.Event, reply *sending.Replier) error {
			if ev.Text() == "no" {
				return handling.Permanent(errors.New("no"))
			}
			return reply.Reply(ctx, sending.Text("re: "+ev.Text()))
		})),
	}
	inBubble(t, simulator.Config{}, cfg, func(w *world) {
		var lacks []string
		for _, name := range capabilitiesOfStore(t) {
			if name != "CallRunner" && name != "Interruptible" { // the absence of one is an error at each call, and of the other none
				lacks = append(lacks, name)
			}
		}
		require.Contains(t, logged.String(), fmt.Sprintf("capabilities=%q", strings.Join(lacks, ", ")))
		after(time.Second)
		w.Says(ada, "hi")
		after(time.Second)
		require.Equal(t, []string{"re: hi"}, w.Texts(ada))

		w.Says(ada, "no")
		after(time.Second)
		require.Len(t, dead, 1)
		require.Zero(t, dead[0].ID, "the store cannot say it")
		require.Equal(t, "answer", dead[0].Failures[0].Route)

		_, err := w.bot.Stats(t.Context())
		require.ErrorIs(t, err, errors.ErrUnsupported)
		require.ErrorContains(t, err, "store.Inspector")
		_, err = w.bot.Timers(t.Context(), pageID, ada, store.TimerQuery{})
		require.ErrorIs(t, err, errors.ErrUnsupported)
		require.ErrorContains(t, err, "store.Timers")
		_, err = w.bot.CancelSignal(t.Context(), pageID, ada, "k")
		require.ErrorIs(t, err, errors.ErrUnsupported)
		_, err = w.bot.ExplainDead(t.Context(), 1)
		require.ErrorIs(t, err, errors.ErrUnsupported)
		require.ErrorContains(t, err, "store.DeadLetters")

		after(time.Minute)
		require.NoError(t, w.bot.Healthy(t.Context()), "nothing says otherwise")
		st.refuses = errors.New("disk full")
		require.Equal(t, 503, w.Posts(callback(pageID, ada, "m_1", "lost")).Code)
		require.ErrorIs(t, w.bot.Healthy(t.Context()), st.refuses)
		after(time.Minute)
		require.NoError(t, w.bot.Healthy(t.Context()), "the failure is old, and nothing can be probed")
	})
}

// TestEventsAreNotCondemnedWithoutAnIsolator: what was interrupted often runs alone, each time anew.
func TestEventsAreNotCondemnedWithoutAnIsolator(t *testing.T) {
	t.Parallel()
	st := &minimal{Store: memory.New(memory.Config{}), deliveries: 9}
	inBubble(t, simulator.Config{Strangers: true}, messenger.Config{Store: st, Policy: texts(echo)}, func(w *world) {
		w.Says(ada, "hi")
		w.Says(lin, "hello")
		after(time.Second)
		require.Equal(t, []string{"you said hi"}, w.Texts(ada))
		require.Equal(t, []string{"you said hello"}, w.Texts(lin))
	})
}

// TestEchoesWithoutReplicas: a page counts as echoed once this process has had an echo.
func TestEchoesWithoutReplicas(t *testing.T) {
	t.Parallel()
	for name, echoes := range map[string]bool{"after an echo": true, "without one": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			st := &minimal{Store: memory.New(memory.Config{})}
			inBubble(t, simulator.Config{Strangers: true}, messenger.Config{Store: st, Policy: texts(echo)}, func(w *world) {
				w.Stop()
				w.diesSending(ada, sending.Text("news"))
				if echoes {
					require.Equal(t, 200, w.Posts(echoOf(lin, appID, wire(t, "earlier"), "earlier")).Code)
				}
				w.start()
				after(2 * time.Second)
				require.Equal(t, !echoes, len(w.Texts(ada)) > 0)
				after(time.Minute)
				require.Equal(t, []string{"news"}, w.Texts(ada), "an echo that never comes is not waited for without end")
			})
		})
	}
}
