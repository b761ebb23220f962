package browsertest_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/simulator"
)

// A person does what the page offers, and the bot's author finds it in the log.
func TestThePageIsUsed(t *testing.T) {
	t.Parallel()
	browser := startBrowser(t)
	each(t, func(t *testing.T, as look) {
		w := serve(t, simulator.Config{Fields: append(simulator.DefaultFields(), "messaging_handovers", "standby")})
		p := open(t, browser, w.url+"#p="+ada, as)
		p.types("hello")
		w.sends(sending.CouponTemplate{}.WithTitle("Ten percent").WithCode("LAMP10", "spring").Message())
		p.taps("button", "Reveal code")
		p.until("the code is revealed", `find("coupon-code", "LAMP10")`)
		p.until("the event is in the conversation", `find("event")?.textContent.includes("reveals the coupon")`)

		w.sends(sending.ButtonTemplate("Your account", sending.LinkButton("https://shop.example/login")))
		p.taps("button", "Log In")
		p.until("the dialog is open", `find("dialog")?.textContent.includes("Open the login page")`)
		p.isAccessible()
		p.fill("code", "C-51")
		p.taps("dialog-submit")
		p.until("the account is linked", `all("event").some((e) => e.textContent.includes("account linked"))`)

		p.taps("emoji-button")
		p.until("the emoji are shown", `document.querySelector("#emoji button")?.checkVisibility()`)
		p.isAccessible()
		p.press(kb.Escape)
		p.taps("more-button")
		p.isAccessible()
		p.taps("more-block")
		p.until("the block is said", `find("banner")?.textContent.includes("has blocked the page")`)
		require.NotEqual(t, 200, w.call("POST", "me/messages", map[string]any{"recipient": map[string]string{"id": ada}, "message": map[string]string{"text": "Still there?"}}))
		p.until("the refused call is in the conversation", `find("refused")?.innerText.includes("Still there?") && find("refused").innerText.includes("551")`)
		p.picture(as.String() + "-3-refused")

		p.eval(`find("refused").querySelector("button.inline").click()`)
		p.until("its entry is open", `find("entry")?.innerText.includes("POST messages")`)
		p.isAccessible()
		p.picture(as.String() + "-4-entry")
		for _, tab := range []string{"faults", "clock", "handover", "delivery", "page"} {
			p.taps("tab-" + tab)
			p.until("the panel is shown", `document.querySelector("#tool .panel, #tool form")?.checkVisibility()`)
			p.isAccessible()
			p.picture(as.String() + "-5-" + tab)
		}
		p.taps("tab-clock")
		p.taps("advance-25h")
		if as.width < 700 {
			p.taps("tools-close")
		}
		p.until("the closed window is said", `find("banner")?.textContent.includes("24-hour window closed")`)
		p.isWithin()
		p.isUsable(as)
		p.hasNotComplained()
	})
}

// The keyboard alone is enough.
func TestKeyboard(t *testing.T) {
	t.Parallel()
	w := serve(t, simulator.Config{})
	w.says("first")
	w.sends(sending.ButtonTemplate("What next?", sending.PostbackButton("Buy", "BUY")))
	p := open(t, startBrowser(t), w.url+"#p="+ada, looks[2])
	p.until("the messages are there", `all("message").length === 2`)
	p.eval(`document.getElementById("scroll").focus()`)
	p.press(kb.ArrowUp) // the last message
	p.until("it has the focus", `document.activeElement.innerText?.includes("What next?")`)
	p.press(kb.ArrowUp)
	p.until("the one before has it", `document.activeElement.dataset.from === "person"`)
	p.press(kb.ArrowDown, kb.Enter, kb.Enter)
	p.until("the button was tapped", `all("message").some((e) => e.dataset.kind === "postback" && e.innerText.includes("Buy"))`)
	p.press("j")
	p.until("its JSON is shown", `find("entry") !== undefined`)
	p.eval(`document.querySelector("#log-rows [tabindex='0']").focus()`)
	p.press(kb.ArrowDown)
	p.press("?")
	p.until("the keys are listed", `find("dialog")?.innerText.includes("Alt+")`)
	p.press(kb.Escape)
	p.until("they are not any more", `find("dialog") === undefined`)
	p.hasNotComplained()
}

// What a hostile bot sends is text, and much of it does not hang the page.
func TestHostileMessages(t *testing.T) {
	t.Parallel()
	w := serve(t, simulator.Config{})
	w.says("hi")
	hostile := []string{
		`<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>`, "javascript:alert(1)", strings.Repeat("W", 2000), "\u202Eright to left \u2066x", "עברית with English",
	}
	for _, text := range hostile {
		w.sends(sending.Text(text))
	}
	require.Equal(t, 200, w.call("POST", "me/messages", map[string]any{"recipient": map[string]string{"id": ada}, "message": map[string]any{"attachment": map[string]any{
		"type": "template", "payload": map[string]any{"template_type": "call_prompt", "text": map[string]any{"toString": 1}, "x": "<b>"},
	}}}))
	p := open(t, startBrowser(t), w.url+"#p="+ada, looks[0])
	p.until("all is there", fmt.Sprintf(`all("message").length >= %d`, len(hostile)+1))
	require.Equal(t, "undefined", p.eval(`window.hacked`))
	p.isWithin()
	p.isAccessible()
	for i := range 4000 {
		_, err := w.Say(t.Context(), "7100000000000002", fmt.Sprint("flood ", i))
		require.NoError(t, err)
	}
	p.eval(`(location.hash = "#p=7100000000000002", "")`)
	p.until("the last of the flood is shown", `find("message") && all("message").at(-1).innerText.includes("flood 3999")`)
	require.Equal(t, "true", p.eval(`document.querySelectorAll("[data-testid=message]").length <= 200`))
	p.until("that there is more is said", `document.getElementById("earlier").innerText.includes("Show earlier")`)
	p.hasNotComplained()
}

// The page says that the simulator is away, and goes on when it is back.
func TestSimulatorIsRestarted(t *testing.T) {
	t.Parallel()
	var handler atomic.Pointer[simulator.Simulator]
	first, err := simulator.New(simulator.Config{Seed: 1})
	require.NoError(t, err)
	handler.Store(first)
	srv := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) { handler.Load().ServeHTTP(rw, r) }))
	t.Cleanup(srv.Close)
	p := open(t, startBrowser(t), srv.URL+"/", looks[2])
	p.types("before")
	second, err := simulator.New(simulator.Config{Seed: 2})
	require.NoError(t, err)
	t.Cleanup(func() { _ = second.Close() })
	handler.Store(second)
	require.NoError(t, first.Close())
	p.until("the page shows the new simulator", `all("message").length === 0 && find("status").textContent === "No bot connected"`)
	p.types("after")
}

// What is for Instagram only is drawn in a conversation of an Instagram account.
func TestInstagram(t *testing.T) {
	t.Parallel()
	const lin, token = "7300000000000001", "insta-token"
	w := serve(t, simulator.Config{
		Pages:  []simulator.Page{{ID: "300000000000003", Name: "Lamps", Platform: simulator.PlatformInstagram, Token: token}},
		People: append(simulator.DefaultPeople(), simulator.Person{ID: lin, FirstName: "Lin", Username: "lin", PageID: "300000000000003"}),
	})
	_, err := w.Say(t.Context(), lin, "hi")
	require.NoError(t, err)
	for _, m := range []sending.Message{sending.LikeHeart(), sending.MediaShare("17900000000000007")} {
		body, err := m.Request(sending.Recipient{ID: lin}, "")
		require.NoError(t, err)
		require.Equal(t, 200, w.callAs(token, "POST", "me/messages", body))
	}
	p := open(t, startBrowser(t), w.url+"#p="+lin, looks[2])
	p.until("all is drawn", `all("message").length === 3`)
	there := p.accessible()
	require.True(t, there[part{"image", "Heart"}], names(there))
	require.True(t, there[part{"StaticText", "Post 17900000000000007"}], names(there))
	p.isAccessible()
	p.hasNotComplained()
}

// fill writes into a field of a dialog.
func (p *page) fill(name, text string) {
	p.t.Helper()
	p.eval(`(() => { const e = document.querySelector("dialog [name='` + name + `']"); e.focus(); e.value = ""; return ""; })()`)
	require.NoError(p.t, chromedp.Do(p.ctx, chromedp.KeyEvent(text)))
}

// press presses keys one after the other.
func (p *page) press(keys ...string) {
	p.t.Helper()
	for _, key := range keys {
		require.NoError(p.t, chromedp.Do(p.ctx, chromedp.KeyEvent(key)))
	}
}
