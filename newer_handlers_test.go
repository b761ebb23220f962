package messenger_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/messengertest"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/simulator"
)

// Handlers of a program's own for the events that djmessenger did not know.
type (
	reacts    struct{ handling.ReactionBase }
	refers    struct{ handling.ReferralBase }
	optsIn    struct{ handling.OptInBase }
	handsOver struct{ handling.ThreadControlBase }
	thanksFor struct{ handling.CommentBase }
	judges    struct{ handling.FeedbackBase }
	orders    struct {
		handling.EventBase[*receiving.Order]
	}
)

func (h reacts) Handle(ctx context.Context, ev *receiving.Event, reply *sending.Replier) error {
	r := h.Reaction(ev)
	return reply.Reply(ctx, sending.Text(fmt.Sprint("reaction ", r.Emoji, " removed ", r.Removed())))
}

func (h refers) Handle(ctx context.Context, ev *receiving.Event, reply *sending.Replier) error {
	return reply.Reply(ctx, sending.Text("from "+h.Referral(ev).Ref))
}

func (h optsIn) Handle(ctx context.Context, ev *receiving.Event, reply *sending.Replier) error {
	o := h.OptIn(ev)
	return reply.Reply(ctx, sending.Text(fmt.Sprintf("opt-in %q stops %t", o.Type, o.Stops())))
}

func (h handsOver) Handle(ctx context.Context, ev *receiving.Event, reply *sending.Replier) error {
	c := h.ThreadControl(ev)
	if c.Action == receiving.ThreadRoles {
		return nil // no person to answer
	}
	return reply.Reply(ctx, sending.Text(c.Action))
}

func (h thanksFor) Handle(ctx context.Context, ev *receiving.Event, reply *sending.Replier) error {
	c := h.Comment(ev)
	return reply.Reply(ctx, sending.Text(c.AuthorName+" wrote "+c.Text), sending.Text("Thank you").Publicly())
}

func (h judges) Handle(ctx context.Context, ev *receiving.Event, reply *sending.Replier) error {
	if ev.Type == receiving.TypeResponseFeedback {
		return reply.Reply(ctx, sending.Text(fmt.Sprint("good ", h.ResponseFeedback(ev).Good())))
	}
	return reply.Reply(ctx, sending.Text("score "+h.Feedback(ev).FeedbackScreens[0].Questions["q"].Payload))
}

func (h orders) Handle(ctx context.Context, ev *receiving.Event, reply *sending.Replier) error {
	return reply.Reply(ctx, sending.Text(fmt.Sprint("products ", len(h.Payload(ev).Products))))
}

func TestHandlersOfNewerEvents(t *testing.T) {
	t.Parallel()
	one := func(h handling.Handler) []routing.Route { return []routing.Route{{Handler: h}} }
	policy := routing.Policy{
		receiving.TypeReaction: one(reacts{}), receiving.TypeReferral: one(refers{}), receiving.TypeGetStartedButton: one(refers{}),
		receiving.TypeSimpleText: one(refers{}), receiving.TypeAuthentication: one(optsIn{}), receiving.TypeThreadControl: one(handsOver{}),
		receiving.TypeComment: one(thanksFor{}), receiving.TypeFeedback: one(judges{}), receiving.TypeResponseFeedback: one(judges{}),
		receiving.TypeOrder: one(orders{}),
	}
	inBubble(t, simulator.Config{}, messenger.Config{Policy: policy}, func(w *world) {
		w.Says(ada, "hi") // opens the window; it says nothing of where Ada came from
		after(time.Second)
		require.Empty(t, w.Texts(ada))
		for _, c := range []struct{ event, want string }{
			{`"reaction":{"mid":"m","action":"react","emoji":"😍","reaction":"love"}`, "reaction 😍 removed false"},
			{`"reaction":{"mid":"m","action":"unreact"}`, "reaction  removed true"},
			{`"referral":{"ref":"link","source":"SHORTLINK","type":"OPEN_THREAD"}`, "from link"},
			{`"postback":{"mid":"p","payload":"GET_STARTED_BUTTON","referral":{"ref":"start","type":"OPEN_THREAD"}}`, "from start"},
			{`"message":{"mid":"r","text":"hi","referral":{"ref":"ad","source":"ADS","ad_id":"7"}}`, "from ad"},
			{`"optin":{"ref":"plugin"}`, `opt-in "" stops false`},
			{`"optin":{"type":"notification_messages","notification_messages_token":"t"}`, `opt-in "notification_messages" stops false`},
			{`"optin":{"type":"notification_messages","notification_messages_status":"STOP_NOTIFICATIONS"}`, `opt-in "notification_messages" stops true`},
			{`"optin":{"type":"one_time_notif_req","one_time_notif_token":"t"}`, `opt-in "one_time_notif_req" stops false`},
			{`"pass_thread_control":{"new_owner_app_id":"` + appID + `"}`, "pass_thread_control"},
			{`"request_thread_control":{"requested_owner_app_id":"9"}`, "request_thread_control"},
			{`"messaging_feedback":{"feedback_screens":[{"screen_id":0,"questions":{"q":{"type":"csat","payload":"4"}}}]}`, "score 4"},
			{`"response_feedback":{"feedback":"Good response","mid":"m"}`, "good true"},
			{`"response_feedback":{"feedback":"Bad response","mid":"m"}`, "good false"},
			{`"order":{"products":[{"id":"1","unit_price":1,"quantity":1},{"id":"2","unit_price":1,"quantity":1}]}`, "products 2"},
		} {
			before := len(w.Texts(ada))
			w.happens(ada, c.event)
			require.Equal(t, []string{c.want}, w.Texts(ada)[before:], c.event)
		}

		id, err := w.Comment(t.Context(), lin, "How much?")
		require.NoError(t, err)
		after(time.Second)
		require.Equal(t, []string{w.nameOf(lin) + " wrote How much?"}, w.Texts(lin), "a private reply")
		require.Len(t, w.Comments(id), 1)
		require.Equal(t, "Thank you", w.Comments(id)[0].Text)

		// Someone who is known by the user_ref of a plugin only is answered by it; roles have no person at all.
		require.NoError(t, w.Post(t.Context(), json.RawMessage(
			fmt.Sprintf(`{"recipient":{"id":"%s"},"timestamp":%d,"optin":{"ref":"box","user_ref":"u1"}}`, pageID, time.Now().UnixMilli()))))
		require.Equal(t, http.StatusOK, w.Posts(fmt.Sprintf(`{"object":"page","entry":[{"id":"%s","time":1,"messaging":[{"recipient":{"id":"%s"},
			"timestamp":2,"app_roles":{"1":["primary_receiver"]}}]}]}`, pageID, pageID)).Code)
		after(time.Second)
		requests := w.Requests()
		require.Contains(t, requests[len(requests)-1].Body, `"user_ref":"u1"`)
		require.Empty(t, w.Letters())
	})
}

// nameOf returns the name by which the platform presents a person in public.
func (w *world) nameOf(psid string) string {
	for _, p := range w.People() {
		if p.ID == psid {
			return p.FirstName + " " + p.LastName
		}
	}
	return ""
}

func TestCommentBaseOnInstagram(t *testing.T) {
	t.Parallel()
	const account = "17841400000000001"
	chat := startChat(t, simulator.Config{Pages: []simulator.Page{{
		ID: account, Name: "Shop", Platform: simulator.PlatformInstagram, LinkedTo: messengertest.PageID, Fields: simulator.DefaultInstagramFields(),
	}}}, messenger.Config{Policy: routing.Policy{receiving.TypeInstagramComment: {{Handler: thanksFor{}}}}})
	ana := chat.PersonOn(account, "Ana", "")
	id := ana.Comments("How much?")
	require.Contains(t, ana.Next().Text, " wrote How much?")
	ana.SeesBelow(id, "Thank you")
}
