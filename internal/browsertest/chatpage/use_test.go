package chatpage_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/internal/browsertest"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/simulator"
)

// A person does what the page offers, and the bot's author finds it in the log.
func TestThePageIsUsed(t *testing.T) {
	t.Parallel()
	browsertest.Each(t, func(t *testing.T, as browsertest.Look) {
		w := serve(t, simulator.Config{Fields: append(simulator.DefaultFields(), "messaging_handovers", "standby")})
		p := open(t, w.url+"#p="+ada, as)
		p.Types("hello")
		w.sends(sending.CouponTemplate{}.WithTitle("Ten percent").WithCode("LAMP10", "spring").Message())
		p.Taps("button", "Reveal code")
		p.Until("the code is revealed", `find("coupon-code", "LAMP10")`)
		p.Until("the event is in the conversation", `find("event")?.textContent.includes("reveals the coupon")`)

		w.sends(sending.ButtonTemplate("Your account", sending.LinkButton("https://shop.example/login")))
		p.Taps("button", "Log In")
		p.Until("the dialog is open", `find("dialog")?.textContent.includes("Open the login page")`)
		p.IsAccessible("dialog")
		p.fill("code", "C-51")
		p.Taps("dialog-submit")
		p.Until("the account is linked", `all("event").some((e) => e.textContent.includes("Ada links the account"))`)

		p.Taps("emoji-button")
		p.Until("the emoji are shown", `document.querySelector("#emoji button")?.checkVisibility()`)
		p.IsAccessible("#emoji")
		p.Press(kb.Escape)
		p.Taps("more-button")
		p.IsAccessible("#more")
		p.Taps("more-block")
		p.Until("the block is said", `find("banner")?.textContent.includes("has blocked the page")`)
		require.NotEqual(t, 200, w.call("POST", "me/messages", map[string]any{"recipient": map[string]string{"id": ada}, "message": map[string]string{"text": "Still there?"}}))
		p.Until("the refused call is in the conversation", `find("refused")?.innerText.includes("Still there?") && find("refused").innerText.includes("551")`)
		p.Picture(as.String() + "-3-refused")

		p.Eval(`find("refused").querySelector("button.inline").click()`)
		p.Until("its entry is open", `find("entry")?.innerText.includes("POST messages")`)
		p.IsAccessible("#tool")
		p.Picture(as.String() + "-4-entry")
		for _, tab := range []string{"faults", "clock", "handover", "delivery", "page"} {
			p.Taps("tab-" + tab)
			p.Until("the panel is shown", `document.querySelector("#tool .panel, #tool form")?.checkVisibility()`)
			p.IsAccessible("#tools")
			p.Picture(as.String() + "-5-" + tab)
		}
		p.Taps("tab-clock")
		p.Taps("advance-25h")
		if as.Width < 700 {
			p.Taps("tools-close")
		}
		p.Until("the closed window is said", `find("banner")?.textContent.includes("24-hour window closed")`)
		p.IsAccessible()
		p.IsWithin()
		p.IsUsable(as)
		p.HasNotComplained()
	})
}

// The keyboard alone is enough.
func TestKeyboard(t *testing.T) {
	t.Parallel()
	w := serve(t, simulator.Config{})
	w.says("first")
	w.sends(sending.ButtonTemplate("What next?", sending.PostbackButton("Buy", "BUY")))
	p := open(t, w.url+"#p="+ada, browsertest.DeskLight)
	p.Until("the messages are there", `all("message").length === 2`)
	p.Eval(`document.getElementById("scroll").focus()`)
	p.Press(kb.ArrowUp) // the last message
	p.Until("it has the focus", `document.activeElement.innerText?.includes("What next?")`)
	p.Press(kb.ArrowUp)
	p.Until("the one before has it", `document.activeElement.dataset.from === "person"`)
	p.Press(kb.ArrowDown, kb.Enter, kb.Enter)
	p.Until("the button was tapped", `all("message").some((e) => e.dataset.kind === "postback" && e.innerText.includes("Buy"))`)
	p.Press("j")
	p.Until("its JSON is shown", `find("entry") !== undefined`)
	p.Eval(`document.querySelector("#log-rows [tabindex='0']").focus()`)
	p.Press(kb.ArrowDown)
	p.Press("?")
	p.Until("the keys are listed", `find("dialog")?.innerText.includes("Alt+")`)
	p.Press(kb.Escape)
	p.Until("they are not any more", `find("dialog") === undefined`)
	p.HasNotComplained()
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
	p := open(t, w.url+"#p="+ada, browsertest.PhoneLight)
	p.Until("all is there", fmt.Sprintf(`all("message").length >= %d`, len(hostile)+1))
	require.Equal(t, "undefined", p.Eval(`window.hacked`))
	p.IsWithin()
	p.IsAccessible()
	for i := range 4000 {
		_, err := w.Say(t.Context(), "7100000000000002", fmt.Sprint("flood ", i))
		require.NoError(t, err)
	}
	p.Eval(`(location.hash = "#p=7100000000000002", "")`)
	p.Until("the last of the flood is shown", `find("message") && all("message").at(-1).innerText.includes("flood 3999")`)
	require.Equal(t, "true", p.Eval(`document.querySelectorAll("[data-testid=message]").length <= 200`))
	p.Until("that there is more is said", `document.getElementById("earlier").innerText.includes("Show earlier")`)
	p.HasNotComplained()
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
	p := open(t, srv.URL+"/", browsertest.DeskLight)
	p.Types("before")
	second, err := simulator.New(simulator.Config{Seed: 2})
	require.NoError(t, err)
	t.Cleanup(func() { _ = second.Close() })
	handler.Store(second)
	require.NoError(t, first.Close())
	p.Until("the page shows the new simulator", `all("message").length === 0 && find("status").textContent === "No bot connected"`)
	p.Types("after")
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
	p := open(t, w.url+"#p="+lin, browsertest.DeskLight)
	p.Until("all is drawn", `all("message").length === 3`)
	there := p.Accessible()
	require.Contains(t, there, "image Heart")
	require.Contains(t, there, "StaticText Post 17900000000000007")
	p.IsAccessible()
	p.HasNotComplained()
}
