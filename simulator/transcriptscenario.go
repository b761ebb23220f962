package simulator

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Scenario is the transcript as a scenario of package scenario, in YAML: the person does the same, and expects to see the same texts, buttons,
// quick replies, cards and media. It is a beginning: people take out what does not matter, and write what may vary as a pattern.
// What differs each time is a pattern already. Sender actions are left out.
func (t Transcript) Scenario() string {
	w := &scenarioWriter{who: scenarioName(t.Person.FirstName), kept: map[string]bool{}, vars: map[string]string{}, offered: map[string]bool{}}
	for _, e := range t.Entries {
		if e.Act != nil && e.Act.MID != "" {
			w.kept[e.Act.MID] = true
		}
	}
	for _, e := range t.Entries {
		w.entry(e)
	}
	w.step(w.who+" sees nothing", "500ms")
	var head strings.Builder
	fmt.Fprintf(&head, "scenario: %s\npeople:\n  %s: %s\n", yamlText(t.Person.FirstName), w.who, w.flow(w.profile(t.Person)))
	if len(w.vars) > 0 {
		head.WriteString("vars:\n")
		for _, name := range slices.Sorted(maps.Keys(w.vars)) {
			fmt.Fprintf(&head, "  %s: %s\n", name, yamlText(w.vars[name]))
		}
	}
	return head.String() + "steps:\n" + w.steps.String()
}

// plainName is a name that can stand before a verb.
var plainName = regexp.MustCompile(`^\pL[\pL\pN_-]*$`)

func scenarioName(firstName string) string {
	if name := strings.ToLower(firstName); plainName.MatchString(name) {
		return name
	}
	return "person"
}

type scenarioWriter struct {
	who     string
	steps   strings.Builder
	kept    map[string]bool   // messages that a later step is about
	vars    map[string]string // texts that look like references
	offered map[string]bool   // titles of quick replies and buttons so far
}

// profile is what the scenario says of the person.
func (w *scenarioWriter) profile(p Person) map[string]any {
	p.ID = ""
	fields := map[string]any{}
	_ = json.Unmarshal(mustJSON(p), &fields)
	delete(fields, "id")
	return fields
}

func (w *scenarioWriter) step(verb, value string) {
	w.steps.WriteString("  - " + strings.TrimSuffix(verb+": "+value, " ") + "\n")
}

// keep gives the message of the last step a name, if a later one needs it.
func (w *scenarioWriter) keep(message string) {
	if w.kept[message] {
		w.steps.WriteString("    keep: " + keptName(message) + "\n")
	}
}

// keptName is a name for a message: {{message 3}} is message_3.
func keptName(placeholder string) string {
	return strings.ReplaceAll(strings.Trim(placeholder, "{}"), " ", "_")
}

func (w *scenarioWriter) entry(e TranscriptEntry) {
	switch {
	case e.Act != nil:
		w.act(*e.Act)
		w.keep(e.Message)
	case e.Posted != "":
		w.post(e)
	case e.Blocked != nil:
		w.step(w.who+map[bool]string{true: " blocks", false: " unblocks"}[*e.Blocked], "")
	case e.By != "":
		m, _ := e.Sees()
		w.step("agent to "+w.who, w.flow(map[string]any{"text": m.Text, "by": e.By}))
		w.keep(e.Message)
	default:
		w.call(e)
	}
}

// post writes an event that was posted by hand. The time of it is that of the writing: a bot may drop what is old.
func (w *scenarioWriter) post(e TranscriptEntry) {
	var event any
	_ = json.Unmarshal(e.Event, &event)
	if fields, ok := event.(map[string]any); ok && fields["timestamp"] != nil {
		fields["timestamp"] = time.Now().UnixMilli()
	}
	w.step("post", w.flow(map[string]any{e.Posted: event}))
}

// act writes what the person did, by the verb for it or as an act of the API.
func (w *scenarioWriter) act(a Act) {
	text, of := w.text, w.flow
	about := map[string]any{}
	if a.MID != "" {
		about["to"] = "{{" + keptName(a.MID) + "}}"
	}
	verb, value := "", ""
	switch a.Type {
	case ActSay:
		verb, value = "says", text(a.Text)
	case ActReply:
		about["text"] = a.Text
		verb, value = "replies", of(about)
	case ActEdit:
		about["text"] = a.Text
		verb, value = "edits", of(about)
	case ActReact:
		about["emoji"] = a.Emoji
		verb, value = "reacts", of(about)
	case ActUnreact:
		verb, value = "unreacts", of(about)
	case ActUnsend:
		verb, value = "unsends", of(about)
	case ActRead:
		verb = "reads"
	case ActGetStarted:
		verb = "gets started"
	case ActLink:
		verb, value = "opens link", text(a.Ref)
	case ActOptIn:
		verb, value = "opts in", text(a.Ref)
	case ActComment:
		verb, value = "comments", text(a.Text)
	case ActPost:
		verb, value = "posts", text(a.Text)
	case ActAccountLinking:
		verb, value = "unlinks account", ""
		if a.Code != "" {
			verb, value = "links account", text(a.Code)
		}
	case ActQuickReply, ActButton, ActMenu, ActIceBreaker:
		if a.MID == "" && (a.Type == ActQuickReply || a.Type == ActButton || a.Title != "" && !w.offered[a.Title]) {
			verb, value = "taps", w.tapped(a)
		}
	}
	if verb == "" {
		verb, value = "does", of(w.asJSON(a))
	}
	w.step(w.who+" "+verb, value)
}

// tapped is what is tapped: a title, if that is all that is known.
func (w *scenarioWriter) tapped(a Act) string {
	if a.Payload == "" {
		return w.text(a.Title)
	}
	fields := map[string]any{"payload": a.Payload}
	if a.Title != "" {
		fields["title"] = a.Title
	}
	return w.flow(fields)
}

// asJSON is an act as the API takes it.
func (w *scenarioWriter) asJSON(a Act) map[string]any {
	fields := map[string]any{}
	_ = json.Unmarshal(mustJSON(a), &fields)
	if a.MID != "" {
		fields["mid"] = "{{" + keptName(a.MID) + "}}"
	}
	if a.Type == ActLocation {
		fields["latitude"], fields["longitude"] = a.Latitude, a.Longitude // also if they are 0
	}
	return fields
}

// call writes what the person sees of a call.
func (w *scenarioWriter) call(e TranscriptEntry) {
	m, ok := e.Sees()
	if !ok {
		var action struct {
			Name string `json:"sender_action"`
		}
		if _ = json.Unmarshal(e.Call, &action); action.Name == "react" || action.Name == "unreact" {
			w.step("calls", fmt.Sprintf("{to: POST /*/messages, of: %s, body: {sender_action: %s}}", w.who, action.Name))
		}
		return
	}
	fields := w.seen(m)
	text, hasText := fields["text"]
	switch {
	case len(fields) == 0:
		w.step(w.who+" sees", "{any: true}")
	case hasText && len(fields) == 1:
		w.step(w.who+" sees", w.flow(text))
	default:
		w.step(w.who+" sees", "")
		for _, key := range slices.Sorted(maps.Keys(fields)) {
			w.steps.WriteString("      " + key + ": " + w.flow(fields[key]) + "\n")
		}
	}
	w.keep(e.Message)
}

// seen are the keys of a message that a scenario compares.
func (w *scenarioWriter) seen(m Message) map[string]any {
	fields := map[string]any{}
	titles := func(key string, list []string) {
		var all []any
		for _, title := range list {
			w.offered[title] = w.offered[title] || key != "cards"
			all = append(all, expected(title))
		}
		if len(all) > 0 {
			fields[key] = all
		}
	}
	var replies, buttons, cards []string
	for _, q := range m.QuickReplies {
		replies = append(replies, cmp.Or(q.Title, q.ContentType))
	}
	for _, b := range m.buttons() {
		buttons = append(buttons, cmp.Or(b.Title, b.Type))
	}
	text := m.Text
	for _, a := range m.Attachments {
		switch {
		case a.Template != nil:
			fields["template"] = a.Template.Type
			text = cmp.Or(text, a.Template.Text)
			for _, e := range a.Template.Elements {
				cards = append(cards, e.Title)
			}
		case a.URL == "":
			fields[a.Type] = map[string]any{"any": true}
		default:
			fields[a.Type] = expected(a.URL)
		}
	}
	titles("quick_replies", replies)
	titles("buttons", buttons)
	if !slices.Contains(cards, "") {
		titles("cards", cards)
	}
	if text != "" {
		fields["text"] = expected(text)
	}
	return fields
}

var anyReference = regexp.MustCompile(`\{\{[^{}]*\}\}`)

// expected is a text as it is expected: itself, or a pattern if a part of it differs each time.
func expected(text string) any {
	if !strings.Contains(text, "{{") {
		return text
	}
	parts := anyReference.Split(text, -1)
	for i, part := range parts {
		parts[i] = regexp.QuoteMeta(part)
	}
	return map[string]any{"matches": "(?s)^" + strings.Join(parts, ".*") + "$"}
}
