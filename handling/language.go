package handling

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/djmessenger/messenger/i18n"
	"github.com/djmessenger/messenger/internal/turnctx"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/receiving/payload"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/store"
)

// SetLanguage keeps the language in which the bot speaks to the event's person from now on, in place of that of their profile: a BCP 47
// tag ("pt-BR") or a locale of the platform ("pt_BR"). With an empty one the profile's counts again. What the turn says after
// it is in that language, and so is everything that is said to the person later: in other turns, by timers, signals and dialogs, and
// what a program composes with messenger.Bot.For. It commits with the turn, and is forgotten with the person.
//
// A language that the bot does not speak is kept, and has no effect until a deployment speaks it. Outside of a turn,
// store.Store.Apply takes a [store.SetLanguage]. It returns an error for an event without a person, and for what is no tag.
func SetLanguage(ctx context.Context, ev *receiving.Event, language string) error {
	if ev.PSID == "" {
		return errNoOneSpeaks
	}
	return store.Queue(ctx, store.SetLanguage{PageID: ev.PageID, PSID: ev.PSID, Language: language})
}

var errNoOneSpeaks = errors.New("handling: the event has no person, so there is no language to choose")

// Language lets people choose the language in which the bot speaks to them. When they write the command, it lists the
// languages that the bot speaks, each by its own name, as quick replies, in pages if there are many. They tap one, or write its name, in
// the language itself or in English; "language German" chooses in one step, and so does its tag: "language de". It answers in the
// language that was chosen, and says how to go back to that of the profile. See [SetLanguage] for what follows.
//
//	routing.Policy{
//		receiving.TypeDefault: {{Handler: handling.UserProfile{}}, {Handler: handling.Language{}, Final: true}},
//	}
//
// There, and Final, it comes before an open dialog, which else would take the command for an answer. Its list stands until the person has chosen;
// then the open question is asked again, in the new language. The same route takes a tap on a button or a menu item with LanguagePayload. Under
// other types it works only while no dialog is open.
//
// Languages are listed in the order of their own names, by Unicode code point; one whose catalogue translates nothing is left out. For ten minutes after the list a text that names a language chooses it; at other times it is a text like any other, and so is
// always one of two letters, such as "no". Its texts,
// [LanguageTexts], are message ids, and so are the English names of languages: a catalogue with "German": "allemand" takes that,
// too. Without a catalogue it handles nothing.
type Language struct {
	// Command is what people write: alternatives with a bar between them, a message id. A translation has alternatives of its own;
	// those of the id count in every language, since a person who cannot read the bot's language must be able to change it.
	// Default: "language".
	Command string
}

// DefaultLanguageCommand is the default of Language.Command.
const DefaultLanguageCommand = "language"

// What Language says.
const (
	languageAsk     = "Which language shall I speak?"
	languageWhich   = "Which one do you mean?"
	languageUnknown = "I do not speak that language. Which of these shall I speak?"
	languageOnly    = "I speak no other language."
	languageSet     = "From now on I speak this language with you: %{language}. Write “%{command}” to change it, or to go back to that of your profile."
	languageProfile = "I speak the language of your profile with you again."
	languageAuto    = "As in my profile"
	languageMore    = "More…"
)

// LanguageTexts returns the message ids of what [Language] says: what a catalogue has to translate.
func LanguageTexts() []string {
	return []string{
		DefaultLanguageCommand, languageAsk, languageWhich, languageUnknown, languageOnly, languageSet, languageProfile, languageAuto, languageMore,
	}
}

// languageTap is what a quick reply of the list carries. Without a page and a tag it asks for the list.
type languageTap struct {
	Tag     string `json:"t,omitempty"`
	Profile bool   `json:"p,omitempty"`
	Page    int    `json:"n,omitempty"`
}

var languageKind = payload.New[languageTap]("messenger.language")

// LanguagePayload is the payload of a button or a menu item that lists the languages, for a route with [Language].
func LanguagePayload() string { return languageKind.MustEncode(languageTap{}) }

const (
	languageSession = "messenger.language"
	languageOpen    = 10 * time.Minute // how long a list waits for a name
	// shownLanguages are those of a page: beside them there are the one of the profile, and the one that leads on.
	shownLanguages = sending.MaxQuickReplies - 2
)

// languageAct is what a person wants of Language.
type languageAct struct {
	tap   languageTap
	named string // the name of a language, as they wrote it
}

func (h Language) act(ctx context.Context, ev *receiving.Event) (act languageAct, ok bool) {
	if ev.PSID == "" || len(i18n.From(ctx).Languages()) == 0 {
		return act, false
	}
	if text := ev.PayloadText(); text != "" && ev.Type != receiving.TypeSignal {
		if !languageKind.Matches(text) {
			return act, false
		}
		act.tap, _ = languageKind.Decode(text) // of one that is damaged the list is shown
		return act, true
	}
	if ev.Type != receiving.TypeSimpleText {
		return act, false
	}
	said := strings.Join(strings.Fields(ev.Text()), " ")
	for _, word := range h.words(ctx) {
		if len(said) >= len(word) && strings.EqualFold(said[:len(word)], word) && (len(said) == len(word) || said[len(word)] == ' ') {
			name := strings.TrimSpace(said[len(word):])
			if strings.Contains(name, " ") && len(i18n.From(ctx).FindLanguages(name)) == 0 {
				return act, false // "language school in Rome?" is about something else
			}
			return languageAct{named: name}, true
		}
	}
	if len(said) < 3 || len(i18n.From(ctx).FindLanguages(said)) == 0 {
		return act, false // "no" after the list is an answer, and not Norwegian
	}
	open, err := store.LoadSession(ctx, languageSession, new(bool)) // only of the few texts that name a language
	return languageAct{named: said}, err == nil && open
}

// words are the alternatives of the command, the one to show first.
func (h Language) words(ctx context.Context) []string {
	id := h.command()
	translated, _ := i18n.From(ctx).Lookup(id) // a catalogue may add words, and need not
	var words []string
	for word := range strings.SplitSeq(translated+"|"+id, "|") {
		if word = strings.Join(strings.Fields(word), " "); word != "" {
			words = append(words, word)
		}
	}
	return words
}

func (h Language) command() string {
	if h.Command == "" {
		return DefaultLanguageCommand
	}
	return h.Command
}

// ShouldHandle reports whether the event is the command, a tap on a quick reply of the list, or the name of a language after it.
func (h Language) ShouldHandle(ctx context.Context, ev *receiving.Event) bool {
	_, ok := h.act(ctx, ev)
	return ok
}

// Handles reports SIMPLE_TEXT, the types of taps, TypeTap and TypeDefault.
func (Language) Handles(t receiving.Type) bool { return t == receiving.TypeSimpleText || isTap(t) }

// PayloadRefs names the payload of the quick replies.
func (Language) PayloadRefs() []payload.Ref { return []payload.Ref{languageKind.Ref()} }

// TextRefs returns what it says.
func (h Language) TextRefs() []i18n.TextRef {
	var refs []i18n.TextRef
	for _, key := range append(LanguageTexts()[1:], h.command()) {
		ref := i18n.TextRef{Key: key, Limit: sending.MaxText, Values: []string{"language", "command"}}
		if key == languageAuto || key == languageMore {
			ref.Limit = sending.MaxTitle
		}
		refs = append(refs, ref)
	}
	return refs
}

// Validate reports a command without words.
func (h Language) Validate() error {
	if h.Command != "" && strings.Trim(h.Command, " |") == "" {
		return errors.New("handling: Language.Command: has no words")
	}
	return nil
}

// Handle lists the languages, or keeps the one that was chosen.
func (h Language) Handle(ctx context.Context, ev *receiving.Event, reply *sending.Replier) error {
	act, ok := h.act(ctx, ev)
	if !ok {
		return Skip
	}
	languages := i18n.From(ctx).Languages()
	switch {
	case act.tap.Profile:
		return h.choose(ctx, ev, reply, i18n.Language{})
	case act.tap.Tag != "":
		at := slices.IndexFunc(languages, func(l i18n.Language) bool { return l.Tag == act.tap.Tag })
		if at < 0 { // of another deployment
			return h.list(ctx, reply, languageUnknown, languages, 0)
		}
		return h.choose(ctx, ev, reply, languages[at])
	case act.named != "":
		switch meant := i18n.From(ctx).FindLanguages(act.named); {
		case len(meant) == 1:
			return h.choose(ctx, ev, reply, meant[0])
		case len(meant) > 1:
			return h.list(ctx, reply, languageWhich, meant, 0)
		}
		return h.list(ctx, reply, languageUnknown, languages, 0)
	}
	if len(languages) == 1 {
		return answer(ctx, reply, sending.Text(sending.Expand(ctx, languageOnly)))
	}
	return h.list(ctx, reply, languageAsk, languages, act.tap.Page)
}

// choose keeps a language, or none for that of the profile, and answers in it.
func (h Language) choose(ctx context.Context, ev *receiving.Event, reply *sending.Replier, chosen i18n.Language) error {
	if err := SetLanguage(ctx, ev, chosen.Tag); err != nil {
		return err
	}
	if err := store.Queue(ctx, store.DeleteSession{PageID: ev.PageID, PSID: ev.PSID, Name: languageSession}); err != nil {
		return err
	}
	if chosen.Tag == "" {
		return answerAndResume(ctx, ev, reply, sending.Text(sending.Expand(ctx, languageProfile)))
	}
	filled := sending.WithValues(ctx, map[string]string{"language": chosen.Name, "command": h.words(ctx)[0]})
	return answerAndResume(ctx, ev, reply, sending.Text(sending.Expand(filled, languageSet)))
}

// answerAndResume answers, and asks the open question of a dialog again: a Final route under DEFAULT keeps the event from dialogs.
// Of another route, the dialog sees that the event has asked the question already.
func answerAndResume(ctx context.Context, ev *receiving.Event, reply *sending.Replier, m sending.Message) error {
	if err := answer(ctx, reply, m); err != nil || turnctx.Muted(ctx) {
		return err
	}
	for _, d := range TurnFrom(ctx).Dialogs {
		if err := d.Resume(ctx, ev, reply, Resumption{Handled: true}); err != nil && !errors.Is(err, Skip) {
			return err
		}
	}
	return nil
}

// list shows a page of languages, counted from 0. Behind the last page is the first.
func (h Language) list(ctx context.Context, reply *sending.Replier, text string, languages []i18n.Language, page int) error {
	if err := store.KeepSession(ctx, languageSession, true, languageOpen); err != nil {
		return err
	}
	pages := (len(languages) + shownLanguages - 1) / shownLanguages
	if page < 0 || page >= pages {
		page = 0 // there are fewer by now
	}
	var chips []sending.QuickReply
	for _, l := range languages[page*shownLanguages : min(len(languages), (page+1)*shownLanguages)] {
		chips = append(chips, sending.TextReply(i18n.Shorten(l.Name, sending.MaxTitle), languageKind.MustEncode(languageTap{Tag: l.Tag})))
	}
	if store.PersonFrom(ctx).Language != "" {
		chips = append(chips, languageChip(ctx, languageAuto, languageTap{Profile: true}))
	}
	if pages > 1 {
		chips = append(chips, languageChip(ctx, languageMore, languageTap{Page: (page + 1) % pages}))
	}
	return answer(ctx, reply, sending.Text(sending.Expand(ctx, text)).WithQuickReplies(chips...))
}

func languageChip(ctx context.Context, title string, carries languageTap) sending.QuickReply {
	return sending.TextReply(sending.ExpandWithin(ctx, title, sending.MaxTitle), languageKind.MustEncode(carries))
}

// answer replies, unless the bot keeps silent: the language is kept all the same.
func answer(ctx context.Context, reply *sending.Replier, m sending.Message) error {
	if err := reply.Reply(ctx, m); !errors.Is(err, sending.ErrNotAnswerable) {
		return err
	}
	return nil
}
