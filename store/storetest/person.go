package storetest

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/store"
)

func touch(conv store.Conversation, at time.Time) store.Write {
	return store.TouchPerson{PageID: conv.PageID, PSID: conv.PSID, At: at}
}

func human(conv store.Conversation, at time.Time) store.Write {
	return store.NoteHuman{PageID: conv.PageID, PSID: conv.PSID, At: at}
}

func thread(conv store.Conversation, owner string, at time.Time) store.Write {
	return store.NoteThread{PageID: conv.PageID, PSID: conv.PSID, Owner: owner, Standby: owner == "standby", At: at}
}

func resume(conv store.Conversation, at time.Time) store.Write {
	return store.EndSilence{PageID: conv.PageID, PSID: conv.PSID, At: at}
}

var personPromises = []promise{
	{"a profile is kept as it was told", func(s *suite) {
		_, err := s.Person(s.ctx, ann.PageID, ann.PSID)
		require.ErrorIs(s, err, store.ErrNotFound)
		zone := 5.75
		profile := store.Profile{
			FirstName: "Ann", LastName: "Ó", Name: "Ann Ó", Username: "ann", ProfilePic: "https://p", Locale: "zh_TW",
			Timezone: &zone, Gender: "female",
		}
		save := store.SaveProfile{PageID: ann.PageID, PSID: ann.PSID, Profile: profile, At: start}
		s.apply(save)
		want := store.Person{PageID: ann.PageID, PSID: ann.PSID, Profile: profile, ProfileAt: start, FirstSeen: start}
		require.Equal(s, want, s.person(ann))

		s.clock.advance(time.Hour)
		s.apply(store.SaveProfile{PageID: ann.PageID, PSID: ann.PSID, At: start.Add(time.Hour), Refused: true})
		want.ProfileAt, want.ProfileRefused = start.Add(time.Hour), true
		require.Equal(s, want, s.person(ann), "a refusal keeps what was known")
		s.apply(save)
		require.Equal(s, want, s.person(ann), "an older answer is late")
		save.Profile, save.At = store.Profile{FirstName: "Anne"}, start.Add(2*time.Hour)
		s.apply(save)
		want.ProfileAt, want.ProfileRefused, want.Profile = save.At, false, save.Profile
		require.Equal(s, want, s.person(ann), "a new profile replaces all of the old")
		_, err = s.Person(s.ctx, eve.PageID, ann.PSID)
		require.ErrorIs(s, err, store.ErrNotFound, "ids are scoped to a page")
	}},
	{"each of a person's writes makes the person", func(s *suite) {
		for i, w := range []func(c store.Conversation) store.Write{
			thumb,
			func(c store.Conversation) store.Write { return touch(c, start) },
			func(c store.Conversation) store.Write { return store.SaveProfile{PageID: c.PageID, PSID: c.PSID} },
			func(c store.Conversation) store.Write {
				return store.MarkUnavailable{PageID: c.PageID, PSID: c.PSID, At: start}
			},
			func(c store.Conversation) store.Write { return human(c, start) },
			func(c store.Conversation) store.Write { return thread(c, "app", start) },
			func(c store.Conversation) store.Write { return resume(c, start) },
		} {
			conv := store.Conversation{PageID: "p", PSID: fmt.Sprint(i)}
			s.apply(w(conv))
			s.clock.advance(time.Second)
			s.apply(w(conv))
			require.Equal(s, start.Add(time.Duration(i)*time.Second), s.person(conv).FirstSeen)
		}
	}},
	{"the last act is the latest", func(s *suite) {
		s.apply(touch(ann, start), touch(ann, start.Add(-time.Hour)))
		require.Equal(s, start, s.person(ann).LastAct)
		s.apply(touch(ann, start.Add(time.Hour)))
		require.Equal(s, start.Add(time.Hour), s.person(ann).LastAct)
	}},
	{"an act ends being unavailable", func(s *suite) {
		mark := store.MarkUnavailable{PageID: ann.PageID, PSID: ann.PSID, At: start}
		s.apply(touch(ann, start.Add(time.Hour)), mark)
		require.Equal(s, start, s.person(ann).UnavailableSince)
		s.apply(touch(ann, start))
		require.Zero(s, s.person(ann).UnavailableSince)
		require.Equal(s, start.Add(time.Hour), s.person(ann).LastAct)
	}},
	{"when a human wrote is never earlier than it was", func(s *suite) {
		s.apply(human(ann, start), human(ann, start.Add(-time.Hour)))
		require.Equal(s, store.Person{PageID: ann.PageID, PSID: ann.PSID, FirstSeen: start, HumanAt: start}, s.person(ann))
		s.apply(human(ann, start.Add(time.Hour)), human(ann, start))
		require.Equal(s, start.Add(time.Hour), s.person(ann).HumanAt)
		s.apply(touch(ann, start.Add(2*time.Hour)))
		require.Equal(s, start.Add(time.Hour), s.person(ann).HumanAt, "an act does not end it")
	}},
	{"the last change of a thread's owner counts", func(s *suite) {
		s.apply(thread(ann, "app1", start), thread(ann, "app2", start.Add(-time.Second)))
		require.Equal(s, store.Person{
			PageID: ann.PageID, PSID: ann.PSID, FirstSeen: start, ThreadOwner: "app1", ThreadAt: start,
		}, s.person(ann), "an older change is late")
		s.apply(thread(ann, "app2", start))
		require.Equal(s, "app2", s.person(ann).ThreadOwner, "of two at one time the last to arrive counts")
		s.apply(touch(ann, start.Add(time.Hour)))
		require.Equal(s, "app2", s.person(ann).ThreadOwner, "an act does not end it")
		s.apply(store.NoteThread{PageID: ann.PageID, PSID: ann.PSID, Owner: "app2", Standby: true, At: start.Add(time.Second)})
		require.True(s, s.person(ann).ThreadStandby)
		s.apply(thread(ann, "", start.Add(time.Minute)), thread(ann, "app3", start))
		require.Empty(s, s.person(ann).ThreadOwner)
		require.False(s, s.person(ann).ThreadStandby)
		require.Equal(s, start.Add(time.Minute), s.person(ann).ThreadAt)
	}},
	{"the last end of a silence counts", func(s *suite) {
		s.apply(human(ann, start), thread(ann, "app", start), resume(ann, start.Add(time.Hour)), resume(ann, start))
		require.Equal(s, store.Person{
			PageID: ann.PageID, PSID: ann.PSID, FirstSeen: start,
			HumanAt: start, ThreadOwner: "app", ThreadAt: start, ResumedAt: start.Add(time.Hour),
		}, s.person(ann))
	}},
	{"a language that was chosen stays until another one is", func(s *suite) {
		choose := func(language string) store.Write {
			return store.SetLanguage{PageID: ann.PageID, PSID: ann.PSID, Language: language}
		}
		s.apply(choose("pt-BR"))
		require.Equal(s, store.Person{PageID: ann.PageID, PSID: ann.PSID, FirstSeen: s.person(ann).FirstSeen, Language: "pt-BR"}, s.person(ann), "the person is added")
		s.apply(store.SaveProfile{PageID: ann.PageID, PSID: ann.PSID, Profile: store.Profile{Locale: "en_US"}, At: start}, touch(ann, start), thumb(ann))
		s.put(ann, "a")
		lease := s.one(ann)
		require.Equal(s, "pt-BR", lease.Person.Language, "a lease comes with it")
		s.apply(choose("de"), choose(""))
		require.Empty(s, s.person(ann).Language)
		for _, wrong := range []string{"a language", "a\x00b", "zh\xff", "中文", strings.Repeat("x", store.MaxLanguage+1)} {
			require.Error(s, s.Apply(s.ctx, choose(wrong)), "%q", wrong)
		}
		s.apply(choose("fr"))
		require.NoError(s, s.Forget(s.ctx, ann))
		s.apply(touch(ann, start))
		require.Empty(s, s.person(ann).Language, "it is forgotten with the person")
	}},
	{"a text of any bytes can name a thread's owner", func(s *suite) {
		s.apply(thread(ann, "a\x00b\xff", start))
		require.NotEmpty(s, s.person(ann).ThreadOwner)
	}},
	{"a lease comes with what is known of others who write", func(s *suite) {
		s.apply(human(ann, start), thread(ann, "app", start), resume(ann, start))
		s.put(ann, "a")
		require.Equal(s, s.person(ann), s.one(ann).Person)
	}},
	{"writes leave the rest of a person alone", func(s *suite) {
		s.apply(touch(ann, start), human(ann, start), thread(ann, "app", start), resume(ann, start), thumb(ann), thumb(ann),
			store.SaveProfile{PageID: ann.PageID, PSID: ann.PSID, Profile: store.Profile{Name: "Ann"}, At: start},
			store.MarkUnavailable{PageID: ann.PageID, PSID: ann.PSID, At: start}, thumb(ann))
		require.Equal(s, store.Person{
			PageID: ann.PageID, PSID: ann.PSID, Profile: store.Profile{Name: "Ann"}, ProfileAt: start,
			ThumbUps: 3, FirstSeen: start, LastAct: start, UnavailableSince: start,
			HumanAt: start, ThreadOwner: "app", ThreadAt: start, ResumedAt: start,
		}, s.person(ann))
	}},
	{"a turn sees what the store will have", func(s *suite) {
		writes := []store.Write{
			store.MarkUnavailable{PageID: ann.PageID, PSID: ann.PSID, At: start}, touch(ann, start.Add(time.Minute)), thumb(ann),
			store.SaveProfile{PageID: ann.PageID, PSID: ann.PSID, Profile: store.Profile{Name: "Ann"}, At: start}, touch(ann, start),
			store.SaveProfile{PageID: ann.PageID, PSID: ann.PSID, At: start.Add(time.Second), Refused: true}, thumb(bob),
			human(ann, start.Add(time.Second)), human(ann, start), human(bob, start.Add(time.Hour)),
			thread(ann, "app1", start.Add(time.Second)), store.NoteThread{PageID: ann.PageID, PSID: ann.PSID, Owner: "app4", Standby: true, At: start.Add(time.Second)},
			thread(ann, "app2", start), thread(bob, "app3", start.Add(time.Hour)),
			resume(ann, start.Add(time.Second)), resume(ann, start), resume(bob, start.Add(time.Hour)),
		}
		s.apply(thumb(ann))
		turn := store.NewTurn(s.Store, s.person(ann))
		require.NoError(s, store.Queue(turn.Begin("r").Context(s.ctx), writes...))
		s.apply(writes...)
		require.Equal(s, s.person(ann), turn.Person())
	}},
}

var recordPromises = []promise{
	{"locations come newest first", func(s *suite) {
		var want []store.Location
		for i := range 3 {
			l := store.Location{
				PageID: ann.PageID, PSID: ann.PSID, Latitude: 25.03 + float64(i), Longitude: -121.56, Title: "t", URL: "u",
				MID: fmt.Sprint("m", i), At: start.Add(time.Duration(i) * time.Second),
			}
			want = append([]store.Location{l}, want...)
		}
		s.apply(store.AddLocation{Location: want[2]}, store.AddLocation{Location: want[0]}, store.AddLocation{Location: want[1]})
		got, err := s.Locations(s.ctx, ann.PageID, ann.PSID, 10)
		require.NoError(s, err)
		require.Equal(s, want, got)
		got, err = s.Locations(s.ctx, ann.PageID, ann.PSID, 2)
		require.NoError(s, err)
		require.Equal(s, want[:2], got)
		got, err = s.Locations(s.ctx, ann.PageID, ann.PSID, 0)
		require.NoError(s, err)
		require.Empty(s, got)
		got, err = s.Locations(s.ctx, bob.PageID, bob.PSID, 10)
		require.NoError(s, err)
		require.Empty(s, got)
	}},
	{"a received event is kept once", func(s *suite) {
		r := store.Received{PageID: ann.PageID, PSID: ann.PSID, Key: "k", Type: "SIMPLE_TEXT", Body: json.RawMessage(`{"a": 1}`), At: start}
		again := r
		again.Type = "IMAGE"
		other := r
		other.Key = "l"
		s.apply(store.SaveMessage{Received: r}, store.SaveMessage{Received: again}, store.SaveMessage{Received: other})
		s.apply(store.SaveMessage{Received: again})
		got, err := s.Received(s.ctx, ann.PageID, ann.PSID, 10)
		require.NoError(s, err)
		require.Equal(s, []store.Received{other, r}, got, "of two at one time the later to arrive is newer")
	}},
	{"each attempt to send is kept", func(s *suite) {
		sent := store.Sent{
			PageID: ann.PageID, PSID: ann.PSID, Key: "k", Type: "text", Body: json.RawMessage(`{"text": "hi"}`), Status: 400,
			Response: `{"error":{}}`, MID: "m", Outcome: store.OutcomeRetry, Error: "limit", At: start,
		}
		second := sent
		second.Outcome, second.At = store.OutcomeSent, start.Add(time.Second)
		s.apply(store.SaveSent{Sent: sent}, store.SaveSent{Sent: second})
		got, err := s.Sent(s.ctx, ann.PageID, ann.PSID, 10)
		require.NoError(s, err)
		require.Equal(s, []store.Sent{second, sent}, got)
		got, err = s.Sent(s.ctx, ann.PageID, ann.PSID, 1)
		require.NoError(s, err)
		require.Equal(s, []store.Sent{second}, got)
	}},
	{"an attachment id is kept until it expires", func(s *suite) {
		save := store.SaveAttachment{PageID: "page1", Name: "https://u", AttachmentID: "1", Expires: start.Add(time.Hour)}
		forever := store.SaveAttachment{PageID: "page1", Name: "logo", AttachmentID: "9"}
		s.apply(save, forever)
		save.AttachmentID = "2"
		s.apply(save)
		id, err := s.Attachment(s.ctx, "page1", "https://u")
		require.NoError(s, err)
		require.Equal(s, "2", id)
		_, err = s.Attachment(s.ctx, "page2", "https://u")
		require.ErrorIs(s, err, store.ErrNotFound)
		s.clock.advance(time.Hour)
		_, err = s.Attachment(s.ctx, "page1", "https://u")
		require.ErrorIs(s, err, store.ErrNotFound)
		id, err = s.Attachment(s.ctx, "page1", "logo")
		require.NoError(s, err)
		require.Equal(s, "9", id)
	}},
	{"a batch of writes is applied whole or not at all", func(s *suite) {
		conflict := store.SaveSession{PageID: ann.PageID, PSID: ann.PSID, Name: "s", Version: 3}
		require.ErrorIs(s, s.Apply(s.ctx, thumb(ann), conflict), store.ErrConflict)
		require.ErrorIs(s, s.Apply(s.ctx, thumb(ann), store.Call{API: "gorm"}), errors.ErrUnsupported)
		for _, w := range []store.Write{
			nil, &store.AddThumbUp{PageID: ann.PageID, PSID: ann.PSID}, (*store.AddThumbUp)(nil), foreign{}, foreign{thumb(ann)},
			place(math.NaN(), 0), place(0, math.NaN()), place(math.Inf(1), 0), place(0, math.Inf(-1)), place(math.Inf(1), math.Inf(1)),
		} {
			require.Error(s, s.Apply(s.ctx, thumb(ann), w), "%T %v", w, w)
		}
		locations, err := s.Locations(s.ctx, ann.PageID, ann.PSID, 1)
		require.NoError(s, err)
		require.Empty(s, locations)
		_, err = s.Person(s.ctx, ann.PageID, ann.PSID)
		require.ErrorIs(s, err, store.ErrNotFound)
	}},
}

// foreign is a write that no store knows.
type foreign struct{ store.Write }
