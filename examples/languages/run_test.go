package main

import (
	"context"
	"io"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/store/memory"
)

// The program serves the chat page at the address that it prints, with people of all its languages, until it is stopped.
func TestTheProgram(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	t.Setenv("MESSENGER_APP_SECRET", "")
	t.Setenv("MESSENGER_VERIFY_TOKEN", "")
	t.Setenv("MESSENGER_PAGE_TOKEN", "")
	out, in := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		err := run(ctx, "127.0.0.1:0", memory.New(memory.Config{}), in)
		_ = in.CloseWithError(io.EOF)
		ended <- err
	}()
	line := make([]byte, 100)
	n, err := out.Read(line)
	require.NoError(t, err)
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, string(line[:n-1])+"/simulator/people", nil)
	require.NoError(t, err)
	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	people, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	for _, locale := range []string{"en_US", "de_DE", "pl_PL", "ar_AR"} {
		require.Contains(t, string(people), locale)
	}
	stop()
	require.NoError(t, <-ended)
}
