package dialog

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/memory"
)

// countedReads is a store that counts how often a session is read.
type countedReads struct {
	*memory.Store

	reads int
}

func (s *countedReads) Session(ctx context.Context, pageID, psid, name string) (store.Session, error) {
	s.reads++
	return s.Store.Session(ctx, pageID, psid, name)
}

// longDialog has choices on many steps, which is what a dialog costs to build.
func longDialog() Dialog[pizza] {
	d := Dialog[pizza]{Name: "pizza", Done: done[pizza]}
	for i := range 10 {
		d.Steps = append(d.Steps, ask[string]{
			Name: "step" + string(rune('a'+i)), Text: "Which?", Field: size,
			Answer: OneOf(Opt("S", "Small"), Opt("M", "Medium"), Opt("L", "Large"), Opt("XL", "Very large")),
		})
	}
	return d
}

// answering returns what a turn does with an answer, as the engine calls it.
func answering(tb testing.TB, h handling.DialogHandler) (turn func(), st *countedReads) {
	tb.Helper()
	st = &countedReads{Store: memory.New(memory.Config{})}
	person := store.Person{PageID: "1", PSID: "2"}
	require.NoError(tb, st.Apply(tb.Context(), store.SaveSession{PageID: "1", PSID: "2", Name: sessionName, Data: []byte(
		`{"dialog":"pizza","run":"r","step":"stepb","done":["stepa"],"visit":2,"at":"2026-01-01T00:00:00Z","by":"x","state":{"size":"S"}}`)}))
	ev := &receiving.Event{
		Key: "k", Type: receiving.TypeSimpleText, Object: receiving.ObjectPage, PageID: "1", PSID: "2", Time: time.Now(),
		Payload: &receiving.Message{Text: "large"},
	}
	return func() {
		set := store.NewTurn(st, person).Begin("route")
		ctx := handling.WithTurn(set.Context(tb.Context()), handling.Turn{Attempt: 1, At: ev.Time, Now: time.Now, Dialogs: []handling.DialogHandler{h}})
		rec := &sending.Recorder{}
		require.True(tb, h.ShouldHandle(ctx, ev))
		require.NoError(tb, h.Handle(ctx, ev, rec.Replier(ev)))
		require.ErrorIs(tb, h.Resume(ctx, ev, rec.Replier(ev), handling.Resumption{Handled: true}), handling.Skip)
	}, st
}

func TestATurnReadsTheRunOnce(t *testing.T) {
	t.Parallel()
	turn, st := answering(t, longDialog().Prepare())
	turn()
	require.Equal(t, 1, st.reads)
}

// A dialog is built for a policy and not for each event: most of what that costs is not paid in a turn.
func TestAPolicyBuildsADialogOnce(t *testing.T) {
	t.Parallel()
	built := 0
	d := longDialog()
	d.Steps = append(d.Steps, counting{&built})
	turn, _ := answering(t, d.Prepare())
	require.Equal(t, 1, built)
	turn()
	require.Equal(t, 1, built)
}

// counting is a step that counts how often it is built.
type counting struct{ built *int }

func (c counting) nodes() []node[pizza] {
	*c.built++
	return Say[pizza]{Name: "last", Text: "Bye."}.nodes()
}

// BenchmarkAnswer is what an answer costs in the dialog: built for each call, and built once by the policy.
func BenchmarkAnswer(b *testing.B) {
	for name, h := range map[string]handling.DialogHandler{"built=each": longDialog(), "built=once": longDialog().Prepare()} {
		b.Run(name, func(b *testing.B) {
			turn, _ := answering(b, h)
			b.ReportAllocs()
			for b.Loop() {
				turn()
			}
		})
	}
}
