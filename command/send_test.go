package command_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/command"
	"github.com/djmessenger/messenger/simulator"
)

const person = "7100000000000001"

// written is a platform on which the person has just written.
func written(t *testing.T) connection {
	t.Helper()
	p := connected(t, simulator.Config{WebhookURL: webhookURL})
	_, err := p.Say(t.Context(), person, "hi")
	require.NoError(t, err)
	return p
}

// lastMessage is what the person sees last.
func (p connection) lastMessage(t *testing.T) simulator.Message {
	t.Helper()
	said := p.Messages(person)
	require.NotEmpty(t, said)
	return said[len(said)-1]
}

func TestSend(t *testing.T) {
	t.Parallel()
	p := written(t)
	require.Regexp(t, `^sent m_\S+\n$`, p.says(t, "send", person, "Your order is on its way."))
	require.Equal(t, "Your order is on its way.", p.lastMessage(t).Text)
	message := file(t, "message.json", `{"text": "Which size?", "quick_replies": [{"content_type": "text", "title": "Large", "payload": "L"}]}`)
	var sent struct{ Person, MID string }
	require.NoError(t, json.Unmarshal([]byte(p.says(t, "send", "--json", "--file", message, person)), &sent))
	require.Equal(t, person, sent.Person)
	require.NotEmpty(t, sent.MID)
	require.Len(t, p.lastMessage(t).QuickReplies, 1)
	p.says(t, "send", "--image", "https://shop.example/size.png", "--silent", person)
	require.Len(t, p.lastMessage(t).Attachments, 1)
}

// The end of the window is said in words, and a human may answer for 7 days.
func TestSendAfterTheWindow(t *testing.T) {
	t.Parallel()
	p := written(t)
	require.NoError(t, p.MoveClock(25*time.Hour))
	got := run(t, withEnv(p.env), "send", person, "Are you there?")
	require.Equal(t, 1, got.code)
	require.Contains(t, got.err, "not sent: the person's last act is more than 24 hours ago; a human may answer within 7 days with --tag HUMAN_AGENT")
	p.says(t, "send", "--tag", "HUMAN_AGENT", person, "I have looked into it.")
	require.NoError(t, p.MoveClock(7*24*time.Hour))
	got = run(t, withEnv(p.env), "send", "--tag", "HUMAN_AGENT", person, "Hello?")
	require.Equal(t, 1, got.code)
	require.Contains(t, got.err, "the person has to write first")
}

func TestSendRefuses(t *testing.T) {
	t.Parallel()
	p := written(t)
	calls := len(p.Requests())
	for _, test := range []struct {
		args []string
		code int
		says string
	}{
		{nil, 2, "send takes the id of a person, and a text in quotation marks"},
		{[]string{person, "a", "b"}, 2, "a text in quotation marks"},
		{[]string{person}, 2, "give one of a text, --file and --image"},
		{[]string{person, "hi", "--image", "https://x"}, 2, "give one of a text, --file and --image"},
		{[]string{person, "hi", "--type", "MESSAGE_TAG"}, 2, `--type is "MESSAGE_TAG"; there are RESPONSE and UPDATE, and --tag`},
		{[]string{person, "hi", "--platform", "x"}, 2, "--platform is"},
		{[]string{person, strings.Repeat("x", 2001)}, 1, "the message is not sent: "},
		{[]string{person, "hi", "--tag", "ACCOUNT_UPDATE"}, 1, "the message is not sent: "},
		{[]string{person, "--file", file(t, "m.json", `{"txt": "hi"}`)}, 1, `m.json is no message: json: unknown field "txt"`},
		{[]string{person, "--file", file(t, "m.json", `{"text": "hi"} {}`)}, 1, "there is more behind it"},
		{[]string{person, "--file", file(t, "m.json", `{"text": "hi", "recipient": {"id": "8"}}`)}, 1, "the person is an argument"},
		{[]string{person, "--file", file(t, "m.json", strings.Repeat(" ", 1<<16+1))}, 1, "m.json has more than 65536 bytes"},
		{[]string{person, "--file", "/gone.json"}, 1, "no such file"},
	} {
		got := run(t, withEnv(p.env), append([]string{"send"}, test.args...)...)
		require.Equal(t, test.code, got.code, "%q: %s", test.args, got.err)
		require.Contains(t, got.err, test.says, test.args)
	}
	require.Len(t, p.Requests(), calls, "none of them is called for")
	got := run(t, withEnv(p.env), "send", "7999999999999999", "hi")
	require.Equal(t, 1, got.code)
	require.Contains(t, got.err, "the id is not that of a person with this page")
}

// An answer that is lost is not taken for a refusal.
func TestSendWithoutAKnownOutcome(t *testing.T) {
	t.Parallel()
	p := written(t)
	p.Fault(simulator.Fault{Times: 1, Status: http.StatusBadGateway, Match: func(method, _ string) bool { return method == "POST" }})
	got := run(t, withEnv(p.env), "send", person, "hi")
	require.Equal(t, 1, got.code)
	require.Contains(t, got.err, "the outcome is not known, and the message may have arrived: look at the conversation before you repeat it")
	require.Equal(t, command.Mistakes, got.code)
}
