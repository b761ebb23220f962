package postgres_test

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/internal/testpostgres"
	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/gormstore"
	"github.com/djmessenger/messenger/store/postgres"
)

// shifted is a clock that the test moves forward.
type shifted struct{ ahead atomic.Int64 }

func (s *shifted) now() time.Time {
	return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC).Add(time.Duration(s.ahead.Load()))
}

func (s *shifted) advance(d time.Duration) { s.ahead.Add(int64(d)) }

func timerOf(conv store.Conversation, key string, delay time.Duration) store.Raise {
	return store.Raise{Conversation: conv, Key: key, Delay: delay, Replace: true}
}

// A replica of the version before does not know what was raised: with its own statements it finds a conversation idle, and
// deletes the row of it. The heartbeat of a replica of today's sets the due time again.
func TestTimersOutliveReplicasOfTheVersionBefore(t *testing.T) {
	t.Parallel()
	var clock shifted
	st := open(t, testpostgres.DSN(t), gormstore.WithClock(clock.now))
	bob := store.Conversation{PageID: "page", PSID: "bob"}
	eve := store.Conversation{PageID: "page", PSID: "eve"}
	require.NoError(t, st.Apply(t.Context(), timerOf(ann, "k", time.Minute), timerOf(ann, "l", time.Minute), timerOf(bob, "k", time.Minute), timerOf(eve, "k", time.Hour)))
	for _, old := range []string{
		"DELETE FROM messenger_conversations WHERE person_id = 'ann'",
		"UPDATE messenger_conversations SET next_at = 0 WHERE person_id <> 'ann'",
	} {
		require.NoError(t, st.DB().Exec(old).Error)
	}
	heartbeat := func() {
		_, err := st.Heartbeat(t.Context(), store.Replica{Owner: "w", TTL: time.Hour})
		require.NoError(t, err)
	}
	heartbeat()
	clock.advance(time.Minute)
	leases, err := st.Claim(t.Context(), claim)
	require.NoError(t, err)
	require.Empty(t, leases, "nothing says that they are due")
	heartbeat()
	leases, err = st.Claim(t.Context(), claim)
	require.NoError(t, err)
	require.Len(t, leases, 2)
	for _, lease := range leases {
		require.Equal(t, "k", lease.Events[0].Raised.Key)
		require.True(t, lease.Background)
	}
	clock.advance(time.Hour)
	heartbeat()
	leases, err = st.Claim(t.Context(), store.Claim{Owner: "w", Conversations: 1, Background: 1, Events: 1, TTL: time.Hour})
	require.NoError(t, err)
	require.Len(t, leases, 1)
}

// A replica of the version before that gives a conversation back works out when it is due without what was raised: later than that, if
// a message waits for a later time. A pause that it has set holds.
func TestTimersOfConversationsThatAReplicaOfTheVersionBeforeMakesDueLater(t *testing.T) {
	t.Parallel()
	var clock shifted
	st := open(t, testpostgres.DSN(t), gormstore.WithClock(clock.now))
	const background = 1 << 60
	for psid, row := range map[string]struct{ due, pause time.Duration }{"reply": {2 * time.Hour, 0}, "broadcast": {2 * time.Hour, 0}, "paused": {2 * time.Hour, 2 * time.Hour}} {
		require.NoError(t, st.Apply(t.Context(), timerOf(store.Conversation{PageID: "page", PSID: psid}, "k", time.Minute)))
		next := clock.now().Add(row.due).UnixMicro()
		if psid == "broadcast" {
			next += background
		}
		pause := int64(0)
		if row.pause > 0 {
			pause = clock.now().Add(row.pause).UnixMicro()
		}
		require.NoError(t, st.DB().Exec("UPDATE messenger_conversations SET next_at = ?, hold_until = ? WHERE person_id = ?", next, pause, psid).Error)
	}
	due := func() (psids []string) {
		_, err := st.Heartbeat(t.Context(), store.Replica{Owner: "w", TTL: time.Hour})
		require.NoError(t, err)
		leases, err := st.Claim(t.Context(), claim)
		require.NoError(t, err)
		for _, lease := range leases {
			psids = append(psids, lease.PSID)
			require.Equal(t, lease.PSID == "broadcast", lease.Background)
			_, err := st.Commit(t.Context(), store.Outcome{Lease: lease.LeaseID, Event: end(lease.Events[0]), Release: true})
			require.NoError(t, err)
		}
		return psids
	}
	require.Empty(t, due(), "the timers are not due")
	clock.advance(time.Minute)
	require.ElementsMatch(t, []string{"reply", "broadcast"}, due())
	clock.advance(2 * time.Hour)
	require.Equal(t, []string{"paused"}, due())
}

// Claims that pass over pages begin after due times that have passed. What a heartbeat schedules anew is due from now on, so that they
// find it.
func TestClaimsFindWhatAHeartbeatSchedules(t *testing.T) {
	t.Parallel()
	var clock shifted
	st := open(t, testpostgres.DSN(t), gormstore.WithClock(clock.now))
	passes := claim
	passes.Serves = func(pageID string) bool { return pageID == ann.PageID }
	due := func() []store.Lease {
		leases, err := st.Claim(t.Context(), passes)
		require.NoError(t, err)
		return leases
	}
	require.NoError(t, st.Apply(t.Context(), timerOf(store.Conversation{PageID: "of others", PSID: "bob"}, "k", 0), timerOf(ann, "k", time.Second)))
	require.NoError(t, st.Apply(t.Context(), timerOf(store.Conversation{PageID: "of others", PSID: "eve"}, "k", time.Second)))
	require.NoError(t, st.DB().Exec("DELETE FROM messenger_conversations WHERE person_id = 'ann'").Error)
	for range 3 {
		clock.advance(20 * time.Second)
		require.Empty(t, due())
	}
	_, err := st.Heartbeat(t.Context(), store.Replica{Owner: "w", TTL: time.Hour})
	require.NoError(t, err)
	require.Len(t, due(), 1)
}

// Where a replica of the version before forgets a person, nothing stays of what was raised for them.
func TestARowOfAPersonTakesWhatWasRaisedAlong(t *testing.T) {
	t.Parallel()
	st := open(t, testpostgres.DSN(t))
	bob := store.Conversation{PageID: "page", PSID: "bob"}
	require.NoError(t, st.Apply(t.Context(), store.AddThumbUp(ann), store.AddThumbUp(bob), timerOf(ann, "k", time.Hour), timerOf(bob, "k", time.Hour)))
	require.NoError(t, st.DB().Exec("DELETE FROM messenger_people WHERE psid = 'ann'").Error)
	timers, err := st.Timers(t.Context(), ann, store.TimerQuery{})
	require.NoError(t, err)
	require.Empty(t, timers)
	timers, err = st.Timers(t.Context(), bob, store.TimerQuery{})
	require.NoError(t, err)
	require.Len(t, timers, 1)
}

// Where a replica of the version before replays the dead letter of a raised event, that stays one. A letter that is dropped, or replayed by
// today's version, is not affected, nor is one of another event.
func TestReplaysOfReplicasOfTheVersionBeforeStayRaised(t *testing.T) {
	t.Parallel()
	var clock shifted
	st := open(t, testpostgres.DSN(t), gormstore.WithClock(clock.now))
	require.NoError(t, st.Apply(t.Context(), timerOf(ann, "k", 0), timerOf(ann, "dropped", 0)))
	require.NoError(t, st.Put(t.Context(), store.Event{Conversation: ann, Key: "e", Time: clock.now().Add(time.Second), Body: []byte("e")}))
	for range 3 {
		lease := one(t, st, claim)
		result := end(lease.Events[0])
		result.Failures = []store.Failure{{Route: "r", Error: "e"}}
		_, err := st.Commit(t.Context(), store.Outcome{Lease: lease.LeaseID, Event: result, Release: true})
		require.NoError(t, err)
	}
	letters, err := st.Dead(t.Context(), store.DeadQuery{})
	require.NoError(t, err)
	require.Len(t, letters, 3)
	require.NoError(t, st.Drop(t.Context(), letters[1].ID))
	clock.advance(time.Minute)
	old := st.DB().Begin()
	require.NoError(t, old.Error)
	for _, letter := range []store.DeadLetter{letters[0], letters[2]} {
		require.NoError(t, old.Exec(`INSERT INTO messenger_conversations (page_id, person_id, next_at) VALUES (?, ?, ?)
			ON CONFLICT (page_id, person_id) DO UPDATE SET next_at = excluded.next_at`, ann.PageID, ann.PSID, clock.now().UnixMicro()).Error)
		require.NoError(t, old.Exec(`DELETE FROM messenger_dead WHERE id = ?`, letter.ID).Error)
		require.NoError(t, old.Exec(`INSERT INTO messenger_inbox
			(page_id, person_id, key, order_at, event_at, body, echo_of, attempts, only_routes, received_at)
			VALUES (?, ?, ?, ?, ?, ?, '', 0, '["r"]', ?)`, ann.PageID, ann.PSID, letter.Key, letter.Time.UnixMicro(), letter.Time.UnixMicro(),
			letter.Body, clock.now().UnixMicro()).Error)
	}
	require.NoError(t, old.Commit().Error)
	lease := one(t, st, claim)
	require.Len(t, lease.Events, 2)
	require.Equal(t, letters[0].Event, lease.Events[0].Event)
	require.True(t, lease.Events[0].Raised.Is())
	require.Equal(t, []string{"r"}, lease.Events[0].Only)
	require.Equal(t, letters[2].Key, lease.Events[1].Key)
	require.False(t, lease.Events[1].Raised.Is())
}

// Timers that are due at the same time are handed out once, whoever claims.
func TestTimersAreHandedOutOnceAcrossReplicas(t *testing.T) {
	t.Parallel()
	var clock shifted
	all := replicas(t, 3, gormstore.WithClock(clock.now))
	const people = 60
	for i := range people {
		require.NoError(t, all[i%3].Apply(t.Context(), timerOf(store.Conversation{PageID: "page", PSID: fmt.Sprint(i)}, "k", time.Minute)))
	}
	clock.advance(time.Minute)
	var mu sync.Mutex
	seen := map[store.Conversation]int{}
	var wg sync.WaitGroup
	for _, st := range all {
		wg.Go(func() {
			for {
				leases, err := st.Claim(t.Context(), store.Claim{Owner: "w", Conversations: 5, Background: 5, Events: 5, TTL: time.Hour})
				if err != nil || len(leases) == 0 {
					return
				}
				for _, lease := range leases {
					_, err := st.Commit(t.Context(), store.Outcome{Lease: lease.LeaseID, Event: end(lease.Events[0]), Release: true})
					mu.Lock()
					if err == nil {
						seen[lease.Conversation]++
					}
					mu.Unlock()
				}
			}
		})
	}
	wg.Wait()
	require.Len(t, seen, people)
	for conv, n := range seen {
		require.Equal(t, 1, n, conv)
	}
}

// The store that a process opens later hands out what became due while none ran.
func TestTimersOutliveAllProcesses(t *testing.T) {
	t.Parallel()
	var clock shifted
	dsn := testpostgres.DSN(t)
	st, err := postgres.Open(dsn, gormstore.WithClock(clock.now))
	require.NoError(t, err)
	require.NoError(t, st.Apply(t.Context(), timerOf(ann, "k", time.Minute)))
	require.NoError(t, st.Close())
	clock.advance(time.Hour)
	lease := one(t, open(t, dsn, gormstore.WithClock(clock.now)), claim)
	require.Equal(t, "k", lease.Events[0].Raised.Key)
}
