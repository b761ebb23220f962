package scenario_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/simulator"
)

// bot is a small bot as it may be written in any language.
type bot struct {
	t       *testing.T
	graph   string
	work    sync.WaitGroup
	mu      sync.Mutex                                // guards the next two
	answers func(from, text, payload string) []string // messages in JSON; nil: as below
	status  int                                       // of the answers to callbacks; 0: 200
	hold    chan struct{}                             // closed: callbacks are answered; nil: they are
}

// platform is a simulator with a bot. The page has a Get Started button and a menu.
type platform struct {
	*simulator.Simulator
	url string
	bot *bot
}

func start(t *testing.T, config simulator.Config) *platform {
	t.Helper()
	b := &bot{t: t}
	hook := httptest.NewServer(b)
	config.WebhookURL = hook.URL
	sim, err := simulator.New(config)
	require.NoError(t, err)
	server := httptest.NewServer(sim)
	t.Cleanup(func() { // first the simulator posts nothing more, then the bot can end
		require.NoError(t, sim.Close())
		hook.Close()
		b.work.Wait()
		server.Close()
	})
	b.graph = server.URL
	b.call("messenger_profile", `{"get_started":{"payload":"START"},"persistent_menu":[{"locale":"default","call_to_actions":[{"type":"postback","title":"Help","payload":"HELP"}]}]}`)
	return &platform{sim, server.URL, b}
}

func (b *bot) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodGet {
		_, _ = io.WriteString(w, r.URL.Query().Get("hub.challenge"))
		return
	}
	var body struct {
		Entry []struct {
			Messaging []struct {
				Sender  struct{ ID string }
				Message struct {
					Text       string
					IsEcho     bool                     `json:"is_echo"`
					QuickReply struct{ Payload string } `json:"quick_reply"`
				}
				Postback struct{ Payload string }
				Reaction struct{ Emoji string }
				Referral struct {
					Ref, Source string
					AdID        string `json:"ad_id"`
				}
			}
		}
	}
	if b.hold != nil {
		<-b.hold
	}
	b.mu.Lock()
	status := b.status
	b.mu.Unlock()
	if status != 0 {
		w.WriteHeader(status)
		return
	}
	if json.NewDecoder(r.Body).Decode(&body) != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	for _, e := range body.Entry {
		for _, ev := range e.Messaging {
			if ev.Message.IsEcho {
				continue
			}
			text, payload := ev.Message.Text, ev.Message.QuickReply.Payload+ev.Postback.Payload
			if ev.Reaction.Emoji != "" {
				text = "reaction " + ev.Reaction.Emoji
			}
			if ev.Referral.Ref != "" {
				text = "referral " + ev.Referral.Source + ev.Referral.AdID + " " + ev.Referral.Ref
			}
			b.work.Go(func() { b.answer(ev.Sender.ID, text, payload) })
		}
	}
}

// set changes how the bot answers from now on.
func (b *bot) set(status int, answers func(from, text, payload string) []string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.status, b.answers = status, answers
}

func (b *bot) answer(from, text, payload string) {
	b.mu.Lock()
	answers := b.answers
	b.mu.Unlock()
	if answers != nil {
		for _, m := range answers(from, text, payload) {
			b.sends(from, m)
		}
		return
	}
	switch {
	case payload == "START":
		b.sends(from, `{"text":"Hello, Ada!"}`)
	case payload == "RED":
		b.sends(from, `{"text":"You chose red."}`)
	case text == "no":
		b.sends(from, `{"text":"Which colour?","quick_replies":[{"content_type":"text","title":"Red","payload":"RED"},{"content_type":"text","title":"Blue","payload":"BLUE"}]}`)
	case text == "order":
		b.sends(from, `{"attachment":{"type":"template","payload":{"template_type":"receipt","recipient_name":"Bo","order_number":"17","currency":"EUR","payment_method":"cash","summary":{"total_cost":12.50}}}}`)
	case text == "agent please":
		b.call("pass_thread_control", fmt.Sprintf(`{"recipient":{"id":%q},"target_app_id":"263902037430900"}`, from))
	case text == "thanks" || payload == "" && text == "":
	case text == "cards":
		b.sends(from, `{"attachment":{"type":"template","payload":{"template_type":"generic","elements":[`+
			`{"title":"One","subtitle":"first","buttons":[{"type":"postback","title":"Buy","payload":"BUY1"},{"type":"web_url","title":"See","url":"https://example.com/1"}]},`+
			`{"title":"Two","subtitle":"second","buttons":[{"type":"postback","title":"Buy","payload":"BUY2"}]}]}}}`)
	case text == "type":
		b.call("messages", fmt.Sprintf(`{"recipient":{"id":%q},"sender_action":"typing_on"}`, from))
	case text == "long":
		b.sends(from, fmt.Sprintf(`{"text":%q}`, strings.Repeat("x", 2001)))
	default:
		b.sends(from, fmt.Sprintf(`{"text":%q}`, strings.TrimSpace("you said "+text+" "+payload)))
	}
}

// sends posts a message, and again if there were too many calls.
func (b *bot) sends(to, message string) {
	for range 5 {
		if !strings.Contains(b.call("messages", fmt.Sprintf(`{"recipient":{"id":%q},"messaging_type":"RESPONSE","message":%s}`, to, message)), `"code":613`) {
			return
		}
	}
}

func (b *bot) call(edge, body string) string {
	req, err := http.NewRequestWithContext(b.t.Context(), http.MethodPost, b.graph+"/v27.0/me/"+edge, bytes.NewReader([]byte(body)))
	if err != nil {
		return ""
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer simulator-page-token")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return ""
	}
	defer resp.Body.Close()
	answer, _ := io.ReadAll(resp.Body)
	return string(answer)
}
