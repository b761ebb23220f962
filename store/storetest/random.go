package storetest

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/store"
)

// seeds are those of the sequences to play: some that are always the same, and
// one that is new each time.
func seeds(t *testing.T) []uint64 {
	if text := os.Getenv("STORETEST_SEED"); text != "" {
		seed, err := strconv.ParseUint(text, 10, 64)
		require.NoError(t, err)
		return []uint64{seed}
	}
	return []uint64{1, 2, 3, 4, 5, 6, 7, 8, rand.Uint64()}
}

func seedName(seed uint64) string { return fmt.Sprint("random_sequence_", seed) }

// steps is how many operations a sequence has.
const steps = 400

// player plays one sequence to a store and to the model.
type player struct {
	*suite
	rand   *rand.Rand
	model  *model
	convs  []store.Conversation
	leases []store.Lease // all ever handed out, stale ones included
	keys   int
	step   string
}

func playRandom(s *suite, seed uint64) {
	p := &player{
		suite: s, rand: rand.New(rand.NewPCG(seed, seed)), model: newModel(),
		convs: []store.Conversation{ann, bob, eve, {PageID: "page2", PersonID: "feed/1_2"}},
	}
	ops := []struct {
		name   string
		weight int
		play   func()
	}{
		{"put", 6, p.put}, {"enqueue", 3, p.enqueue}, {"cancel", 1, p.cancel}, {"claim", 7, p.claim}, {"renew", 1, p.renew}, {"mark", 1, p.mark},
		{"commit", 14, p.commit}, {"replay", 1, p.replay}, {"forget", 1, p.forget}, {"purge", 1, p.purge}, {"advance", 6, p.advance},
	}
	total := 0
	for _, op := range ops {
		total += op.weight
	}
	for i := range steps {
		n := p.rand.IntN(total)
		for _, op := range ops {
			if n -= op.weight; n < 0 {
				p.step = fmt.Sprintf("seed %d, step %d, %s", seed, i, op.name)
				op.play()
				break
			}
		}
		p.compare()
	}
	p.drain(seed)
}

func pick[T any](p *player, of []T) T { return of[p.rand.IntN(len(of))] }

// key is new most times, and one that was used before at others.
func (p *player) key() string {
	if p.keys > 0 && p.rand.IntN(4) == 0 {
		return strconv.Itoa(p.rand.IntN(p.keys))
	}
	p.keys++
	return strconv.Itoa(p.keys)
}

// editOf is what the keys of the edits of one of a few messages begin with.
func (p *player) editOf() string { return fmt.Sprint("edit of ", p.rand.IntN(6), " ") }

func (p *player) put() {
	var events []store.Event
	for range 1 + p.rand.IntN(3) {
		ev := event(pick(p, p.convs), p.key())
		ev.Time = start.Add(time.Duration(p.rand.IntN(20)) * time.Second)
		if p.rand.IntN(2) == 0 && len(p.model.sends) > 0 {
			ev.EchoOf = pick(p, p.model.sends).Key
		}
		switch p.rand.IntN(8) {
		case 0, 1:
			ev.Unsends = store.Unsent{Keys: []string{p.key(), p.key()}, MID: "m"}
		case 2, 3:
			of := p.editOf()
			ev.Unsends = store.Unsent{Keys: []string{p.key()}, Edits: of, MID: "m"}
		case 4, 5, 6:
			ev.EditOf = p.editOf()
			ev.Key = fmt.Sprint(ev.EditOf, p.rand.IntN(3))
		}
		events = append(events, ev)
	}
	require.NoError(p, p.Put(p.ctx, events...), p.step)
	p.model.put(events)
}

func (p *player) sends() []store.Send {
	var sends []store.Send
	for range p.rand.IntN(4) {
		out := send(pick(p, p.convs), p.key())
		switch p.rand.IntN(4) {
		case 0:
			out.Group = fmt.Sprintf("group %d", p.rand.IntN(3))
		case 1:
			out.Group = out.Key
		case 2:
			if len(sends) > 0 {
				out.Group = pick(p, sends).Key
			}
		}
		if p.rand.IntN(4) == 0 {
			p.keys++
			out.Key, out.Fresh = fmt.Sprint("fresh ", p.keys), true
		}
		if p.rand.IntN(2) == 0 {
			out.Delay = time.Duration(p.rand.IntN(10)) * time.Second
		}
		sends = append(sends, out)
	}
	p.rand.Shuffle(len(sends), func(i, j int) { sends[i], sends[j] = sends[j], sends[i] })
	return sends
}

func (p *player) enqueue() {
	sends := p.sends()
	require.NoError(p, p.Enqueue(p.ctx, sends...), p.step)
	p.model.enqueue(sends)
}

func (p *player) cancel() {
	if len(p.model.sends) == 0 {
		return
	}
	s := pick(p, p.model.sends)
	conv, key := s.Conversation, s.Key
	if p.rand.IntN(4) == 0 {
		conv = pick(p, p.convs)
	}
	if s.Group != "" && p.rand.IntN(2) == 0 {
		key = s.Group
	}
	ok, err := p.Cancel(p.ctx, conv, key)
	require.NoError(p, err, p.step)
	require.Equal(p, p.model.cancel(conv, key), ok, p.step)
}

func (p *player) claim() {
	p.claimWith(store.Claim{
		Owner: "w", Conversations: p.rand.IntN(4), Events: 1 + p.rand.IntN(3), Serves: pick(p, servings),
		Suspects: store.Suspects{p.rand.IntN(3) - 1, p.rand.IntN(3), p.rand.IntN(2)}, TTL: time.Duration(1+p.rand.IntN(10)) * time.Second,
	})
}

// claimWith does not foresee which conversations the store hands out, where
// several are as good, but checks that it may, and that it hands out enough.
func (p *player) claimWith(claim store.Claim) {
	served := slices.DeleteFunc(slices.Clone(p.convs), func(conv store.Conversation) bool {
		return claim.Serves != nil && !claim.Serves(conv.PageID)
	})
	levels := p.model.claimable(served)
	leases, err := p.Claim(p.ctx, claim)
	require.NoError(p, err, p.step)
	room := [store.IsolationLevels + 1]int{len(levels[0])}
	want := room[0]
	for i, most := range claim.Suspects {
		room[i+1] = min(len(levels[i+1]), max(most, 0))
		want += room[i+1]
	}
	require.Len(p, leases, min(claim.Conversations, want), p.step)
	for _, lease := range leases {
		conv := lease.Conversation
		box := p.model.box(conv)
		level := isolated(box.begun)
		require.Contains(p, levels[level], conv, p.step)
		room[level]--
		require.GreaterOrEqual(p, room[level], 0, p.step)
		require.Zero(p, lease.Fatal, p.step)
		require.Greater(p, lease.Token, p.model.tokens[conv], p.step)
		require.Equal(p, box.begun+1, lease.Deliveries, p.step)
		p.same(lease, claim.Events)
		*box = modelBox{held: true, until: p.model.now.Add(claim.TTL), token: lease.Token, begun: lease.Deliveries, rest: box.rest}
		p.model.tokens[conv] = lease.Token
	}
	p.leases = append(p.leases, leases...)
}

// same compares what a lease hands out with what the model has.
func (p *player) same(lease store.Lease, limit int) {
	events := p.model.eventsOf(lease.Conversation)
	events = events[:min(limit, len(events))]
	require.Len(p, lease.Events, len(events), p.step)
	for i, ev := range events {
		if ev.Seq == 0 {
			ev.Seq = lease.Events[i].Seq
		}
		require.Equal(p, ev.QueuedEvent, lease.Events[i], p.step)
	}
	p.sameSends(lease.Sends, lease.Conversation, limit)
}

func (p *player) sameSends(got []store.QueuedSend, conv store.Conversation, limit int) {
	sends := p.model.dueOf(conv)
	sends = sends[:min(limit, len(sends))]
	require.Len(p, got, len(sends), p.step)
	for i, s := range sends {
		want := s.QueuedSend
		if want.Started {
			want.StartedAgo = p.model.now.Sub(s.startedAt)
		}
		require.Equal(p, want, got[i], p.step)
	}
}

// lease is one that was handed out lately, current or not.
func (p *player) lease() (store.Lease, bool) {
	if len(p.leases) == 0 {
		return store.Lease{}, false
	}
	return p.leases[len(p.leases)-1-p.rand.IntN(min(4, len(p.leases)))], true
}

func (p *player) renew() {
	lease, ok := p.lease()
	if !ok {
		return
	}
	lost, err := p.Renew(p.ctx, 5*time.Second, lease.LeaseID)
	require.NoError(p, err, p.step)
	require.Equal(p, !p.model.holds(lease.LeaseID), len(lost) == 1, p.step)
	if len(lost) == 0 {
		p.model.box(lease.Conversation).until = p.model.now.Add(5 * time.Second)
	}
}

func (p *player) mark() {
	lease, ok := p.lease()
	if !ok {
		return
	}
	var want error
	if !p.model.holds(lease.LeaseID) {
		want = store.ErrFenced
	}
	require.ErrorIs(p, p.MarkAlone(p.ctx, lease.LeaseID, p.rand.Int64N(3)), want, p.step)
}

func (p *player) commit() {
	lease, ok := p.lease()
	if !ok {
		return
	}
	conv := lease.Conversation
	o := store.Outcome{Lease: lease.LeaseID, Release: p.rand.IntN(2) == 0}
	if o.Release && p.rand.IntN(3) == 0 {
		o.After = time.Duration(p.rand.IntN(5)) * time.Second
	}
	if len(lease.Events) > 0 && p.rand.IntN(3) > 0 {
		o.Event = end(pick(p, lease.Events))
		o.Event.Retry = p.rand.IntN(3) == 0
		if p.rand.IntN(3) == 0 {
			o.Event.Failures = []store.Failure{{Route: pick(p, []string{"r1", "r2", ""}), Error: "e"}}
		}
	}
	for _, s := range lease.Sends {
		if p.rand.IntN(2) == 0 {
			o.Results = append(o.Results, store.SendResult{Key: s.Key, State: store.SendState(1 + p.rand.IntN(3))})
		}
	}
	if p.rand.IntN(3) == 0 {
		o.Sends = p.sends()
	}
	if len(lease.Events) > 0 && p.rand.IntN(2) == 0 {
		o.Writes = append(o.Writes, kept(conv, pick(p, lease.Events).Key)[0])
	}
	if p.rand.IntN(3) == 0 {
		o.Writes = append(o.Writes, thumb(conv))
	}
	if p.rand.IntN(3) == 0 {
		o.Writes = append(o.Writes, touch(conv, p.model.now.Add(-time.Duration(p.rand.IntN(10))*time.Second)))
	}
	if p.rand.IntN(3) == 0 {
		at := p.model.now.Add(-time.Duration(p.rand.IntN(10)) * time.Second)
		o.Writes = append(o.Writes, pick(p, []store.Write{human(conv, at), thread(conv, pick(p, []string{"app1", "standby", ""}), at), resume(conv, at)}))
	}
	if p.rand.IntN(4) == 0 {
		version := p.model.sessions[conv]
		if p.rand.IntN(4) == 0 {
			version++
		}
		o.Writes = append(o.Writes, store.SaveSession{PageID: conv.PageID, PSID: conv.PersonID, Name: "s", Data: []byte("1"), Version: version})
	}
	o.Due = p.rand.IntN(5)
	if starting := slices.Concat(lease.Sends, queued(o.Sends)); len(starting) > 0 && p.rand.IntN(2) == 0 {
		o.Start = pick(p, starting).Key
		o.Awaits = pick(p, starting).Key
	}
	p.commits(o, p.model.commit(o))
}

func queued(sends []store.Send) (out []store.QueuedSend) {
	for _, s := range sends {
		out = append(out, store.QueuedSend{Send: s})
	}
	return out
}

// commits hands an outcome to the store that the model has taken, or refused.
func (p *player) commits(o store.Outcome, want error) {
	due, err := p.Commit(p.ctx, o)
	require.ErrorIs(p, err, want, p.step)
	if want == nil {
		p.sameSends(due, o.Lease.Conversation, o.Due)
	}
}

func (p *player) replay() {
	letters, err := p.Dead(p.ctx, store.DeadQuery{})
	require.NoError(p, err, p.step)
	if len(letters) == 0 {
		return
	}
	i := p.rand.IntN(len(letters))
	if p.rand.IntN(4) == 0 {
		require.NoError(p, p.Drop(p.ctx, letters[i].ID), p.step)
		p.model.dead = append(p.model.dead[:i:i], p.model.dead[i+1:]...)
		return
	}
	require.NoError(p, p.Replay(p.ctx, letters[i].ID), p.step)
	p.model.replay(p.model.dead[i])
}

func (p *player) forget() {
	if p.rand.IntN(3) > 0 {
		return
	}
	conv := pick(p, p.convs)
	require.NoError(p, p.Forget(p.ctx, conv), p.step)
	p.model.forget(conv)
}

func (p *player) purge() {
	cutoff := p.model.now.Add(-time.Duration(p.rand.IntN(20)) * time.Second)
	cutoffs := store.Cutoffs{DedupKeys: cutoff}
	if p.rand.IntN(2) == 0 {
		cutoffs.People = p.model.now.Add(-time.Duration(p.rand.IntN(20)) * time.Second)
		p.model.purgeSilent(cutoffs.People)
	}
	require.NoError(p, p.Purge(p.ctx, cutoffs), p.step)
	p.model.purgeSeen(cutoff)
}

func (p *player) advance() {
	d := time.Duration(p.rand.IntN(4000)) * time.Millisecond
	p.clock.advance(d)
	p.model.now = p.clock.Now()
}

// compare holds everything that can be read against the model.
func (p *player) compare() {
	stats, err := p.Stats(p.ctx)
	require.NoError(p, err, p.step)
	require.Equal(p, p.model.stats(), stats, p.step)
	waiting, err := p.Waiting(p.ctx)
	require.NoError(p, err, p.step)
	require.Equal(p, p.model.waiting(), waiting, p.step)
	letters, err := p.Dead(p.ctx, store.DeadQuery{})
	require.NoError(p, err, p.step)
	require.Len(p, letters, len(p.model.dead), p.step)
	for i, want := range p.model.dead {
		letters[i].ID = 0
		require.Equal(p, want.DeadLetter, letters[i], p.step)
	}
	conv := pick(p, p.convs)
	person, err := p.Person(p.ctx, conv.PageID, conv.PersonID)
	if known := p.model.people[conv]; known == nil {
		require.ErrorIs(p, err, store.ErrNotFound, p.step)
	} else {
		got := modelPerson{
			thumbs: person.ThumbUps, first: person.FirstSeen, last: person.LastAct,
			human: person.HumanAt, owner: person.ThreadOwner, standby: person.ThreadStandby, threadAt: person.ThreadAt, resumed: person.ResumedAt,
		}
		require.Equal(p, *known, got, p.step)
	}
	sess, err := p.Session(p.ctx, conv.PageID, conv.PersonID, "s")
	if p.model.sessions[conv] == 0 {
		require.ErrorIs(p, err, store.ErrNotFound, p.step)
	}
	require.Equal(p, p.model.sessions[conv], sess.Version, p.step)
	sent, err := p.Sent(p.ctx, conv.PageID, conv.PersonID, 1000)
	require.NoError(p, err, p.step)
	require.Len(p, sent, p.model.sent[conv], p.step)
	received, err := p.Received(p.ctx, conv.PageID, conv.PersonID, 1000)
	require.NoError(p, err, p.step)
	var keys []string
	for _, r := range received {
		keys = append(keys, r.Key)
	}
	require.ElementsMatch(p, p.model.kept[conv], keys, p.step)
}

// drain handles all that is left. Nothing may stay behind that cannot be
// claimed.
func (p *player) drain(seed uint64) {
	p.step = fmt.Sprintf("seed %d, at the end", seed)
	for rounds := 0; len(p.model.events)+len(p.model.sends) > 0; rounds++ {
		require.Less(p, rounds, 100, p.step)
		p.clock.advance(time.Minute)
		p.model.now = p.clock.Now()
		before := len(p.leases)
		p.claimWith(all)
		require.Greater(p, len(p.leases), before, "%s: rows wait and nothing can be claimed", p.step)
		for _, lease := range p.leases[before:] {
			for _, ev := range lease.Events {
				o := store.Outcome{Lease: lease.LeaseID, Event: end(ev)}
				require.NoError(p, p.model.commit(o), p.step)
				p.commits(o, nil)
			}
			o := store.Outcome{Lease: lease.LeaseID, Release: true}
			for _, s := range lease.Sends {
				o.Results = append(o.Results, store.SendResult{Key: s.Key, State: store.SendFinished})
			}
			require.NoError(p, p.model.commit(o), p.step)
			p.commits(o, nil)
		}
	}
	p.compare()
	p.claimWith(all)
}
