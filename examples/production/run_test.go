package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/internal/testpostgres"
	"github.com/djmessenger/messenger/simulator"
)

const (
	pageID = "100000000000001"
	ada    = "7100000000000001"
)

// lines are a log, and where a program said that it listens.
type lines struct {
	mu   sync.Mutex
	text bytes.Buffer
	addr chan string
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	var line struct{ Msg, Addr string }
	if json.Unmarshal(p, &line) == nil && line.Msg == "listening" {
		l.addr <- line.Addr
	}
	return l.text.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// replica is a program that runs.
type replica struct {
	t    *testing.T
	url  string
	log  *lines
	stop context.CancelFunc
	done chan error
}

// environment sets what the program is configured by, and starts the platform.
func environment(t *testing.T, database string) *simulator.Simulator {
	t.Helper()
	platform, err := simulator.New(simulator.Config{
		AppSecret: "secret", PageID: pageID, PageToken: "token", VerifyToken: "verify", WebhookURL: "http://127.0.0.1:1/webhook",
	})
	require.NoError(t, err)
	server := httptest.NewServer(platform)
	t.Cleanup(func() {
		require.NoError(t, platform.Close())
		server.Close()
	})
	for name, value := range map[string]string{
		"ADDR": "127.0.0.1:0", "APP_ID": "", "APP_SECRET": "secret", "DATABASE": database, "GRAPH_URL": server.URL,
		"GRAPH_VERSION": "", "PAGE_TOKEN": "token", "VERIFY_TOKEN": "verify",
	} {
		t.Setenv("MESSENGER_"+name, value)
	}
	return platform
}

func start(t *testing.T) *replica {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	r := &replica{t: t, log: &lines{addr: make(chan string, 1)}, stop: stop, done: make(chan error, 1)}
	go func() { r.done <- run(ctx, slog.New(slog.NewJSONHandler(r.log, nil))) }()
	t.Cleanup(r.end)
	select {
	case addr := <-r.log.addr:
		r.url = "http://" + addr
	case err := <-r.done:
		require.NoError(t, err)
	}
	return r
}

// end stops the program as SIGTERM does. It must end by itself.
func (r *replica) end() {
	r.stop()
	if r.done == nil {
		return
	}
	require.NoError(r.t, <-r.done, "%s", r.log)
	r.done = nil
}

func (r *replica) get(path string) (int, string) {
	r.t.Helper()
	return r.do(http.MethodGet, path, nil)
}

func (r *replica) do(method, path string, form url.Values) (int, string) {
	r.t.Helper()
	req, err := http.NewRequestWithContext(r.t.Context(), method, r.url+path, strings.NewReader(form.Encode()))
	require.NoError(r.t, err)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := http.DefaultClient.Do(req)
	require.NoError(r.t, err)
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	require.NoError(r.t, err)
	return resp.StatusCode, string(body)
}

// ready waits until the program takes callbacks.
func (r *replica) ready() {
	r.t.Helper()
	require.Eventually(r.t, func() bool {
		status, _ := r.get("/readyz")
		return status == http.StatusOK
	}, time.Minute, 20*time.Millisecond, "%s", r.log)
}

// converse lets a person and the shop talk through replicas, in turn.
func converse(t *testing.T, platform *simulator.Simulator, replicas ...*replica) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	for i, text := range []string{"hi", "what?", "hello"} {
		require.NoError(t, platform.SetWebhook(replicas[i%len(replicas)].url+"/webhook"))
		_, err := platform.Say(ctx, ada, text)
		require.NoError(t, err)
		require.Eventually(t, func() bool { return len(answers(platform)) > i }, time.Minute, 10*time.Millisecond)
	}
	for range 3 { // the shop is not sure that it said so
		for _, r := range replicas {
			status, body := r.do(http.MethodPost, "/orders/4711/shipped", url.Values{"page": {pageID}, "person": {ada}})
			require.Equal(t, http.StatusAccepted, status, body)
		}
	}
	_, err := platform.Wait(ctx, ada, func(m simulator.Message) bool { return strings.Contains(m.Text, "4711") })
	require.NoError(t, err)
	replicas[0].end() // what is under way is finished
	require.Equal(t, []string{
		"Hello, Ada!", "Sorry, I did not understand that.", "Hello, Ada!", "Ada, your order 4711 is on its way.",
	}, answers(platform))
}

// answers are what the shop has said.
func answers(platform *simulator.Simulator) (texts []string) {
	for _, m := range platform.Messages(ada) {
		if m.From == simulator.FromPage {
			texts = append(texts, m.Text)
		}
	}
	return texts
}

func TestOneMachine(t *testing.T) { //nolint:paralleltest // the environment is the process's
	platform := environment(t, filepath.Join(t.TempDir(), "bot.db"))
	r := start(t)
	r.ready()
	status, _ := r.get("/livez")
	require.Equal(t, http.StatusOK, status)
	status, body := r.do(http.MethodPost, "/orders/4711/shipped", url.Values{"page": {pageID}})
	require.Equal(t, http.StatusBadRequest, status, body)
	converse(t, platform, r)
	for line := range strings.Lines(r.log.String()) {
		require.True(t, json.Valid([]byte(line)), line)
	}
}

func TestSeveralReplicas(t *testing.T) { //nolint:paralleltest // the environment is the process's
	platform := environment(t, testpostgres.DSN(t))
	replicas := []*replica{start(t), start(t), start(t)}
	for _, r := range replicas {
		r.ready()
	}
	converse(t, platform, replicas...)
}

// A missing database keeps the process alive and not ready. The log says that it is
// missing, without its password.
func TestDatabaseThatIsNotThereYet(t *testing.T) { //nolint:paralleltest // the environment is the process's
	environment(t, "postgres://bot:open-sesame@127.0.0.1:1/bot")
	r := start(t)
	require.Eventually(t, func() bool { return strings.Contains(r.log.String(), "cannot open the database") }, time.Minute, 20*time.Millisecond)
	status, _ := r.get("/livez")
	require.Equal(t, http.StatusOK, status)
	for _, path := range []string{"/readyz", "/webhook"} {
		status, _ := r.get(path)
		require.Equal(t, http.StatusServiceUnavailable, status, path)
	}
	r.end()
	require.NotContains(t, r.log.String(), "open-sesame")
}

// A database that cannot be opened ends the program with an error.
func TestDatabaseThatCannotBeOpened(t *testing.T) { //nolint:paralleltest // the environment is the process's
	environment(t, filepath.Join(t.TempDir(), "missing", "bot.db"))
	err := run(t.Context(), slog.New(slog.DiscardHandler))
	require.ErrorContains(t, err, "missing")
}

// A callback that is on its way when the program stops is taken: the store is
// open until the HTTP server is down.
func TestCallbackDuringAStop(t *testing.T) { //nolint:paralleltest // the environment is the process's
	environment(t, filepath.Join(t.TempDir(), "bot.db"))
	r := start(t)
	r.ready()
	const callback = `{"object":"page","entry":[{"id":"` + pageID + `","time":1458692752478,"messaging":[{"sender":{"id":"` + ada + `"},` +
		`"recipient":{"id":"` + pageID + `"},"timestamp":1458692752478,"message":{"mid":"m_late","text":"hi"}}]}]}`
	mac := hmac.New(sha256.New, []byte("secret"))
	mac.Write([]byte(callback))
	conn, err := net.Dial("tcp", strings.TrimPrefix(r.url, "http://"))
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	_, err = fmt.Fprintf(conn, "POST /webhook HTTP/1.1\r\nHost: bot\r\nContent-Length: %d\r\nExpect: 100-continue\r\nX-Hub-Signature-256: sha256=%x\r\n\r\n",
		len(callback), mac.Sum(nil))
	require.NoError(t, err)
	reader := bufio.NewReader(conn)
	line, err := reader.ReadString('\n')
	require.NoError(t, err)
	require.Contains(t, line, "100 Continue", "the bot reads the body now")

	r.stop()
	require.Eventually(t, func() bool { // until Run has ended, and the server takes no more connections
		late, err := net.Dial("tcp", conn.RemoteAddr().String())
		if err != nil {
			return true
		}
		_ = late.Close()
		return false
	}, time.Minute, 10*time.Millisecond)
	_, err = io.WriteString(conn, callback)
	require.NoError(t, err)
	_, err = reader.ReadString('\n') // the end of 100 Continue
	require.NoError(t, err)
	answer, err := http.ReadResponse(reader, nil)
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	require.Equal(t, http.StatusOK, answer.StatusCode)
	r.end()
}

func TestSettingsThatAreMissing(t *testing.T) {
	environment(t, "")
	require.ErrorContains(t, run(t.Context(), slog.New(slog.DiscardHandler)), "MESSENGER_DATABASE")
	t.Setenv("MESSENGER_APP_SECRET", "")
	require.ErrorContains(t, run(t.Context(), slog.New(slog.DiscardHandler)), "MESSENGER_APP_SECRET")
}

// Keywords of PostgreSQL are not taken for the name of a SQLite file, and their password is not shown.
func TestOpenStoreRefusesKeywords(t *testing.T) {
	t.Parallel()
	for _, database := range []string{"host=db.internal dbname=bot password=secret", "dbname=secret"} {
		st, err := openStore(t.Context(), slog.New(slog.DiscardHandler), database)
		require.ErrorContains(t, err, "MESSENGER_DATABASE has keywords of PostgreSQL: write them as a postgres:// URL")
		require.NotContains(t, err.Error(), "secret")
		require.Nil(t, st)
	}
}
