package storetest

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/store"
)

// window is that of the broadcasts under test.
const window = 24 * time.Hour

func draft(id string) store.Broadcast {
	return store.Broadcast{ID: id, PageID: ann.PageID, Key: "news", Body: []byte("hello"), Window: window, Content: "c"}
}

// broadcast starts a broadcast of that id to people of page1.
func (s *suite) broadcast(id string, psids ...string) store.Broadcast {
	s.Helper()
	d := draft(id)
	d.Key = id
	require.NoError(s, s.DraftBroadcast(s.ctx, d))
	require.NoError(s, s.AddRecipients(s.ctx, id, psids...))
	b, err := s.StartBroadcast(s.ctx, id, "p")
	require.NoError(s, err)
	return b
}

// feeds moves people on, each with messages of some names.
func (s *suite) feeds(id string, psids []string, names ...string) {
	s.Helper()
	require.NoError(s, s.FeedBroadcast(s.ctx, id, psids, messagesTo(id, psids, names...)...))
}

func messagesTo(id string, psids []string, names ...string) (sends []store.Send) {
	for _, psid := range psids {
		for _, name := range names {
			conv := store.Conversation{PageID: ann.PageID, PSID: psid}
			sends = append(sends, send(conv, fmt.Sprintf("fresh %s %s %s", id, psid, name)))
		}
	}
	return sends
}

// counts expects the counts of a broadcast, before the rows of its recipients are gone and after that, and then its state.
func (s *suite) counts(id string, want store.Broadcast) {
	s.Helper()
	check := func(got store.Broadcast) {
		s.Helper()
		want.ID, want.PageID, want.Key, want.Body, want.Window = got.ID, got.PageID, got.Key, got.Body, got.Window
		want.Content, want.People, want.StartedAt, want.EndedAt = got.Content, got.People, got.StartedAt, got.EndedAt
		require.Equal(s, want, got)
	}
	state := want.State
	before := s.found(id)
	want.State = before.State
	check(before)
	after, err := s.CountBroadcast(s.ctx, id)
	require.NoError(s, err)
	require.Equal(s, state.String(), after.State.String())
	require.Equal(s, after.Remaining() == 0, !after.EndedAt.IsZero())
	want.State = state
	check(after)
	check(s.found(id))
}

func (s *suite) found(id string) store.Broadcast {
	s.Helper()
	for b := range slices.Values(s.listed(store.BroadcastQuery{})) {
		if b.ID == id {
			return b
		}
	}
	require.Fail(s, "no broadcast "+id)
	return store.Broadcast{}
}

func (s *suite) listed(query store.BroadcastQuery) []store.Broadcast {
	s.Helper()
	list, err := s.Broadcasts.Broadcasts(s.ctx, query)
	require.NoError(s, err)
	return list
}

func ids(list []store.Broadcast) []string {
	out := []string{}
	for _, b := range list {
		out = append(out, b.ID)
	}
	return out
}

// in expects who is in a stage.
func (s *suite) in(id string, stage store.RecipientStage, want ...string) {
	s.Helper()
	got, err := s.Recipients(s.ctx, id, stage, 100)
	require.NoError(s, err)
	require.ElementsMatch(s, want, got)
}

var broadcastPromises = []promise{
	{"a broadcast to no one is done", func(s *suite) {
		b := s.broadcast("b")
		require.Equal(s, store.BroadcastDone, b.State)
		require.Equal(s, start, b.StartedAt)
		require.Equal(s, start, b.EndedAt)
		require.Equal(s, 0, b.Total)
		require.Empty(s, s.listed(store.BroadcastQuery{Open: true}))
	}},
	{"a draft is found nowhere and cannot be fed", func(s *suite) {
		require.NoError(s, s.DraftBroadcast(s.ctx, draft("b")))
		require.NoError(s, s.AddRecipients(s.ctx, "b", "ann"))
		require.Empty(s, s.listed(store.BroadcastQuery{}))
		require.Empty(s, s.listed(store.BroadcastQuery{Open: true}))
		_, err := s.FindBroadcast(s.ctx, ann.PageID, "news")
		require.ErrorIs(s, err, store.ErrNotFound)
		require.ErrorIs(s, s.FeedBroadcast(s.ctx, "b", []string{"ann"}), store.ErrNotFound)
		_, err = s.CancelBroadcast(s.ctx, "b")
		require.ErrorIs(s, err, store.ErrNotFound)
		_, err = s.CountBroadcast(s.ctx, "b")
		require.ErrorIs(s, err, store.ErrNotFound)
	}},
	{"what does not exist is not found", func(s *suite) {
		require.ErrorIs(s, s.AddRecipients(s.ctx, "b", "ann"), store.ErrNotFound)
		require.ErrorIs(s, s.FeedBroadcast(s.ctx, "b", []string{"ann"}), store.ErrNotFound)
		_, err := s.StartBroadcast(s.ctx, "b", "")
		require.ErrorIs(s, err, store.ErrNotFound)
		_, err = s.CancelBroadcast(s.ctx, "b")
		require.ErrorIs(s, err, store.ErrNotFound)
		_, err = s.CountBroadcast(s.ctx, "b")
		require.ErrorIs(s, err, store.ErrNotFound)
		s.in("b", store.RecipientWaiting)
	}},
	{"a broadcast that no store takes is refused", func(s *suite) {
		for _, change := range []func(*store.Broadcast){
			func(b *store.Broadcast) { b.Key = "" },
			func(b *store.Broadcast) { b.Key = strings.Repeat("k", store.MaxBroadcastKey+1) },
			func(b *store.Broadcast) { b.Key = "a\x00b" },
			func(b *store.Broadcast) { b.Key = "a\xffb" },
		} {
			d := draft("b")
			change(&d)
			refused, ok := errors.AsType[*store.BroadcastError](s.DraftBroadcast(s.ctx, d))
			require.True(s, ok, "%q", d.Key)
			require.True(s, refused.Permanent())
		}
		for _, d := range []store.Broadcast{{ID: "b", Key: "k"}, {PageID: "p", Key: "k"}} {
			require.ErrorIs(s, s.DraftBroadcast(s.ctx, d), store.ErrEmptyID)
		}
		require.NoError(s, s.DraftBroadcast(s.ctx, draft("b")))
		for _, psid := range []string{"feed/1", "a\x00", "a\xff", strings.Repeat("a", store.MaxRecipientID+1)} {
			_, ok := errors.AsType[*store.RecipientError](s.AddRecipients(s.ctx, "b", "ann", psid))
			require.True(s, ok, "%q", psid)
		}
		require.ErrorIs(s, s.AddRecipients(s.ctx, "b", "ann", ""), store.ErrEmptyID)
		_, ok := errors.AsType[*store.BroadcastError](s.AddRecipients(s.ctx, "b", make([]string, store.MaxRecipients+1)...))
		require.True(s, ok)
		b, err := s.StartBroadcast(s.ctx, "b", "")
		require.NoError(s, err)
		require.Equal(s, 0, b.Total, "no refused call has added anyone")
	}},
	{"a person is a recipient once", func(s *suite) {
		require.NoError(s, s.DraftBroadcast(s.ctx, draft("b")))
		require.NoError(s, s.DraftBroadcast(s.ctx, draft("b")), "again after an error")
		require.NoError(s, s.AddRecipients(s.ctx, "b", "ann", "bob", "ann"))
		require.NoError(s, s.AddRecipients(s.ctx, "b", "bob", "eve"))
		b, err := s.StartBroadcast(s.ctx, "b", "p")
		require.NoError(s, err)
		require.Equal(s, 3, b.Total)
		require.Equal(s, 3, b.Remaining())
		require.Equal(s, store.Broadcast{
			ID: "b", PageID: "page1", Key: "news", State: store.BroadcastRunning, Body: []byte("hello"), Window: window, Content: "c", People: "p",
			StartedAt: start, Total: 3,
		}, b)
		found, err := s.FindBroadcast(s.ctx, ann.PageID, "news")
		require.NoError(s, err)
		require.Equal(s, b, found)
		s.in("b", store.RecipientWaiting, "ann", "bob", "eve")
		require.ErrorIs(s, s.AddRecipients(s.ctx, "b", "zoe"), store.ErrNotFound, "it has started")
	}},
	{"a key is that of the broadcast which started first", func(s *suite) {
		for _, id := range []string{"b", "c", "d"} {
			require.NoError(s, s.DraftBroadcast(s.ctx, draft(id)))
			require.NoError(s, s.AddRecipients(s.ctx, id, "ann"))
		}
		first, err := s.StartBroadcast(s.ctx, "c", "p")
		require.NoError(s, err)
		again, err := s.StartBroadcast(s.ctx, "c", "p")
		require.NoError(s, err)
		require.Equal(s, first, again)
		same, err := s.StartBroadcast(s.ctx, "b", "p")
		require.NoError(s, err)
		require.Equal(s, first, same)
		other, err := s.StartBroadcast(s.ctx, "d", "others")
		conflict, ok := errors.AsType[*store.BroadcastConflictError](err)
		require.True(s, ok)
		require.Equal(s, store.BroadcastConflictError{PageID: "page1", Key: "news", People: true}, *conflict)
		require.Equal(s, first, other)
		e := draft("e")
		e.Content = "other"
		require.NoError(s, s.DraftBroadcast(s.ctx, e))
		_, err = s.StartBroadcast(s.ctx, "e", "p")
		conflict, ok = errors.AsType[*store.BroadcastConflictError](err)
		require.True(s, ok)
		require.True(s, conflict.Content)
		require.False(s, conflict.People)
		require.Equal(s, []string{"c"}, ids(s.listed(store.BroadcastQuery{})))
		e.ID, e.PageID = "f", eve.PageID
		require.NoError(s, s.DraftBroadcast(s.ctx, e))
		_, err = s.StartBroadcast(s.ctx, "f", "p")
		require.NoError(s, err, "of another page")
	}},
	{"broadcasts are listed newest first", func(s *suite) {
		for i, id := range []string{"a", "b", "c", "d"} {
			d := draft(id)
			d.Key, d.PageID = id, []string{"page1", "page2"}[i%2]
			require.NoError(s, s.DraftBroadcast(s.ctx, d))
			if i > 1 {
				require.NoError(s, s.AddRecipients(s.ctx, id, "ann"))
			}
			_, err := s.StartBroadcast(s.ctx, id, "p")
			require.NoError(s, err)
			if i != 1 {
				s.clock.advance(time.Second)
			}
		}
		list := s.listed(store.BroadcastQuery{})
		require.Equal(s, []string{"d", "c", "b", "a"}, ids(list))
		require.Equal(s, []string{"d", "c"}, ids(s.listed(store.BroadcastQuery{Limit: 2})))
		require.Equal(s, []string{"b", "a"}, ids(s.listed(store.BroadcastQuery{After: list[1]})))
		require.Equal(s, []string{"a"}, ids(s.listed(store.BroadcastQuery{After: list[2]})))
		require.Empty(s, s.listed(store.BroadcastQuery{After: list[3]}))
		require.Equal(s, []string{"d", "b"}, ids(s.listed(store.BroadcastQuery{PageID: "page2"})))
		require.Equal(s, []string{"b"}, ids(s.listed(store.BroadcastQuery{PageID: "page2", After: list[1]})))
		require.Equal(s, []string{"d", "c"}, ids(s.listed(store.BroadcastQuery{Open: true})))
		require.Equal(s, []string{"c"}, ids(s.listed(store.BroadcastQuery{Open: true, PageID: "page1"})))
	}},
	{"people of a page are listed", func(s *suite) {
		s.apply(touch(bob, start), touch(ann, start), touch(eve, start))
		people, err := s.PeopleOf(s.ctx, ann.PageID, "", 10)
		require.NoError(s, err)
		require.Equal(s, []store.Person{s.person(ann), s.person(bob)}, people)
		people, err = s.PeopleOf(s.ctx, ann.PageID, "ann", 10)
		require.NoError(s, err)
		require.Equal(s, []store.Person{s.person(bob)}, people)
		people, err = s.PeopleOf(s.ctx, ann.PageID, "", 1)
		require.NoError(s, err)
		require.Equal(s, []store.Person{s.person(ann)}, people)
		people, err = s.PeopleOf(s.ctx, ann.PageID, "", 0)
		require.NoError(s, err)
		require.Empty(s, people)
	}},
	{"a queued person has their messages once", func(s *suite) {
		s.apply(touch(ann, start), touch(bob, start))
		s.broadcast("b", "ann", "bob")
		s.feeds("b", []string{"ann", "zoe"}, "1", "2")
		s.feeds("b", []string{"ann"}, "3")
		s.in("b", store.RecipientWaiting, "bob")
		s.in("b", store.RecipientQueued, "ann")
		s.in("b", store.RecipientLost)
		lease := s.one(ann)
		require.True(s, lease.Background)
		require.Equal(s, []string{"fresh b ann 1", "fresh b ann 2"}, sendKeys(lease))
		require.Equal(s, store.BroadcastGroup("b"), lease.Sends[0].Group)
		s.counts("b", store.Broadcast{State: store.BroadcastRunning, Total: 2, Queued: 1})
	}},
	{"a person without messages goes on waiting", func(s *suite) {
		s.apply(touch(ann, start))
		s.broadcast("b", "ann")
		s.feeds("b", []string{"ann"})
		s.in("b", store.RecipientWaiting, "ann")
		s.none()
	}},
	{"those to whom nothing can be sent are counted", func(s *suite) {
		s.apply(touch(ann, start.Add(-window-time.Microsecond)), touch(bob, start.Add(-window)))
		gone := store.Conversation{PageID: ann.PageID, PSID: "gone"}
		s.apply(touch(gone, start), store.MarkUnavailable{PageID: gone.PageID, PSID: gone.PSID, At: start})
		s.apply(thumb(store.Conversation{PageID: ann.PageID, PSID: "fan"})) // of whom no act is known
		s.apply(touch(eve, start))
		s.broadcast("b", "ann", "bob", "gone", "fan", "eve", "nobody")
		s.feeds("b", []string{"ann", "bob", "gone", "fan", "eve", "nobody"}, "1")
		s.in("b", store.RecipientQueued, "bob", "fan")
		s.counts("b", store.Broadcast{State: store.BroadcastRunning, Total: 6, Skipped: 1, Refused: 1, Unknown: 2, Queued: 2})
		d := draft("free")
		d.Key, d.Window = "free", 0
		require.NoError(s, s.DraftBroadcast(s.ctx, d))
		require.NoError(s, s.AddRecipients(s.ctx, "free", "ann"))
		_, err := s.StartBroadcast(s.ctx, "free", "p")
		require.NoError(s, err)
		s.feeds("free", []string{"ann"}, "1")
		s.in("free", store.RecipientQueued, "ann")
	}},
}
