package main

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/messengertest"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/memory"
)

// A tap on a quick reply of today, and on one from the time of djmessenger.
func TestSizes(t *testing.T) {
	t.Parallel()
	policy, err := registry().Load(os.DirFS("."), "policy.yaml")
	require.NoError(t, err)
	st := memory.New(memory.Config{})
	chat := start(t, messenger.Config{Policy: policy, Store: st})
	ada := chat.Person("Ada", "en_US")
	ada.Says("pizza")
	ada.Sees("Which size?")
	ada.Taps("Large")
	ada.Sees("Size L it is.")

	const old = `{"size": "S", "payload_class": "shop.payloads.SizePayload"}`
	const older = `{"payload_class": "shop.payloads.SizePayload"}`
	for _, payload := range []string{old, older} {
		require.NoError(t, chat.Bot.Send(t.Context(), messengertest.PageID, ada.ID, sending.Text("Which?").WithQuickReplies(sending.TextReply("Small", payload))))
		ada.Sees("Which?")
		ada.Taps("Small")
		if payload == old {
			ada.Sees("Size S it is.")
		}
	}
	ada.SeesNothing()
	dead, err := st.Dead(t.Context(), store.DeadQuery{Limit: 10})
	require.NoError(t, err)
	require.Len(t, dead, 1, "a payload without its field is no order")
}

// The code of the guide is the code that is tested here.
func TestTheGuideHasTheSizes(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../docs/policy.md")
	require.NoError(t, err)
	code, err := os.ReadFile("size.go")
	require.NoError(t, err)
	require.Contains(t, string(page), "```go\n"+strings.Replace(string(code), "package main", "package shop", 1)+"```\n")
}
