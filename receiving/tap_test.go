package receiving_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/receiving"
)

func TestTypedTextAsTap(t *testing.T) {
	t.Parallel()
	text := &receiving.Event{
		Key: "k", Type: receiving.TypeSimpleText, PageID: "1", PSID: "2",
		Payload: &receiving.Message{MID: "m_1", Text: "yes ", Referral: &receiving.Referral{Ref: "r"}},
	}

	tap := text.AsQuickReply("Yes", "YES")
	require.Equal(t, receiving.TypeQuickReply, tap.Type)
	require.Equal(t, []string{"k", "Yes", "YES", "m_1"}, []string{tap.Key, tap.Text(), tap.PayloadText(), tap.MID()})
	require.Equal(t, receiving.TypeSimpleText, text.Type, "the event itself is unchanged")
	require.Equal(t, "yes ", text.Text())
	require.Empty(t, text.PayloadText())

	for payload, want := range map[string]receiving.Type{
		"YES":                 receiving.TypePostback,
		"PERSISTENT_MENU_TWO": receiving.TypePersistentMenuTwo,
		"GET_STARTED_BUTTON":  receiving.TypeGetStartedButton,
	} {
		tap := text.AsPostback("Yes!", payload)
		require.Equal(t, want, tap.Type)
		require.Equal(t, &receiving.Postback{MID: "m_1", Title: "Yes!", Payload: payload, Referral: &receiving.Referral{Ref: "r"}}, tap.Payload)
		require.Equal(t, "2", tap.PSID)
	}

	for _, ev := range []*receiving.Event{
		{Type: receiving.TypeEcho, Payload: &receiving.Message{IsEcho: true, Text: "Yes"}},
		{Type: receiving.TypePostback, Payload: &receiving.Postback{Payload: "YES"}},
	} {
		require.Nil(t, ev.AsQuickReply("Yes", "YES"))
		require.Nil(t, ev.AsPostback("Yes", "YES"))
	}
	require.Nil(t, text.AsQuickReply("Yes", ""), "a quick reply without a payload is a text")
	require.Nil(t, text.AsPostback("Yes", ""))
}
