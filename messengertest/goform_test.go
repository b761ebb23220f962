package messengertest_test

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/messengertest"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/simulator"
	"github.com/djmessenger/messenger/threadsettings"
)

// recorded is the bot of recorded_test.go: it offers what a text asks for, and thanks for all else.
func recorded() messenger.Config {
	thanks := sending.List(sending.Text("Thank you."))
	policy := routing.Policy{receiving.TypeSimpleText: nil}
	for text, offer := range menu {
		policy[receiving.TypeSimpleText] = append(policy[receiving.TypeSimpleText], routing.Route{
			Handler: handling.SimpleText{Pattern: "^" + text + "$"}, Senders: sending.List(offer),
		})
	}
	for _, typ := range []receiving.Type{
		receiving.TypeQuickReply, receiving.TypePostback, receiving.TypeGetStartedButton, receiving.TypeSticker, receiving.TypeImage, receiving.TypeLocation,
		receiving.TypeFeedback, receiving.TypeCustomerInformation, receiving.TypeAccountLinking, receiving.TypeReaction,
	} {
		policy[typ] = []routing.Route{{Handler: handling.Dummy{}, Senders: thanks}}
	}
	return messenger.Config{Policy: policy, ThreadSettings: map[string]threadsettings.Settings{messengertest.PageID: {
		GetStarted: &threadsettings.GetStarted{}, PersistentMenu: threadsettings.MenuOf(threadsettings.MenuItem{Title: "Orders", Payload: "orders"}),
	}}}
}

// TestAConversationAsAGoTest: recorded_test.go is what Transcript.GoTest writes of this conversation, but for its package, its bot, t.Parallel and Patience, so
// that it compiles and passes. UPDATE_RECORDED=1 writes the file anew.
func TestAConversationAsAGoTest(t *testing.T) {
	t.Parallel()
	chat := messengertest.StartOn(t, simulator.Config{
		Fields: append(simulator.DefaultFields(), "messaging_feedback", "messaging_customer_information", "message_reads"),
	}, recorded())
	chat.Patience = patience
	known, err := chat.AddPerson(simulator.Person{FirstName: "Ada", LastName: "Byron", Locale: "en_US", Timezone: -3.5})
	require.NoError(t, err)
	ada := chat.As(known.ID)
	ada.GetsStarted()
	ada.Sees("Thank you.")
	ada.Says("chips")
	ada.IsAsked("Which?", "Red")
	ada.Taps("Red")
	ada.Sees("Thank you.")
	ada.Reacts("👍")
	ada.Sees("Thank you.")
	ada.Edits("Chips")
	ada.Replies("to say it `so`\nand \"so\"")
	ada.Says("buttons")
	ada.Sees("What next?")
	ada.TapsPayload("help")
	ada.Sees("Thank you.")
	ada.Taps("Orders")
	ada.Sees("Thank you.")
	ada.TapsOldButton("Old", "old")
	ada.Sees("Thank you.")
	ada.SendsThumb()
	ada.Sees("Thank you.")
	ada.SendsImage(privacy, privacy)
	ada.Sees("Thank you.")
	ada.SendsLocation(25.5, 121)
	ada.Sees("Thank you.")
	ada.Says("feedback")
	ada.Next()
	ada.AnswersFeedback("4", "torn")
	ada.Sees("Thank you.")
	ada.Says("information")
	ada.Next()
	ada.GivesInformation(map[string]string{"zip": "10117"})
	ada.Sees("Thank you.")
	ada.LinksAccount("code")
	ada.Sees("Thank you.")
	ada.UnlinksAccount()
	ada.Sees("Thank you.")
	ada.OpensLink("qr")
	ada.ClicksAd(simulator.Ad{Ref: "lamp"})
	ada.OptsIn("news")
	ada.Says("news")
	ada.Sees("News?")
	ada.AllowsNotifications()
	ada.StopsNotifications()
	ada.ResumesNotifications()
	ada.Reads()
	ada.Blocks()
	ada.Unblocks()
	ada.SeesNothing()
	transcript, err := chat.Simulator.Transcript(ada.ID)
	require.NoError(t, err)
	written, err := transcript.GoTest()
	require.NoError(t, err)
	written = strings.NewReplacer("(t *testing.T) {\n", "(t *testing.T) {\n\tt.Parallel()\n", "package main\n", "package messengertest_test\n", "messenger.Config{Policy: routing.BuiltIn()})", "recorded())\n\tchat.Patience = patience",
		"\t\"github.com/djmessenger/messenger\"\n", "", "\t\"github.com/djmessenger/messenger/routing\"\n", "").Replace(written)
	const file = "recorded_test.go"
	if os.Getenv("UPDATE_RECORDED") != "" {
		require.NoError(t, os.WriteFile(file, []byte(written), 0o600))
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, string(want), written)
}
