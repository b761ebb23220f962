package upgradetest

import (
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/store"
)

// untilDeath is longer than the scenario.
const untilDeath = 24 * time.Hour

// handle leaves nothing but dedup keys.
func (f *filler) handle() {
	f.Helper()
	f.put(done1, done2)
	l := f.claim(time.Minute, handled)[0]
	f.commit(store.Outcome{
		Lease: l.LeaseID, Event: endOf(l.Events[0]), Writes: writesOf(personOf(handled)), Sends: []store.Send{reply.in()}, Start: reply.key,
	})
	f.commit(store.Outcome{
		Lease: l.LeaseID, Event: endOf(l.Events[1]), Results: []store.SendResult{{Key: reply.key, State: store.SendFinished}}, Release: true,
	})
	f.enqueue(once1, once2)
	l = f.claim(time.Minute, handled)[0]
	f.commit(store.Outcome{Lease: l.LeaseID, Results: []store.SendResult{
		{Key: once1.key, State: store.SendFinished}, {Key: once2.key, State: store.SendFinished},
	}, Release: true})
	f.enqueue(taken)
	cancelled, err := f.st.Cancel(f.Context(), handled, taken.key)
	require.NoError(f, err)
	require.True(f, cancelled)
}

// unsend leaves a message that was deleted.
func (f *filler) unsend() {
	f.Helper()
	f.put(deleted1)
	require.NoError(f, f.st.Apply(f.Context(),
		store.SaveMessage{Received: store.Received{PageID: unsent.PageID, PSID: unsent.PSID, Key: deleted1.key, At: f.clock.Now()}},
		store.AddLocation{Location: store.Location{PageID: unsent.PageID, PSID: unsent.PSID, MID: deletedBy.MID, At: f.clock.Now()}}))
	require.NoError(f, f.st.Put(f.Context(), deletes()))
	l := f.claim(time.Minute, unsent)[0]
	require.Len(f, l.Events, 1)
	f.commit(store.Outcome{Lease: l.LeaseID, Event: endOf(l.Events[0]), Release: true})
}

// forget leaves the highest numbers drawn, and no row that has them.
func (f *filler) forget() {
	f.Helper()
	f.put(dropped)
	f.bad(f.claimPage(page4, forgotten), store.Failure{Route: "greet", Error: "boom"})
	require.NoError(f, f.st.Drop(f.Context(), f.letter(dropped.key)))
	f.put(erased)
	f.claimPage(page4, forgotten)
	require.NoError(f, f.st.Apply(f.Context(), store.AddThumbUp(forgotten)))
	require.NoError(f, f.st.Forget(f.Context(), forgotten))
}

// bury leaves dead letters.
func (f *filler) bury() {
	f.Helper()
	f.put(replay1)
	f.bad(f.claim(time.Minute, replayed)[0], store.Failure{Route: "greet", Error: "1"}, store.Failure{Route: "ü\"log", Error: "2"})

	f.put(dead1)
	for range 3 {
		f.retry(f.claim(time.Minute, failed)[0], 0)
	}
	all := letters()
	f.clock.set(all[0].died)
	f.bad(f.claim(time.Minute, failed)[0], all[0].failures...)
	require.NoError(f, f.st.Put(f.Context(), dead2.in(), dead3.in()))
	l := f.claim(time.Minute, failed)[0]
	f.bad(l, all[1].failures...)
	l = f.claim(time.Minute, failed)[0]
	f.bad(l, store.Failure{Route: "a", Error: "1"}, store.Failure{Route: "b", Error: "2"})
	f.replay(dead3.key)
	f.clock.set(all[2].died)
	f.bad(f.claim(time.Minute, failed)[0], all[2].failures...)
}

// interrupt lets leases end three times; the last one with the process.
func (f *filler) interrupt() {
	f.Helper()
	f.put(crash1, crash2)
	f.claim(time.Minute, interrupted)
	f.clock.set(at(11*time.Minute + time.Second))
	f.claim(time.Minute, interrupted)
	f.clock.set(at(12*time.Minute + time.Second))
	f.keepLeases(f.claim(untilDeath, interrupted)...)

	f.put(poison, after)
	l := f.claim(untilDeath, alone)[0]
	require.NoError(f, f.st.MarkAlone(f.Context(), l.LeaseID, l.Events[0].Seq))
	f.keepLeases(l)
}

// lease leaves a lease whose first event is done, and whose first send may have been made.
func (f *filler) lease() {
	f.Helper()
	f.put(answer1, answer2)
	l := f.claim(untilDeath, leased)[0]
	f.clock.set(answerStarted)
	f.commit(store.Outcome{
		Lease: l.LeaseID, Event: endOf(l.Events[0]), Sends: []store.Send{answerA.in(), answerB.in()}, Start: answerA.key,
	})
	f.keepLeases(l)
}

// pause leaves conversations that were given back for a while.
func (f *filler) pause() {
	f.Helper()
	f.put(pause1, pause2)
	f.retry(f.claim(time.Minute, paused)[0], pauseEnds.Sub(f.clock.Now()))
	f.put(rest1)
	f.retry(f.claim(time.Minute, resting)[0], restEnds.Sub(f.clock.Now()))

	f.clock.set(at(20 * time.Minute))
	f.enqueue(unknownA, unknownB)
	l := f.claim(time.Hour, unknown)[0]
	try := []store.SendResult{{Key: unknownA.key, State: store.SendUnknown}}
	f.commit(store.Outcome{Lease: l.LeaseID, Start: unknownA.key})
	f.commit(store.Outcome{Lease: l.LeaseID, Results: try})
	f.clock.set(unknownStarted)
	f.commit(store.Outcome{Lease: l.LeaseID, Start: unknownA.key})
	f.commit(store.Outcome{Lease: l.LeaseID, Results: try, Release: true, After: 2 * time.Hour, Awaits: unknownA.key})
}

// wait leaves what is due.
func (f *filler) wait() {
	f.Helper()
	f.put(retry1, retry2)
	for range 2 {
		f.retry(f.claim(time.Minute, retried)[0], 0)
	}
	f.clock.set(at(25 * time.Minute))
	f.enqueue(tried)
	both := f.claim(time.Minute, retried, sending)
	f.retry(both[0], 0)
	f.clock.set(at(25*time.Minute + time.Second)) // what is due at one time has no order
	f.commit(store.Outcome{Lease: both[1].LeaseID, Results: []store.SendResult{{Key: tried.key, State: store.SendAgain}}, Release: true})
	f.clock.set(delayedUntil.Add(-delayed.delay))
	f.enqueue(next1, next2, delayed)
	f.put(replay2)
	f.clock.set(replayedAt)
	f.replay(replay1.key)
	f.put(arrivals...)
}
