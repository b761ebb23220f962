package quickstart_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/internal/browsertest"
)

const (
	ada       = "7100000000000001"
	pageToken = "quickstart-page-token"
)

// The page says whether the bot takes callbacks, shows a card without its image,
// and lists what went over the wire by time, before and after a reload.
func pageTellsTheTruth(t *testing.T, program string, as browsertest.Look) {
	process := start(t, program, database(t))
	p := open(t, process.url, as)
	shot := as.String() + "-"

	for _, text := range []string{"hi", "hello"} { // callbacks and calls in turn
		p.Types(text)
		p.Until("the bot has answered", `said("person", `+browsertest.Quote(text)+`) && lines(all("message").at(-1)).includes("What would you like to do?")`)
	}
	p.sendsCard(process.url)
	p.Until("the card has a link for its image", `find("no-picture", "gone.png")`)
	require.NotContains(t, p.Eval(`find("card").innerText`), ": ", "a colon with nothing before it")
	p.IsUsable(as)
	p.Picture(shot + "5-card-without-image")

	p.opensTools()
	const order = `all("wire-entry").map((e) => e.dataset.seq + " " + e.dataset.kind).join("\n")`
	p.Until("the call of the card is listed", `all("wire-entry")[0]?.innerText.includes("POST messages")`)
	before := p.Eval(order)
	p.Picture(shot + "6-log")
	require.Regexp(t, `(?s)call.*callback.*call.*callback`, before, "callbacks and calls alternate")
	p.Reload("Connected")
	p.opensTools()
	require.Equal(t, before, p.Eval(order), "the order has changed with the reload")
	require.Equal(t, "true", p.Eval(`all("wire-entry").every((e, i, list) => i === 0 || Number(e.dataset.seq) < Number(list[i - 1].dataset.seq))`),
		"the newest is not on top")
	p.Taps("tools-close")

	// A bot that is away, and comes back.
	var status atomic.Int32
	status.Store(http.StatusServiceUnavailable)
	away := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(int(status.Load())) }))
	t.Cleanup(away.Close)
	p.puts(process.url, "delivery", `{"retries":"platform"}`) // the quick ones end while the page is looked at
	p.setsWebhook(away.URL)
	p.Types("Are you there?")
	const refused = "Last callback failed: the bot answered 503"
	p.Until("the refusal is said", `find("status")?.textContent === "`+refused+`"`)
	p.Until("below the message, with what it means", `find("delivery-error")?.textContent.includes("The bot says that it is busy. Callbacks are delivered again; "+
		"if that goes on for an hour, the platform unsubscribes the app.")`)
	p.IsUsable(as)
	p.Picture(shot + "7-bot-away")
	p.Reload(refused)
	status.Store(http.StatusOK)
	p.puts(process.url, "clock", `{"advance":"20m"}`)
	p.Until("a retry is taken, and that is said", `find("status")?.textContent === "Connected"`)

	p.puts(process.url, "delivery", `{}`)
	p.setsWebhook("http://127.0.0.1:1/webhook")
	p.Types("And now?")
	p.Until("that nothing listens is said", `/^Last callback failed: .*connection refused/.test(find("status")?.textContent)`)
	p.IsUsable(as)
	p.Picture(shot + "8-bot-unreachable")
	p.setsWebhook(strings.TrimSuffix(process.url, "/") + "/webhook")
	p.Types("hi")
	p.Until("the bot is back", `find("status")?.textContent === "Connected" && all("message").at(-1).dataset.from === "page"`)
	p.Picture(shot + "9-bot-is-back")
}

// opensTools shows the log, which is there already where the screen is wide.
func (p *page) opensTools() {
	p.t.Helper()
	if p.Eval(`document.getElementById("tools").hidden`) == "true" {
		p.Taps("tools-toggle")
	}
	p.Until("the log is shown", `find("wire-entry") !== undefined`)
}

// puts changes a setting of the simulator.
func (p *page) puts(origin, setting, body string) {
	p.t.Helper()
	request, err := http.NewRequestWithContext(p.t.Context(), http.MethodPut, strings.TrimSuffix(origin, "/")+"/simulator/"+setting, strings.NewReader(body))
	require.NoError(p.t, err)
	request.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(request)
	require.NoError(p.t, err)
	require.NoError(p.t, answer.Body.Close())
	require.Equal(p.t, http.StatusOK, answer.StatusCode)
}

// sendsCard lets the page send a card whose image cannot be fetched.
func (p *page) sendsCard(origin string) {
	p.t.Helper()
	body := `{"recipient":{"id":"` + ada + `"},"message":{"attachment":{"type":"template","payload":{"template_type":"generic",` +
		`"elements":[{"title":"Shirt","subtitle":"Cotton","image_url":"` + origin + `simulator/files/0/gone.png"}]}}}}`
	request, err := http.NewRequestWithContext(p.t.Context(), http.MethodPost, strings.TrimSuffix(origin, "/")+"/v27.0/me/messages", strings.NewReader(body))
	require.NoError(p.t, err)
	request.Header.Set("Authorization", "Bearer "+pageToken)
	request.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(request)
	require.NoError(p.t, err)
	require.NoError(p.t, answer.Body.Close())
	require.Equal(p.t, http.StatusOK, answer.StatusCode)
}

// setsWebhook moves the bot's webhook, as a program on this machine can.
func (p *page) setsWebhook(url string) {
	p.t.Helper()
	p.Until("the webhook is moved", `window.moved === `+browsertest.Quote(url)+` || (window.moving !== `+browsertest.Quote(url)+` && (window.moving = `+browsertest.Quote(url)+`,
		fetch("simulator/webhook", { method: "PUT", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ url: `+browsertest.Quote(url)+` }) })
			.then((answer) => { if (answer.ok) window.moved = `+browsertest.Quote(url)+`; }), false))`)
}
