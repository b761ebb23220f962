package nilcheck_test

import (
	"errors"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/internal/nilcheck"
)

func TestIsNil(t *testing.T) {
	t.Parallel()
	var handler http.Handler
	require.True(t, nilcheck.IsNil(handler))
	for _, handler = range []http.Handler{(*http.ServeMux)(nil), http.HandlerFunc(nil)} {
		require.True(t, nilcheck.IsNil(handler), "%T", handler)
	}
	for _, value := range []any{http.NewServeMux(), http.NotFoundHandler(), "", 0, errors.New("no")} {
		require.False(t, nilcheck.IsNil(value), "%T", value)
	}
}
