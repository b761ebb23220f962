package chatpage_test

import (
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/internal/browsertest"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/simulator"
)

// What stands in the way of a conversation is said in words, with what to do about it.
func TestStates(t *testing.T) {
	t.Parallel()
	browsertest.Each(t, func(t *testing.T, as browsertest.Look) {
		var status atomic.Int32
		status.Store(http.StatusServiceUnavailable)
		bot := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(int(status.Load())) }))
		t.Cleanup(bot.Close)
		w := serve(t, simulator.Config{WebhookURL: bot.URL, Fields: append(simulator.DefaultFields(), "messaging_handovers", "standby")})
		require.NoError(t, w.SetDisorder(simulator.Disorder{Retries: simulator.RetriesPlatform}))
		p := open(t, w.url+"#p="+ada, as)
		looks := func(state string) {
			t.Helper()
			p.IsAccessible("#chat")
			p.IsWithin()
			p.IsUsable(as)
			p.Picture(as.String() + "-state-" + state)
		}

		p.Types("Is anybody there?")
		p.Until("the bot is down", `find("delivery-error")?.innerText.includes("The bot says that it is busy") && find("status").textContent.startsWith("Last callback failed: the bot answered 503")`)
		looks("down")
		require.NoError(t, w.MoveClock(2*time.Hour))
		p.Until("the app is unsubscribed", `find("banner")?.innerText.includes("the platform has unsubscribed it")`)
		looks("unsubscribed")
		status.Store(http.StatusOK)
		p.TapsOn("button", "Subscribe again")
		p.Until("it is subscribed again", `!find("banner")?.innerText.includes("unsubscribed")`)
		p.Types("And now?")
		p.Until("the bot takes callbacks", `find("status").textContent === "Connected"`)

		require.NoError(t, w.Inbox().TakeThread(t.Context(), ada, ""))
		_, err := w.Inbox().Say(t.Context(), ada, "Eve here. What can I do for you?")
		require.NoError(t, err)
		p.Until("a human agent has the conversation", `find("banner")?.innerText.includes("A human agent has the conversation") && all("message").at(-1).innerText.includes("Eve here")`)
		looks("agent")

		require.NoError(t, w.Block(ada))
		p.Until("the block is said", `find("banner").innerText.includes("has blocked the page")`)
		looks("blocked")
		require.NoError(t, w.Unblock(ada))

		if as.Width < 700 {
			p.TapsOn("button", "Tools")
		}
		p.TapsOn("tab", "Log")
		p.Fills("Filter the log", "status:418")
		p.Until("the filter finds nothing", `document.getElementById("log-empty").innerText === "The filter finds nothing."`)
		p.IsAccessible("#tools")
		p.Picture(as.String() + "-state-filter")
		if as.Width < 700 {
			p.Taps("tools-close")
		}

		require.NoError(t, w.SetWebhook(""))
		p.Until("no bot is connected", `find("banner").innerText.includes("No bot is connected")`)
		looks("no-bot")
		p.Fills("Webhook of the bot", "http://127.0.0.1:1/webhook")
		p.TapsOn("button", "Verify")
		p.Until("a failed handshake is explained", `find("banner").innerText.includes("refused")`)
		p.HasNotComplained("502")
	})
}

// A simulator without people, and with a conversation that has just begun.
func TestFirstSight(t *testing.T) {
	t.Parallel()
	browsertest.Each(t, func(t *testing.T, as browsertest.Look) {
		w := serve(t, simulator.Config{People: []simulator.Person{}})
		p := open(t, w.url, as)
		p.Until("that nobody is here is said", `find("welcome")?.innerText.includes("Nobody is here yet")`)
		p.IsAccessible()
		p.IsWithin()
		p.Picture(as.String() + "-state-nobody")
		p.Eval(`(document.querySelector("#welcome button").click(), "")`)
		p.Fills("First name", "Grace")
		p.TapsOn("button", "Add")
		p.Until("there is a person", `document.getElementById("chat-name").textContent === "Grace"`)
		require.Equal(t, http.StatusOK, w.call(http.MethodPost, "me/messenger_profile", map[string]any{
			"get_started": map[string]string{"payload": "START"}, "greeting": []any{map[string]string{"locale": "default", "text": "Hi {{user_first_name}}, we have lamps."}},
			"ice_breakers": []any{map[string]any{"locale": "default", "call_to_actions": []any{map[string]string{"question": "What do you sell?", "payload": "SELL"}, map[string]string{"question": "Where is my order?", "payload": "ORDER"}}}},
		}))
		p.Until("the greeting is shown", `find("greeting")?.innerText === "Hi Grace, we have lamps."`)
		p.IsAccessible()
		p.IsUsable(as)
		p.Picture(as.String() + "-state-welcome")
		p.TapsOn("button", "What do you sell?")
		w.told(`"postback"`, `"SELL"`)
		p.HasNotComplained()
	})
}

// A menu may switch the composer off.
func TestComposerIsOff(t *testing.T) {
	t.Parallel()
	w := serve(t, simulator.Config{})
	require.Equal(t, http.StatusOK, w.call(http.MethodPost, "me/messenger_profile", map[string]any{
		"get_started": map[string]string{"payload": "START"}, "persistent_menu": []any{map[string]any{"locale": "default", "composer_input_disabled": true,
			"call_to_actions": []any{map[string]string{"type": "postback", "title": "Opening hours", "payload": "HOURS"}, map[string]string{"type": "web_url", "title": "Visit the shop", "url": "https://shop.example"}}}},
	}))
	w.says("hi")
	w.sends(sending.Text("Choose from the menu"))
	p := open(t, w.url+"#p="+ada, browsertest.PhoneDark)
	p.Until("there is nothing to write with", `!document.getElementById("text").checkVisibility() && find("composer").innerText.includes("has switched off writing")`)
	p.IsAccessible()
	p.Picture("375-dark-state-composer-off")
	p.TapsOn("button", "Menu")
	p.IsAccessible("#menu")
	p.TapsOn("button", "Opening hours")
	w.told(`"postback"`, `"HOURS"`)
	p.HasNotComplained()
}
