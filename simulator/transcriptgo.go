package simulator

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// ErrNoGoForm is returned, wrapped with what it is, by [Transcript.GoTest] for a conversation that has no such form.
var ErrNoGoForm = errors.New("simulator: this conversation has no form as a Go test; replay the transcript, or write a scenario of it")

// GoTest is the transcript as the file of a Go test, with package messengertest: the person does the same, and expects the same texts and
// quick replies. The bot is one with the built-in policy; the test's author puts in the configuration of the own one. A message of which the text
// differs each time, or that has none, only has to arrive. Sender actions are left out. It is [ErrNoGoForm] for a page other than that of
// [Config.PageID], for events that were posted by hand, for messages of people at work, and for an act that is about another message than the
// newest one, or has an id that the platform gave out.
func (t Transcript) GoTest() (string, error) {
	w := &goWriter{who: goName(t.Person.FirstName), buttons: map[string]string{}}
	if t.Person.PageID != "" {
		return "", fmt.Errorf("%w: it is with another page", ErrNoGoForm)
	}
	for i, e := range t.Entries {
		if problem := w.entry(e); problem != "" {
			return "", fmt.Errorf("%w: entries[%d] is %s", ErrNoGoForm, i, problem)
		}
	}
	if !w.public {
		w.do("SeesNothing")
	}
	body := w.steps.String()
	start := "messengertest.Start(t, messenger.Config{Policy: routing.BuiltIn()})"
	if len(w.fields) > 0 {
		start = "messengertest.StartOn(t, simulator.Config{\n\t\tFields: append(simulator.DefaultFields(), " + strings.Join(w.fields, ", ") +
			"),\n\t}, messenger.Config{Policy: routing.BuiltIn()})"
	}
	person := w.person(t.Person)
	simulated := ""
	if strings.Contains(start+person+body, "simulator.") {
		simulated = "\n\t\"github.com/djmessenger/messenger/simulator\""
	}
	return "package main\n\nimport (\n\t\"testing\"\n\n\t\"github.com/djmessenger/messenger\"\n\t\"github.com/djmessenger/messenger/messengertest\"\n" +
		"\t\"github.com/djmessenger/messenger/routing\"" + simulated + "\n)\n\n" +
		"// The configuration of your bot takes the place of messenger.Config{…}.\n" +
		"func TestConversationOf" + upperFirst(w.who) + "(t *testing.T) {\n\tchat := " + start + "\n" + person + body + "}\n", nil
}

// goTaken are names that a test has for something else.
var goTaken = strings.Fields("append chat err known main messenger messengertest nil routing simulator t testing break case chan const continue default " +
	"defer else fallthrough for func go goto if import interface map package range return select struct switch type var")

// goName is a name for a variable.
func goName(firstName string) string {
	name := strings.ToLower(firstName)
	if !plainName.MatchString(name) || strings.Contains(name, "-") || slices.Contains(goTaken, name) {
		return "person"
	}
	return name
}

func upperFirst(name string) string {
	letters := []rune(name)
	letters[0] = unicode.ToUpper(letters[0])
	return string(letters)
}

// goText is a text as a literal of Go, without escapes if it can be.
func goText(text string) string {
	if strings.ContainsAny(text, `"\`) {
		return quotedGo(text)
	}
	return strconv.Quote(text)
}

func goTexts(texts []string) string {
	quoted := make([]string, len(texts))
	for i, text := range texts {
		quoted[i] = goText(text)
	}
	return strings.Join(quoted, ", ")
}

// goField is a field of a struct that has a text.
type goField struct{ name, value string }

// goFields are those that are not empty, as a literal of Go has them.
func goFields(all []goField) string {
	var fields []string
	for _, f := range all {
		if f.value != "" {
			fields = append(fields, f.name+": "+goText(f.value))
		}
	}
	return strings.Join(fields, ", ")
}

// goStrings is a map as a literal of Go.
func goStrings(values map[string]string) string {
	var pairs []string
	for _, key := range slices.Sorted(maps.Keys(values)) {
		pairs = append(pairs, goText(key)+": "+goText(values[key]))
	}
	return "map[string]string{" + strings.Join(pairs, ", ") + "}"
}

type goWriter struct {
	who     string
	steps   strings.Builder
	fields  []string          // literals of webhook fields that the page needs
	seen    string            // the newest message of the page
	written string            // the newest of the person
	public  bool              // the person wrote on the feed, where the page may have answered
	buttons map[string]string // the newest message that has a button of a title
}

// do writes a call of a method of the person.
func (w *goWriter) do(method string, args ...string) string {
	w.steps.WriteString("\t" + w.who + "." + method + "(" + strings.Join(args, ", ") + ")\n")
	return ""
}

// needs adds a webhook field.
func (w *goWriter) needs(field string) {
	if quoted := strconv.Quote(field); !slices.Contains(w.fields, quoted) {
		w.fields = append(w.fields, quoted)
	}
}

// person writes how the person comes to be there.
func (w *goWriter) person(p Person) string {
	plain := Person{ID: p.ID, FirstName: p.FirstName, Locale: p.Locale}
	if p == plain {
		return "\t" + w.who + " := chat.Person(" + goText(p.FirstName) + ", " + goText(p.Locale) + ")\n"
	}
	fields := goFields([]goField{
		{"FirstName", p.FirstName}, {"LastName", p.LastName}, {"Locale", p.Locale}, {"Username", p.Username}, {"Gender", p.Gender},
		{"ProfilePic", p.ProfilePic}, {"Email", p.Email}, {"Phone", p.Phone},
	})
	if p.Timezone != 0 {
		fields += ", Timezone: " + goNumber(p.Timezone)
	}
	return "\tknown, err := chat.AddPerson(simulator.Person{" + fields + "})\n\tif err != nil {\n\t\tt.Fatal(err)\n\t}\n" +
		"\t" + w.who + " := chat.As(known.ID)\n"
}

func goNumber(n float64) string { return strconv.FormatFloat(n, 'f', -1, 64) }

// entry writes what happened, and returns what it is if a test cannot have it.
func (w *goWriter) entry(e TranscriptEntry) (problem string) {
	switch {
	case e.Act != nil:
		if problem = w.act(*e.Act); problem == "" && e.Message != "" && isMessageEvent(e.Event) {
			w.written = e.Message
		}
		return problem
	case e.Posted != "":
		return "an event that was posted"
	case e.Blocked != nil:
		return w.do(map[bool]string{true: "Blocks", false: "Unblocks"}[*e.Blocked])
	case e.By != "":
		return "a message of another app"
	}
	w.call(e)
	return ""
}

// isMessageEvent reports whether an event is a message, and no postback.
func isMessageEvent(event json.RawMessage) bool {
	var e struct{ Message json.RawMessage }
	return json.Unmarshal(event, &e) == nil && e.Message != nil
}

// act writes what the person did.
func (w *goWriter) act(a Act) (problem string) {
	if strings.Contains(a.Payload+a.Ref, "{{") && a.Title == "" {
		return "an act with an id that differs each time"
	}
	switch a.Type {
	case ActReply, ActReact, ActUnreact:
		if a.MID != w.seen {
			return "about a message that is not the newest of the page"
		}
	case ActEdit, ActUnsend:
		if a.MID != w.written {
			return "about a message that is not the newest of the person"
		}
	}
	switch a.Type {
	case ActSay:
		return w.do("Says", goText(a.Text))
	case ActReply:
		return w.do("Replies", goText(a.Text))
	case ActEdit:
		return w.do("Edits", goText(a.Text))
	case ActUnsend:
		return w.do("Unsends")
	case ActReact:
		return w.do("Reacts", goText(a.Emoji))
	case ActUnreact:
		return w.do("Unreacts")
	case ActRead:
		w.needs("message_reads")
		return w.do("Reads")
	case ActQuickReply, ActMenu, ActButton:
		return w.taps(a)
	case ActOldButton:
		return w.do("TapsOldButton", goText(a.Title), goText(a.Payload))
	case ActOldQuickReply:
		return w.do("TapsOldQuickReply", goText(a.Title), goText(a.Payload))
	case ActIceBreaker:
		return w.do("TapsIceBreaker", goText(a.Title))
	case ActGetStarted:
		return w.do("GetsStarted")
	case ActLink:
		return w.do("OpensLink", goText(a.Ref))
	case ActOptIn:
		return w.do("OptsIn", goText(a.Ref))
	case ActComment:
		w.public = true
		return w.do("Comments", goText(a.Text))
	case ActPost:
		w.public = true
		return w.do("Posts", goText(a.Text))
	}
	return w.furtherAct(a)
}

// furtherAct writes what is done more rarely: what no method of a person has exactly goes to the embedded simulator.
func (w *goWriter) furtherAct(a Act) (problem string) {
	switch a.Type {
	case ActAccountLinking:
		if a.Code == "" {
			return w.do("UnlinksAccount")
		}
		return w.do("LinksAccount", goText(a.Code))
	case ActCoupon:
		return w.do("RevealsCoupon")
	case ActFeedback:
		w.needs("messaging_feedback")
		return w.do("AnswersFeedback", goText(a.Answer), goText(a.Text))
	case ActInformation:
		w.needs("messaging_customer_information")
		return w.do("GivesInformation", goStrings(a.Answers))
	case ActNotificationOptIn:
		return w.do("AllowsNotifications")
	case ActNotificationStop:
		return w.do("StopsNotifications")
	case ActNotificationResume:
		return w.do("ResumesNotifications")
	case ActAttachment:
		urls := a.URLs
		if a.URL != "" {
			urls = []string{a.URL}
		}
		return w.do("Sends", goText(a.Kind), goTexts(urls))
	case ActSticker:
		if a.StickerID == "" {
			return w.do("SendsThumb")
		}
		return w.do("SendsSticker", goText(a.StickerID))
	case ActLocation:
		fmt.Fprintf(&w.steps, "\tif _, err := chat.SendLocation(t.Context(), %s.ID, %s, %s, %s); err != nil {\n\t\tt.Fatal(err)\n\t}\n",
			w.who, goNumber(a.Latitude), goNumber(a.Longitude), goText(a.Title))
		return ""
	case ActAd:
		if a.AdID == DefaultAdID {
			a.AdID = ""
		}
		return w.do("ClicksAd", "simulator.Ad{"+goFields([]goField{{"ID", a.AdID}, {"Ref", a.Ref}, {"Title", a.Title}})+"}")
	}
	return "an act of the type " + a.Type
}

// taps writes a tap by title, or by payload if that says more.
func (w *goWriter) taps(a Act) (problem string) {
	if a.MID != "" && w.buttons[a.Title+a.Payload] != a.MID && w.buttons[a.Title] != a.MID && w.buttons[a.Payload] != a.MID {
		return "a tap on a message that is not the newest with that button"
	}
	if a.Payload != "" && !strings.Contains(a.Payload, "{{") {
		return w.do("TapsPayload", goText(a.Payload))
	}
	return w.do("Taps", goText(a.Title))
}

// call writes what the person sees of a call.
func (w *goWriter) call(e TranscriptEntry) {
	m, ok := e.Sees()
	if !ok {
		return
	}
	w.seen = e.Message
	for _, b := range m.buttons() {
		w.buttons[b.Title], w.buttons[b.Payload] = e.Message, e.Message
	}
	text := m.Text
	for _, a := range m.Attachments {
		switch {
		case text != "" || a.Template == nil:
		case a.Template.Text != "":
			text = a.Template.Text
		case len(a.Template.Elements) > 0:
			text = a.Template.Elements[0].Title
		}
	}
	titles := make([]string, len(m.QuickReplies))
	for i, q := range m.QuickReplies {
		titles[i] = q.Title
	}
	switch {
	case text == "" || strings.Contains(text+strings.Join(titles, ""), "{{"):
		w.do("Next")
	case len(titles) > 0:
		w.do("IsAsked", goText(text), goTexts(titles))
	default:
		w.do("Sees", goText(text))
	}
}
