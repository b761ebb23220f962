package chatpage_test

import (
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/internal/browsertest"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/simulator"
)

// The bot's author finds in the log what went over the wire, from a message to its JSON and back, and sends it again.
func TestLog(t *testing.T) {
	t.Parallel()
	w := serve(t, simulator.Config{})
	p := open(t, w.url+"#p="+ada, browsertest.DeskLight)
	p.Types("It's \"hot\" & costs $5 `now`")
	w.told(`"message"`, "hot")
	w.sends(sending.ButtonTemplate("What next?", sending.PostbackButton("Buy", "BUY")))
	p.Until("the call is in the log", `all("wire-entry")[0]?.innerText.includes("POST messages")`)

	p.Until("the answer has its callback", `all("message").some((e) => e.innerText.includes("What next?")) && (all("message").at(-1).querySelector("[data-testid=message-more]").click(), true)`)
	p.TapsOn("button", "Show in the log")
	p.Until("the JSON of the message is shown", `find("entry")?.innerText.includes('"template_type": "button"')`)
	p.Until("and the callback that it answers", `find("entry").innerText.includes("Probably answers")`)
	p.TapsOn("button", "Show the message")
	p.Until("the message has the focus", `document.activeElement.matches("article") && document.activeElement.innerText.includes("What next?")`)
	callback := p.Eval(`find("entry").innerText.match(/Probably answers\s+Log (\d+)/)[1]`)
	p.TapsOn("button", "Log "+callback)
	p.Until("the callback names its answers", `find("entry").innerText.includes("Entry `+callback+`") && find("entry").innerText.includes("Answered by")`)

	p.TapsOn("button", "Edit and send")
	p.Until("the body can be edited", `the("textbox", "Callback")?.value.includes("hot")`)
	p.IsAccessible("dialog")
	p.Picture("1280-light-log-edit")
	p.Eval(`(() => { const e = the("textbox", "Callback"); e.value = e.value.replace("hot", "cold"); return ""; })()`)
	p.TapsOn("button", "Send")
	w.told(`"message"`, "cold")
	p.Until("what was sent again is shown", `find("entry")?.innerText.includes("Repeats Log `+callback+`") && find("entry").innerText.includes("cold")`)
	p.TapsOn("button", "Send again")
	w.told(`"message"`, "cold")

	p.Fills("Filter the log", "from:bot is:bad")
	p.Until("the filter says that it finds nothing", `all("wire-entry").length === 0 && document.getElementById("tool").innerText.includes("The filter finds nothing")`)
	p.Fills("Filter the log", "from:bot")
	p.Until("the calls are listed", `all("wire-entry").length === 1 && all("wire-entry")[0].dataset.kind === "call"`)
	p.Fills("Filter the log", "is:again")
	p.Until("the repetitions are listed", `all("wire-entry").length === 2`)
	p.Fills("Filter the log", "template_type")
	p.Until("words are searched in the bodies", `all("wire-entry").length === 1 && all("wire-entry")[0].dataset.kind === "call"`)
	p.TapsOn("checkbox", "failures")
	p.Until("none of them failed", `all("wire-entry").length === 0`)
	p.HasNotComplained()
}

// An answer that comes late does not take the focus out of a field in which the author writes.
func TestLateAnswerLeavesTheFocus(t *testing.T) {
	t.Parallel()
	w := serve(t, simulator.Config{})
	p := open(t, w.url+"#p="+ada, browsertest.DeskLight)
	p.Types("hot")
	w.told(`"message"`, "hot")
	p.Until("the callback is shown", `(all("wire-entry")[0]?.click(), true)`)
	p.Eval(`(() => {
		const fetchNow = window.fetch, answered = new Promise((resolve) => { window.answer = resolve; });
		window.fetch = async (url, init) => {
			const response = await fetchNow(url, init);
			if (url.endsWith("/again")) await answered;
			return response;
		};
		return "";
	})()`)
	p.TapsOn("button", "Send again")
	w.told(`"message"`, "hot")
	p.Fills("Filter the log", "from:")
	p.Eval(`window.answer()`)
	p.Until("what was sent again is shown", `find("entry")?.innerText.includes("Repeats Log")`)
	p.Press("platform")
	p.Until("the filter has the whole text", `field("Filter the log").value === "from:platform"`)
	p.HasNotComplained()
}

// What is copied from the log works where it is pasted.
func TestCopiedFromTheLog(t *testing.T) {
	t.Parallel()
	w := serve(t, simulator.Config{})
	w.says("It's \"hot\" & costs $5 `now` \\ 100% \u2028 é")
	w.sends(sending.Text("That's `all` I \"know\" & $HOME \\n"))
	p := open(t, w.url+"#p="+ada, browsertest.DeskDark)
	p.MayUseTheClipboard()
	copied := func(kind, button, toast string) string {
		p.Until("the "+kind+" is in the log", `(document.querySelector("[data-testid=wire-entry][data-kind=`+kind+`][aria-selected=true]") || document.querySelector("[data-testid=wire-entry][data-kind=`+kind+`]")?.click(), find("entry")?.innerText.includes("`+map[string]string{"callback": "messages", "call": "POST messages"}[kind]+`"))`)
		p.Eval(`(document.getElementById("toast").replaceChildren(), "")`)
		p.TapsOn("button", button)
		p.Until("that it is copied is said", `find("toast")?.innerText === `+browsertest.Quote(toast))
		return p.Clipboard()
	}
	callbackCurl, callbackGo := copied("callback", "Copy as curl", "The command copied"), copied("callback", "Copy as Go test", "The Go test copied")
	callCurl, callGo := copied("call", "Copy as curl", "The command copied"), copied("call", "Copy as Go test", "The Go test copied")

	said := func() int { return len(w.Messages(ada)) }
	before := said()
	for _, command := range []string{callbackCurl, callCurl} {
		bash := exec.CommandContext(t.Context(), "bash", "-eu", "-c", command)
		bash.Env = append(os.Environ(), "MESSENGER_GRAPH_URL="+w.url[:len(w.url)-1], "MESSENGER_PAGE_TOKEN=simulator-page-token", "HOME=/nowhere")
		out, err := bash.CombinedOutput()
		require.NoError(t, err, "%s\n%s", command, out)
	}
	first := w.told(`"message"`, "hot")
	require.Equal(t, first, w.told(`"message"`, "hot"), "the pasted command posts the same bytes")
	require.Equal(t, before+1, said(), "the pasted command makes the call again")
	require.Equal(t, "That's `all` I \"know\" & $HOME \\n", w.Messages(ada)[before].Text)

	runs(t, w, callbackGo, callGo)
	require.Equal(t, first, w.told(`"message"`, "hot"), "the pasted test posts the same bytes")
	require.Equal(t, before+2, said(), "the pasted test makes the call again")
	p.HasNotComplained()
}

// runs pastes lines into a test of a module of its own, and runs it.
func runs(t *testing.T, w *world, callback, call string) {
	t.Helper()
	dir := t.TempDir()
	root, err := filepath.Abs("../../..")
	require.NoError(t, err)
	sums, err := os.ReadFile(filepath.Join(root, "internal", "browsertest", "go.sum"))
	require.NoError(t, err)
	files := map[string]string{
		"go.sum": string(sums),
		"go.mod": "module pasted\n\ngo 1.26\n\nrequire (\n\tgithub.com/djmessenger/messenger v0.0.0\n\tgithub.com/stretchr/testify v1.12.1\n)\n\nreplace github.com/djmessenger/messenger => " + root + "\n",
		"pasted_test.go": `package pasted

import (
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/djmessenger/messenger/simulator"
	"github.com/stretchr/testify/require"
)

func TestCallback(t *testing.T) {
	sim, err := simulator.New(simulator.Config{WebhookURL: os.Getenv("WEBHOOK")})
	require.NoError(t, err)
	defer sim.Close()
` + callback + `}

func TestCall(t *testing.T) {
` + call + `}
`,
	}
	for name, text := range files {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	test := exec.CommandContext(t.Context(), "go", "test", "-mod=mod", "-count=1", "./...")
	test.Dir = dir
	test.Env = append(os.Environ(), "GOFLAGS=-mod=mod", "GOPROXY=off", "WEBHOOK="+w.webhook, "MESSENGER_GRAPH_URL="+w.url[:len(w.url)-1], "MESSENGER_PAGE_TOKEN=simulator-page-token")
	out, err := test.CombinedOutput()
	require.NoError(t, err, "%s\n%s", files["pasted_test.go"], out)
}

// The panels change what happens to calls and callbacks, and who has the conversation.
func TestPanels(t *testing.T) {
	t.Parallel()
	w := serve(t, simulator.Config{Fields: append(simulator.DefaultFields(), "messaging_handovers", "standby", "message_echoes")})
	w.says("hi")
	w.told(`"message"`)
	p := open(t, w.url+"#p="+ada, browsertest.DeskLight)
	send := map[string]any{"recipient": map[string]string{"id": ada}, "message": map[string]string{"text": "Are you there?"}}

	p.TapsOn("tab", "Faults")
	p.Chooses("Fault", "Status 502, HTML")
	p.TapsOn("button", "Add")
	p.Until("the fault is listed", `document.getElementById("fault-list").innerText.includes("status 502: 1 of 1 calls left")`)
	require.Equal(t, http.StatusBadGateway, w.call(http.MethodPost, "me/messages", send))
	p.Until("the fault is spent", `document.getElementById("fault-list").innerText.includes("None")`)
	p.Until("the refusal is in the conversation", `find("refused")?.innerText.includes("A fault that was asked for")`)
	p.Fills("How many calls (−1 for all)", "-1")
	p.TapsOn("button", "Add")
	p.Until("the fault is listed", `document.getElementById("fault-list").innerText.includes("all calls")`)
	p.TapsOn("button", "Remove all")
	p.Until("no fault is listed", `document.getElementById("fault-list").innerText.includes("None")`)
	require.Equal(t, http.StatusOK, w.call(http.MethodPost, "me/messages", send))

	p.TapsOn("tab", "Hand-over")
	p.TapsOn("button", "Take")
	p.Until("the agent has the conversation", `find("thread-owner").innerText.includes("a human agent in the inbox has it")`)
	p.Until("that is said above the messages", `find("banner")?.innerText.includes("A human agent has the conversation")`)
	p.Fills("Write as a human agent", "Eve here. What is it?")
	p.TapsOn("button", "Send")
	p.Until("the agent's message has its sender", `all("message").at(-1).innerText.includes("Eve here") && find("sender")?.innerText === "A human in the inbox"`)
	p.Types("My lamp broke")
	w.told(`"standby"`, "My lamp broke")
	p.TapsOn("button", "Pass to the bot")
	w.told("pass_thread_control")
	p.Until("the bot has it again", `find("thread-owner").innerText.includes("the bot has it")`)

	p.TapsOn("tab", "Delivery")
	p.Fills("Posted twice (0 to 1)", "1")
	p.TapsOn("button", "Set")
	p.Until("that is said", `find("toast")?.innerText === "From now on"`)
	p.Types("Twice, please")
	w.told("Twice, please")
	w.told("Twice, please")
	p.TapsOn("button", "In order again")
	p.Until("the form is as it was", `the("spinbutton", "Posted twice (0 to 1)").value === "0"`)

	p.TapsOn("tab", "Clock")
	p.TapsOn("checkbox", "It stands still")
	p.Until("the clock stands still", `document.getElementById("clock-frozen").checked`)
	at := w.Now()
	require.Equal(t, at, w.Now())
	p.TapsOn("button", "+ 25 h")
	p.Until("the window is closed", `find("banner")?.innerText.includes("24-hour window closed")`)
	require.NotEqual(t, http.StatusOK, w.call(http.MethodPost, "me/messages", send))
	p.Fills("Another time, such as 90m", "30m")
	p.TapsOn("button", "Move")
	p.Until("the jump is in the conversation", `all("messages")[0].innerText.includes("30 min passed")`)

	p.TapsOn("tab", "Page")
	p.TapsOn("button", "Revoke it")
	p.Until("that is said", `find("toast")?.innerText === "The token is refused"`)
	require.NotEqual(t, http.StatusOK, w.call(http.MethodGet, "me", map[string]any{}))
	p.TapsOn("button", "A new one")
	p.Fills("Access token of the page", "simulator-page-token-2")
	p.TapsOn("button", "Set")
	p.Until("the dialog is closed", `find("dialog") === undefined`)
	p.Until("the token is replaced", `find("toast")?.innerText === "The token is replaced"`)
	require.Equal(t, http.StatusOK, w.callAs("simulator-page-token-2", http.MethodGet, "me", map[string]any{}))
	p.HasNotComplained()
}
