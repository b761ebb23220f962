package memory

import (
	"slices"

	"github.com/djmessenger/messenger/internal/queue"
	"github.com/djmessenger/messenger/store"
)

// tables are the rows of the store.
type tables struct {
	config Config
	// serial numbers events, sends and dead letters in the order of insertion, and tokens numbers leases over all conversations.
	serial, tokens int64
	// latest is the latest time that the clock has shown since it was set back last.
	latest int64

	conversations map[store.Conversation]*conversation
	due, later    schedule       // what is due, and background work
	backlog       map[string]int // waiting events by page
	events        map[int64]*event
	sends         map[int64]*send
	sendKeys      map[string]*send
	raised        map[int64]*raised
	dead          []queue.DeadRow
	keys          dedupKeys

	people      map[store.Conversation]*store.Person
	sessions    map[queue.SessionKey]store.Session
	attachments map[queue.AttachmentKey]store.SaveAttachment
	locations   records[store.Location]
	received    records[store.Received]
	receivedIDs map[receivedID]struct{}
	sent        records[store.Sent]

	replicas map[string]announced
	echoed   map[string]int64 // by page
	once     map[string]queue.OnceRow

	broadcasts map[string]*broadcast
}

// conversation is the row of a conversation with its events, in the order to handle them, its sends, in the order in which they were
// added, and what was raised, in the order of the due times.
type conversation struct {
	queue.ConversationRow
	stored bool
	events []*event
	sends  []*send
	raised []*raised

	// claimAt is when the conversation can be claimed, in is the schedule that it is in, or nil, and index is its place in that of its
	// page, or -1.
	claimAt int64
	in      *schedule
	index   int
}

type event struct {
	queue.EventRow
	in *conversation
}

type send struct {
	queue.SendRow
	in *conversation
}

type receivedID struct{ pageID, psid, key string }

func newTables(c Config) *tables {
	t := &tables{
		config:        c,
		conversations: map[store.Conversation]*conversation{},
		due:           newSchedule(),
		later:         newSchedule(),
		backlog:       map[string]int{},
		events:        map[int64]*event{},
		sends:         map[int64]*send{},
		sendKeys:      map[string]*send{},
		raised:        map[int64]*raised{},
		people:        map[store.Conversation]*store.Person{},
		sessions:      map[queue.SessionKey]store.Session{},
		attachments:   map[queue.AttachmentKey]store.SaveAttachment{},
		locations:     newRecords(c.Records, func(l store.Location) store.Conversation { return of(l.PageID, l.PSID) }),
		received:      newRecords(c.Records, func(r store.Received) store.Conversation { return of(r.PageID, r.PSID) }),
		receivedIDs:   map[receivedID]struct{}{},
		sent:          newRecords(c.Records, func(s store.Sent) store.Conversation { return of(s.PageID, s.PSID) }),
		replicas:      map[string]announced{},
		echoed:        map[string]int64{},
		once:          map[string]queue.OnceRow{},
		broadcasts:    map[string]*broadcast{},
	}
	t.keys = newDedupKeys(c.DedupKeys, t.sendKeys)
	return t
}

func of(pageID, psid string) store.Conversation {
	return store.Conversation{PageID: pageID, PSID: psid}
}

func (t *tables) next() int64 {
	t.serial++
	return t.serial
}

// conversation returns a conversation, and makes it if there is none.
func (t *tables) conversation(conv store.Conversation) *conversation {
	c := t.conversations[conv]
	if c == nil {
		c = &conversation{ConversationRow: queue.ConversationRow{Conversation: conv}, index: -1}
		t.conversations[conv] = c
	}
	return c
}

// file puts a conversation under the time from which it can be claimed.
func (t *tables) file(c *conversation) {
	to := &t.due
	if c.Background() {
		to = &t.later
	}
	if c.in != to || c.NextAt == 0 {
		t.unfile(c)
	}
	if c.NextAt != 0 {
		c.claimAt = max(c.DueAt(), c.LeaseUntil)
		to.put(c)
		c.in = to
	}
	if !c.stored && len(c.events) == 0 && len(c.sends) == 0 && len(c.raised) == 0 {
		delete(t.conversations, c.Conversation)
	}
}

// unfile takes a conversation out of the schedule that it is in.
func (t *tables) unfile(c *conversation) {
	if c.in != nil {
		c.in.remove(c)
		c.in = nil
	}
}

func (t *tables) addEvent(row queue.EventRow) {
	c := t.conversation(row.Conversation)
	row.Seq = t.next()
	e := &event{row, c}
	at, _ := slices.BinarySearchFunc(c.events, e, func(x, y *event) int {
		if x.OrderAt != y.OrderAt {
			return int(max(min(x.OrderAt-y.OrderAt, 1), -1))
		}
		return int(x.Seq - y.Seq)
	})
	c.events = slices.Insert(c.events, at, e)
	t.events[row.Seq] = e
	t.backlog[row.PageID]++
	t.keys.hold(row.Key)
}

// removeEvent takes an event out of the inbox. Its key may be forgotten from then on.
func (t *tables) removeEvent(e *event) {
	delete(t.events, e.Seq)
	c := e.in
	if c.events[0] == e { // the head goes without moving the rest
		c.events[0] = nil
		c.events = c.events[1:]
	} else {
		c.events = slices.DeleteFunc(c.events, func(x *event) bool { return x == e })
	}
	if t.backlog[e.PageID]--; t.backlog[e.PageID] == 0 {
		delete(t.backlog, e.PageID)
	}
	t.keys.release(e.Key)
}

func (t *tables) addSend(row *queue.SendRow) {
	c := t.conversation(row.Conversation)
	s := &send{*row, c}
	s.ID = t.next()
	c.sends = append(c.sends, s)
	t.sends[s.ID], t.sendKeys[s.Key] = s, s
}

func (t *tables) removeSend(s *send) {
	delete(t.sends, s.ID)
	delete(t.sendKeys, s.Key)
	s.in.sends = slices.DeleteFunc(s.in.sends, func(x *send) bool { return x == s })
}

// bury adds a dead letter; the oldest go if there are too many.
func (t *tables) bury(letter queue.DeadRow) {
	letter.ID, letter.EventRow.Failures = t.next(), ""
	t.dead = append(t.dead, letter)
	t.keys.hold(letter.Key)
	if over := len(t.dead) - t.config.Records; over > 0 {
		t.removeLetters(func(l *queue.DeadRow) bool { over--; return over >= 0 })
	}
}

func (t *tables) removeLetters(which func(*queue.DeadRow) bool) {
	t.dead = slices.DeleteFunc(t.dead, func(l queue.DeadRow) bool {
		gone := which(&l)
		if gone {
			t.keys.release(l.Key)
		}
		return gone
	})
}

func (t *tables) forgetReceived(gone []store.Received) {
	for _, r := range gone {
		delete(t.receivedIDs, receivedID{r.PageID, r.PSID, r.Key})
	}
}
