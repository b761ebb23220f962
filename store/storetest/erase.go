package storetest

import (
	"encoding/json"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/store"
)

// fill stores something of each kind for a person, a lease included.
func (s *suite) fill(conv store.Conversation) store.Lease {
	s.Helper()
	is := conv.PSID
	s.put(conv, is+"dead")
	s.bury(s.one(conv), store.Failure{Error: "e"})
	s.put(conv, is+"event")
	s.enqueue(send(conv, is+"send"), delayed(conv, is+"later", time.Hour))
	s.apply(
		thumb(conv), human(conv, start), thread(conv, "app", start), resume(conv, start),
		store.AddLocation{Location: store.Location{PageID: conv.PageID, PSID: is, At: start}},
		store.SaveMessage{Received: store.Received{PageID: conv.PageID, PSID: is, Key: "k", Body: json.RawMessage(`1`), At: start}},
		store.SaveSent{Sent: store.Sent{PageID: conv.PageID, PSID: is, Key: "k", At: start}},
		store.SaveSession{PageID: conv.PageID, PSID: is, Name: "s", Data: json.RawMessage(`1`)},
	)
	return s.one(conv)
}

// known counts what the roles tell about a person, five if everything.
func (s *suite) known(conv store.Conversation) int {
	s.Helper()
	count := 0
	if _, err := s.Person(s.ctx, conv.PageID, conv.PSID); err == nil {
		count++
	}
	if _, err := s.Session(s.ctx, conv.PageID, conv.PSID, "s"); err == nil {
		count++
	}
	locations, err := s.Locations(s.ctx, conv.PageID, conv.PSID, 10)
	require.NoError(s, err)
	received, err := s.Received(s.ctx, conv.PageID, conv.PSID, 10)
	require.NoError(s, err)
	sent, err := s.Sent(s.ctx, conv.PageID, conv.PSID, 10)
	require.NoError(s, err)
	return count + len(locations) + len(received) + len(sent)
}

var erasePromises = []promise{
	{"to forget no one is an error", func(s *suite) {
		s.fill(ann)
		for _, conv := range []store.Conversation{{}, {PageID: ann.PageID}, {PSID: ann.PSID}} {
			require.ErrorIs(s, s.Forget(s.ctx, conv), store.ErrEmptyID)
		}
		require.Equal(s, 5, s.known(ann))
	}},
	{"a forgotten person is nowhere", func(s *suite) {
		anns := s.fill(ann)
		bobs := s.fill(bob)
		require.Equal(s, 5, s.known(ann))
		require.NoError(s, s.Forget(s.ctx, ann))
		require.Zero(s, s.known(ann))
		require.Equal(s, 5, s.known(bob))
		require.Equal(s, store.Stats{Events: 1, Sends: 2, InFlight: 1, Dead: 1, Oldest: start}, s.stats())
		s.refuses(store.ErrFenced, store.Outcome{
			Lease: anns.LeaseID, Event: done(anns), Writes: []store.Write{thumb(ann)}, Release: true,
		})
		lost, err := s.Renew(s.ctx, ttl, anns.LeaseID, bobs.LeaseID)
		require.NoError(s, err)
		require.Equal(s, []store.LeaseID{anns.LeaseID}, lost)
		require.Zero(s, s.known(ann))
		s.clock.advance(2 * time.Hour)
		s.finish(bobs)
		require.Equal(s, []string{"boblater"}, sendKeys(s.one(bob)))
	}},
	{"a forgotten person's old lease never holds again", func(s *suite) {
		s.put(ann, "a")
		stale := s.one(ann)
		require.NoError(s, s.Forget(s.ctx, ann))
		s.put(ann, "b")
		lease := s.one(ann)
		require.NotEqual(s, stale.Token, lease.Token)
		require.Greater(s, lease.Token, stale.Token)
		require.Equal(s, 1, lease.Deliveries)
		s.refuses(store.ErrFenced, store.Outcome{Lease: stale.LeaseID, Event: done(lease)})
	}},
	{"deduplication outlasts being forgotten", func(s *suite) {
		s.fill(ann)
		require.NoError(s, s.Forget(s.ctx, ann))
		s.put(ann, "anndead", "annevent")
		s.enqueue(send(ann, "annsend"), send(ann, "annlater"))
		s.clock.advance(time.Hour)
		s.none()
	}},
	{"a record can be for people who are known", func(s *suite) {
		record := store.SaveSent{Sent: store.Sent{PageID: ann.PageID, PSID: ann.PSID, Key: "k", At: start}, Known: true}
		kept := func() int {
			sent, err := s.Sent(s.ctx, ann.PageID, ann.PSID, 10)
			require.NoError(s, err)
			return len(sent)
		}
		s.apply(record)
		require.Zero(s, kept(), "a stranger")
		s.put(ann, "a")
		s.apply(record)
		require.Equal(s, 1, kept(), "their first event waits")
		s.apply(store.TouchPerson{PageID: ann.PageID, PSID: ann.PSID, At: start})
		s.finish(s.one(ann))
		s.apply(record)
		require.Equal(s, 2, kept(), "they are known")
		require.NoError(s, s.Forget(s.ctx, ann))
		s.apply(record)
		require.Zero(s, kept(), "they were forgotten")
		record.Sent.PSID = ""
		s.apply(record)
		sent, err := s.Sent(s.ctx, ann.PageID, "", 10)
		require.NoError(s, err)
		require.Len(s, sent, 1, "of what has no person nothing is asked")
	}},
	{"forgetting a stranger does nothing", func(s *suite) {
		require.NoError(s, s.Forget(s.ctx, ann))
	}},
	{"a purge erases what is older and no more", func(s *suite) {
		s.fill(ann)
		s.clock.advance(time.Hour)
		at := s.clock.Now()
		s.apply(store.SaveMessage{Received: store.Received{PageID: ann.PageID, PSID: ann.PSID, Key: "l", At: at}},
			store.SaveSent{Sent: store.Sent{PageID: ann.PageID, PSID: ann.PSID, Key: "l", At: at}})
		require.NoError(s, s.Purge(s.ctx, store.Cutoffs{}))
		require.Equal(s, 7, s.known(ann))
		require.NoError(s, s.Purge(s.ctx, store.Cutoffs{Received: start, Sent: start, DedupKeys: start}))
		require.Equal(s, 7, s.known(ann), "what is as old as the cutoff is not older")
		epoch := time.Unix(0, 0)
		require.NoError(s, s.Purge(s.ctx, store.Cutoffs{People: epoch, Received: epoch, Sent: epoch, DedupKeys: epoch}))
		require.Equal(s, 7, s.known(ann), "nothing is older than the first time there is")
		require.NoError(s, s.Purge(s.ctx, store.Cutoffs{Received: at}))
		received, err := s.Received(s.ctx, ann.PageID, ann.PSID, 10)
		require.NoError(s, err)
		require.Len(s, received, 1)
		require.Equal(s, "l", received[0].Key)
		require.Equal(s, 6, s.known(ann))
		require.NoError(s, s.Purge(s.ctx, store.Cutoffs{Sent: at}))
		sent, err := s.Sent(s.ctx, ann.PageID, ann.PSID, 10)
		require.NoError(s, err)
		require.Len(s, sent, 1)
		require.Equal(s, "l", sent[0].Key)
		s.apply(store.SaveMessage{Received: store.Received{PageID: ann.PageID, PSID: ann.PSID, Key: "k", At: at}})
		require.Equal(s, 6, s.known(ann), "a purged event may be kept anew")
	}},
	{"a purge forgets old keys", func(s *suite) {
		s.put(ann, "old")
		s.enqueue(send(ann, "old"))
		s.finish(s.one(ann))
		s.clock.advance(time.Hour)
		s.put(ann, "new")
		s.enqueue(send(ann, "new"))
		s.finish(s.one(ann))
		require.NoError(s, s.Purge(s.ctx, store.Cutoffs{DedupKeys: s.clock.Now()}))
		s.put(ann, "old", "new")
		s.enqueue(send(ann, "old"), send(ann, "new"))
		lease := s.one(ann)
		require.Equal(s, []string{"old"}, eventKeys(lease))
		require.Equal(s, []string{"old"}, sendKeys(lease))
	}},
	{"a purge keeps the keys of what waits", func(s *suite) {
		s.put(ann, "waits")
		s.enqueue(delayed(ann, "waits", 48*time.Hour))
		s.put(bob, "replayed")
		s.clock.advance(24 * time.Hour)
		leases := s.claim(all)
		require.Len(s, leases, 2)
		for _, lease := range leases {
			if lease.Conversation == bob {
				s.bury(lease, store.Failure{})
			} else {
				s.release(lease)
			}
		}
		require.NoError(s, s.Replay(s.ctx, s.letters(store.DeadQuery{})[0].ID))
		require.NoError(s, s.Purge(s.ctx, store.Cutoffs{DedupKeys: s.clock.Now()}))
		s.put(ann, "waits", "replayed")
		s.enqueue(send(ann, "waits"))
		require.Equal(s, 2, s.stats().Events)
		require.Equal(s, 1, s.stats().Sends)
	}},
	{"a purge keeps the keys of dead letters", func(s *suite) {
		s.put(ann, "a")
		s.put(bob, "b")
		s.put(eve, "e")
		for _, lease := range s.claim(all) {
			s.bury(lease, store.Failure{})
		}
		s.clock.advance(24 * time.Hour)
		purge := func() { require.NoError(s, s.Purge(s.ctx, store.Cutoffs{DedupKeys: s.clock.Now()})) }
		purge()
		s.put(ann, "a")
		s.put(bob, "b")
		s.none()
		for _, letter := range s.letters(store.DeadQuery{}) {
			if letter.Conversation == ann {
				require.NoError(s, s.Drop(s.ctx, letter.ID))
			}
		}
		require.NoError(s, s.Forget(s.ctx, eve))
		purge()
		s.put(ann, "a")
		s.put(bob, "b")
		s.put(eve, "e")
		require.Equal(s, 2, s.stats().Events, "those of the letters that are gone")
	}},
	{"a purge leaves leases and holds alone", func(s *suite) {
		s.put(ann, "a")
		s.put(bob, "b")
		for _, lease := range s.claim(all) {
			o := store.Outcome{Lease: lease.LeaseID, Event: done(lease)}
			if lease.Conversation == bob {
				o.Release, o.After = true, time.Second
			}
			s.commit(o)
		}
		require.NoError(s, s.Purge(s.ctx, store.Cutoffs{DedupKeys: start, Sent: start, Received: start}))
		s.put(ann, "c")
		s.put(bob, "d")
		s.none()
		s.clock.advance(time.Second)
		require.Equal(s, []string{"d"}, eventKeys(s.one(bob)))
	}},
}

var lifePromises = []promise{
	{"a lease that was abandoned with nothing left to do is purged after an hour", func(s *suite) {
		s.put(ann, "a")
		lease := s.one(ann)
		s.commit(store.Outcome{Lease: lease.LeaseID, Event: done(lease)})
		s.clock.advance(ttl + time.Hour - time.Microsecond)
		s.none()
		require.NoError(s, s.Purge(s.ctx, store.Cutoffs{}))
		s.commit(store.Outcome{Lease: lease.LeaseID, Writes: []store.Write{thumb(ann)}})
		s.clock.advance(time.Microsecond)
		require.NoError(s, s.Purge(s.ctx, store.Cutoffs{}))
		s.refuses(store.ErrFenced, store.Outcome{Lease: lease.LeaseID, Writes: []store.Write{thumb(ann)}})
	}},
	{"stats count what waits", func(s *suite) {
		require.Equal(s, store.Stats{}, s.stats())
		s.put(ann, "a")
		s.clock.advance(time.Second)
		s.put(bob, "b", "c")
		s.enqueue(send(ann, "s"), delayed(eve, "t", time.Hour))
		require.Equal(s, store.Stats{Events: 3, Sends: 2, Oldest: start}, s.stats())
		claim := all
		claim.Conversations = 1
		s.finish(s.claim(claim)[0])
		s.bury(s.one(bob), store.Failure{})
		s.one(bob)
		require.Equal(s, store.Stats{Events: 1, Sends: 1, InFlight: 1, Dead: 1, Oldest: start.Add(time.Second)}, s.stats())
		s.clock.advance(ttl)
		require.Zero(s, s.stats().InFlight)
	}},
	{"something due is hinted at", func(s *suite) {
		hinted := make(chan struct{}, 1)
		stop := s.Wake(func() {
			select {
			case hinted <- struct{}{}:
			default:
			}
		})
		wait := func(what string) {
			s.Helper()
			select {
			case <-hinted:
			case <-time.After(time.Minute):
				require.Fail(s, "no hint after "+what)
			}
		}
		s.put(ann, "a")
		wait("a put")
		s.enqueue(send(ann, "s"))
		wait("an enqueue")
		s.bury(s.one(ann), store.Failure{})
		wait("a release with something left")
		require.NoError(s, s.Replay(s.ctx, s.letters(store.DeadQuery{})[0].ID))
		wait("a replay")
		stop()
		stop()
		select {
		case <-hinted:
		default:
		}
		s.put(ann, "b")
		require.Empty(s, hinted)
	}},
	{"a closed store refuses everything", func(s *suite) {
		s.put(ann, "a")
		require.NoError(s, s.Close())
		require.NoError(s, s.Close())
		for name, err := range map[string]error{
			"Put": s.Put(s.ctx, event(ann, "k")), "Enqueue": s.Enqueue(s.ctx, send(ann, "k")), "Ping": s.Ping(s.ctx),
			"Commit": second(s.Commit(s.ctx, store.Outcome{})), "Replay": s.Replay(s.ctx, 1), "Drop": s.Drop(s.ctx, 1),
			"Apply": s.Apply(s.ctx, thumb(ann)), "Forget": s.Forget(s.ctx, ann), "Purge": s.Purge(s.ctx, store.Cutoffs{DedupKeys: start}),
			"Claim": second(s.Claim(s.ctx, all)), "Renew": second(s.Renew(s.ctx, ttl)), "Cancel": second(s.Cancel(s.ctx, ann, "k")),
			"Dead": second(s.Dead(s.ctx, store.DeadQuery{})), "Stats": second(s.Stats(s.ctx)),
			"Person": second(s.Person(s.ctx, "p", "u")), "Locations": second(s.Locations(s.ctx, "p", "u", 1)),
			"Received": second(s.Received(s.ctx, "p", "u", 1)), "Sent": second(s.Sent(s.ctx, "p", "u", 1)),
			"Now":     second(s.Now(s.ctx)),
			"Session": second(s.Session(s.ctx, "p", "u", "s")), "Attachment": second(s.Attachment(s.ctx, "p", "n")),
		} {
			require.ErrorIs(s, err, store.ErrClosed, name)
		}
		s.Wake(func() {})()
	}},
}

func second[T any](_ T, err error) error { return err }
