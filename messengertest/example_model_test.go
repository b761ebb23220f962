package messengertest_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/messengertest"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/sending"
)

// Line is an utterance as models take it.
type Line struct{ Role, Text string }

// Model calls the service of a model, with a time-out of its own. If that answers 429 the error is a BusyError.
type Model func(ctx context.Context, prompt []Line) (string, error)

// BusyError says when the service may be asked again.
type BusyError struct{ After time.Duration }

func (e *BusyError) Error() string { return "the model's service is busy" }

const modelTries = 3 // counted ones

func (m Model) answer(ctx context.Context, burst []*receiving.Event, reply *sending.Replier) error {
	said, err := handling.History(ctx, handling.HistoryQuery{Limit: 30, MaxAge: 24 * time.Hour}, burst...)
	if err != nil {
		return err
	}
	prompt := []Line{{"system", "Be brief."}}
	for _, u := range said {
		role := "assistant" // the bot, or a human who answered for the page
		if u.From == handling.FromPerson {
			role = "user"
		}
		prompt = append(prompt, Line{role, u.Text})
	}
	text, err := m(ctx, prompt)
	if err == nil && strings.TrimSpace(text) == "" {
		err = errors.New("the model gave an empty answer")
	}
	switch busy, isBusy := errors.AsType[*BusyError](err); {
	case err == nil:
		var parts []sending.Message
		for _, part := range sending.SplitText(text, burst[0].Object) { // the object is the platform, which has the limit
			parts = append(parts, sending.Text(part))
		}
		return reply.Reply(ctx, parts...)
	case errors.Is(context.Cause(ctx), handling.ErrNewer):
		return err // the next turn answers this and the newer message; the person needs no excuse
	case ctx.Err() != nil:
		return err // a shutdown, or Route.Timeout: a reply would be dropped
	case handling.TurnFrom(ctx).Attempt >= modelTries:
		return reply.Reply(ctx, sending.Text("Sorry, I cannot answer now."))
	case isBusy:
		return handling.RetryAfter(busy.After)
	}
	return err
}

func (m Model) policy() routing.Policy {
	return routing.Policy{
		receiving.TypeDefault: {{Name: "keep", Handler: handling.SaveMessage{}}},
		receiving.TypeSimpleText: {{
			Name: "talk", Handler: handling.Gather{Name: "talk", Handler: m.answer}, Typing: true, CancelOnNewer: true,
			Timeout: time.Minute, Retry: handling.Retry{Tries: modelTries, MaxWait: 5 * time.Minute},
		}},
	}
}

func TestModel(t *testing.T) {
	t.Parallel()
	var model Model // of each step
	var prompt []Line
	chat := messengertest.Start(t, messenger.Config{Policy: Model(func(ctx context.Context, lines []Line) (string, error) {
		prompt = lines
		return model(ctx, lines)
	}).policy()})
	ada := chat.Person("Ada", "en_US")

	calls, long := 0, strings.Repeat("An animal. ", 200)
	model = func(context.Context, []Line) (string, error) {
		if calls++; calls == 1 {
			return "", &BusyError{time.Minute}
		}
		return long, nil
	}
	ada.Says("What is a llama?")
	chat.Advance(2 * time.Minute)
	first, second := ada.Next(), ada.Next()
	require.Equal(t, strings.TrimSpace(long), first.Text+" "+second.Text) // of 2,200 characters
	require.Equal(t, 2, calls)

	model = func(context.Context, []Line) (string, error) { return " ", nil }
	ada.Says("And an alpaca?")
	chat.Advance(2 * time.Minute)
	ada.Sees("Sorry, I cannot answer now.")

	model = func(ctx context.Context, _ []Line) (string, error) {
		model = func(context.Context, []Line) (string, error) { return "A smaller animal.", nil }
		if _, err := chat.Say(ctx, ada.ID, "The alpaca, I mean."); err != nil {
			return "", err
		}
		<-ctx.Done()
		return "", ctx.Err()
	}
	ada.Says("Well?")
	chat.Advance(time.Minute)
	ada.Sees("A smaller animal.")
	require.Equal(t, []Line{{"user", "Well?"}, {"user", "The alpaca, I mean."}}, prompt[len(prompt)-2:])
	ada.SeesNothing()
}
