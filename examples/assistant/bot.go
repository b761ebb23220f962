package main

import (
	"context"
	"strings"
	"time"

	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/sending"
)

// tries is how often a burst is given to the model.
const tries = 3

const (
	instructions = "You answer people who write to a page. Be brief."
	sorry        = "Sorry, I cannot answer at the moment. Please write again later."
)

// policy answers what people write in a burst, with a typing mark. What they write meanwhile
// cancels the work and joins the burst. A message that begins with "research" is handed over to a system outside.
func policy(m model, o outside) routing.Policy {
	talk := handling.Gather{Name: "talk", Quiet: 2 * time.Second, Handler: m.answer}
	route := routing.Route{
		Handler: talk, Typing: true, CancelOnNewer: true, Timeout: m.patience + 10*time.Second,
		Retry: handling.Retry{Tries: tries, Pauses: []time.Duration{2 * time.Second, 10 * time.Second}, MaxWait: 5 * time.Minute},
	}
	texts, images := route, route
	texts.Name, images.Name = "talk", "talk about images"
	texts.Otherwise = true
	return routing.Policy{
		receiving.TypeDefault: {
			{Name: "keep", Handler: handling.SaveMessage{}, When: routing.Not{Condition: routing.Types{receiving.TypeRead, receiving.TypeDelivered}}},
			{Name: "settle", Handler: talk.Settle()},
		},
		receiving.TypeSimpleText: {
			{Name: "research", Handler: handling.OnText(`(?is)research\s+(?P<topic>.+)`, o.ask), Retry: route.Retry},
			texts,
		},
		receiving.TypeImage: {images},
		receiving.TypeSignal: {
			{Name: "tell", Handler: handling.OnPayload(found, tell)},
			{Name: "give up", Handler: handling.OnPayload(notFound, giveUp)},
		},
	}
}

// answer asks the model, and says what it says.
func (m model) answer(ctx context.Context, burst []*receiving.Event, reply *sending.Replier) error {
	said, err := handling.History(ctx, handling.HistoryQuery{Limit: 30, MaxAge: 24 * time.Hour}, burst...)
	if err != nil {
		return err
	}
	text, err := m.ask(ctx, prompt(said))
	if err != nil {
		if ctx.Err() == nil && (handling.IsPermanent(err) || handling.TurnFrom(ctx).Attempt >= tries) {
			return reply.Reply(ctx, sending.Text(sorry)) // the person should know; a dead letter would help no one
		}
		return err
	}
	var messages []sending.Message
	for _, part := range sending.SplitText(text, burst[0].Object) {
		messages = append(messages, sending.Text(part))
	}
	return reply.Reply(ctx, messages...)
}

// prompt makes turns of a conversation out of what was said.
func prompt(said []handling.Utterance) []turn {
	turns := []turn{{Role: "system", Content: instructions}}
	for _, u := range said {
		role := "assistant" // what a human wrote for the page, the model is to go on from
		if u.From == handling.FromPerson {
			role = "user"
		}
		content := u.Text
		if len(u.Attachments) > 0 {
			content = strings.TrimSpace(content + " [" + strings.Join(u.Attachments, ", ") + "]")
		}
		turns = append(turns, turn{role, content})
	}
	return turns
}
