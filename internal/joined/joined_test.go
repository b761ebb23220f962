package joined_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/internal/joined"
)

func TestErrors(t *testing.T) {
	t.Parallel()
	one, two := errors.New("one"), errors.New("two")
	require.Equal(t, []error{one, two}, joined.Errors(errors.Join(one, nil, two)))
	for _, err := range []error{
		nil, one, fmt.Errorf("both: %w", errors.Join(one, two)), fmt.Errorf("%w and %w", one, two),
	} {
		require.Nil(t, joined.Errors(err), "%v", err)
	}
}
