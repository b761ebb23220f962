package messengertest_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/messengertest"
)

// The default app answers again once the control of a human has ended: by the clock, or at once.
func TestControlExpires(t *testing.T) {
	t.Parallel()
	tb := &failing{TB: t}
	chat := startListening(tb, messengertest.AppID, messenger.Config{Policy: answering("bot")})
	eve := chat.Human()
	for _, expire := range []func(p *messengertest.Person){
		chat.ExpireThread,
		func(*messengertest.Person) { chat.Advance(25 * time.Hour) },
	} {
		ada := chat.Person("Ada", "")
		ada.Says("hi")
		ada.Sees("bot")
		eve.Says(ada, "Eve here")
		ada.Sees("Eve here")
		ada.Says("hello Eve")
		ada.SeesNothing()
		expire(ada)
		require.Empty(t, chat.ThreadOf(ada.ID).Owner)
		ada.Says("bot?")
		ada.Sees("bot")
	}
	ben := chat.Person("Ben", "")
	require.Equal(t, "messengertest: simulator: the app does not have the conversation: it is idle; the conversation so far:\n  nothing was said",
		tb.fails(func() { chat.ExpireThread(ben) }))
}
