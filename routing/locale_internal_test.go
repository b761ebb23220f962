package routing

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/memory"
)

// The languages that people choose are not kept beside those of policies: there is no end of them.
func TestTheLanguageOfAPersonIsNotKept(t *testing.T) {
	t.Parallel()
	person := store.Person{PageID: "1", PSID: "ada", Language: "de-x-mine", Profile: store.Profile{Locale: "fr_FR"}}
	ctx := store.NewTurn(memory.New(memory.Config{}), person).Begin("").Context(t.Context())
	require.True(t, Locale{"de"}.Match(ctx, nil))
	require.False(t, Locale{"fr"}.Match(ctx, nil))
	_, kept := localeRanges.Load(person.Language)
	require.False(t, kept)
}
