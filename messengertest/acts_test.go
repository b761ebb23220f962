package messengertest_test

import (
	"context"
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
	"github.com/djmessenger/messenger/threadsettings"
)

const privacy = "https://shop.example/privacy"

// menu is what a bot offers to a person who says what they want to answer.
var menu = map[string]sending.Sender{
	"chips":   sending.Text("Which?").WithQuickReplies(sending.TextReply("Red", "red")),
	"buttons": sending.ButtonTemplate("What next?", sending.PostbackButton("Help", "help")),
	"coupon":  sending.CouponTemplate{Title: "10 %"}.WithCode("LAMP10", "SPRING"),
	"feedback": sending.CustomerFeedbackTemplate{Title: "How was it?", ButtonTitle: "Rate"}.WithPrivacy(privacy).
		WithQuestion(sending.FeedbackQuestion{ID: "q1", Type: sending.FeedbackCSAT}.WithFollowUp("What else?")),
	"information": sending.CustomerInformationTemplate{}.WithCountries("US").WithPrivacy(privacy),
	"news":        sending.NotificationMessagesTemplate{Title: "News?", Payload: "news"},
}

// recording is a policy that notes the type of each event, and offers what a text asks for.
func recording(types chan<- receiving.Type) routing.Policy {
	policy := routing.Policy{}
	for _, typ := range receiving.Types() {
		policy[typ] = []routing.Route{{Handler: handling.Func(func(ctx context.Context, ev *receiving.Event, reply *sending.Replier) error {
			if ev.Type != receiving.TypeEcho { // of the bot's own messages, on Instagram
				types <- ev.Type
			}
			if m, ok := ev.Payload.(*receiving.Message); ok && ev.Type == receiving.TypeSimpleText && menu[m.Text] != nil {
				return reply.Send(ctx, menu[m.Text])
			}
			return nil
		})}}
	}
	return policy
}

// startRecording starts a chat of a page and an Instagram account with every field that people's acts need.
func startRecording(t testing.TB) (chat *messengertest.Chat, types chan receiving.Type) {
	t.Helper()
	types = make(chan receiving.Type, 200)
	chat = messengertest.StartOn(t, simulator.Config{
		Fields: append(simulator.DefaultFields(), "message_reads", "messaging_feedback", "messaging_customer_information"),
		Pages: []simulator.Page{{
			ID: account, Name: "Lamp Shop", Platform: simulator.PlatformInstagram, LinkedTo: messengertest.PageID,
			Fields: append(simulator.DefaultInstagramFields(), "messaging_seen"),
		}},
	}, messenger.Config{
		Policy: recording(types),
		ThreadSettings: map[string]threadsettings.Settings{messengertest.PageID: {
			GetStarted:     &threadsettings.GetStarted{},
			PersistentMenu: threadsettings.MenuOf(threadsettings.MenuItem{Title: "Orders", Payload: "orders"}),
			IceBreakers:    threadsettings.IceBreakersOf(threadsettings.IceBreaker{Question: "Open?", Payload: "open"}),
		}},
	})
	chat.Patience = patience
	return chat, types
}

// A person can do whatever the simulator has an act for, and the bot gets the event of it.
func TestPeopleDoWhatTheSimulatorHas(t *testing.T) {
	t.Parallel()
	chat, types := startRecording(t)
	got := func() receiving.Type {
		t.Helper()
		chat.Idle()
		select {
		case typ := <-types:
			return typ
		default:
			return ""
		}
	}
	says := func(p *messengertest.Person, text string) {
		t.Helper()
		p.Says(text)
		p.Next()
		require.Equal(t, receiving.TypeSimpleText, got())
	}
	onPage := map[string]struct {
		needs string // what the person says first, for the bot to offer it
		do    func(ada *messengertest.Person)
		want  receiving.Type
	}{
		simulator.ActSay:            {"", func(ada *messengertest.Person) { ada.Says("hi") }, receiving.TypeSimpleText},
		simulator.ActReply:          {"chips", func(ada *messengertest.Person) { ada.Replies("that one") }, receiving.TypeSimpleText},
		simulator.ActEdit:           {"chips", func(ada *messengertest.Person) { ada.Edits("Chips") }, receiving.TypeMessageEdit},
		simulator.ActQuickReply:     {"chips", func(ada *messengertest.Person) { ada.Taps("Red") }, receiving.TypeQuickReply},
		simulator.ActButton:         {"buttons", func(ada *messengertest.Person) { ada.Taps("Help") }, receiving.TypePostback},
		simulator.ActOldQuickReply:  {"", func(ada *messengertest.Person) { ada.TapsOldQuickReply("Old", "old") }, receiving.TypeQuickReply},
		simulator.ActOldButton:      {"", func(ada *messengertest.Person) { ada.TapsOldButton("Old", "old") }, receiving.TypePostback},
		simulator.ActMenu:           {"", func(ada *messengertest.Person) { ada.Taps("Orders") }, receiving.TypePostback},
		simulator.ActIceBreaker:     {"", func(ada *messengertest.Person) { ada.TapsIceBreaker("Open?") }, receiving.TypePostback},
		simulator.ActGetStarted:     {"", (*messengertest.Person).GetsStarted, receiving.TypeGetStartedButton},
		simulator.ActSticker:        {"", (*messengertest.Person).SendsThumb, receiving.TypeSticker},
		simulator.ActAttachment:     {"", func(ada *messengertest.Person) { ada.SendsImage(privacy, privacy) }, receiving.TypeImage},
		simulator.ActLocation:       {"", func(ada *messengertest.Person) { ada.SendsLocation(25, 121) }, receiving.TypeLocation},
		simulator.ActReact:          {"chips", func(ada *messengertest.Person) { ada.Reacts("👍") }, receiving.TypeReaction},
		simulator.ActRead:           {"", (*messengertest.Person).Reads, receiving.TypeRead},
		simulator.ActLink:           {"", func(ada *messengertest.Person) { ada.OpensLink("qr") }, receiving.TypeReferral},
		simulator.ActAd:             {"", func(ada *messengertest.Person) { ada.ClicksAd(simulator.Ad{Ref: "lamp"}) }, receiving.TypeReferral},
		simulator.ActOptIn:          {"", func(ada *messengertest.Person) { ada.OptsIn("news") }, receiving.TypeAuthentication},
		simulator.ActAccountLinking: {"", func(ada *messengertest.Person) { ada.LinksAccount("code") }, receiving.TypeAccountLinking},
		simulator.ActComment:        {"", func(ada *messengertest.Person) { ada.Comments("price?") }, receiving.TypeComment},
		simulator.ActPost:           {"", func(ada *messengertest.Person) { ada.Posts("open?") }, receiving.TypeVisitorPost},
		simulator.ActCoupon:         {"coupon", (*messengertest.Person).RevealsCoupon, receiving.TypeCouponReveal},
		simulator.ActFeedback:       {"feedback", func(ada *messengertest.Person) { ada.AnswersFeedback("4", "torn") }, receiving.TypeFeedback},
		simulator.ActInformation: {"information", func(ada *messengertest.Person) {
			ada.GivesInformation(map[string]string{"zip": "10117"})
		}, receiving.TypeCustomerInformation},
		simulator.ActNotificationOptIn: {"news", func(ada *messengertest.Person) { ada.AllowsNotifications() }, receiving.TypeAuthentication},
	}
	for act, c := range onPage {
		ada := chat.Person("Ada", "en_US")
		if c.needs != "" {
			says(ada, c.needs)
		}
		c.do(ada)
		require.Equal(t, c.want, got(), act)
	}
	after := map[string]func(ada *messengertest.Person){ // what undoes another act
		simulator.ActUnreact: func(ada *messengertest.Person) {
			says(ada, "chips")
			ada.Reacts("👍")
			require.Equal(t, receiving.TypeReaction, got())
			ada.Unreacts()
			require.Equal(t, receiving.TypeReaction, got())
		},
		simulator.ActNotificationStop: func(ada *messengertest.Person) {
			says(ada, "news")
			ada.AllowsNotifications()
			ada.StopsNotifications()
			require.Equal(t, []receiving.Type{receiving.TypeAuthentication, receiving.TypeAuthentication}, []receiving.Type{got(), got()})
		},
		simulator.ActNotificationResume: func(ada *messengertest.Person) {
			says(ada, "news")
			ada.AllowsNotifications()
			ada.StopsNotifications()
			ada.ResumesNotifications()
			for range 3 {
				require.Equal(t, receiving.TypeAuthentication, got())
			}
		},
	}
	for _, do := range after {
		do(chat.Person("Ada", "en_US"))
	}
	onInstagram := map[string]struct {
		do   func(ana *messengertest.Person)
		want receiving.Type
	}{
		simulator.ActUnsend:       {func(ana *messengertest.Person) { says(ana, "chips"); ana.Unsends() }, receiving.TypeMessageDeleted},
		simulator.ActStoryReply:   {func(ana *messengertest.Person) { ana.RepliesToStory(privacy, "nice") }, receiving.TypeSimpleText},
		simulator.ActStoryMention: {func(ana *messengertest.Person) { ana.MentionsInStory(privacy) }, receiving.TypeStoryMention},
	}
	for act, c := range onInstagram {
		c.do(chat.PersonOn(account, "Ana", ""))
		require.Equal(t, c.want, got(), act)
	}

	for _, act := range simulator.ActTypes() {
		_, page := onPage[act]
		_, undone := after[act]
		_, instagram := onInstagram[act]
		require.True(t, page || undone || instagram, "no method of a Person does %q", act)
	}
}

// What people send in one way each.
func TestPeopleSendEveryKindOfMedia(t *testing.T) {
	t.Parallel()
	chat, types := startRecording(t)
	ada := chat.Person("Ada", "en_US")
	for want, send := range map[receiving.Type]func(){
		receiving.TypeVideo:    func() { ada.SendsVideo(privacy) },
		receiving.TypeAudio:    func() { ada.SendsAudio(privacy) },
		receiving.TypeFile:     func() { ada.SendsFile(privacy) },
		receiving.TypeReel:     func() { ada.Sends("reel", privacy) },
		receiving.TypeSticker:  func() { ada.SendsSticker("4711") },
		receiving.TypeFallback: func() { ada.Sends("fallback", privacy) },
	} {
		send()
		require.Equal(t, want, <-types)
	}
	ada.UnlinksAccount()
	require.Equal(t, receiving.TypeAccountLinking, <-types)
}

// A message to the token that a person gave is theirs to see, however long ago they wrote.
func TestNotificationsReachThePersonWhoAllowedThem(t *testing.T) {
	t.Parallel()
	chat, _ := startRecording(t)
	ada := chat.Person("Ada", "en_US")
	ada.Says("news")
	ada.Sees("News?")
	token := ada.AllowsNotifications()
	chat.Advance(48 * time.Hour)
	news := sending.Text("Lamps!").To(sending.Recipient{NotificationMessagesToken: token})
	require.NoError(t, chat.Bot.Send(t.Context(), messengertest.PageID, ada.ID, news))
	ada.Sees("Lamps!")
	ada.StopsNotifications()
	require.NoError(t, chat.Bot.Send(t.Context(), messengertest.PageID, ada.ID, news))
	ada.IsRefused(10)
	ada.SeesNothing()
}

// A person who has blocked the page gets nothing until they have changed their mind.
func TestBlockedPagesAreRefused(t *testing.T) {
	t.Parallel()
	chat := startPatient(t, messenger.Config{Policy: answering("hello")})
	ada := chat.Person("Ada", "en_US")
	ada.Blocks()
	ada.Says("hi")
	ada.IsRefused(551)
	ada.SeesNothing()
	ada.Unblocks()
	ada.Says("hi")
	ada.Sees("hello")
}
