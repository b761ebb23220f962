package handling_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/handling"
)

// Outside of a turn, and in a turn of a test that has no clock, it is the process's clock.
func TestNowOutsideOfATurn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		require.Equal(t, time.Now(), handling.Now(t.Context()))
		require.Equal(t, time.Now(), handling.Now(handling.WithTurn(t.Context(), handling.Turn{Attempt: 1})))
	})
}
