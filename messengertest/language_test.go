package messengertest_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/dialog"
	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/i18n"
	"github.com/djmessenger/messenger/messengertest"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/receiving/payload"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/simulator"
	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/memory"
)

var germanLanguage = map[string]string{
	"Which language shall I speak?": "Welche Sprache soll ich sprechen?",
	"From now on I speak this language with you: %{language}. Write “%{command}” to change it, or to go back to that of your profile.": "Ab jetzt spreche ich %{language}. Mit „%{command}“ geht es zurück.",
	"I speak the language of your profile with you again.":                                                                             "Ich spreche wieder die Sprache deines Profils.",
	"As in my profile": "Wie in meinem Profil", "language": "sprache", "Hello": "Hallo", "Which size?": "Welche Größe?", "It is ready": "Es ist fertig",
}

var ready = payload.New[string]("test.ready")

// polyglot is a policy that says hello, in the language that a person chooses.
func polyglot() routing.Policy {
	hello := handling.SimpleText{Pattern: "hello"}
	talk := dialog.Dialog[pizza]{
		Name: "pizza", Done: func(context.Context, *dialog.Run[pizza]) error { return nil },
		Steps: []dialog.Step[pizza]{dialog.Question[pizza, string]{
			Name: "size", Text: "Which size?", Answer: dialog.Text(), Field: func(p *pizza) *string { return &p.Size },
		}},
	}
	return routing.Policy{
		receiving.TypeDefault: {{Handler: handling.UserProfile{}}},
		receiving.TypeDialog:  {{Handler: talk}},
		receiving.TypeSimpleText: {
			{Handler: handling.Language{}, Final: true},
			{Handler: hello, Senders: sending.List(sending.SimpleMessage{Text: "Hello"})},
			{Handler: talk.On(handling.SimpleText{Pattern: "pizza"})},
			{Handler: handling.OnText("later", func(ctx context.Context, _ *receiving.Event, _ map[string]string, _ *sending.Replier) error {
				return handling.After(ctx, time.Hour, "ready", ready, "")
			})},
			{Handler: handling.OnText("German, please", func(ctx context.Context, ev *receiving.Event, _ map[string]string, reply *sending.Replier) error {
				if err := handling.SetLanguage(ctx, ev, "de"); err != nil {
					return err
				}
				return reply.Reply(ctx, sending.Text(sending.Expand(ctx, "Hello")))
			}), Senders: sending.List(sending.SimpleMessage{Text: "It is ready"})},
		},
		receiving.TypeQuickReply: {{Handler: handling.Language{}}},
		receiving.TypePostback:   {{Handler: handling.Language{}}},
		receiving.TypeSignal:     {{Handler: handling.OnPayload(ready, func(context.Context, *receiving.Event, string, *sending.Replier) error { return nil }), Senders: sending.List(sending.SimpleMessage{Text: "It is ready"})}},
	}
}

func polyglotBot(t *testing.T, languages map[string]map[string]string) messenger.Config {
	t.Helper()
	catalog, err := i18n.New(languages)
	require.NoError(t, err)
	return messenger.Config{Policy: polyglot(), Catalog: catalog}
}

const setToGerman = "Ab jetzt spreche ich Deutsch. Mit „sprache“ geht es zurück."

// A person chooses; everything that follows is in that language, and a way leads back.
func TestAPersonChoosesTheirLanguage(t *testing.T) {
	t.Parallel()
	config := polyglotBot(t, map[string]map[string]string{"de": germanLanguage, "fr": {"Hello": "Bonjour"}})
	clock := messengertest.NewClock()
	config.Store = memory.New(memory.Config{Now: clock.Now})
	chat := messengertest.StartAt(t, clock, simulator.Config{}, config)
	chat.Patience = patience
	ada, ben := chat.Person("Ada", "fr_FR"), chat.Person("Ben", "en_US")
	ada.Says("hello")
	ada.Sees("Bonjour")
	ada.Says("Language")
	ada.IsAsked("Which language shall I speak?", "Deutsch", "English", "Français")
	ada.Taps("Deutsch")
	ada.Sees(setToGerman)
	ada.Says("hello")
	ada.Sees("Hallo")
	ada.Says("pizza")
	ada.Sees("Welche Größe?")
	ada.Says("large")
	ada.Says("later")
	chat.Idle()
	chat.Advance(time.Hour)
	ada.Sees("Es ist fertig")
	ctx, err := chat.Bot.For(t.Context(), messengertest.PageID, ada.ID)
	require.NoError(t, err)
	require.Equal(t, "Hallo", sending.Expand(ctx, "Hello"))
	for psid, err := range chat.Bot.People(t.Context(), messengertest.PageID, func(p store.Person) bool { return chat.Bot.LanguageOf(p) == "de" }) {
		require.NoError(t, err)
		require.Equal(t, ada.ID, psid, "a broadcast in German goes to her")
	}
	chat.Restart()
	ada.Says("hello")
	ada.Sees("Hallo")
	ben.Says("hello")
	ben.Sees("Hello")

	ada.Says("SPRACHE")
	ada.IsAsked("Welche Sprache soll ich sprechen?", "Deutsch", "English", "Français", "Wie in meinem Profil")
	ada.Taps("Wie in meinem Profil")
	ada.Sees("I speak the language of your profile with you again.") // there is no French translation of it
	ada.Says("hello")
	ada.Sees("Bonjour")
	ada.Says("language Klingon")
	ada.IsAsked("I do not speak that language. Which of these shall I speak?", "Deutsch", "English", "Français")
	ada.Says("german")
	ada.Sees(setToGerman)
	ada.TapsOldButton("Sprache", handling.LanguagePayload())
	ada.IsAsked("Welche Sprache soll ich sprechen?", "Deutsch", "English", "Français", "Wie in meinem Profil")

	require.NoError(t, config.Store.Forget(t.Context(), store.Conversation{PageID: messengertest.PageID, PSID: ada.ID}))
	ada.Says("hello")
	ada.Sees("Bonjour")
}

// Someone who cannot read the language of an open dialog changes it there, by a command, a tap or a name, and is asked again.
func TestALanguageIsChosenDuringADialog(t *testing.T) {
	t.Parallel()
	config := polyglotBot(t, map[string]map[string]string{"de": germanLanguage})
	language := routing.Route{Handler: handling.Language{}, Final: true}
	config.Policy[receiving.TypeDefault] = append(config.Policy[receiving.TypeDefault], language)
	config.Policy[receiving.TypeSimpleText] = config.Policy[receiving.TypeSimpleText][1:]
	delete(config.Policy, receiving.TypeQuickReply)
	delete(config.Policy, receiving.TypePostback)
	chat := startPatient(t, config)
	ada := chat.Person("Ada", "en_US")
	ada.Says("pizza")
	ada.Sees("Which size?")

	ada.Says("language")
	ada.IsAsked("Which language shall I speak?", "Deutsch", "English")
	ada.SeesNothing() // the question would take the list's quick replies away
	ada.Taps("Deutsch")
	ada.Sees(setToGerman)
	ada.Sees("Welche Größe?")
	ada.SeesNothing()

	ada.TapsOldButton("Sprache", handling.LanguagePayload())
	ada.IsAsked("Welche Sprache soll ich sprechen?", "Deutsch", "English", "Wie in meinem Profil")
	ada.SeesNothing()
	ada.Says("English")
	ada.Sees("From now on I speak this language with you: English. Write “language” to change it, or to go back to that of your profile.")
	ada.Sees("Which size?")
	ada.SeesNothing()

	ada.Says("language German")
	ada.Sees(setToGerman)
	ada.Sees("Welche Größe?")
	ada.Says("sprache")
	ada.IsAsked("Welche Sprache soll ich sprechen?", "Deutsch", "English", "Wie in meinem Profil")
	ada.Taps("Wie in meinem Profil")
	ada.Sees("I speak the language of your profile with you again.")
	ada.Sees("Which size?")
	ada.SeesNothing()
	ada.Says("large") // it is the answer to the question
	ada.SeesNothing()
	ada.Says("language German")
	ada.Sees(setToGerman)
	ada.SeesNothing() // no dialog is open
}

// On a route that leaves the event to dialogs, the question comes once.
func TestAChoiceOfALanguageAsksAnOpenQuestionOnce(t *testing.T) {
	t.Parallel()
	chat := startPatient(t, polyglotBot(t, map[string]map[string]string{"de": germanLanguage}))
	ada := chat.Person("Ada", "en_US")
	ada.Says("language")
	ada.IsAsked("Which language shall I speak?", "Deutsch", "English")
	ada.Says("pizza")
	ada.Sees("Which size?")
	ada.TapsOldButton("Deutsch", `{"kind":"messenger.language","data":{"t":"de"}}`)
	ada.Sees(setToGerman)
	ada.Sees("Welche Größe?")
	ada.SeesNothing()
}

// The name of a language chooses it after the list alone: else it is a text like any other.
func TestTheNameOfALanguageIsATextLikeAnyOther(t *testing.T) {
	t.Parallel()
	chat := startPatient(t, polyglotBot(t, map[string]map[string]string{"de": germanLanguage}))
	ada := chat.Person("Ada", "en_US")
	ada.Says("German")
	ada.SeesNothing()
	ada.Says("language school in Rome?")
	ada.SeesNothing()
	ada.Says("language deutsch")
	ada.Sees(setToGerman)
	ada.Says("English")
	ada.SeesNothing()
	ada.Says("sprache")
	ada.IsAsked("Welche Sprache soll ich sprechen?", "Deutsch", "English", "Wie in meinem Profil")
	ada.Says("en") // as "no" and "it", it may be anything
	ada.SeesNothing()
	chat.Idle()
	chat.Advance(11 * time.Minute)
	ada.Says("English")
	ada.SeesNothing()
}

// What a handler sets counts for the rest of its turn.
func TestALanguageThatIsSetCountsInTheSameTurn(t *testing.T) {
	t.Parallel()
	chat := startPatient(t, polyglotBot(t, map[string]map[string]string{"de": germanLanguage}))
	ada := chat.Person("Ada", "en_US")
	ada.Says("German, please")
	ada.Sees("Hallo")
	ada.Sees("Es ist fertig")
}

// Two replicas that disagree, or a deployment that has dropped a language: the choice waits, and the profile's language serves.
func TestALanguageThatADeploymentDoesNotSpeakIsKept(t *testing.T) {
	t.Parallel()
	both := polyglotBot(t, map[string]map[string]string{"de": germanLanguage, "fr": {"Hello": "Bonjour"}})
	both.Store = memory.New(memory.Config{})
	chat := startPatient(t, both)
	ada := chat.Person("Ada", "fr_FR")
	ada.Says("language de")
	ada.Sees(setToGerman)
	french := polyglotBot(t, map[string]map[string]string{"fr": {"Hello": "Bonjour"}})
	french.Store = both.Store
	chat.RestartWith(french)
	ada.Says("hello")
	ada.Sees("Bonjour")
	ada.Says("language")
	ada.IsAsked("Which language shall I speak?", "English", "Français", "As in my profile")
	chat.RestartWith(both)
	ada.Says("hello")
	ada.Sees("Hallo")
}

// A bot of many languages shows them in pages; a name that two have asks which one is meant.
func TestManyLanguagesComeInPages(t *testing.T) {
	t.Parallel()
	languages := map[string]map[string]string{}
	for _, tag := range []string{"ar", "de", "es", "fr", "he", "hi", "it", "ja", "ko", "nl", "pl", "pt-BR", "pt-PT", "ru", "tr", "uk"} {
		languages[tag] = map[string]string{"Hello": "Hello in " + tag}
	}
	chat := startPatient(t, polyglotBot(t, languages))
	ada := chat.Person("Ada", "en_US")
	ada.Says("language")
	first := ada.Next()
	require.Len(t, first.QuickReplies, 12)
	ada.Taps("More…")
	second := ada.Next()
	require.Len(t, second.QuickReplies, 7)
	seen := map[string]bool{}
	for _, chip := range append(first.QuickReplies, second.QuickReplies...) {
		seen[chip.Title] = true
	}
	require.Len(t, seen, len(languages)+1+1, "each once, English, and the one that leads on")
	ada.Says("Portuguese")
	ada.IsAsked("Which one do you mean?", "Português do Brasil", "Português europeu")
	ada.Taps("Português europeu")
	ada.Next()
	ada.Says("hello")
	ada.Sees("Hello in pt-PT")
}

// A page of people without a locale, as on Instagram, has a language of its own.
func TestAPageHasALanguage(t *testing.T) {
	t.Parallel()
	config := polyglotBot(t, map[string]map[string]string{"de": germanLanguage, "fr": {"Hello": "Bonjour"}})
	config.Language = "de_DE"
	chat := startPatient(t, config)
	ada, ben := chat.Person("Ada", ""), chat.Person("Ben", "fr_FR")
	ada.Says("hello")
	ada.Sees("Hallo")
	ben.Says("hello")
	ben.Sees("Bonjour")
	config.Language = "klingonish"
	_, err := messenger.New(config)
	require.ErrorContains(t, err, "Config.Language: ")
}
