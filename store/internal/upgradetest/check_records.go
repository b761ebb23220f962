package upgradetest

import (
	"slices"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/store"
)

// people checks who is known.
func (c *checker) people() {
	c.Helper()
	for _, want := range people() {
		got, err := c.st.Person(c.Context(), want.PageID, want.PSID)
		require.NoError(c, err, want.PSID)
		require.Equal(c, want, got)
	}
	for _, unknown := range []store.Conversation{forgotten, conv(page2, "refused"), conv(page1, "released")} {
		_, err := c.st.Person(c.Context(), unknown.PageID, unknown.PSID)
		require.ErrorIs(c, err, store.ErrNotFound)
	}
}

// records checks what is kept of messages and places, newest first.
func (c *checker) records() {
	c.Helper()
	l, r, s := locations(), received(), sent()
	places, err := c.st.Locations(c.Context(), recorded.PageID, recorded.PSID, 10)
	require.NoError(c, err)
	require.Equal(c, []store.Location{l[2], l[0], l[1]}, places)
	require.Equal(c, []store.Received{r[2], r[0], r[1]}, c.received())
	slices.Reverse(s)
	tries, err := c.st.Sent(c.Context(), recorded.PageID, recorded.PSID, 10)
	require.NoError(c, err)
	require.Equal(c, s, tries)
	for _, gone := range []store.Conversation{unsent, forgotten} {
		kept, err := c.st.Received(c.Context(), gone.PageID, gone.PSID, 10)
		require.NoError(c, err)
		require.Empty(c, kept)
		places, err := c.st.Locations(c.Context(), gone.PageID, gone.PSID, 10)
		require.NoError(c, err)
		require.Empty(c, places)
	}
	// A later event with the key of one that is kept is not kept.
	again := r[0]
	again.Type = "again"
	require.NoError(c, c.st.Apply(c.Context(), store.SaveMessage{Received: again}))
	require.Equal(c, []store.Received{r[2], r[0], r[1]}, c.received())
}

func (c *checker) received() []store.Received {
	c.Helper()
	found, err := c.st.Received(c.Context(), recorded.PageID, recorded.PSID, 10)
	require.NoError(c, err)
	return found
}

// letters checks the dead letters, and that those of a page, of an event and after
// another are found.
func (c *checker) letters() {
	c.Helper()
	require.Equal(c, letters(), c.dead(store.DeadQuery{}))
	require.Equal(c, letters(), c.dead(store.DeadQuery{PageID: page2}))
	require.Empty(c, c.dead(store.DeadQuery{PageID: page1}))
	require.Equal(c, letters()[1:2], c.dead(store.DeadQuery{Key: dead2.key}))
	require.Empty(c, c.dead(store.DeadQuery{Key: dropped.key}))
	require.Empty(c, c.dead(store.DeadQuery{After: c.marks.Letter}))
}

func (c *checker) dead(q store.DeadQuery) (all []letter) {
	c.Helper()
	found, err := c.st.Dead(c.Context(), q)
	require.NoError(c, err)
	for _, l := range found {
		all = append(all, letterOf(l))
	}
	return all
}

// sessions checks the sessions and attachments, when they expire, and on which version a
// new one builds.
func (c *checker) sessions() {
	c.Helper()
	read := func(name string) (store.Session, error) {
		return c.st.Session(c.Context(), recorded.PageID, recorded.PSID, name)
	}
	for name, version := range map[string]int64{forever: 3, untilNoon: 1} {
		s, err := read(name)
		require.NoError(c, err, name)
		require.Equal(c, session(name, version), s)
		id, err := c.st.Attachment(c.Context(), recorded.PageID, name)
		require.NoError(c, err, name)
		require.Equal(c, attachment(name).AttachmentID, id)
	}
	for _, name := range []string{expired, deleted} {
		_, err := read(name)
		require.ErrorIs(c, err, store.ErrNotFound, name)
		_, err = c.st.Attachment(c.Context(), recorded.PageID, name)
		require.ErrorIs(c, err, store.ErrNotFound, name)
	}
	for _, stale := range []store.Session{session(forever, 3), session(forever, 1), session(untilNoon, 1), session(expired, 2)} {
		require.ErrorIs(c, c.st.Apply(c.Context(), save(stale)), store.ErrConflict, stale.Name)
	}
	for name, version := range map[string]int64{forever: 4, untilNoon: 2, deleted: 1} {
		require.NoError(c, c.st.Apply(c.Context(), save(session(name, version))), name)
		s, err := read(name)
		require.NoError(c, err, name)
		require.Equal(c, version, s.Version)
	}
	fresh := session(expired, 1)
	fresh.Expires = expires[untilNoon]
	require.NoError(c, c.st.Apply(c.Context(), save(fresh)), "an expired session has no version")
	s, err := read(expired)
	require.NoError(c, err)
	require.Equal(c, fresh, s)
}
