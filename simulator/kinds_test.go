package simulator_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/simulator"
)

// TestEveryKindArrives, signed, with the page, the person and the time of the simulator.
func TestEveryKindArrives(t *testing.T) {
	t.Parallel()
	b := newBot(t)
	p := serve(t, simulator.Config{
		WebhookURL: b.URL, Now: func() time.Time { return time.Unix(1_800_000_000, 0) }, Pages: []simulator.Page{{ID: "178", Platform: simulator.PlatformInstagram}},
		People: append(simulator.DefaultPeople(), simulator.Person{ID: "7200000000000001", FirstName: "Ida", PageID: "178"}),
	})
	var list []simulator.Kind
	require.NoError(t, json.Unmarshal([]byte(p.ok(t, "GET", "/simulator/callbacks/kinds", "")), &list))
	require.Len(t, list, len(simulator.Kinds()))
	for i, k := range list {
		p.ok(t, "POST", "/simulator/callbacks/kinds/"+k.Kind, `{}`)
		p.ok(t, "POST", "/simulator/flush", `{}`)
		body := string(b.got()[i])
		require.NotRegexp(t, `\{(page|person|mid|ms|s)\}|17640000|104522398071234|17841400008460056`, body, k.Kind)
		require.Contains(t, body, "1800000000", k.Kind)
	}
	require.Zero(t, b.badSig)
}

func TestTriggerWithValues(t *testing.T) {
	t.Parallel()
	b := newBot(t)
	p := serve(t, simulator.Config{WebhookURL: b.URL})
	var d simulator.Delivery
	require.NoError(t, json.Unmarshal([]byte(p.ok(t, "POST", "/simulator/callbacks/kinds/quick_reply",
		`{"person":"`+lin+`","set":{"message.text":"Rot ✓","message.quick_reply.payload":"R","message.new":[1]}}`)), &d))
	require.Equal(t, lin, d.PSID)
	require.NoError(t, p.Flush(t.Context()))
	got := b.events(t)[0]["message"].(map[string]any)
	require.Equal(t, "Rot ✓", got["text"])
	require.Equal(t, map[string]any{"payload": "R"}, got["quick_reply"])
	require.Equal(t, []any{1.0}, got["new"])
	for _, c := range []struct {
		kind, body string
		status     int
		want       string
	}{
		{"nonsense", `{}`, 404, "no such kind"},
		{"postback", `{"person":"4711"}`, 404, "no such person"},
		{"postback", `{"page_id":"4711"}`, 404, "no such page"},
		{"postback", `{"person":"` + ada + `","page_id":"4711"}`, 400, "writes to page"},
		{"instagram_comment", `{}`, 400, "no page is on instagram"},
		{"instagram_comment", `{"person":"` + ada + `"}`, 400, "is on messenger"},
		{"postback", `{"set":{"postbak.title":"x"}}`, 400, `there is no "postbak"; there are postback`},
		{"postback", `{"set":{"postback.title.x":"x"}}`, 400, "below a plain value"},
		{"image", `{"set":{"message.attachments.9.type":"x"}}`, 400, "no place in a list"},
		{"postback", `{"set":{"":"x"}}`, 400, `there is no ""`},
	} {
		a := p.do(t, "POST", "/simulator/callbacks/kinds/"+c.kind, c.body)
		require.Equal(t, c.status, a.status, "%s %s", c.kind, a.body)
		require.Contains(t, message(t, a), c.want)
	}
}
