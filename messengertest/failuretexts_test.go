package messengertest_test

import (
	"context"
	"maps"
	"reflect"
	"regexp"
	"slices"
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
	"github.com/djmessenger/messenger/simulator"
)

// cast is who is in a chat in which everything fails.
type cast struct {
	tb      *failing
	chat    *messengertest.Chat
	ada     *messengertest.Person // of the page
	ana     *messengertest.Person // of the Instagram account
	gone    *messengertest.Person // of a page that was removed
	human   *messengertest.OtherApp
	started <-chan struct{} // the handler of locations, which does not end
}

// closedPage is a page that was removed.
const closedPage = "300000000000003"

// nothingSaid is how a failure ends if the person and the page have said nothing.
const nothingSaid = "; the conversation so far:\n  nothing was said"

// What several methods say.
const (
	noPerson = "messengertest: simulator: no such person: {gone}" + nothingSaid
	badURL   = "messengertest: simulator: the URL of an attachment must be an absolute http or https URL, with percent escapes for spaces and all else that RFC 3986 forbids" + nothingSaid
	busy     = "messengertest: the bot is still busy after 2s: events that wait: 1; messages that wait, delayed ones included: 0; conversations in progress: 1\n" +
		"the conversations so far:\nAda ({ada} on page {page}):\n  person: location \"Here\" at 25, 121"
	sawChips = "; the conversation so far:\n  person: \"chips\"\n    page: \"Which?\"; quick reply \"Red\", payload \"red\""
)

// notSubscribed is how an act fails of which the bot would not learn.
func notSubscribed(page, field, add string) string {
	return "messengertest: the bot cannot learn of this act: page " + page + " is not subscribed to " + field + "; add " + add +
		" to simulator.DefaultFields in simulator.Config.Fields, and give it to StartOn"
}

// failureTexts has, for each exported method of a Chat, a Person and an OtherApp that can fail, what it says then.
var failureTexts = map[string][]struct {
	want string // {ada}, {page}, … are ids; a text of one person ends with the conversation so far
	act  func(c cast)
}{
	"Person.AllowsNotifications": {
		{
			"messengertest: simulator: no template of the type notification_messages in this conversation" + nothingSaid,
			func(c cast) { c.ada.AllowsNotifications() },
		},
	},
	"Person.AnswersFeedback": {
		{notSubscribed("{page}", "messaging_feedback", "it"), func(c cast) { c.ada.AnswersFeedback("4", "") }},
		{
			"messengertest: simulator: no template of the type customer_feedback in this conversation" + nothingSaid,
			func(c cast) { c.subscribe("messaging_feedback"); c.ada.AnswersFeedback("4", "") },
		},
	},
	"Person.Blocks":      {{noPerson, func(c cast) { c.gone.Blocks() }}},
	"Person.ClicksAd":    {{"messengertest: simulator: the id of an ad is digits" + nothingSaid, func(c cast) { c.ada.ClicksAd(simulator.Ad{ID: "x"}) }}},
	"Person.Comments":    {{"messengertest: simulator: nothing to write" + nothingSaid, func(c cast) { c.ada.Comments("") }}},
	"Person.Edits":       {{"messengertest: the person has written no message to edit" + nothingSaid, func(c cast) { c.ada.Edits("x") }}},
	"Person.GetsStarted": {{"messengertest: simulator: the page has no Get Started button" + nothingSaid, func(c cast) { c.ada.GetsStarted() }}},
	"Person.GivesInformation": {
		{notSubscribed("{page}", "messaging_customer_information", "it"), func(c cast) { c.ada.GivesInformation(nil) }},
		{"messengertest: simulator: there are no answers" + nothingSaid, func(c cast) { c.subscribe("messaging_customer_information"); c.ada.GivesInformation(nil) }},
	},
	"Person.IsAsked": {
		{"no message from the page within 1ns" + nothingSaid, func(c cast) { c.ada.IsAsked("Which?") }},
		{
			`the page's next message is "Which?" with the quick replies "Red", want the question "Which?" with the quick replies ["Blue"]` + sawChips,
			func(c cast) { c.asks(); c.ada.IsAsked("Which?", "Blue") },
		},
	},
	"Person.IsInDialog": {
		{
			`the person is in no dialog, want dialog "pizza" at step "size"` + nothingSaid,
			func(c cast) { c.patiently(func() { c.ada.IsInDialog("pizza", "size") }) },
		},
	},
	"Person.IsInNoDialog": {
		{
			`the person is in dialog "pizza" at step "size", want no dialog; the conversation so far:` + "\n" + `  person: "pizza"` + "\n" + `    page: "Which size?"; quick reply "Small", payload "{\"kind\":\"messenger.dialog\",\"data\":{\"d\":\"pizza\",\"r\":\"{run}\",\"s\":\"size\",\"v\":\"\\\"S\\\"\"}}"; quick reply "Large", payload "{\"kind\":\"messenger.dialog\",\"data\":{\"d\":\"pizza\",\"r\":\"{run}\",\"s\":\"size\",\"v\":\"\\\"L\\\"\"}}"`,
			func(c cast) { c.patiently(func() { c.ada.Says("pizza"); c.ada.IsInNoDialog() }) },
		},
	},
	"Person.IsRefused": {
		{"no call about this person was refused within 1ns" + nothingSaid, func(c cast) { c.ada.IsRefused(613) }},
		{
			"the next refusal has the code 613, want 551: 613: (#613) Calls to this api have exceeded the rate limit.; the conversation so far:" + "\n" + `  person: "chips"` + "\n" + `     bot: POST messages "Which?" +1 quick reply was refused: 613: (#613) Calls to this api have exceeded the rate limit. (a fault of the test)` + "\n" + "     bot: a message could not be sent once and is sent again in {time}; Chat.Advance moves the clock",
			func(c cast) { c.isRefused(); c.ada.IsRefused(551) },
		},
	},
	"Person.LinksAccount": {
		{noPerson, func(c cast) { c.gone.LinksAccount("code") }},
		{"messengertest: simulator: not on Instagram: account linking" + nothingSaid, func(c cast) { c.ana.LinksAccount("code") }},
	},
	"Person.MentionsInStory": {
		{
			`messengertest: simulator: a person cannot send an attachment of type "story_mention"` + nothingSaid,
			func(c cast) { c.ada.MentionsInStory(privacy) },
		},
	},
	"Person.Next":      {{"no message from the page within 1ns" + nothingSaid, func(c cast) { c.ada.Next() }}},
	"Person.OpensLink": {{noPerson, func(c cast) { c.gone.OpensLink("qr") }}},
	"Person.OptsIn": {
		{noPerson, func(c cast) { c.gone.OptsIn("news") }},
		{"messengertest: simulator: not on Instagram: a plugin" + nothingSaid, func(c cast) { c.ana.OptsIn("news") }},
	},
	"Person.Posts":  {{"messengertest: simulator: nothing to write" + nothingSaid, func(c cast) { c.ada.Posts("") }}},
	"Person.Reacts": {{"messengertest: no message to react to was seen yet: call Sees or Next first" + nothingSaid, func(c cast) { c.ada.Reacts("👍") }}},
	"Person.Reads": {
		{notSubscribed("{page}", "message_reads", "it"), func(c cast) { c.ada.Reads() }},
		{notSubscribed("{account}", "messaging_seen", "it"), func(c cast) { c.ana.Reads() }},
	},
	"Person.Replies": {{"messengertest: no message to reply to was seen yet: call Sees or Next first" + nothingSaid, func(c cast) { c.ada.Replies("x") }}},
	"Person.RepliesToStory": {
		{
			"messengertest: simulator: only people of an Instagram account can do this" + nothingSaid,
			func(c cast) { c.ada.RepliesToStory(privacy, "x") },
		},
	},
	"Person.ResumesNotifications": {
		{
			"messengertest: simulator: this person has stopped no marketing messages" + nothingSaid,
			func(c cast) { c.ada.ResumesNotifications() },
		},
	},
	"Person.RevealsCoupon": {
		{
			"messengertest: simulator: no template of the type coupon in this conversation" + nothingSaid,
			func(c cast) { c.ada.RevealsCoupon() },
		},
	},
	"Person.Says": {{"messengertest: simulator: the text is empty" + nothingSaid, func(c cast) { c.ada.Says("") }}},
	"Person.Sees": {
		{"no message from the page within 1ns" + nothingSaid, func(c cast) { c.ada.Sees("hello") }},
		{`the page's next message is "Which?", want "hello"` + sawChips, func(c cast) { c.asks(); c.ada.Sees("hello") }},
	},
	"Person.SeesBelow": {
		{"the page has written no further comment below 4711 within 1ns" + nothingSaid, func(c cast) { c.ada.SeesBelow("4711", "hello") }},
	},
	"Person.SeesNothing": {
		{
			`the page has said more: "Which?"; quick reply "Red", payload "red"` + sawChips,
			func(c cast) { c.asks(); c.patiently(c.ada.SeesNothing) },
		},
	},
	"Person.Sends": {
		{`messengertest: simulator: a person cannot send an attachment of type "lamp"` + nothingSaid, func(c cast) { c.ada.Sends("lamp", privacy) }},
		{"messengertest: simulator: a message has 1 to 30 attachments, not 0" + nothingSaid, func(c cast) { c.ada.Sends("image") }},
	},
	"Person.SendsAudio": {{badURL, func(c cast) { c.ada.SendsAudio("x") }}},
	"Person.SendsFile":  {{badURL, func(c cast) { c.ana.SendsFile("x") }}},
	"Person.SendsImage": {{badURL, func(c cast) { c.ada.SendsImage("x") }}},
	"Person.SendsLocation": {
		{"messengertest: simulator: 91, 0 is not a valid latitude and longitude" + nothingSaid, func(c cast) { c.ada.SendsLocation(91, 0) }},
		{"messengertest: simulator: not on Instagram: a location" + nothingSaid, func(c cast) { c.ana.SendsLocation(25, 121) }},
	},
	"Person.SendsSticker": {{`messengertest: simulator: sticker id "x" is not digits` + nothingSaid, func(c cast) { c.ada.SendsSticker("x") }}},
	"Person.SendsThumb":   {{noPerson, func(c cast) { c.gone.SendsThumb() }}},
	"Person.SendsVideo":   {{badURL, func(c cast) { c.ada.SendsVideo("x") }}},
	"Person.StopsNotifications": {
		{
			"messengertest: simulator: this person gets no marketing messages that they could stop" + nothingSaid,
			func(c cast) { c.ada.StopsNotifications() },
		},
	},
	"Person.Taps": {
		{
			`messengertest: nothing on offer has the title "Blue"; on offer are:` + "\n" + `  quick reply "Red", payload "red"` + "\n" + "the conversation so far:" + "\n" + `  person: "chips"` + "\n" + `    page: "Which?"; quick reply "Red", payload "red"`,
			func(c cast) { c.asks(); c.ada.Taps("Blue") },
		},
	},
	"Person.TapsIceBreaker": {{"messengertest: simulator: the page has no ice breakers" + nothingSaid, func(c cast) { c.ada.TapsIceBreaker("Open?") }}},
	"Person.TapsOldButton": {
		{
			"messengertest: simulator: what was offered earlier has both a title and a payload" + nothingSaid,
			func(c cast) { c.ada.TapsOldButton("", "old") },
		},
	},
	"Person.TapsOldQuickReply": {
		{
			"messengertest: simulator: what was offered earlier has both a title and a payload" + nothingSaid,
			func(c cast) { c.ada.TapsOldQuickReply("", "old") },
		},
	},
	"Person.TapsPayload": {
		{
			`messengertest: nothing on offer has the payload "old"; on offer are:` + "\n" + "  nothing\nTapsOldButton and TapsOldQuickReply tap what the page offered before the test.\nthe conversation so far:\n  nothing was said",
			func(c cast) { c.ada.TapsPayload("old") },
		},
	},
	"Person.Unblocks": {{noPerson, func(c cast) { c.gone.Unblocks() }}},
	"Person.UnlinksAccount": {
		{
			noPerson, func(c cast) { c.gone.UnlinksAccount() }}, {"messengertest: simulator: not on Instagram: account linking" + nothingSaid,
			func(c cast) { c.ana.UnlinksAccount() },
		},
	},
	"Person.Unreacts": {
		{
			"messengertest: no message to take a reaction from was seen yet: call Sees or Next first" + nothingSaid,
			func(c cast) { c.ada.Unreacts() },
		},
	},
	"Person.Unsends": {{"messengertest: the person has written no message to take back" + nothingSaid, func(c cast) { c.ada.Unsends() }}},

	"OtherApp.PassesThread": {
		{notSubscribed("{page}", "messaging_handovers", "messengertest.HandoverFields"), func(c cast) { c.human.PassesThread(c.ada) }},
		{notSubscribed("{account}", "messaging_handover", "messengertest.HandoverFields"), func(c cast) { c.human.PassesThread(c.ana) }},
	},
	"OtherApp.ReleasesThread": {
		{
			"messengertest: simulator: the app does not have the conversation: it is idle" + nothingSaid,
			func(c cast) { c.human.ReleasesThread(c.ada) },
		},
	},
	"OtherApp.RequestsThread": {{notSubscribed("{page}", "messaging_handovers", "messengertest.HandoverFields"), func(c cast) { c.human.RequestsThread(c.ada) }}},
	"OtherApp.Says":           {{notSubscribed("{page}", "message_echoes", "messengertest.HandoverFields"), func(c cast) { c.human.Says(c.ada, "hello") }}},
	"OtherApp.TakesThread":    {{notSubscribed("{page}", "messaging_handovers", "messengertest.HandoverFields"), func(c cast) { c.human.TakesThread(c.ada) }}},

	"Chat.Advance": {{"messengertest: Advance: the platform goes by simulator.Config.Now; leave it empty, or use StartAt", func(c cast) {
		messengertest.StartOn(c.tb, simulator.Config{Now: time.Now}, messenger.Config{}).Advance(time.Hour)
	}}},
	"Chat.As": {
		{
			"messengertest: there is no person 4711 on the platform; known are:\n  Ada ({ada} on page {page})\n  Ana ({ana} on page {account})",
			func(c cast) { c.chat.As("4711") },
		},
	},
	"Chat.Calls": {{busy, func(c cast) { c.works(); c.chat.Calls("POST", "/messages") }}},
	"Chat.ExpireThread": {
		{"messengertest: simulator: the app does not have the conversation: it is idle" + nothingSaid, func(c cast) { c.chat.ExpireThread(c.ada) }},
		{noPerson, func(c cast) { c.chat.ExpireThread(c.gone) }},
	},
	"Chat.HasCalled": {
		{
			"messengertest: calls POST …/messages: 0, want 1; all calls so far:\n  none",
			func(c cast) { c.patiently(func() { c.chat.HasCalled(1, "POST", "/messages") }) },
		},
	},
	"Chat.Idle":     {{busy, func(c cast) { c.works(); c.chat.Idle() }}},
	"Chat.Person":   {{"messengertest: simulator: person {id} has no first name", func(c cast) { c.chat.Person("", "english") }}},
	"Chat.PersonOn": {{"messengertest: simulator: no such page: 4711", func(c cast) { c.chat.PersonOn("4711", "Ada", "") }}},
	"Chat.Post": {
		{
			"messengertest: post an event: simulator: the event is not a JSON object with parties: unexpected end of JSON input",
			func(c cast) { c.chat.Post("{") },
		},
	},
	"Chat.Refuse": {
		{
			`messengertest: the platform has no refusal "call limit"; the nearest is "calls limit"; simulator.Refusals has all`,
			func(c cast) { c.chat.Refuse("call limit", 1) },
		},
	},
	"Chat.RestartWith": {{"messenger: invalid configuration:\nConfig.Workers: is negative", func(c cast) { c.chat.RestartWith(messenger.Config{Workers: -1}) }}},
	"Chat.Signal": {
		{`messengertest: signal "paid": messenger: "paid" for person {ada} of page {page}: store: no such person`, func(c cast) { c.chat.Signal(c.ada, "paid", "p") }},
		{"messengertest: there is no person {gone} on the platform", func(c cast) { c.chat.Signal(c.gone, "paid", "p") }},
	},
	"Chat.Timers":  {{"messengertest: there is no person {gone} on the platform", func(c cast) { c.patiently(func() { c.chat.Timers(c.gone) }) }}},
	"Chat.Trigger": {{`messengertest: trigger "lamp": simulator: no such kind of callback: lamp`, func(c cast) { c.chat.Trigger("lamp", simulator.Trigger{}) }}},
}

// cannotFail has the other methods, with the reason.
var cannotFail = map[string]string{
	"Chat.Human":        "it only makes a handle",
	"Chat.OtherApp":     "it only makes a handle",
	"Chat.Restart":      "it is RestartWith of a configuration that has run already",
	"Chat.Stop":         "it reports what Run returns",
	"Chat.Transcript":   "it only reads",
	"Person.Transcript": "it only reads",
}

// newCast starts a chat without patience: what waits fails at once.
func newCast(t *testing.T) cast {
	t.Helper()
	tb := &failing{TB: t}
	policy := pizzeria(askAddress)
	policy[receiving.TypeSimpleText] = append(policy[receiving.TypeSimpleText], routing.Route{
		Handler: handling.SimpleText{Pattern: "chips"}, Senders: sending.List(menu["chips"]),
	})
	started, release := make(chan struct{}, 1), make(chan struct{})
	policy[receiving.TypeLocation] = []routing.Route{{Handler: handling.Func(func(context.Context, *receiving.Event, *sending.Replier) error {
		started <- struct{}{}
		<-release
		return nil
	})}}
	chat := messengertest.StartOn(tb, simulator.Config{People: []simulator.Person{}, Pages: []simulator.Page{
		{ID: account, Platform: simulator.PlatformInstagram, LinkedTo: messengertest.PageID}, {ID: closedPage},
	}}, messenger.Config{Policy: policy})
	t.Cleanup(func() { close(release) })
	c := cast{
		tb: tb, chat: chat, started: started, ada: chat.Person("Ada", "en_US"), ana: chat.PersonOn(account, "Ana", "en_US"),
		gone: chat.PersonOn(closedPage, "Gus", "en_US"), human: chat.Human(),
	}
	require.NoError(t, chat.RemovePage(closedPage))
	chat.Patience = 1
	return c
}

// patiently does something that has to wait before it fails, or does not fail.
func (c cast) patiently(act func()) {
	c.chat.Patience = patience
	defer func() { c.chat.Patience = 1 }()
	act()
}

// asks lets the bot ask Ada something.
func (c cast) asks() { c.patiently(func() { c.ada.Says("chips"); c.chat.Idle() }) }

// isRefused lets the platform refuse a message to Ada.
func (c cast) isRefused() {
	c.chat.Refuse("calls limit", 1)
	c.asks()
}

// works lets the bot work on an event until the test ends.
func (c cast) works() {
	c.ada.SendsLocation(25, 121)
	<-c.started
	require.NoError(c.tb.TB, c.chat.Flush(c.tb.Context()), "the callback was answered")
	c.chat.Patience = 2 * time.Second // in which the bot can say that it is busy
}

// subscribe adds a webhook field to the page.
func (c cast) subscribe(field string) {
	require.NoError(c.tb.TB, c.chat.Page(messengertest.PageID).SetFields(append(simulator.DefaultFields(), field)...))
}

// What is drawn for each run.
var (
	drawnRun  = regexp.MustCompile(`\\"r\\":\\"[a-z0-9]+\\"`)
	drawnTime = regexp.MustCompile(`again in [0-9.]+s`)
	drawnID   = regexp.MustCompile(`person [0-9]{16} `)
)

// named puts names in place of ids and of what is drawn.
func (c cast) named(text string) string {
	text = drawnRun.ReplaceAllString(text, `\"r\":\"{run}\"`)
	text = drawnTime.ReplaceAllString(text, "again in {time}")
	text = strings.NewReplacer(c.ada.ID, "{ada}", c.ana.ID, "{ana}", c.gone.ID, "{gone}", messengertest.PageID, "{page}", account, "{account}",
		closedPage, "{closed}").Replace(text)
	return drawnID.ReplaceAllString(text, "person {id} ")
}

// methodsOf are the exported methods of a type, without those that it has from the embedded simulator.
func methodsOf(of reflect.Type) []string {
	var names []string
	embedded := reflect.TypeFor[*simulator.Simulator]()
	for m := range of.Methods() {
		if other, ok := embedded.MethodByName(m.Name); of == reflect.TypeFor[*messengertest.Chat]() && ok && sameArguments(m.Type, other.Type) {
			continue
		}
		names = append(names, of.Elem().Name()+"."+m.Name)
	}
	return names
}

// sameArguments compares two methods but for their receivers.
func sameArguments(a, b reflect.Type) bool {
	return slices.Equal(slices.Collect(a.Ins())[1:], slices.Collect(b.Ins())[1:]) && slices.Equal(slices.Collect(a.Outs()), slices.Collect(b.Outs()))
}

// TestEveryFailureText: each exported method says exactly this when it fails, and a new one needs its text here.
func TestEveryFailureText(t *testing.T) {
	t.Parallel()
	var methods []string
	for _, of := range []reflect.Type{reflect.TypeFor[*messengertest.Chat](), reflect.TypeFor[*messengertest.Person](), reflect.TypeFor[*messengertest.OtherApp]()} {
		methods = append(methods, methodsOf(of)...)
	}
	require.Greater(t, len(methods), 60)
	require.ElementsMatch(t, methods, append(slices.Collect(maps.Keys(failureTexts)), slices.Collect(maps.Keys(cannotFail))...))
	for method, cases := range failureTexts {
		t.Run(method, func(t *testing.T) {
			t.Parallel()
			require.NotEmpty(t, cases)
			for _, each := range cases {
				c := newCast(t)
				got := c.named(c.tb.fails(func() { each.act(c) }))
				require.Equal(t, each.want, got)
			}
		})
	}
}
