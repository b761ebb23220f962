package messengertest_test

import (
	"testing"

	"github.com/djmessenger/messenger/messengertest"
	"github.com/djmessenger/messenger/simulator"
)

// The configuration of your bot takes the place of messenger.Config{…}.
func TestConversationOfAda(t *testing.T) {
	t.Parallel()
	chat := messengertest.StartOn(t, simulator.Config{
		Fields: append(simulator.DefaultFields(), "messaging_feedback", "messaging_customer_information", "message_reads"),
	}, recorded())
	chat.Patience = patience
	known, err := chat.AddPerson(simulator.Person{FirstName: "Ada", LastName: "Byron", Locale: "en_US", Timezone: -3.5})
	if err != nil {
		t.Fatal(err)
	}
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
	ada.SendsSticker("369239263222822")
	ada.Sees("Thank you.")
	ada.Sends("image", "https://shop.example/privacy", "https://shop.example/privacy")
	ada.Sees("Thank you.")
	if _, err := chat.SendLocation(t.Context(), ada.ID, 25.5, 121, "Here"); err != nil {
		t.Fatal(err)
	}
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
	ada.Next()
	ada.AllowsNotifications()
	ada.StopsNotifications()
	ada.ResumesNotifications()
	ada.Reads()
	ada.Blocks()
	ada.Unblocks()
	ada.SeesNothing()
}
