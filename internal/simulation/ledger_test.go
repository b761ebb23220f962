package simulation_test

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/store"
)

// ledger is what is known from outside: what took effect in the store, what the platform
// executed, and which answers reached whom. w.mu guards it.
type ledger struct {
	plans    map[string]*eventPlan
	taken    map[string]*event // by dedup key
	bySeq    map[int64]*event
	convs    map[store.Conversation]*conversation
	messages map[string]*message // by name
	byKey    map[string]*message
	said     map[string]*event // by text
	signals  []*event          // all that was raised
	arrivals int
	orders   int
	troubled time.Duration            // when something last went wrong anywhere
	stepped  time.Duration            // when the store's clock was last set
	seen     time.Time                // the latest time by the store's clock, since it noticed a step back
	echoed   map[string]time.Duration // when the first echo for a page was stored
}

// account is what a process has done, as the store knows it. w.mu guards it.
type account struct {
	turns, retried, letters int
	sends                   map[store.SentOutcome]int64
	stumbled                bool                     // whether anything ever went wrong for it
	troubled                time.Duration            // when something last went wrong for it
	paused                  time.Duration            // for how long it stood still
	busy                    map[string]int           // workers, by page: that have a lease, run a hook, or have lost a lease
	noRoom                  map[string]time.Duration // when a page, or background work, last had to wait
	hints                   int                      // from the store
	hung                    time.Duration            // when a claim began that does not return, though all is well
	beat                    time.Duration            // when it last announced itself
	asks, gone              time.Duration            // when Run was to return, and has
	refused                 []time.Duration          // when the last claims were asked for, if they have failed
	granted                 time.Duration            // when the last claim was asked for that has not failed
	asked                   map[store.LeaseID]time.Duration
	running                 map[*run]bool
}

// event is one that the store has taken.
type event struct {
	store.Event
	text     string // empty for echoes
	arrival  int
	put      time.Duration
	claimed  time.Duration // when it was last handed out
	acked    bool
	done     bool
	attempts int
	failures []store.Failure
	runs     int
	by       *process // that has ended it
	told     bool     // OnDeadLetter was called
	// succeeded is when a process first asked the store to take that its turn has; 0 after an answer of the store.
	succeeded time.Duration
	killed    bool // its process was killed while it ran alone
	*raising       // nil for what the platform has sent
}

// available is since when it is surely handed out in its place.
func (e *event) available() time.Duration {
	switch {
	case e.raising == nil:
		return e.put
	case e.stepped || e.maybe:
		return never
	}
	return e.put + time.Millisecond
}

// never is a time that does not come.
const never time.Duration = 1<<63 - 1

// before is the order of a conversation.
func (e *event) before(other *event) bool {
	return cmp.Or(e.Time.Compare(other.Time), cmp.Compare(e.arrival, other.arrival)) < 0
}

// conversation is what the store knows of one.
type conversation struct {
	events  []*event // all
	journal []string // of the events that took effect, in that order
	thumbs  int
	free    time.Duration // since when no lease holds it
	holder  *process
	token   int64
	until   time.Duration
	rests   time.Duration   // until when it rests
	rester  *process        // that has released it last, and knows it
	awaits  string          // the send with whose echo that ends
	alone   int64           // the event that its process marked
	signals map[string]bool // the keys under which signals were raised
	// background reports that the lease is one of background work.
	background bool
	level      int
	late       time.Duration // when the answer to the claim that has leased it came, too late
}

func (l *ledger) init(s *scenario) {
	*l = ledger{
		plans: map[string]*eventPlan{}, taken: map[string]*event{}, bySeq: map[int64]*event{}, said: map[string]*event{},
		echoed: map[string]time.Duration{}, convs: map[store.Conversation]*conversation{}, messages: map[string]*message{}, byKey: map[string]*message{},
	}
	for _, e := range append(slices.Clone(s.events), s.turns...) {
		l.plans[e.text()] = e
	}
}

func (l *ledger) conv(conv store.Conversation) *conversation {
	c := l.convs[conv]
	if c == nil {
		c = &conversation{}
		l.convs[conv] = c
	}
	return c
}

// disturbed notes that something goes wrong, for one process or for all. w.mu must be held, as
// for all that follows unless it says otherwise.
func (w *world) disturbed(p *process) {
	w.troubled = w.now()
	if p != nil {
		p.troubled = w.now()
		return
	}
	for _, p := range w.slots {
		if p != nil {
			p.troubled = w.now()
		}
	}
}

// stepClock sets the store's clock, by which leases end and waits are over.
func (w *world) stepClock(step time.Duration) {
	w.clock += step
	w.stepped = w.now()
	for _, c := range w.convs {
		c.until -= step
	}
	for _, p := range w.slots {
		p.stumbled = true // leases may end
	}
	w.disturbed(nil)
	for _, c := range w.convs {
		c.rests -= step
	}
	for _, m := range w.messages {
		m.due -= step
	}
	w.stepRaised(step)
}

// seesClock notes that a call shows the store its clock. A step back of a second or more that it notices there changes nothing of when
// pauses end, and what is not delayed is due. If no call reaches the store for as long as the step is, it notices nothing: its clock
// has never been behind what it has seen.
func (w *world) seesClock() {
	now := w.stored()
	back := w.seen.Sub(now)
	if back < time.Second {
		if back < 0 {
			w.seen = now
		}
		return
	}
	w.seen = now
	for _, c := range w.convs {
		if c.rests > w.now() {
			c.rests = max(c.rests-back, w.now())
		}
	}
	for _, m := range w.messages {
		if m.delay == 0 {
			m.due = min(m.due, w.now())
		}
	}
}

// put notes events that the store has taken.
func (w *world) put(p *process, events []store.Event) {
	for _, e := range events {
		if w.taken[e.Key] != nil {
			continue
		}
		w.arrivals++
		ev := &event{Event: e, arrival: w.arrivals, put: w.now()}
		if !isEcho(e.Body) {
			ev.text = textOf(e.Body)
			w.said[ev.text] = ev
		}
		w.taken[e.Key] = ev
		c := w.conv(e.Conversation)
		c.events = append(c.events, ev)
		w.say("%s: put %s of %s", p.name, cmp.Or(ev.text, "echo of "+textOf(e.Body)), e.PSID)
		if m := w.byKey[e.EchoOf]; m != nil {
			m.echoed = true
			if _, before := w.echoed[e.PageID]; !before {
				w.echoed[e.PageID] = w.now()
			}
			if c.awaits == e.EchoOf {
				c.rests = min(c.rests, w.now())
			}
		}
	}
}

// acknowledged notes that the platform got 200 for a callback. w.mu must not be held.
func (w *world) acknowledged(body []byte) {
	if isEcho(body) { // it may have others with it, which then count as not acknowledged
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, text := range textsOf(body) {
		ev := w.said[text]
		if ev == nil {
			w.violate("answered 200 means stored", "%s was acknowledged, and the store has not taken it", text)
			continue
		}
		ev.acked = true
	}
}

// claimed notes a lease.
func (w *world) claimed(p *process, lease *store.Lease, ttl time.Duration) {
	c := w.conv(lease.Conversation)
	texts := w.handsOut(p, lease)
	w.checkClaim(p, lease, c)
	if c.holder != nil {
		c.holder.gives(shareOf(lease.PageID, c.background), true)
		w.takenOver(c)
		w.checkLate(c, lease.PSID)
		if c.alone != 0 && !c.holder.alive() {
			lease.Fatal = c.alone // the store in memory does not know when a process ends
		}
	}
	c.holder, c.token, c.until, c.level = p, lease.Token, w.now()+ttl, store.IsolationLevel(lease.Deliveries-1)
	if c.level > 0 {
		w.disturbed(nil)
	}
	if w.flood && !lease.Background && w.isBackground(lease) {
		w.violate("timers are background work", "%s leases %v of %s beside what people have written", p.name, texts, lease.PSID)
	}
	c.background, c.late = lease.Background, 0
	p.takes(shareOf(lease.PageID, c.background))
	w.say("%s: claim %d of %s, delivery %d: %s", p.name, lease.Token, lease.PSID, lease.Deliveries, strings.Join(texts, " "))
	w.happens(p, onClaim)
}

// isBackground reports whether all that a lease has was raised as timers or queued outside of turns.
func (w *world) isBackground(lease *store.Lease) bool {
	return !slices.ContainsFunc(lease.Events, func(e store.QueuedEvent) bool {
		ev := w.taken[e.Key]
		return ev == nil || !ev.isTimer()
	}) && !slices.ContainsFunc(lease.Sends, func(s store.QueuedSend) bool {
		m := w.byKey[s.Key]
		return m == nil || !m.outside
	})
}

// handsOut notes what a lease has, and returns its texts.
func (w *world) handsOut(p *process, lease *store.Lease) (texts []string) {
	for i := range lease.Events {
		e := &lease.Events[i]
		ev := w.taken[e.Key]
		if e.Raised.Is() {
			ev = w.handedOut(p, e)
		}
		if ev != nil {
			ev.claimed = w.now()
			w.bySeq[e.Seq] = ev
			texts = append(texts, cmp.Or(ev.text, "echo"))
		}
	}
	for _, s := range lease.Sends {
		texts = append(texts, textOf(s.Body))
	}
	return texts
}

func (w *world) renewed(leases, lost []store.LeaseID, ttl time.Duration) {
	for _, id := range leases {
		if c := w.conv(id.Conversation); c.token == id.Token && c.holder != nil {
			c.until = w.now() + ttl
		}
	}
	if len(lost) > 0 {
		w.say("%d leases were lost", len(lost))
	}
}

func (w *world) markedAlone(p *process, lease store.LeaseID, seq int64) {
	w.conv(lease.Conversation).alone = seq
	w.disturbed(nil)
	w.say("%s: %s runs alone: %d", p.name, lease.PSID, seq)
}

// committed notes an outcome.
func (w *world) committed(p *process, o *store.Outcome, due []store.QueuedSend) {
	c := w.conv(o.Lease.Conversation)
	if c.token != o.Lease.Token {
		w.violate("a late commit is fenced", "%s commits for %s with token %d after %d was claimed", p.name, o.Lease.PSID, o.Lease.Token, c.token)
	}
	c.alone = 0
	if o.Event != nil {
		w.ended(p, c, o)
	}
	for _, r := range o.Results {
		if m := w.byKey[r.Key]; m != nil && r.State == store.SendFinished {
			m.finished = true
		}
	}
	for _, write := range o.Writes {
		w.wrote(p, c, write)
	}
	w.queued(o.Sends, false)
	if o.Start != "" && len(due) > 0 && due[0].Key == o.Start {
		if m := w.byKey[o.Start]; m != nil {
			m.starts = append(m.starts, start{p, o.Lease.Token, w.now()})
			if m.echoed || m.finished {
				w.violate("what has left the outbox is not sent", "%s is started by %s", m.name, p.name)
			}
		}
	}
	if o.Release {
		w.say("%s: release %s for %v", p.name, o.Lease.PSID, o.After)
		c.free, c.rests, c.rester, c.awaits = w.now(), w.now()+o.After, nil, o.Awaits // who has released it has yet to hear of that
		if c.holder != nil {
			if c.level > 0 {
				w.disturbed(nil)
			}
			c.holder.gives(shareOf(o.Lease.PageID, c.background), false)
			c.holder = nil
		}
	}
	w.happens(p, onCommit)
}

// ended notes the end of an event.
func (w *world) ended(p *process, c *conversation, o *store.Outcome) {
	p.turns++
	ev := w.bySeq[o.Event.Seq]
	if ev == nil {
		return
	}
	name := cmp.Or(ev.text, "echo")
	if ev.done {
		w.violate("an event takes effect once", "%s ends twice, now in %s", name, p.name)
	}
	for _, other := range c.events {
		if !other.done && other != ev && other.before(ev) && other.available() < ev.claimed {
			w.violate("events are handled in order", "%s ends before %s, which was stored at %v, before it was claimed at %v", name, other.text, other.put, ev.claimed)
		}
	}
	if (o.Event.Retry || len(o.Event.Failures) > 0) && ev.succeeded > 0 && w.now()-ev.succeeded < leaseTTL-time.Second {
		w.violate("an outcome is tried for as long as a lease lasts", "%s has failed %v after it had succeeded", name, w.now()-ev.succeeded)
	}
	switch {
	case o.Event.Retry:
		p.retried++
		if o.After < time.Second {
			w.violate("a turn that has failed is tried again after a pause", "%s after %v", name, o.After)
		}
		ev.attempts++
		w.say("%s: %s will be tried again in %v", p.name, name, o.After)
		return
	case len(o.Event.Failures) > 0:
		p.letters++
		ev.failures = o.Event.Failures
		w.say("%s: %s is dead: %v", p.name, name, ev.failures)
	default:
		w.say("%s: %s is done", p.name, name)
	}
	ev.done, ev.by = true, p
	ev.attempts++
}

// applied notes writes beside turns.
func (w *world) applied(p *process, writes []store.Write) {
	for _, write := range writes {
		switch write := write.(type) {
		case store.Raise:
			w.raised(p, write, nil)
		case store.SaveSent:
			w.recorded(p, write.Sent)
		case store.SettleSend:
			w.settledSend(p, write)
		}
	}
}

// wrote notes a write that took effect.
func (w *world) wrote(p *process, c *conversation, write store.Write) {
	switch write := write.(type) {
	case store.AddThumbUp:
		c.thumbs++
	case store.SaveSession:
		var journal []string
		if err := json.Unmarshal(write.Data, &journal); err != nil {
			panic(err)
		}
		if len(journal) != len(c.journal)+1 {
			w.violate("sessions have exactly the events applied", "%s writes %q after %q", p.name, journal, c.journal)
		}
		c.journal = journal
	case store.SaveSent:
		w.recorded(p, write.Sent)
	case store.SettleSend:
		w.settledSend(p, write)
	case store.Raise:
		w.raised(p, write, c)
	case store.CancelRaise:
		w.takeBack(write.Conversation, write.Key, c, func(e *event) bool { return e.isTimer() || !write.Replaceable })
	}
}

// settledSend notes that a process has told the store of a message without a lease.
func (w *world) settledSend(p *process, write store.SettleSend) {
	m := w.byKey[write.Key]
	if m == nil {
		return
	}
	if m.knownBy(p) == nil {
		w.violate("what is recorded as sent was sent", "%s is settled by %s", m.name, p.name)
	}
	m.finished = true
	if c := w.conv(m.conv); c.awaits == m.key {
		c.rests = min(c.rests, w.now())
	}
	w.say("%s: %s is settled", p.name, m.name)
}

// plan returns the plan of an event. The plans do not change.
func (w *world) plan(text string) *eventPlan { return w.plans[nameOf(text)] }

// ran counts a run of the program's code for an event. w.mu must not be held.
func (w *world) ran(p *process, text string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	ev := w.said[text]
	if p.alive() {
		ev.runs++
		ev.succeeded = 0
	}
	w.say("%s: run %d of %s", p.name, ev.runs, ev.text)
	w.happens(p, onRun)
	return ev.runs
}

// told notes a call of OnDeadLetter. w.mu must not be held.
func (w *world) told(p *process, letter messenger.DeadLetter) {
	w.mu.Lock()
	defer w.mu.Unlock()
	ev := w.taken[letter.Key]
	if ev == nil || !p.alive() {
		return
	}
	if ev.told || !ev.done || len(ev.failures) == 0 {
		w.violate("OnDeadLetter is called once for each letter, when it is durable", "%s in %s: told before: %v, done: %v", ev.text, p.name, ev.told, ev.done)
	}
	ev.told = true
}

// failed notes a call of OnSendFailed. w.mu must not be held.
func (w *world) failed(p *process, f sending.Failure) {
	w.mu.Lock()
	defer w.mu.Unlock()
	m := w.messages[nameOf(f.Message.Text)]
	if m == nil || !p.alive() {
		return
	}
	m.reported = append(m.reported, f.Err.Error())
	w.say("%s: %s failed: %v", p.name, m.name, f.Err)
	w.checkFailure(p, m, f.Err)
}
