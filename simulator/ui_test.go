package simulator_test

import (
	"bytes"
	"compress/gzip"
	"io/fs"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/simulator"
)

// The chat page is small, reads file by file, and makes no markup or script of a text.
func TestChatPageIsSmallAndPlain(t *testing.T) {
	t.Parallel()
	const most = 60_000
	forbidden := regexp.MustCompile(`innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|setAttribute\("style"|style=|https?://[a-z.]*(cdn|unpkg|jsdelivr)`)
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	require.NoError(t, fs.WalkDir(os.DirFS("ui"), ".", func(name string, d fs.DirEntry, err error) error {
		require.NoError(t, err)
		if d.IsDir() {
			return nil
		}
		data, err := os.ReadFile("ui/" + name)
		require.NoError(t, err)
		_, _ = w.Write(data)
		require.Less(t, bytes.Count(data, []byte("\n")), 400, name)
		require.NotRegexp(t, forbidden, string(data), name)
		return nil
	}))
	require.NoError(t, w.Close())
	require.Less(t, packed.Len(), most, "all files, compressed together")
}

// Whatever a bot sends, the browser runs the page's own scripts only.
func TestChatPagePolicy(t *testing.T) {
	t.Parallel()
	p := serve(t, simulator.Config{})
	for _, path := range []string{"/", "/simulator/ui/app.js", "/simulator/ui/tools/log.js", "/simulator/ui/style.css"} {
		resp := p.do(t, http.MethodGet, path, "")
		require.Equal(t, http.StatusOK, resp.status, path)
		policy := resp.header.Get("Content-Security-Policy")
		for _, part := range []string{"default-src 'none'", "script-src 'self'", "style-src 'self'", "require-trusted-types-for 'script'", "trusted-types 'none'"} {
			require.Contains(t, strings.Split(policy, "; "), part)
		}
		require.Equal(t, "nosniff", resp.header.Get("X-Content-Type-Options"))
	}
	require.Equal(t, http.StatusNotFound, p.do(t, http.MethodGet, "/simulator/ui/..%2f..%2fui.go", "").status)
	require.Equal(t, http.StatusNotFound, p.do(t, http.MethodGet, "/simulator/ui/tools/nothing.js", "").status)
}

// A person who begins anew has said nothing, and the window is closed.
func TestConversationIsForgotten(t *testing.T) {
	t.Parallel()
	p := serve(t, simulator.Config{})
	_, err := p.Say(t.Context(), ada, "hi")
	require.NoError(t, err)
	require.NoError(t, p.Block(ada))
	require.Equal(t, http.StatusOK, p.do(t, http.MethodDelete, "/simulator/people/"+ada+"/conversation", "").status)
	require.Empty(t, p.Messages(ada))
	a := p.do(t, http.MethodPost, "/v27.0/me/messages", `{"recipient":{"id":"`+ada+`"},"message":{"text":"hi"}}`)
	require.Equal(t, http.StatusBadRequest, a.status)
	require.Contains(t, string(a.body), "outside of allowed window", "not blocked any more")
	require.Equal(t, http.StatusNotFound, p.do(t, http.MethodDelete, "/simulator/people/1/conversation", "").status)
}

// The state with the log has what the page shows and no bodies.
func TestStateWithTheLog(t *testing.T) {
	t.Parallel()
	p := serve(t, simulator.Config{})
	for range 201 {
		_, err := p.Say(t.Context(), ada, "a text")
		require.NoError(t, err)
	}
	require.NoError(t, p.Flush(t.Context()))
	body := string(p.do(t, http.MethodGet, "/simulator/state?record=log", "").body)
	require.Contains(t, body, `"total":201`)
	require.Contains(t, body, `"deliveries":[],"requests":[],"log":[{"seq":1,`)
	require.Equal(t, http.StatusBadRequest, p.do(t, http.MethodGet, "/simulator/state?record=all", "").status)
}
