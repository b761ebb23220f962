package command_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/command"
	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/operations"
	"github.com/djmessenger/messenger/secret"
	"github.com/djmessenger/messenger/simulator"
	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/memory"
)

// operations is the address of the operations API of a bot that runs and knows the person, who has just written.
func (p connection) operations(t *testing.T) string {
	t.Helper()
	url, stop := p.operationsOf(t, dayOfCheck)
	t.Cleanup(stop)
	return url
}

// operationsOf is operations, and a function that stops the bot and leaves the API.
func (p connection) operationsOf(t *testing.T, lastAct time.Time) (url string, stop func()) {
	t.Helper()
	begin := time.Now()
	st := memory.New(memory.Config{Now: func() time.Time { return dayOfCheck.Add(time.Since(begin)) }})
	require.NoError(t, st.Apply(t.Context(), store.TouchPerson{PageID: opsPage, PSID: person, At: lastAct}))
	log := slog.New(slog.DiscardHandler)
	bot, err := messenger.New(messenger.Config{
		Apps: messenger.App(simulator.DefaultAppSecret), VerifyToken: secret.New("verify"), Tokens: graph.PageToken("simulator-page-token"),
		GraphURL: p.env["MESSENGER_GRAPH_URL"], Store: st, Logger: log,
	})
	require.NoError(t, err)
	api, err := operations.Handler(bot, operations.Config{Prefix: "/operations", Tokens: []secret.Value{secret.New(operationsToken)}, Logger: log})
	require.NoError(t, err)
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Header.Set("X-Request-ID", "Q2M7XK") // a transcript shows it
		api.ServeHTTP(w, r)
	}))
	t.Cleanup(service.Close)
	ctx, cancel := context.WithCancel(context.Background())
	stopped := make(chan error, 1)
	go func() { stopped <- bot.Run(ctx) }()
	p.env["MESSENGER_OPERATIONS_TOKEN"] = operationsToken
	return service.URL + "/operations", func() {
		cancel()
		require.NoError(t, <-stopped)
	}
}

// TestSendByTheBot: the message of a key goes out once, with what the flags say.
func TestSendByTheBot(t *testing.T) {
	t.Parallel()
	p := written(t)
	p.env["MESSENGER_PAGE_ID"] = opsPage
	url := p.operations(t)
	require.Regexp(t, `^sent m_\S+\n$`, p.says(t, "send", "--url", url, "--key", "case 4711", person, "Your order is on its way."))
	before := len(p.Messages(person))
	var sent struct{ Key, State, MID, Text string }
	require.NoError(t, json.Unmarshal([]byte(p.says(t, "send", "--url", url, "--key", "case 4711", "--json", person, "Your order is on its way.")), &sent))
	require.Equal(t, []string{"case 4711", "sent", "Your order is on its way."}, []string{sent.Key, sent.State, sent.Text})
	require.Len(t, p.Messages(person), before, "the key was used")
	got := run(t, withEnv(p.env), "send", "--url", url, "--key", "case 4711", person, "Another")
	require.Equal(t, 1, got.code)
	require.Contains(t, got.err, "another message to the person has this key")
	p.says(t, "send", "--url", url, "--image", "https://shop.example/size.png", "--silent", person)
	require.Len(t, p.lastMessage(t).Attachments, 1)

	p.env["MESSENGER_OPERATIONS_URL"] = url
	p.says(t, "pause", "--page", opsPage)
	got = run(t, withEnv(p.env), "send", person, "past the pause")
	require.Equal(t, 1, got.code, "with the variable the bot sends it, which is paused")
	require.Contains(t, got.err, "paused")
	require.Regexp(t, `^sent m_`, p.says(t, "send", "--direct", person, "past the pause"))
	require.Equal(t, 2, run(t, withEnv(p.env), "send", "--direct", "--url", url, person, "hi").code)
	p.says(t, "resume", "--page", opsPage)
	delete(p.env, "MESSENGER_OPERATIONS_URL")

	p.Fault(simulator.Fault{Error: &simulator.GraphError{Code: 100, Message: "Upload failed"}})
	got = run(t, withEnv(p.env), "send", "--url", url, person, "hi")
	require.Equal(t, 1, got.code)
	require.Contains(t, got.err, "not sent: refused: ")
	require.Contains(t, got.err, "Upload failed")
}

// TestSendByABotThatIsBusy: what is not sent in time, or when the command is interrupted, waits, and the command says so and how to go on.
func TestSendByABotThatIsBusy(t *testing.T) {
	t.Parallel()
	p := written(t)
	url, stop := p.operationsOf(t, dayOfCheck)
	stop()
	asked := 0
	config := command.WithAfter(withEnv(p.env), func(time.Duration) <-chan time.Time {
		asked++
		passed := make(chan time.Time)
		close(passed)
		return passed
	})
	args := []string{"send", "--url", url, "--page", opsPage, "--key", "it's 1", person, "hi"}
	got := run(t, config, args...)
	require.Equal(t, 0, got.code, got.err)
	require.Equal(t, "queued, and not sent yet\n", got.out)
	require.Equal(t, `The bot has the message and sends it. To see how far it is, repeat the command with --key 'it'\''s 1', or look with messenger people show `+
		opsPage+" "+person+".\n", got.err)
	require.Equal(t, 60, asked)

	ctx, interrupt := context.WithCancel(t.Context())
	var out, errs strings.Builder
	config.Out, config.Err = &out, &errs
	config = command.WithAfter(config, func(time.Duration) <-chan time.Time {
		interrupt()
		return nil
	})
	require.Equal(t, command.Interrupted, command.Run(ctx, config, args))
	require.Contains(t, errs.String(), "To see how far it is, repeat the command with --key")
	require.Contains(t, errs.String(), "messenger: interrupted while waiting\n")
}

func TestSendByTheBotRefuses(t *testing.T) {
	t.Parallel()
	p := written(t)
	url, stop := p.operationsOf(t, dayOfCheck.Add(-25*time.Hour))
	stop()
	broken := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }))
	t.Cleanup(broken.Close)
	for _, test := range []struct {
		args string
		code int
		says string
	}{
		{"--page 1 PERSON hi", 2, "--page goes with --url"},
		{"--key 1 PERSON hi", 2, "--key goes with --url"},
		{"--wait 1s PERSON hi", 2, "--wait goes with --url"},
		{"--url URL PERSON hi", 2, "Give --page, or set MESSENGER_PAGE_ID"},
		{"--url URL --page .. PERSON hi", 2, "is no id"},
		{"--url URL --page 100000000000001 --wait -1s PERSON hi", 2, "--wait is -1s"},
		{"--url URL --page 100000000000001 PERSON", 2, "give one of a text, --file and --image"},
		{"--url http://bot.example/ --page 100000000000001 PERSON hi", 2, "without TLS"},
		{"--url URL --page 100000000000001 PERSON hi", 1, "a human may answer within 7 days with the tag HUMAN_AGENT"},
		{"--url URL --page 100000000000001 7999999999999999 hi", 1, "the store does not know this person"},
		{"--url URL --page 100000000000001 --platform instagram PERSON " + strings.Repeat("x", 1001), 1, "the message is not sent: "},
		{"--url BROKEN --page 100000000000001 --key case/1 PERSON hi", 5, "To repeat it with --key case/1 does not send twice"},
	} {
		args := strings.Fields(strings.NewReplacer("URL", url, "BROKEN", broken.URL, "PERSON", person).Replace(test.args))
		got := run(t, withEnv(p.env), append([]string{"send"}, args...)...)
		require.Equal(t, test.code, got.code, "%q: %s", test.args, got.err)
		require.Contains(t, got.err, test.says, test.args)
	}
	require.Empty(t, run(t, withEnv(p.env), "send", "--url", url, "--page", opsPage, "--tag", "HUMAN_AGENT", "--wait", "0s", "--key", "k", person, "hi").code)
}
