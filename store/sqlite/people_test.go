package sqlite //nolint:testpackage // it looks at transactions

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/internal/queue"
	"github.com/djmessenger/messenger/store"
)

// What a transaction reads of a person is what the database has, whether the connection has kept the row or not: also after changes that
// were rolled back or undone, after the person was forgotten, and when more people came than are kept.
func TestPeopleAreReadAsTheDatabaseHasThem(t *testing.T) {
	t.Parallel()
	c := openConn(t)
	zone := 2.5
	when := time.Date(2026, 3, 1, 12, 0, 0, 1234567, time.FixedZone("", 3600))
	person := func(psid string, thumbs int) *store.Person {
		return &store.Person{
			PageID: "page", PSID: psid, ThumbUps: thumbs, FirstSeen: when, LastAct: when, Profile: store.Profile{FirstName: psid, Timezone: &zone},
		}
	}
	read := func(tx *tx, psid string) *store.Person {
		t.Helper()
		id := store.Conversation{PageID: "page", PSID: psid}
		got, err := tx.readPerson(id)
		require.NoError(t, err)
		kept := tx.people
		tx.people.clear()
		want, err := tx.readPerson(id)
		require.NoError(t, err)
		require.Equal(t, want, got)
		tx.people = kept
		return got
	}
	apply(t, c, &queue.Changes{People: []*store.Person{person("ann", 1)}})

	first := begin(t, c)
	ann := read(first, "ann")
	require.Equal(t, 1, ann.ThumbUps)
	ann.ThumbUps, *ann.Profile.Timezone = 9, 9
	require.Equal(t, 1, read(first, "ann").ThumbUps, "what is read is a copy")
	require.NoError(t, first.Apply(&queue.Changes{People: []*store.Person{person("ann", 2)}}))
	require.Equal(t, 2, read(first, "ann").ThumbUps)
	first.Rollback()

	second := begin(t, c)
	ann = read(second, "ann")
	require.Equal(t, 1, ann.ThumbUps)
	ann.LastAct = when.Add(time.Hour)
	require.NoError(t, second.Savepoint())
	require.NoError(t, second.Apply(&queue.Changes{Acts: []*store.Person{ann}}))
	require.Equal(t, when.Add(time.Hour).Truncate(time.Microsecond).UTC(), read(second, "ann").LastAct)
	require.NoError(t, second.Undo())
	require.Equal(t, when.Truncate(time.Microsecond).UTC(), read(second, "ann").LastAct)
	require.NoError(t, second.Commit(t.Context()))

	var many []*store.Person
	for i := range 2*mostPeople + 2 {
		many = append(many, person(fmt.Sprint(i), i))
	}
	apply(t, c, &queue.Changes{People: many})
	third := begin(t, c)
	require.LessOrEqual(t, len(c.people.young)+len(c.people.old), 2*mostPeople)
	for _, psid := range []string{"ann", "0", "1", "2048", "4097"} {
		require.NotNil(t, read(third, psid), psid)
	}
	_, err := third.Forget([]store.Conversation{{PageID: "page", PSID: "ann"}, {PageID: "page", PSID: "4097"}})
	require.NoError(t, err)
	require.Nil(t, read(third, "ann"))
	require.Nil(t, read(third, "4097"))
	require.NoError(t, third.Commit(t.Context()))
}
