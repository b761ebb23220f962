package simulator_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/simulator"
)

const (
	marketingTemplate = `{"template_type":"notification_messages","title":"News?","payload":"NEWS","notification_messages_timezone":"Europe/Berlin"}`
	oneTimeTemplate   = `{"template_type":"one_time_notif_req","title":"Back in stock?","payload":"STOCK"}`
)

// toToken sends a text to a token, and returns its code and subcode.
func (p platform) toToken(t *testing.T, kind, token string) (code, subcode int) {
	t.Helper()
	return p.send(t, `{"recipient":{"`+kind+`":"`+token+`"},"message":{"text":"News!"}}`).code(t)
}

// TestAllowedNotificationsReachThePerson: a message to the token is seen in the conversation, long after the window has closed.
func TestAllowedNotificationsReachThePerson(t *testing.T) {
	t.Parallel()
	p, b := answers(t)
	p.sendMessage(t, ada, template(marketingTemplate))
	token, err := p.AllowNotifications(t.Context(), ada, "")
	require.NoError(t, err)
	require.NoError(t, p.Flush(t.Context()))
	all := b.events(t)
	require.JSONEq(t, `{"type":"notification_messages","payload":"NEWS","title":"News?","notification_messages_token":"`+token+`",
		"user_token_status":"NOT_REFRESHED","notification_messages_timezone":"Europe/Berlin","token_expiry_timestamp":1490228752478}`,
		string(must(json.Marshal(all[len(all)-1]["optin"]))))

	require.NoError(t, p.MoveClock(48*time.Hour))
	code, _ := p.send(t, `{"recipient":{"id":"`+ada+`"},"message":{"text":"x"}}`).code(t)
	require.Equal(t, 10, code, "the window is closed")
	require.Zero(t, first(p.toToken(t, "notification_messages_token", token)))
	list := p.Messages(ada)
	require.Equal(t, "News!", list[len(list)-1].Text)

	p.acts(t, b, `{"type":"notification_stop"}`)
	require.Error(t, p.StopNotifications(t.Context(), ada), "they are stopped")
	code, subcode := p.toToken(t, "notification_messages_token", token)
	require.Equal(t, []int{10, 1893015}, []int{code, subcode})
	p.acts(t, b, `{"type":"notification_resume"}`)
	require.Zero(t, first(p.toToken(t, "notification_messages_token", token)))

	require.NoError(t, p.Block(ada))
	require.Equal(t, 551, first(p.toToken(t, "notification_messages_token", token)))
	require.NoError(t, p.Unblock(ada))
	require.NoError(t, p.MoveClock(366*24*time.Hour))
	require.Equal(t, 100, first(p.toToken(t, "notification_messages_token", token)), "it has expired")
	require.Zero(t, first(p.toToken(t, "notification_messages_token", "4711")), "one that no person here has given")
}

func first(code, _ int) int { return code }

func TestAOneTimeTokenIsGoodOnce(t *testing.T) {
	t.Parallel()
	p, b := answers(t)
	p.sendMessage(t, ada, template(oneTimeTemplate))
	var event struct {
		OptIn struct {
			Type, Payload string
			Token         string `json:"one_time_notif_token"`
		}
	}
	require.NoError(t, json.Unmarshal([]byte(p.acts(t, b, `{"type":"notification_optin"}`)), &event))
	require.Equal(t, []string{"one_time_notif_req", "STOCK"}, []string{event.OptIn.Type, event.OptIn.Payload})
	require.Equal(t, 100, first(p.toToken(t, "notification_messages_token", event.OptIn.Token)), "it is of the other kind")
	p.Fault(simulator.Fault{Error: simulator.RefusalNamed("calls limit").GraphError()})
	require.Equal(t, 613, first(p.toToken(t, "one_time_notif_token", event.OptIn.Token)))
	require.Zero(t, first(p.toToken(t, "one_time_notif_token", event.OptIn.Token)), "what was refused has not used it")
	require.Equal(t, 100, first(p.toToken(t, "one_time_notif_token", event.OptIn.Token)))

	p.FreezeClock(true)
	doc := p.ok(t, "GET", "/simulator/snapshot", "")
	other := serve(t, simulator.Config{PageID: "42", People: []simulator.Person{}})
	other.ok(t, "PUT", "/simulator/snapshot", doc)
	require.JSONEq(t, doc, other.ok(t, "GET", "/simulator/snapshot", ""))
	require.Equal(t, 100, first(other.toToken(t, "one_time_notif_token", event.OptIn.Token)))
}
