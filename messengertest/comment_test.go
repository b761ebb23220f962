package messengertest_test

import (
	"testing"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/sending"
)

func TestSeesBelowTakesCommentsInOrder(t *testing.T) {
	t.Parallel()
	policy := routing.Policy{receiving.TypeVisitorPost: {{Handler: handling.Dummy{}, Senders: sending.List(
		sending.Text("one").Publicly(), sending.Text("two").Publicly(), sending.Text("private"))}}}
	chat := startPatient(t, messenger.Config{Policy: policy})
	ada := chat.Person("Ada", "")
	post := ada.Posts("Are you open?")
	ada.SeesBelow(post, "one")
	ada.SeesBelow(post, "two")
	ada.Sees("private")
}

func TestSeesNothingCountsPublicReplies(t *testing.T) {
	t.Parallel()
	tb := &failing{TB: t}
	thanks := []routing.Route{{Handler: handling.Dummy{}, Senders: sending.List(sending.Text("Thank you!").Publicly())}}
	chat := startPatient(tb, messenger.Config{Policy: routing.Policy{receiving.TypeComment: thanks, receiving.TypeVisitorPost: thanks}})
	ada, eve := chat.Person("Ada", ""), chat.Person("Eve", "")
	for _, write := range []func(string) string{ada.Comments, ada.Posts} {
		id := write("What a lamp!")
		tb.expect(`the page has said more: "Thank you!", in public, below `+id, ada.SeesNothing)
		eve.SeesNothing()
		ada.SeesBelow(id, "Thank you!")
		ada.SeesNothing()
	}
}
