package messengertest_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/dialog"
	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/messengertest"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/simulator"
	"github.com/djmessenger/messenger/threadsettings"
)

// thanking is a policy that thanks for events of some types.
func thanking(types ...receiving.Type) routing.Policy {
	policy := routing.Policy{}
	for _, typ := range types {
		policy[typ] = []routing.Route{{Handler: handling.Dummy{}, Senders: sending.List(sending.Text("Thank you."))}}
	}
	return policy
}

// People send media, stickers and places.
func ExamplePerson_Sends() {
	_ = func(t *testing.T) { // func TestMedia(t *testing.T)
		chat := messengertest.Start(t, messenger.Config{Policy: thanking(receiving.TypeVideo, receiving.TypeAudio, receiving.TypeFile, receiving.TypeReel,
			receiving.TypeSticker, receiving.TypeLocation)})
		ada := chat.Person("Ada", "en_US")
		for _, send := range []func(){
			func() { ada.SendsVideo("https://example.com/lamp.mp4") },
			func() { ada.SendsAudio("https://example.com/voice.m4a") },
			func() { ada.SendsFile("https://example.com/bill.pdf") },
			func() { ada.Sends("reel", "https://example.com/reel") },
			func() { ada.SendsSticker("4711") },
			ada.SendsThumb,
			func() { ada.SendsLocation(25.03, 121.56) },
		} {
			send()
			ada.Sees("Thank you.")
		}
	}
}

// People change what they wrote, and answer, react to and read a message.
func ExamplePerson_Edits() {
	_ = func(t *testing.T) { // func TestSecondThoughts(t *testing.T)
		chat := messengertest.StartOn(t, simulator.Config{
			Fields: append(simulator.DefaultFields(), "message_reads"),
			Pages:  []simulator.Page{{ID: "17841400000000001", Platform: simulator.PlatformInstagram, LinkedTo: messengertest.PageID}},
		}, messenger.Config{Policy: thanking(receiving.TypeSimpleText, receiving.TypeMessageEdit, receiving.TypeMessageDeleted)})
		ada := chat.Person("Ada", "en_US")
		ada.Says("Two lamsp")
		ada.Sees("Thank you.")
		ada.Edits("Two lamps")
		ada.Sees("Thank you.")
		ada.Replies("You are welcome") // to the newest message that was seen
		ada.Sees("Thank you.")
		ada.Reacts("👍")
		ada.Unreacts()
		ada.Reads()
		ada.SeesNothing()

		ana := chat.PersonOn("17841400000000001", "Ana", "en_US")
		ana.Says("Three lamps")
		ana.Sees("Thank you.")
		ana.Unsends() // on Instagram only
		ana.Sees("Thank you.")
		ana.SeesNothing()
	}
}

// People come by a link, an ad, a plugin or the welcome screen, and link their account.
func ExamplePerson_OpensLink() {
	_ = func(t *testing.T) { // func TestArrivals(t *testing.T)
		chat := messengertest.Start(t, messenger.Config{
			Policy: thanking(receiving.TypeReferral, receiving.TypeAuthentication, receiving.TypeGetStartedButton, receiving.TypePostback, receiving.TypeAccountLinking),
			ThreadSettings: map[string]threadsettings.Settings{messengertest.PageID: {
				GetStarted: &threadsettings.GetStarted{}, IceBreakers: threadsettings.IceBreakersOf(threadsettings.IceBreaker{Question: "Open?", Payload: "open"}),
			}},
		})
		for _, arrives := range []func(*messengertest.Person){
			(*messengertest.Person).GetsStarted,
			func(p *messengertest.Person) { p.TapsIceBreaker("Open?") },
			func(p *messengertest.Person) { p.OpensLink("flyer") },
			func(p *messengertest.Person) { p.ClicksAd(simulator.Ad{Ref: "spring"}) },
			func(p *messengertest.Person) { p.OptsIn("checkout") },
		} {
			person := chat.Person("Ada", "en_US")
			arrives(person)
			person.Sees("Thank you.")
			person.LinksAccount("authorization-code")
			person.Sees("Thank you.")
			person.UnlinksAccount()
			person.Sees("Thank you.")
		}
	}
}

// People allow messages after the 24-hour window, reveal a coupon and fill in a form.
func ExamplePerson_AllowsNotifications() {
	_ = func(t *testing.T) { // func TestForms(t *testing.T)
		chat := messengertest.StartOn(t, simulator.Config{
			Fields: append(simulator.DefaultFields(), "messaging_customer_information"),
		}, messenger.Config{Policy: routing.Policy{receiving.TypeSimpleText: {{Handler: handling.Dummy{}, Senders: sending.List(
			sending.NotificationMessagesTemplate{Title: "News?", Payload: "news"},
			sending.CouponTemplate{Title: "10 %"}.WithCode("LAMP10", "SPRING"),
			sending.CustomerInformationTemplate{}.WithCountries("US").WithPrivacy("https://shop.example/privacy"),
		)}}}})
		ada := chat.Person("Ada", "en_US")
		ada.Says("hi")
		token := ada.AllowsNotifications()
		ada.RevealsCoupon()
		ada.GivesInformation(map[string]string{"zip": "10117"})
		chat.Idle()
		if err := chat.Bot.Send(t.Context(), messengertest.PageID, ada.ID, sending.Text("Lamps!").To(sending.Recipient{NotificationMessagesToken: token})); err != nil {
			t.Fatal(err)
		}
		ada.StopsNotifications() // what is sent to the token is refused from now on
		ada.ResumesNotifications()
	}
}

// A person blocks the page, and takes it back.
func ExamplePerson_Blocks() {
	_ = func(t *testing.T) { // func TestBlocked(t *testing.T)
		chat := messengertest.Start(t, messenger.Config{Policy: thanking(receiving.TypeSimpleText)})
		ada := chat.Person("Ada", "en_US")
		ada.Blocks()
		ada.Says("hi")
		ada.IsRefused(551)
		ada.Unblocks()
		ada.Says("hi")
		ada.Sees("Thank you.")
	}
}

// People write on the feed of the page, and about stories of an Instagram account.
func ExamplePerson_Posts() {
	_ = func(t *testing.T) { // func TestPublic(t *testing.T)
		chat := messengertest.StartOn(t, simulator.Config{
			Pages: []simulator.Page{{ID: "17841400000000001", Platform: simulator.PlatformInstagram, LinkedTo: messengertest.PageID}},
		}, messenger.Config{Policy: thanking(receiving.TypeVisitorPost, receiving.TypeSimpleText, receiving.TypeStoryMention)})
		ada := chat.Person("Ada", "en_US")
		ada.Posts("Are you open?")
		ada.Sees("Thank you.") // a private reply
		ana := chat.PersonOn("17841400000000001", "Ana", "en_US")
		ana.RepliesToStory("https://example.com/story", "Nice lamp")
		ana.Sees("Thank you.")
		ana.MentionsInStory("https://example.com/mine")
		ana.Sees("Thank you.")
	}
}

// Where a person is in a dialog.
func ExamplePerson_IsInDialog() {
	_ = func(t *testing.T) { // func TestSize(t *testing.T)
		type order struct{ Size string }
		d := dialog.Dialog[order]{Name: "order", Steps: []dialog.Step[order]{dialog.Question[order, string]{
			Name: "size", Text: "Which size?", Answer: dialog.OneOf(dialog.Opt("S", "Small"), dialog.Opt("L", "Large")),
			Field: func(o *order) *string { return &o.Size },
		}}, Done: func(ctx context.Context, r *dialog.Run[order]) error { return r.Say(ctx, "Coming.") }}
		chat := messengertest.Start(t, messenger.Config{Policy: routing.Policy{
			receiving.TypeDialog:     {{Handler: d}},
			receiving.TypeSimpleText: {{Handler: d.On(handling.SimpleText{Pattern: "order"})}},
		}})
		ada := chat.Person("Ada", "en_US")
		ada.Says("order")
		ada.IsAsked("Which size?", "Small", "Large")
		ada.IsInDialog("order", "size")
		ada.Taps("Small")
		ada.Sees("Coming.")
		ada.IsInNoDialog()
	}
}

// Callbacks that no one here causes, and what the bot called and said.
func ExampleChat_Trigger() {
	_ = func(t *testing.T) { // func TestCallbacks(t *testing.T)
		chat := messengertest.Start(t, messenger.Config{Policy: thanking(receiving.TypeLeadForm)})
		ada := chat.Person("Ada", "en_US")
		ada.Says("hi") // opens the 24-hour window
		chat.Trigger("policy_enforcement", simulator.Trigger{})
		chat.Post(`{"sender":{"id":"` + ada.ID + `"},"recipient":{"id":"` + messengertest.PageID + `"},"timestamp":1458692752478,"form":{"id":"4711"}}`)
		m := ada.Next()
		fmt.Println(messengertest.Texts(m), len(chat.Calls("POST", "/messages")))
		fmt.Print(ada.Transcript(), chat.Transcript())
	}
}

// Other apps take a conversation, pass it on and ask for it.
func ExampleChat_OtherApp() {
	_ = func(t *testing.T) { // func TestHandOvers(t *testing.T)
		fields := append(simulator.DefaultFields(), messengertest.HandoverFields()...)
		routed := messengertest.StartOn(t, simulator.Config{DefaultApp: messengertest.AppID, Fields: fields}, messenger.Config{Policy: thanking(receiving.TypeSimpleText)})
		ada, desk := routed.Person("Ada", "en_US"), routed.Human()
		desk.TakesThread(ada)
		ada.Says("hi")
		ada.SeesNothing()
		desk.PassesThread(ada) // to the bot
		ada.Says("hi again")
		ada.Sees("Thank you.")
		desk.TakesThread(ada)
		routed.ExpireThread(ada) // as 24 hours later
		ada.Says("hi there")
		ada.Sees("Thank you.")

		chat := messengertest.StartOn(t, simulator.Config{Fields: fields}, messenger.Config{Policy: thanking(receiving.TypeSimpleText)})
		ben := chat.Person("Ben", "en_US")
		ben.Says("hi")
		ben.Sees("Thank you.")
		chat.OtherApp("4711").RequestsThread(ben) // the bot may pass it, or not
		ben.SeesNothing()
	}
}
