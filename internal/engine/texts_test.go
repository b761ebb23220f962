package engine

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/i18n"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/store"
)

// The platform gives people on Instagram one name, which is not split.
func TestTextsNameAPersonByWhatIsKnown(t *testing.T) {
	t.Parallel()
	const text = "%{first_name|there}, %{last_name|-}, %{name|you}"
	for want, profile := range map[string]store.Profile{
		"there, -, you":                    {},
		"Ada, -, Ada":                      {FirstName: "Ada"},
		"Ada, Lovelace, Ada Lovelace":      {FirstName: "Ada", LastName: "Lovelace"},
		"there, Lovelace, Lovelace":        {LastName: "Lovelace"},
		"there, -, the lamp shop":          {Name: "the lamp shop", Username: "lamps"},
		"Ada, Lovelace, Countess Lovelace": {FirstName: "Ada", LastName: "Lovelace", Name: "Countess Lovelace"},
	} {
		voice := &Voice{Logger: slog.New(slog.DiscardHandler)}
		ctx := voice.Speak(t.Context(), func() store.Person { return store.Person{Profile: profile} }, nil)
		require.Equal(t, want, sending.Expand(ctx, text))
	}
}

// What a handler formats is as where the person lives, and a text that is missing is logged once.
func TestTextsAreInTheLocaleAndTheTimeZoneOfThePerson(t *testing.T) {
	t.Parallel()
	catalog, err := i18n.New(map[string]map[string]string{"de": {"Hello": "Hallo"}, "fr": {"Bye": "Au revoir"}})
	require.NoError(t, err)
	var log bytes.Buffer
	profile := store.Profile{}
	voice := &Voice{Catalog: catalog, Logger: slog.New(slog.NewTextHandler(&log, nil))}
	ctx := voice.Speak(t.Context(), func() store.Person { return store.Person{Profile: profile} }, nil)
	when := time.Date(2026, 12, 24, 20, 30, 0, 0, time.UTC)
	require.Equal(t, "Dec 24, 2026, 8:30\u202fPM", i18n.From(ctx).Format(when))
	profile = store.Profile{Locale: "de_AT", Timezone: new(5.75)} // a handler of this turn has read it
	require.Equal(t, "25.12.2026, 02:15", i18n.From(ctx).Format(when))
	profile.Timezone = new(99.0)
	require.Equal(t, "24.12.2026, 20:30", i18n.From(ctx).Format(when))
	for range 3 {
		require.Equal(t, "Hallo Bye", sending.Expand(ctx, "Hello")+" "+sending.Expand(ctx, "Bye"))
	}
	require.Equal(t, 1, strings.Count(log.String(), "\n"), log.String())
	require.Contains(t, log.String(), `problem="not translated" language=de key=Bye`)
	require.Equal(t, "Guten Tag, Ada", sending.Expand(ctx, "Guten Tag, Ada"))
	require.Contains(t, log.String(), `problem="not translated" language=de text="is in no catalogue`)
	require.NotContains(t, log.String(), "Ada")
	require.NotContains(t, log.String(), `=""`, "no attribute is empty")
}

// The language that was chosen, the profile's, what the platform has detected in the message, the page's.
func TestTheLanguageIsThePersons(t *testing.T) {
	t.Parallel()
	catalog, err := i18n.New(map[string]map[string]string{"de": {"Hello": "Hallo"}, "fr": {"Hello": "Bonjour"}, "es": {"Hello": "Hola"}})
	require.NoError(t, err)
	voice := &Voice{Catalog: catalog, Logger: slog.New(slog.DiscardHandler), Language: func(pageID string) string { return map[string]string{"spanish": "es"}[pageID] }}
	said := func(nlp string, p store.Person) string {
		ev := &receiving.Event{Payload: &receiving.Message{NLP: json.RawMessage(nlp)}}
		return sending.Expand(voice.Speak(t.Context(), func() store.Person { return p }, detected(ev)), "Hello")
	}
	const german = `{"detected_locales": [{"locale": "de_XX", "confidence": 0.9}, {"locale": "fr_XX", "confidence": 0.1}]}`
	require.Equal(t, "Hello", said(``, store.Person{}))
	require.Equal(t, "Hola", said(``, store.Person{PageID: "spanish"}))
	require.Equal(t, "Hallo", said(german, store.Person{PageID: "spanish"}))
	require.Equal(t, "Hola", said(`{"detected_locales": "rubbish"}`, store.Person{PageID: "spanish"}))
	require.Equal(t, "Bonjour", said(german, store.Person{PageID: "spanish", Profile: store.Profile{Locale: "fr_CA"}}))
	require.Equal(t, "Hola", said(german, store.Person{Language: "es", Profile: store.Profile{Locale: "fr_CA"}}))
	require.Equal(t, "Bonjour", said(german, store.Person{Language: "pl", Profile: store.Profile{Locale: "fr_CA"}}), "the bot does not speak Polish any more")
	p := store.Person{Profile: store.Profile{Locale: "fr_CA"}}
	ctx := voice.Speak(t.Context(), func() store.Person { return p }, nil)
	require.Equal(t, "Bonjour", sending.Expand(ctx, "Hello"))
	p.Language = "de" // which a handler of this turn has set
	require.Equal(t, "Hallo", sending.Expand(ctx, "Hello"))
	first, second := i18n.From(ctx), i18n.From(ctx)
	require.Same(t, first, second, "it is not made anew for each text")
}

// Each value that texts are told to have of the person is there.
func TestThePersonsValuesAreThere(t *testing.T) {
	t.Parallel()
	for _, name := range sending.PersonValues() {
		_, ok := personValue(store.Person{}, name)
		require.True(t, ok, name)
	}
}
