package messengertest_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/messengertest"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/simulator"
	"github.com/djmessenger/messenger/store/memory"
)

func TestClockOfPlatformAndStoreIsTheTests(t *testing.T) {
	t.Parallel()
	var c clock
	failures := make(chan sending.Failure, 1)
	chat := messengertest.StartOn(t, simulator.Config{Now: c.Now}, messenger.Config{
		Store: memory.New(memory.Config{Now: c.Now}),
		Policy: routing.Policy{receiving.TypeSimpleText: {{
			Handler: handling.Dummy{},
			Senders: sending.List(
				sending.After(23*time.Hour, sending.Text("Still there?")),
				sending.After(25*time.Hour, sending.Text("Too late.")),
			),
		}}},
		OnSendFailed: func(_ context.Context, f sending.Failure) { failures <- f },
	})
	chat.Patience = patience
	ada := chat.Person("Ada", "")
	ada.Says("hi")
	ada.SeesNothing()
	c.Move(23 * time.Hour)
	ada.Sees("Still there?")
	chat.Idle()
	c.Move(2 * time.Hour)
	failed := <-failures
	require.ErrorIs(t, failed.Err, graph.ErrOutsideWindow, "the window is judged when it goes out")
	_, asked := errors.AsType[*graph.Error](failed.Err)
	require.False(t, asked, "the bot reckons by the store's clock, and does not ask the platform")
	require.Equal(t, "Too late.", failed.Message.Text)
	ada.SeesNothing()
}
