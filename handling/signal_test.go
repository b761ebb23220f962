package handling_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/internal/turnctx"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/receiving/payload"
	"github.com/djmessenger/messenger/store"
)

var (
	someone = store.Conversation{PageID: "1", PSID: "42"}
	noData  = payload.New[payload.None]("cart.abandoned")
)

// inTurn calls do in a route of a turn for a conversation, and returns what that queues.
func inTurn(t *testing.T, conv store.Conversation, do func(ctx context.Context)) []store.Write {
	t.Helper()
	set := store.NewTurn(nil, store.Person{PageID: conv.PageID, PSID: conv.PSID}).Begin("r")
	do(turnctx.WithObject(set.Context(t.Context()), "instagram"))
	return set.End()
}

// raised decodes what was raised.
func raised(t *testing.T, w store.Write) (store.Raise, *receiving.Event) {
	t.Helper()
	raise, ok := w.(store.Raise)
	require.True(t, ok, "%T", w)
	var e receiving.Envelope
	require.NoError(t, e.UnmarshalBinary(raise.Body))
	ev, problems := e.Event()
	require.Empty(t, problems)
	return raise, ev
}

func TestSignalsOfATurn(t *testing.T) {
	t.Parallel()
	writes := inTurn(t, someone, func(ctx context.Context) {
		require.NoError(t, handling.Signal(ctx, "k", order, size{"L"}))
		require.NoError(t, handling.After(ctx, time.Hour, "t", order, size{"S"}))
		require.NoError(t, handling.After(ctx, -time.Hour, "t", noData, payload.None{}))
		require.NoError(t, handling.CancelTimer(ctx, "t"))
	})
	require.Len(t, writes, 4)
	for i, want := range []struct {
		raise store.Raise
		text  string
	}{
		{store.Raise{Conversation: someone, Key: "k", Route: "r"}, orderL},
		{store.Raise{Conversation: someone, Key: "t", Delay: time.Hour, Replace: true, Route: "r"}, order.MustEncode(size{"S"})},
		{store.Raise{Conversation: someone, Key: "t", Replace: true, Route: "r"}, `{"kind":"cart.abandoned"}`},
	} {
		raise, ev := raised(t, writes[i])
		raise.Body = nil
		require.Equal(t, want.raise, raise)
		require.Equal(t, receiving.TypeSignal, ev.Type)
		require.Equal(t, receiving.ObjectInstagram, ev.Object, "of the turn that raised it")
		require.Equal(t, "1/42", ev.PageID+"/"+ev.PSID)
		require.Equal(t, want.text, ev.PayloadText())
	}
	require.Equal(t, store.CancelRaise{Conversation: someone, Key: "t", Replaceable: true}, writes[3])
}

// TestSignalsOfConversationsWithoutAPerson: the turn of a comment may set a timer too, which nobody is to answer; a person without a
// PSID is one whom a signal can be answered to.
func TestSignalsOfConversationsWithoutAPerson(t *testing.T) {
	t.Parallel()
	for conv, ref := range map[string]string{"feed/123_456": "", "user_ref/u-7": "u-7"} {
		writes := inTurn(t, store.Conversation{PageID: "1", PSID: conv}, func(ctx context.Context) {
			require.NoError(t, handling.After(ctx, time.Hour, "t", noData, payload.None{}))
		})
		raise, ev := raised(t, writes[0])
		require.Equal(t, conv, raise.PSID)
		require.Empty(t, ev.PSID)
		require.Equal(t, ref, ev.UserRef)
	}
}

// TestBadInputOfSignals: a retry cannot help, and says so; nothing is queued.
func TestBadInputOfSignals(t *testing.T) {
	t.Parallel()
	text, broken := payload.New[string]("k"), payload.New[any]("k")
	room := payload.MaxSignal - len(`{"kind":"k","data":""}`)
	for name, c := range map[string]struct {
		do   func(ctx context.Context) error
		want string
	}{
		"a signal without a key": {func(ctx context.Context) error { return handling.Signal(ctx, "", noData, payload.None{}) }, "the key is empty"},
		"a timer without a key":  {func(ctx context.Context) error { return handling.After(ctx, 1, "", noData, payload.None{}) }, "the key is empty"},
		"cancelling without one": {func(ctx context.Context) error { return handling.CancelTimer(ctx, "") }, "the key is empty"},
		"a long key": {func(ctx context.Context) error {
			return handling.Signal(ctx, strings.Repeat("é", 101), noData, payload.None{})
		}, "202 bytes, more than 200"},
		"cancelling a long key":   {func(ctx context.Context) error { return handling.CancelTimer(ctx, strings.Repeat("k", 201)) }, "201 bytes"},
		"a key of no characters":  {func(ctx context.Context) error { return handling.Signal(ctx, "\xff", noData, payload.None{}) }, "not UTF-8"},
		"a key that no log takes": {func(ctx context.Context) error { return handling.Signal(ctx, "a\nb", noData, payload.None{}) }, "control character"},
		"beyond a year": {func(ctx context.Context) error {
			return handling.After(ctx, 366*24*time.Hour+1, "k", noData, payload.None{})
		}, "longer than 366 days"},
		"a long payload":  {func(ctx context.Context) error { return handling.Signal(ctx, "k", text, strings.Repeat("a", room+1)) }, "at most 65536"},
		"what is no JSON": {func(ctx context.Context) error { return handling.Signal[any](ctx, "k", broken, make(chan int)) }, "unsupported type"},
		"no kind":         {func(ctx context.Context) error { return handling.Signal(ctx, "k", payload.Kind[int]{}, 1) }, "not made by New"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Empty(t, inTurn(t, someone, func(ctx context.Context) {
				err := c.do(ctx)
				require.ErrorContains(t, err, c.want)
				require.True(t, handling.IsPermanent(err), err)
				require.Equal(t, name == "a long payload", strings.Contains(err.Error(), "65536"))
			}))
		})
	}
	writes := inTurn(t, someone, func(ctx context.Context) {
		key := strings.Repeat("k", 198) + `"\`
		require.NoError(t, handling.After(ctx, 366*24*time.Hour, key, text, strings.Repeat("\"", room/4)+strings.Repeat("a", room-room/4*4)+strings.Repeat("\\", room/4)))
		require.NoError(t, handling.CancelTimer(ctx, key))
	})
	require.Len(t, writes, 2, "what is within all limits is taken, whatever its characters")
}

// TestSignalsOutsideOfTurns: there is nothing that they could commit with.
func TestSignalsOutsideOfTurns(t *testing.T) {
	t.Parallel()
	set := store.NewTurn(nil, store.Person{PageID: "1", PSID: "42"}).Begin("r")
	over := set.Context(t.Context())
	set.Discard()
	for want, ctx := range map[error]context.Context{store.ErrNoTurn: t.Context(), store.ErrTurnOver: over} {
		for instead, err := range map[string]error{
			"Bot.Signal":       handling.Signal(ctx, "k", noData, payload.None{}),
			"Bot.SignalAfter":  handling.After(ctx, time.Hour, "k", noData, payload.None{}),
			"Bot.CancelSignal": handling.CancelTimer(ctx, "k"),
		} {
			require.ErrorIs(t, err, want)
			require.ErrorContains(t, err, "(use "+instead+" there)")
			require.NotContains(t, err.Error(), "Store.Apply")
		}
	}
}

// TestPermanentErrorsOfPayloads: what cannot be encoded is permanent without being marked, for signals and for buttons.
func TestPermanentErrorsOfPayloads(t *testing.T) {
	t.Parallel()
	long, broken := strings.Repeat("a", payload.MaxSignal), make(chan int)
	_, longSignal := payload.New[string]("k").EncodeSignal(long)
	_, longButton := payload.New[string]("k").Encode(long)
	_, noJSON := payload.New[any]("k").Encode(broken)
	_, noKind := payload.Kind[int]{}.EncodeSignal(1)
	for name, err := range map[string]error{"a signal": longSignal, "a button": longButton, "no JSON": noJSON, "no kind": noKind} {
		require.Error(t, err, name)
		require.True(t, handling.IsPermanent(err), "%s: %v", name, err)
	}
	require.ErrorIs(t, longSignal, payload.ErrTooLong)
	require.ErrorIs(t, longButton, payload.ErrTooLong)
}

// TestPermanentErrorsOfStores: a store's error that says so is permanent without being marked.
func TestPermanentErrorsOfStores(t *testing.T) {
	t.Parallel()
	inTurn(t, someone, func(ctx context.Context) {
		err := store.Queue(ctx, store.Raise{Conversation: someone, Key: "k", Delay: 367 * 24 * time.Hour})
		require.True(t, handling.IsPermanent(err))
	})
	require.False(t, handling.IsPermanent(store.ErrNoPerson), "the person may write")
}
