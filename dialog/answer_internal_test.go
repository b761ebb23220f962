package dialog

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/i18n"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/store"
)

// in returns the context of a turn with a person of that locale, in which the bot speaks
// English and German.
func in(t *testing.T, locale string) context.Context {
	t.Helper()
	catalog, err := i18n.New(map[string]map[string]string{"de": {
		"Small": "Klein", "Large": "Groß", "Done": "Fertig", "Ham": "Schinken", "cancel|stop": "abbrechen|stopp",
		"December": "Dezember|Dez", "tomorrow": "morgen", refuseNumberBetween: "Eine Zahl von %{min} bis %{max}, bitte.",
	}})
	require.NoError(t, err)
	zone := 2.0
	ctx := store.WithPerson(t.Context(), store.Person{Profile: store.Profile{Locale: locale, Timezone: &zone}})
	ctx = handling.WithTurn(ctx, handling.Turn{Now: nowOfTests})
	return i18n.With(ctx, catalog.For(locale))
}

// nowOfTests is Saturday the 28th, and Sunday the 29th where the person is.
func nowOfTests() time.Time { return time.Date(2026, 11, 28, 23, 30, 0, 0, time.UTC) }

func wrote(text string) *receiving.Event {
	return &receiving.Event{Type: receiving.TypeSimpleText, Payload: &receiving.Message{Text: text}}
}

// answered is what an answer makes of a text, as a question does it.
func answered[T any](t *testing.T, ctx context.Context, a Answer[T], text string, so T) (T, bool, error) {
	t.Helper()
	choices, err := a.Choices(ctx, so)
	require.NoError(t, err)
	key, _ := choiceOf(ctx, choices, text)
	more, err := a.Take(ctx, Input{Event: wrote(text), Choice: key}, &so)
	return so, more, err
}

func TestAChoiceIsMadeByItsTitleOrItsNumber(t *testing.T) {
	t.Parallel()
	size := OneOf(Opt("S", "Small"), Opt("L", "Large 🍕"))
	sized := OneOf(Opt(10, "10 cm"), Opt(20, "20 cm"))
	german := OneOf(Opt("S", "Small"), Opt("L", "Large"))
	for text, want := range map[string]string{
		"Small": "S", "  SMALL!! ": "S", "large": "L", "Ｌａｒｇｅ": "L", "🍕 Large 🍕": "L", "1": "S", "2.": "L", "٢": "L",
	} {
		got, _, err := answered(t, in(t, "en_US"), size, text, "")
		require.NoError(t, err, text)
		require.Equal(t, want, got, text)
	}
	for text, want := range map[string]string{"groß": "L", "GROSS": "L", "Klein": "S", "small": "S"} {
		got, _, err := answered(t, in(t, "de_DE"), german, text, "")
		require.NoError(t, err, text)
		require.Equal(t, want, got, text)
	}
	for _, text := range []string{"3", "0", "medium", "", "...", "Small Large"} {
		_, _, err := answered(t, in(t, "en_US"), size, text, "")
		require.Equal(t, &RefusalError{Text: refuseChoice, Values: map[string]string{"choices": "Small, Large 🍕"}}, err, text)
	}
	_, _, err := answered(t, in(t, "en_US"), sized, "1", 0)
	require.Error(t, err, "a number is no ordinal where titles begin with digits")
	got, _, err := answered(t, in(t, "en_US"), sized, "20 CM", 0)
	require.NoError(t, err)
	require.Equal(t, 20, got)
	require.Equal(t, "Groß", german.Show(in(t, "de_DE"), "L"))
	require.Equal(t, "XL", german.Show(in(t, "de_DE"), "XL"), "what is no option any more")
}

func TestASymbolIsATitleToo(t *testing.T) {
	t.Parallel()
	got, _, err := answered(t, in(t, "en_US"), OneOf(Opt(true, "👍"), Opt(false, "👎")), "👎", true)
	require.NoError(t, err)
	require.False(t, got)
}

func TestOptionsThatAreFoundOut(t *testing.T) {
	t.Parallel()
	var fail error
	a := OneOfFunc(func(context.Context) ([]Option[int], error) {
		if fail != nil {
			return nil, fail
		}
		return []Option[int]{Opt(7, "Seven")}, nil
	})
	got, _, err := answered(t, in(t, "en_US"), a, "seven", 0)
	require.NoError(t, err)
	require.Equal(t, 7, got)
	fail = context.DeadlineExceeded
	_, err = a.Choices(t.Context(), 0)
	require.ErrorIs(t, err, fail, "which fails the turn")
	_, err = a.Take(t.Context(), Input{Event: wrote("x")}, &got)
	require.ErrorIs(t, err, fail)
	require.Equal(t, "7", a.Show(t.Context(), 7))
}

func TestSeveralChoices(t *testing.T) {
	t.Parallel()
	ctx := in(t, "en_US")
	a := SomeOf("Done", Opt("ham", "Ham"), Opt("cheese", "Cheese"), Opt("egg", "Egg"))
	for _, c := range []struct {
		text string
		so   []string
		want []string
		more bool
	}{
		{"ham", nil, []string{"ham"}, true},
		{"Egg", []string{"ham"}, []string{"ham", "egg"}, true},
		{"ham, cheese", nil, []string{"ham", "cheese"}, true},
		{"Ham + egg + done", nil, []string{"ham", "egg"}, false},
		{"1, 1", nil, []string{"ham"}, true},
		{"1", []string{"ham"}, []string{"ham", "cheese"}, true}, // of what is left
		{"done", nil, nil, false},
		{"egg", []string{"ham", "cheese"}, []string{"ham", "cheese", "egg"}, false},
	} {
		got, more, err := answered(t, ctx, a, c.text, c.so)
		require.NoError(t, err, c.text)
		require.Equal(t, c.want, got, c.text)
		require.Equal(t, c.more, more, c.text)
	}
	for _, text := range []string{"ham, pineapple", "pineapple", ",,,", ""} {
		got, _, err := answered(t, ctx, a, text, []string{"egg"})
		require.Equal(t, &RefusalError{Text: refuseChoice, Values: map[string]string{"choices": "Ham, Cheese, Done"}}, err, text)
		require.Equal(t, []string{"egg"}, got, "what was chosen stays")
	}
	var so []string
	_, err := a.Take(ctx, Input{Event: wrote(""), Choice: `"salami"`}, &so)
	require.Error(t, err, "a tap on an option that was removed")
	require.Equal(t, "Schinken, Cheese", a.Show(in(t, "de_DE"), []string{"ham", "cheese"}))
}

// refusedWith is the text of a refusal.
func refusedWith(t *testing.T, err error) string {
	t.Helper()
	var refusal *RefusalError
	require.ErrorAs(t, err, &refusal)
	return refusal.Text
}

func TestEMailAddresses(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{"ada@example.com\n": "ada@example.com", "a.b+c@sub.example.co.uk": "a.b+c@sub.example.co.uk", "mailto:ada@example.com": "ada@example.com", "Ada Lovelace <ada@example.com>": "ada@example.com", "\u200eada@example.com\u200b": "ada@example.com"} {
		got, _, err := answered(t, in(t, "en_US"), Email(), text, "")
		require.NoError(t, err, text)
		require.Equal(t, want, got)
	}
	long := make([]byte, 300)
	for i := range long {
		long[i] = 'a'
	}
	for _, text := range []string{"", "ada", "ada@", "@example.com", "ada@example", "Ada <ada@example.com>, Bob <bob@example.com>", "ada@example..com", "a@b@c.com", "ada@.com", "ada lovelace@example.com", string(long) + "@example.com"} {
		_, _, err := answered(t, in(t, "en_US"), Email(), text, "")
		require.Equal(t, Refuse(refuseEmail), err, text)
	}
	var v string
	tapped := &receiving.Event{Type: receiving.TypeQuickReply, Payload: &receiving.Message{Text: "ada@example.com", QuickReply: &receiving.QuickReply{Payload: "ada@example.com"}}}
	_, err := Email().Take(t.Context(), Input{Event: tapped}, &v)
	require.NoError(t, err)
	require.Equal(t, "ada@example.com", v)
}

func TestPhoneNumbers(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"+49 30 123456": "+4930123456", "0049-30-123456": "+4930123456", "(030) 123 456": "030123456", "+1.202.555.0147": "+12025550147", "+٤٩ ٣٠ ١٢٣٤٥٦": "+4930123456",
	} {
		got, _, err := answered(t, in(t, "en_US"), Phone(), text, "")
		require.NoError(t, err, text)
		require.Equal(t, want, got)
	}
	for _, text := range []string{"", "call me", "12345", "1234567890123456", "+", "++491234567", "030 12345x"} {
		_, _, err := answered(t, in(t, "en_US"), Phone(), text, "")
		require.Equal(t, Refuse(refusePhone), err, text)
	}
}

func TestPlacesAndFiles(t *testing.T) {
	t.Parallel()
	at := receiving.Coordinates{Lat: 52.5, Long: 13.4}
	place := &receiving.Event{Type: receiving.TypeLocation, Payload: &receiving.Message{Attachments: []receiving.Attachment{
		{Type: "location", Payload: &receiving.AttachmentPayload{Coordinates: &at}},
	}}}
	var got receiving.Coordinates
	_, err := Place().Take(t.Context(), Input{Event: place}, &got)
	require.NoError(t, err)
	require.Equal(t, at, got)
	_, err = Place().Take(t.Context(), Input{Event: wrote("Berlin")}, &got)
	require.Equal(t, Refuse(refusePlace), err)

	image := receiving.Attachment{Type: "image", Payload: &receiving.AttachmentPayload{URL: "https://example.com/1.png"}}
	sent := &receiving.Event{Type: receiving.TypeImage, Payload: &receiving.Message{Attachments: []receiving.Attachment{image}}}
	var kept receiving.Attachment
	_, err = File(receiving.TypeImage).Take(t.Context(), Input{Event: sent}, &kept)
	require.NoError(t, err)
	require.Equal(t, image, kept)
	_, err = File(receiving.TypeVideo).Take(t.Context(), Input{Event: sent}, &kept)
	require.Equal(t, Refuse(refuseVideo), err)
	_, err = File().Take(t.Context(), Input{Event: wrote("here it is")}, &kept)
	require.Equal(t, Refuse(refuseFile), err)
	_, err = Text().Take(t.Context(), Input{Event: sent}, new(string))
	require.Equal(t, Refuse(refuseText), err)
}

func TestCommandsAreWholeTextsInBothLanguages(t *testing.T) {
	t.Parallel()
	w := DefaultWords()
	for text, want := range map[string]command{
		"cancel": cancel, "Stop!": cancel, "ABBRECHEN": cancel, "stopp": cancel, "back": goBack, "help": help, "Help?": help, "skip": skip,
		"cancel my order": noCommand, "": noCommand, "cancel|stop": noCommand,
	} {
		require.Equal(t, want, w.command(in(t, "de_DE"), text), text)
	}
	require.Equal(t, noCommand, w.command(in(t, "en_US"), "abbrechen"))
	w.Cancel = ""
	require.Equal(t, noCommand, w.command(in(t, "en_US"), "cancel"))
}

func TestAPartialAnswerSurvivesJSON(t *testing.T) {
	t.Parallel()
	data, err := json.Marshal([]string{"ham"})
	require.NoError(t, err)
	v, err := value[[]string](data)
	require.NoError(t, err)
	require.Equal(t, []string{"ham"}, v)
	_, err = value[int](data)
	require.Error(t, err, "the type was changed by a deployment")
}
