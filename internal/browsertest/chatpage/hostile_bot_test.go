package chatpage_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/internal/browsertest"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/simulator"
)

var megabytes = bytes.Repeat([]byte("<b>too much</b>\n"), 1<<18) // 4 MiB

// answers are ways in which a bot fails, and what the page says of them below the message.
var answers = []struct {
	name   string
	answer http.HandlerFunc
	words  string
}{
	{"Nonsense", func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := w.(http.Hijacker).Hijack()
		if err == nil {
			_, _ = conn.Write([]byte("\x00\x01nonsense\n\n"))
			_ = conn.Close()
		}
	}, "malformed HTTP"},
	{"Status500", func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "<h1>panic</h1><script>window.hacked=1</script>", http.StatusInternalServerError)
	}, "The bot failed while it handled the callback"},
	{"Redirect", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "https://elsewhere.example/webhook", http.StatusFound)
	}, "The platform follows no redirects"},
	{"Hangs", func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.ReadAll(r.Body) // so that the end of the connection is seen
		<-r.Context().Done()
	}, "no answer within 1s"},
	{"Megabytes", func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusBadGateway)
		_, _ = w.Write(megabytes)
	}, "The bot failed while it handled the callback"},
}

// A bot that fails is shown as such, below the message that it did not take, and the page stays usable.
func TestHostileBots(t *testing.T) {
	t.Parallel()
	for i, hostile := range answers {
		t.Run(hostile.name, func(t *testing.T) {
			t.Parallel()
			as := []browsertest.Look{browsertest.PhoneLight, browsertest.PhoneDark, browsertest.DeskLight, browsertest.DeskDark}[i%4]
			bot := httptest.NewServer(hostile.answer)
			t.Cleanup(bot.Close)
			w := serve(t, simulator.Config{WebhookURL: bot.URL, AnswerTimeout: time.Second, RetryPauses: []time.Duration{}})
			p := open(t, w.url+"#p="+ada, as)
			p.Types("Are you there?")
			p.Until("the failure is below the message", `find("delivery-error")?.innerText.includes(`+browsertest.Quote(hostile.words)+`)`)
			p.Until("it is in the line below the name", `find("status").textContent.startsWith("Last callback failed")`)
			require.Equal(t, http.StatusOK, w.call(http.MethodPost, "me/messages", map[string]any{"recipient": map[string]string{"id": ada}, "message": map[string]string{"text": "I am"}}))
			p.Until("what the bot sends is shown all the same", `said("page", "I am")`)
			p.Eval(`(find("delivery-error").querySelector("button").click(), "")`)
			p.Until("its entry says why", `find("entry")?.innerText.includes(`+browsertest.Quote(hostile.words)+`)`)
			p.TapsOn("tab", "Answer")
			p.IsAccessible("#tools")
			p.Picture(as.String() + "-hostile-" + hostile.name)
			require.Equal(t, "undefined", p.Eval(`window.hacked`))
			require.Equal(t, "true", p.Eval(`document.documentElement.scrollWidth <= innerWidth`))
			if as.Width < 700 {
				p.Taps("tools-close")
			}
			p.Types("Still here")
			p.IsUsable(as)
			p.HasNotComplained()
		})
	}
}

// A bot that floods a conversation leaves it usable.
func TestFloodOfABot(t *testing.T) {
	t.Parallel()
	w := serve(t, simulator.Config{})
	w.says("hi")
	p := open(t, w.url+"#p="+ada, browsertest.PhoneLight)
	const flood = 400
	for i := range flood {
		w.sends(sending.Text(fmt.Sprint("flood ", i)))
	}
	p.Types("Stop it")
	p.Until("the last is shown, once and in order", fmt.Sprintf(`(() => {
		const texts = all("message").map((e) => lines(e)[0]).filter((text) => text.startsWith("flood"));
		return texts.at(-1) === "flood %d" && texts.every((text, i) => i === 0 || Number(text.slice(6)) === Number(texts[i - 1].slice(6)) + 1);
	})()`, flood-1))
	p.Until("only the last lines are drawn", `document.querySelectorAll("#log > *").length === 200 && document.getElementById("earlier").innerText.includes("Show earlier ones")`)
	p.Eval(`(document.querySelector("#earlier button").click(), "")`)
	p.Until("more are drawn when they are asked for", `document.querySelectorAll("#log > *").length === 400`)
	p.IsUsable(browsertest.PhoneLight)
	p.HasNotComplained()
}

// A page with hundreds of people is searched, and used by keyboard.
func TestManyPeople(t *testing.T) {
	t.Parallel()
	people := make([]simulator.Person, 300)
	for i := range people {
		people[i] = simulator.Person{ID: fmt.Sprint(7100000000001000 + i), FirstName: fmt.Sprint("Person ", i), LastName: "Smith", Locale: "en_US"}
	}
	w := serve(t, simulator.Config{People: people})
	for _, as := range []browsertest.Look{browsertest.DeskLight, browsertest.PhoneDark} {
		p := open(t, w.url, as)
		if as.Width < 700 {
			p.TapsOn("button", "Conversations")
		}
		p.Until("all are there", `document.querySelectorAll("#people-list li").length === 300`)
		p.Picture(as.String() + "-many-people")
		p.Fills("Find a person", "son 299")
		p.Until("one is found", `document.querySelectorAll("#people-list li").length === 1`)
		p.IsAccessible("#people")
		p.Fills("Find a person", "nobody")
		p.Until("that nobody is found is said", `document.getElementById("people-empty").innerText === "Nobody has that name."`)
		p.IsAccessible("#people")
		p.Fills("Find a person", "299")
		p.Taps("person-7100000000001299")
		p.Until("the person is chosen", `document.getElementById("chat-name").textContent === "Person 299 Smith"`)
		p.Types("hello")
		p.IsWithin()
		p.HasNotComplained()
	}
}
