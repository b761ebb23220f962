package messengertest_test

import (
	"context"
	"testing"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/messengertest"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/simulator"
)

// survey asks for a rating when someone sends a photo, and thanks for it.
var survey = routing.Policy{
	receiving.TypeImage: {{Handler: handling.Dummy{}, Senders: sending.List(
		sending.CustomerFeedbackTemplate{Title: "How is your lamp?", ButtonTitle: "Rate it"}.
			WithQuestion(sending.FeedbackQuestion{ID: "lamp", Type: sending.FeedbackCSAT}.WithFollowUp("What else?")).
			WithPrivacy("https://shop.example/privacy"),
	)}},
	receiving.TypeFeedback: {{Handler: handling.Func(func(ctx context.Context, _ *receiving.Event, reply *sending.Replier) error {
		return reply.Reply(ctx, sending.Text("Thank you!"))
	})}},
}

func TestSurvey(t *testing.T) {
	t.Parallel()
	chat := messengertest.StartOn(t, simulator.Config{
		Fields: append(simulator.DefaultFields(), "messaging_feedback"),
	}, messenger.Config{Policy: survey})
	ada := chat.Person("Ada", "en_US")
	ada.SendsImage("https://example.com/lamp-1.jpg", "https://example.com/lamp-2.jpg")
	ada.Sees("How is your lamp?")
	ada.AnswersFeedback("4", "It is bright.")
	ada.Sees("Thank you!")
	ada.Reacts("👍")
	ada.SeesNothing()
}
