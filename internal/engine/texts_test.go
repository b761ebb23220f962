package engine

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/i18n"
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
		ctx := voice.Speak(t.Context(), func() store.Person { return store.Person{Profile: profile} })
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
	ctx := voice.Speak(t.Context(), func() store.Person { return store.Person{Profile: profile} })
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
}
