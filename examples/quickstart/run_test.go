package main

import (
	"bufio"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// runQuickstart runs the program's inside until the test ends, and returns the
// address that it prints.
func runQuickstart(t *testing.T) string {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	out, in := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		ended <- run(ctx, options{out: in, addr: "127.0.0.1:0", db: filepath.Join(t.TempDir(), "quickstart.db"), notes: io.Discard})
		_ = in.Close()
	}()
	line, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err)
	t.Cleanup(func() {
		stop()
		require.NoError(t, <-ended)
	})
	address := regexp.MustCompile(`http://\S+`).FindString(line)
	require.NotEmpty(t, address, line)
	return strings.TrimSuffix(address, "/")
}

func get(t *testing.T, url string) (int, string) {
	t.Helper()
	answer, err := http.Get(url)
	require.NoError(t, err)
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	return answer.StatusCode, string(body)
}

func TestCallbackPostedByHandIsAnswered(t *testing.T) {
	t.Parallel()
	origin := runQuickstart(t)
	status, body := get(t, origin+"/webhook?hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token="+verifyToken)
	require.Equal(t, 200, status)
	require.Equal(t, "1158201444", body)
	status, _ = get(t, origin+"/webhook?hub.mode=subscribe&hub.challenge=1&hub.verify_token=wrong")
	require.Equal(t, 403, status)

	const callback = `{"object":"page","entry":[{"id":"100000000000001","time":1458692752478,"messaging":[{"sender":{"id":"4711"},` +
		`"recipient":{"id":"100000000000001"},"timestamp":1458692752478,"message":{"mid":"m_by_hand","text":"hi"}}]}]}`
	mac := hmac.New(sha256.New, []byte(appSecret))
	mac.Write([]byte(callback))
	post := func(signature string) int {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, origin+"/webhook", strings.NewReader(callback))
		require.NoError(t, err)
		request.Header.Set("X-Hub-Signature-256", signature)
		answer, err := http.DefaultClient.Do(request)
		require.NoError(t, err)
		require.NoError(t, answer.Body.Close())
		return answer.StatusCode
	}
	require.Equal(t, 401, post("sha256="+strings.Repeat("0", 64)))
	require.Equal(t, 200, post("sha256="+hex.EncodeToString(mac.Sum(nil))))
	require.Eventually(t, func() bool {
		_, requests := get(t, origin+"/simulator/requests")
		return strings.Contains(requests, `Hello, there!`) && strings.Contains(requests, `\"4711\"`)
	}, time.Minute, 20*time.Millisecond)
}

func TestHealthAndChatPageAreServed(t *testing.T) {
	t.Parallel()
	origin := runQuickstart(t)
	require.Eventually(t, func() bool {
		status, _ := get(t, origin+"/healthz")
		return status == 200
	}, time.Minute, 10*time.Millisecond)
	status, body := get(t, origin+"/")
	require.Equal(t, 200, status)
	require.Contains(t, body, "<!doctype html>")
}

func TestHalfOfTheCredentialsIsAMistakeNotASimulation(t *testing.T) {
	t.Setenv("MESSENGER_APP_SECRET", "secret")
	t.Setenv("MESSENGER_VERIFY_TOKEN", "")
	t.Setenv("MESSENGER_PAGE_TOKEN", "")
	err := run(t.Context(), options{out: io.Discard, addr: "127.0.0.1:0", db: filepath.Join(t.TempDir(), "quickstart.db"), real: true})
	require.ErrorContains(t, err, "MESSENGER_VERIFY_TOKEN, MESSENGER_PAGE_TOKEN")
}

// TestCredentialsAloneChangeNothing: the exports of a simulator, or of a real page, may be in the shell.
func TestCredentialsAloneChangeNothing(t *testing.T) {
	t.Setenv("MESSENGER_APP_SECRET", "")
	t.Setenv("MESSENGER_VERIFY_TOKEN", "")
	t.Setenv("MESSENGER_PAGE_TOKEN", "of-a-real-page")
	ctx, stop := context.WithCancel(t.Context())
	out, in := io.Pipe()
	var notes strings.Builder
	ended := make(chan error, 1)
	go func() {
		ended <- run(ctx, options{out: in, notes: &notes, addr: "127.0.0.1:0", db: filepath.Join(t.TempDir(), "quickstart.db")})
		_ = in.Close()
	}()
	line, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err)
	require.Contains(t, line, "Chat with the bot at ")
	stop()
	require.NoError(t, <-ended)
	require.Equal(t, "MESSENGER_PAGE_TOKEN is set and not used: this is the fake platform. The flag -real uses the real one.\n", notes.String())
}

func TestAddressInUseAndBadDatabaseAreSaid(t *testing.T) {
	t.Parallel()
	origin := runQuickstart(t)
	err := run(t.Context(), options{out: io.Discard, addr: strings.TrimPrefix(origin, "http://"), db: "unused.db", notes: io.Discard})
	require.ErrorContains(t, err, "address already in use")
	err = run(t.Context(), options{out: io.Discard, addr: "127.0.0.1:0", db: filepath.Join(t.TempDir(), "no such directory", "q.db"), notes: io.Discard})
	require.Error(t, err)
}
