package messengertest_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/messengertest"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/receiving/payload"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/store"
)

// Question is a question that waits for its answer. Request identifies it, in the bot and outside.
type Question struct {
	Request string `json:"request"`
}

// Answer is what came back.
type Answer struct {
	Request string `json:"request"`
	Text    string `json:"text"`
}

var (
	openQuestion = store.SessionOf[Question]{Name: "question", Life: time.Hour}
	answered     = payload.New[Answer]("model.answered")
	unanswered   = payload.New[Question]("model.unanswered")
	watchdog     = "question" // the key of a timer
)

// Work takes work that is done elsewhere: a queue, a batch system. The same request twice is one.
type Work func(ctx context.Context, request, pageID, psid, text string) error

// ask hands a question over. Event.Key is the same in each retry of the turn.
func (w Work) ask(ctx context.Context, ev *receiving.Event, _ map[string]string, reply *sending.Replier) error {
	q := Question{Request: ev.Key}
	if err := w(ctx, q.Request, ev.PageID, ev.PSID, ev.Text()); err != nil {
		return err
	}
	return errors.Join(
		openQuestion.Keep(ctx, q), // in place of one that waits: the person has asked something else
		handling.After(ctx, 2*time.Minute, watchdog, unanswered, q),
		reply.Reply(ctx, sending.Text("Let me find out.")),
	)
}

// onAnswer is what the system outside calls when it is done, as often as it likes.
func onAnswer(ctx context.Context, bot *messenger.Bot, pageID, psid string, a Answer) error {
	text, err := answered.EncodeSignal(a)
	if err != nil {
		return err
	}
	return bot.Signal(ctx, pageID, psid, "answer "+a.Request, text)
}

// answer is the turn of an answer.
func answer(ctx context.Context, _ *receiving.Event, a Answer, reply *sending.Replier) error {
	return settle(ctx, a.Request, reply, a.Text)
}

// giveUp is the turn of the watchdog.
func giveUp(ctx context.Context, _ *receiving.Event, q Question, reply *sending.Replier) error {
	return settle(ctx, q.Request, reply, "Sorry, I could not find out. Please ask again.")
}

// settle answers a question once: not one that was answered or given up, and not one that a newer one has replaced.
func settle(ctx context.Context, request string, reply *sending.Replier, text string) error {
	q, waits, err := openQuestion.Load(ctx)
	if err != nil || !waits || q.Request != request {
		return err
	}
	return errors.Join(openQuestion.Drop(ctx), handling.CancelTimer(ctx, watchdog), reply.Reply(ctx, sending.Text(text)))
}

func TestAnswersFromElsewhere(t *testing.T) {
	t.Parallel()
	var requests []string
	work := Work(func(_ context.Context, request, _, _, _ string) error {
		requests = append(requests, request)
		return nil
	})
	chat := messengertest.Start(t, messenger.Config{Policy: routing.Policy{
		receiving.TypeSimpleText: {{Name: "ask", Handler: handling.OnText(`(?s).*`, work.ask)}},
		receiving.TypeSignal: {
			{Name: "answer", Handler: handling.OnPayload(answered, answer)},
			{Name: "give up", Handler: handling.OnPayload(unanswered, giveUp)},
		},
	}})
	ada := chat.Person("Ada", "en_US")
	come := func(request, text string) {
		require.NoError(t, onAnswer(t.Context(), chat.Bot, messengertest.PageID, ada.ID, Answer{request, text}))
	}

	ada.Says("What is a llama?")
	ada.Sees("Let me find out.")
	come(requests[0], "An animal.")
	ada.Sees("An animal.")
	come(requests[0], "An animal.") // twice
	ada.SeesNothing()

	ada.Says("And an alpaca?")
	ada.Sees("Let me find out.")
	ada.Says("No, a vicuña?") // something else
	ada.Sees("Let me find out.")
	come(requests[1], "A smaller animal.")
	ada.SeesNothing()
	chat.Restart()
	come(requests[2], "The smallest of them.")
	ada.Sees("The smallest of them.")

	ada.Says("And a guanaco?")
	ada.Sees("Let me find out.")
	chat.Advance(2 * time.Minute) // no answer
	ada.Sees("Sorry, I could not find out. Please ask again.")
	come(requests[3], "A wild animal.") // late
	ada.SeesNothing()
}
