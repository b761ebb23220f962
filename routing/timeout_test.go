package routing_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/routing"
)

func TestTimeoutError(t *testing.T) {
	t.Parallel()
	var err error = &routing.TimeoutError{Route: "slow", Limit: 2 * time.Second, Err: context.DeadlineExceeded}
	require.EqualError(t, err, `routing: route "slow" exceeded its timeout of 2s: context deadline exceeded`)
	require.ErrorIs(t, err, context.DeadlineExceeded)
	require.EqualError(t, &routing.TimeoutError{Route: "slow", Limit: time.Second}, `routing: route "slow" exceeded its timeout of 1s`)
	var timeout interface{ Timeout() bool }
	require.ErrorAs(t, err, &timeout)
	require.True(t, timeout.Timeout())
}

// A middleware can tell a route that was too slow from one that failed otherwise.
func ExampleTimeoutError() {
	var err error = &routing.TimeoutError{Route: "ask the model", Limit: 5 * time.Second, Err: context.DeadlineExceeded}
	if timeout := (*routing.TimeoutError)(nil); errors.As(err, &timeout) {
		fmt.Println(timeout.Route, timeout.Limit)
	}
	// Output: ask the model 5s
}
