package engine

import (
	"testing"

	"github.com/stretchr/testify/require"

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
		ctx := Speak(t.Context(), nil, sending.Texts{}, func() store.Person { return store.Person{Profile: profile} })
		require.Equal(t, want, sending.Expand(ctx, text))
	}
}
