package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/store"
)

func TestThreadControlLapsesAfterADay(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 27, 12, 0, 0, 0, time.UTC)
	require.Zero(t, store.Person{ThreadAt: at, LastAct: at}.ThreadHeldUntil(), "no other app has control")
	require.Equal(t, at.Add(24*time.Hour), store.Person{ThreadOwner: "app", ThreadAt: at}.ThreadHeldUntil())
	require.Equal(t, at.Add(24*time.Hour), store.Person{ThreadOwner: "app", ThreadAt: at, LastAct: at.Add(-time.Hour)}.ThreadHeldUntil())
	require.Equal(t, at.Add(25*time.Hour), store.Person{ThreadOwner: "app", ThreadAt: at, LastAct: at.Add(time.Hour), ThreadStandby: true}.ThreadHeldUntil())
	require.Equal(t, at.Add(24*time.Hour), store.Person{ThreadOwner: "app", ThreadAt: at, LastAct: at.Add(time.Hour)}.ThreadHeldUntil(),
		"an act that came to the bot does not prolong what another app has")
}
