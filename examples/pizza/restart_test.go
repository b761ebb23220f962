package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/internal/testpostgres"
	"github.com/djmessenger/messenger/simulator"
	"github.com/djmessenger/messenger/store/postgres"
)

// child makes this test's program the bot.
const child = "PIZZA_TEST_DB"

func TestMain(m *testing.M) {
	if db := os.Getenv(child); db != "" {
		if err := serveOn(context.Background(), db); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// serveOn runs the bot on a database: a file of SQLite, or a server.
func serveOn(ctx context.Context, db string) error {
	const addr = "127.0.0.1:0"
	if filepath.IsAbs(db) {
		return serve(ctx, addr, db, os.Stdout)
	}
	st, err := postgres.Open(db)
	if err != nil {
		return err
	}
	return errors.Join(run(ctx, addr, st, os.Stdout), st.Close())
}

// program is the bot in a process of its own.
type program struct {
	t     *testing.T
	cmd   *exec.Cmd
	lines chan string
}

// begin starts the bot and waits until it listens.
func begin(t *testing.T, db string, platform *simulator.Simulator, graphURL string) *program {
	t.Helper()
	self, err := os.Executable()
	require.NoError(t, err)
	p := &program{t: t, cmd: exec.CommandContext(t.Context(), self), lines: make(chan string, 100)}
	p.cmd.Env = append(os.Environ(), child+"="+db, "MESSENGER_APP_SECRET="+appSecret, "MESSENGER_VERIFY_TOKEN="+verifyToken,
		"MESSENGER_PAGE_TOKEN="+pageToken, "MESSENGER_GRAPH_URL="+graphURL)
	p.cmd.Stderr = t.Output()
	out, err := p.cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, p.cmd.Start())
	read := bufio.NewReader(out)
	origin, err := read.ReadString('\n')
	require.NoError(t, err)
	go func() {
		defer close(p.lines)
		for {
			line, err := read.ReadString('\n')
			if err != nil {
				return
			}
			p.lines <- line
		}
	}()
	require.NoError(t, platform.SetWebhook(strings.TrimSpace(origin)+"/webhook"))
	return p
}

// kill ends the process as a power cut does.
func (p *program) kill() {
	p.t.Helper()
	require.NoError(p.t, p.cmd.Process.Kill())
	for range p.lines { // until it is gone
	}
	_ = p.cmd.Wait()
}

// The process is killed between each two questions, and the next one goes on.
func TestAnOrderSurvivesTheEndOfTheProcessAtEachQuestion(t *testing.T) {
	t.Parallel()
	t.Run("SQLite", func(t *testing.T) {
		t.Parallel()
		survives(t, filepath.Join(t.TempDir(), "pizza.db"))
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		t.Parallel()
		survives(t, testpostgres.DSN(t))
	})
}

func survives(t *testing.T, db string) {
	t.Helper()
	platform, err := simulator.New(simulator.Config{AppSecret: appSecret, PageToken: pageToken, VerifyToken: verifyToken})
	require.NoError(t, err)
	api := httptest.NewServer(platform)
	t.Cleanup(func() {
		require.NoError(t, platform.Close())
		api.Close()
	})
	ada, err := platform.AddPerson(simulator.Person{FirstName: "Ada", Locale: "en_US"})
	require.NoError(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()

	seen, last := map[string]bool{}, ""
	says := func(_ string, err error) { t.Helper(); require.NoError(t, err) }
	// A message whose outcome the process did not live to learn is sent again: the only
	// thing that may be sent twice.
	sees := func(want string) {
		t.Helper()
		m, err := platform.Wait(ctx, ada.ID, func(m simulator.Message) bool {
			again := m.Text == last && m.Text != want
			seen[m.ID] = seen[m.ID] || again
			return !seen[m.ID]
		})
		require.NoError(t, err, "waiting for %q", want)
		seen[m.ID], last = true, m.Text
		require.Equal(t, want, m.Text)
	}
	var bot *program
	restart := func() {
		if bot != nil {
			bot.kill()
		}
		bot = begin(t, db, platform, api.URL)
	}
	restart()
	says(platform.Say(ctx, ada.ID, "pizza"))
	sees("Which size?")
	restart()
	says(platform.TapQuickReply(ctx, ada.ID, "Large"))
	sees("Which toppings? Tap as many as you like.")
	restart()
	says(platform.TapQuickReply(ctx, ada.ID, "Ham"))
	sees("Anything else?")
	restart()
	says(platform.Say(ctx, ada.ID, "done"))
	sees("Where to?")
	restart()
	says(platform.Say(ctx, ada.ID, "home"))
	sees("I need a street and a number.")
	sees("Where to?")
	restart()
	says(platform.Say(ctx, ada.ID, "1 Main Street"))
	sees("Large, Ham, to 1 Main Street. All right?")
	restart()
	says(platform.TapQuickReply(ctx, ada.ID, "Change the size"))
	sees("Which size?")
	restart()
	says(platform.Say(ctx, ada.ID, "back"))
	sees("Large, Ham, to 1 Main Street. All right?")
	restart()
	says(platform.Say(ctx, ada.ID, "yes"))
	sees("Thank you, it is on its way.")
	require.Contains(t, <-bot.lines, `{"size":"L","toppings":["ham"],"address":"1 Main Street","right":true}`)
	bot.kill()
}
