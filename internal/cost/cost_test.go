//go:build linux

package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/internal/testpostgres"
)

// The test program is also the program of the bots.
func TestMain(m *testing.M) {
	if kind := os.Getenv(botVariable); kind != "" {
		if err := serveBot(kind, os.Stdin, os.Stdout); err != nil {
			_, _ = io.WriteString(os.Stderr, err.Error())
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

func measured(t *testing.T, args ...string) string {
	t.Helper()
	var out, progress bytes.Buffer
	args = append([]string{"-events=40", "-inflight=4", "-rounds=1", "-warmup=4", "-dir", t.TempDir()}, args...)
	require.NoError(t, run(t.Context(), args, &out, &progress), progress.String())
	return out.String()
}

func TestEachBotHasALineInTheTable(t *testing.T) {
	t.Parallel()
	self, err := os.Executable()
	require.NoError(t, err)
	table := measured(t, "-against", self)
	var names []string
	for line := range strings.Lines(table) {
		if cells := strings.Split(line, " | "); len(cells) == 7 {
			names = append(names, strings.TrimPrefix(cells[0], "| "))
			require.NotContains(t, cells[1:], "0.000 ms", line)
			require.NotContains(t, cells[1:], "0", line)
		}
	}
	require.Equal(t, []string{"floor", "memory, base", "memory", "sqlite, base", "sqlite"}, names[len(names)-5:], table)
	require.Contains(t, table, "| floor | ")
	require.Contains(t, table, " 1.00 | ")
	require.Contains(t, table, "Medians of 1 rounds of 40 events, 4 in flight, each callback over a new connection.")
}

func TestPostgreSQLCountsTheServer(t *testing.T) {
	t.Parallel()
	dsn := testpostgres.Server(t)
	require.Contains(t, measured(t, "-bots=postgres", "-keepalive", "-postgres", dsn), "| postgres | ")

	c, err := openCluster(t.Context(), dsn)
	require.NoError(t, err)
	before, err := c.cpu()
	require.NoError(t, err)
	require.Positive(t, before)
	for after := before; after <= before; {
		_, err := c.admin.ExecContext(t.Context(), "SELECT count(*) FROM generate_series(1, 1000000)")
		require.NoError(t, err)
		after, err = c.cpu()
		require.NoError(t, err)
	}
	require.NoError(t, c.close())
	var left int
	c, err = openCluster(t.Context(), dsn)
	require.NoError(t, err)
	require.NoError(t, c.admin.QueryRowContext(t.Context(), "SELECT count(*) FROM pg_namespace WHERE nspname = $1", c.schema).Scan(&left))
	require.Equal(t, 1, left)
	require.NoError(t, c.close())
}

func TestMistakesInFlagsAreNamed(t *testing.T) {
	t.Parallel()
	for args, want := range map[string]string{
		"-bots=mysql":                            `-bots: "mysql" is none of memory, sqlite, postgres`,
		"-bots=postgres":                         "-bots: postgres needs -postgres",
		"-events=0":                              "-events must be from 1 to 1000000",
		"-inflight=-1":                           "-inflight must be from 1 to 1000000",
		"-rounds=1000001":                        "-rounds must be from 1 to 1000000",
		"-warmup=-1":                             "-warmup must be from 0 to 1000000",
		"-workers=-1":                            "-workers must be from 0 to 1000000",
		"-bots=postgres -postgres=host=x rounds": `unknown argument "rounds"`,
		"-bots=postgres -postgres=host=x":        "-postgres is not a postgres:// URL",
	} {
		err := run(t.Context(), strings.Fields(args), io.Discard, io.Discard)
		require.ErrorContains(t, err, want, args)
	}
}

// A bot that loses events, refuses them or does not start fails the measurement.
func TestABotThatFailsIsNoResult(t *testing.T) {
	t.Parallel()
	s := settings{bots: []string{kindMemory}, events: 1, inFlight: 1, rounds: 1}
	_, err := measure(t.Context(), s, variant{name: "x", kind: "x", program: os.Args[0]})
	require.ErrorContains(t, err, `no bot is a "x"`)

	bot := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(bot.Close)
	l := newLoad(s)
	t.Cleanup(l.close)
	l.url = bot.URL
	_, err = l.run(t.Context(), 3)
	require.ErrorContains(t, err, "404")
}

// The floor does what it is compared for: it refuses what is not signed, and its reply is the bots' reply.
func TestFloorChecksAndReplies(t *testing.T) {
	t.Parallel()
	type post struct {
		authorization, path string
		body                map[string]any
	}
	posts := make(chan post, 1)
	platform := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		p := post{authorization: r.Header.Get("Authorization"), path: r.URL.Path}
		_ = json.NewDecoder(r.Body).Decode(&p.body)
		posts <- p
	}))
	t.Cleanup(platform.Close)
	bot := newFloor(platform.URL)
	give := func(body, signature string) int {
		r := httptest.NewRequest(http.MethodPost, "/webhook", strings.NewReader(body))
		r.Header.Set("X-Hub-Signature-256", signature)
		w := httptest.NewRecorder()
		bot.ServeHTTP(w, r)
		return w.Code
	}
	body := callback(7, "hello")
	require.Equal(t, http.StatusForbidden, give(body, sign([]byte(body+" "))))
	require.Equal(t, http.StatusBadRequest, give("{", sign([]byte("{"))))
	require.Equal(t, http.StatusRequestEntityTooLarge, give(strings.Repeat(" ", maxBody+1), ""))
	require.Equal(t, http.StatusOK, give(body, sign([]byte(body))))
	require.Equal(t, post{"Bearer " + pageToken, "/v27.0/me/messages", map[string]any{
		"messaging_type": "RESPONSE", "recipient": map[string]any{"id": "1434"}, "message": map[string]any{"text": "you said hello"},
	}}, <-posts)
}

// A reply counts for the event that waits, and only once.
func TestRepliesMeetTheirEvents(t *testing.T) {
	t.Parallel()
	l := newLoad(settings{inFlight: 2})
	t.Cleanup(l.close)
	l.slots[1].text, l.slots[1].began = "1-5", time.Now()
	for _, text := range []string{"1-4", "0-5", "2-5", "x", "1-5", "1-5"} {
		w := httptest.NewRecorder()
		l.take(w, httptest.NewRequest(http.MethodPost, "/v27.0/me/messages", strings.NewReader(`{"text":"you said `+text+`"}`)))
		require.Equal(t, http.StatusOK, w.Code)
	}
	require.Len(t, l.slots[1].reply, 1)
	require.Empty(t, l.slots[0].reply)
	w := httptest.NewRecorder()
	l.take(w, httptest.NewRequest(http.MethodGet, "/v27.0/1", nil))
	require.Equal(t, http.StatusBadRequest, w.Code)
}

func TestStatusOfAProcess(t *testing.T) {
	t.Parallel()
	s, err := parseStatus([]byte("19114 (a) (b c) S 7 19114 19114 0 -1 4194560 1 2 3 4 150 25 1000 2000 20 0 1 0\n"))
	require.NoError(t, err)
	require.Equal(t, status{name: "a) (b c", parent: 7, own: 1750 * time.Millisecond, ended: 30 * time.Second}, s)
	for _, broken := range []string{"", "1 (a", "1 a) (", "1 (a) S 7 1", "1 (a) S x 1 1 0 -1 0 1 2 3 4 150 25 1000 2000 20"} {
		_, err := parseStatus([]byte(broken))
		require.Error(t, err, broken)
	}
	s, err = readStatus(os.Getpid())
	require.NoError(t, err)
	require.Equal(t, os.Getppid(), s.parent)
}

func TestMediansOfRounds(t *testing.T) {
	t.Parallel()
	of := func(micros ...int) (round []sample) {
		for _, n := range micros {
			cpu := time.Duration(n) * time.Microsecond
			round = append(round, sample{cpu: cpu, p50: 1000 * cpu, p99: 2000 * cpu, rate: float64(n)})
		}
		return round
	}
	var out bytes.Buffer
	variants := []variant{{name: "floor"}, {name: "memory"}}
	require.NoError(t, report(&out, settings{rounds: 3, events: 5, inFlight: 6, keepAlive: true}, variants, [][]sample{of(100, 150), of(200, 600), of(110, 220)}))
	require.Contains(t, out.String(), `| | CPU per event | floor = 1 | p50 | p99 | p99, best round | events a second |
|---|---|---|---|---|---|---|
| floor | 0.110 ms | 1.00 | 110.0 ms | 220.0 ms | 200.0 ms | 110 |
| memory | 0.220 ms | 2.00 | 220.0 ms | 440.0 ms | 300.0 ms | 220 |
`)
	require.Contains(t, out.String(), "Medians of 3 rounds of 5 events, 6 in flight, callbacks over connections that stay open.")
}
