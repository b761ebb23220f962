package operations

import (
	"crypto/rand"
	"maps"
	"slices"
	"time"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/store"
)

// health says whether the bot runs and can store callbacks.
func (s *server) health(c *call) (any, error) {
	if err := s.bot.Healthy(c.ctx); err != nil {
		s.config.Logger.Warn("the bot is not healthy", "error", err)
		return unhealthy{map[string]any{"healthy": false, "error": "the bot does not run, or cannot store callbacks; the log of the service has the reason"}}, nil
	}
	answer := map[string]any{"healthy": true}
	paused, err := s.bot.Paused(c.ctx)
	switch {
	case err != nil: // a load balancer asks only whether callbacks can be stored
		s.config.Logger.Warn("the pauses cannot be read", "error", err)
	case len(paused) > 0:
		answer["paused"] = pausesOf(paused)
	}
	return answer, nil
}

// waiting is what waits for a page.
type waiting struct {
	Events      int       `json:"events"`
	Sends       int       `json:"sends"`
	OldestEvent time.Time `json:"oldest_event,omitzero"`
	OldestSend  time.Time `json:"oldest_send,omitzero"`
}

type blocked struct {
	Page     string    `json:"page"`
	Person   string    `json:"person"`
	Attempts int       `json:"attempts"`
	Since    time.Time `json:"since"`
	// NextAt is when it is tried again; zero while a turn runs.
	NextAt time.Time `json:"next_at,omitzero"`
	// Key is that of the event, Signal that of one that the program raised.
	Key    string         `json:"key,omitempty"`
	Signal string         `json:"signal,omitempty"`
	Type   receiving.Type `json:"type,omitempty"`
	// Failures are those of the last try; empty if an older version made it.
	Failures []store.Failure `json:"failures"`
}

func blockedOf(b store.Blocked) blocked {
	out := blocked{
		Page: b.PageID, Person: b.PSID, Attempts: b.Attempts, Since: b.Since, NextAt: b.NextAt, Key: b.Key, Signal: b.Raised,
		Failures: append([]store.Failure{}, b.Failures...),
	}
	if ev, err := decode(b.Body); err == nil {
		out.Type = ev.Type
	}
	return out
}

// heldPage is a page whose messages wait.
type heldPage struct {
	Page    string    `json:"page"`
	Reason  string    `json:"reason"`
	Note    string    `json:"note,omitempty"`
	Since   time.Time `json:"since"`
	RetryAt time.Time `json:"retry_at,omitzero"`
	Waiting waiting   `json:"waiting"`
}

type queue struct {
	Events   int       `json:"events"`
	Timers   int       `json:"timers"`
	Sends    int       `json:"sends"`
	InFlight int       `json:"in_flight"`
	Dead     int       `json:"dead"`
	Oldest   time.Time `json:"oldest,omitzero"`
	Blocked  []blocked `json:"blocked"`
}

type usage struct {
	Percent  float64   `json:"percent"`
	RegainAt time.Time `json:"regain_at,omitzero"`
}

type statistics struct {
	Queue   queue            `json:"queue"`
	Process process          `json:"process"`
	Held    []heldPage       `json:"held"`
	Usage   map[string]usage `json:"usage"`

	Unserved map[string]waiting `json:"unserved"`
}

// process is what this process has counted since its start.
type process struct {
	Turns        int64                       `json:"turns"`
	Retried      int64                       `json:"retried"`
	Dead         int64                       `json:"dead"`
	Sends        map[store.SentOutcome]int64 `json:"sends"`
	Superseded   int64                       `json:"superseded"`
	Typing       int64                       `json:"typing"`
	TypingFailed int64                       `json:"typing_failed"`
	Stuck        int                         `json:"stuck"`
	EverStuck    int64                       `json:"ever_stuck"`
	Webhook      webhook                     `json:"webhook"`
}

type webhook struct {
	Verifications     uint64 `json:"verifications"`
	Callbacks         uint64 `json:"callbacks"`
	RefusedTokens     uint64 `json:"refused_tokens"`
	RefusedSignatures uint64 `json:"refused_signatures"`
	RefusedPages      uint64 `json:"refused_pages"`
	RefusedBodies     uint64 `json:"refused_bodies"`
	OverBudget        uint64 `json:"over_budget"`
	TimedOut          uint64 `json:"timed_out"`
	RefusedMethods    uint64 `json:"refused_methods"`
	NotAccepted       uint64 `json:"not_accepted"`
	Events            uint64 `json:"events"`
	Foreign           uint64 `json:"foreign"`
	Tests             uint64 `json:"tests"`
	Malformed         uint64 `json:"malformed"`
	BodyBytes         int64  `json:"body_bytes"`
}

func (s *server) stats(c *call) (any, error) {
	st, err := s.bot.Stats(c.ctx)
	if err != nil {
		return nil, err
	}
	held, err := s.heldPages(c, st)
	if err != nil {
		return nil, err
	}
	out := statistics{
		Queue: queue{
			Events: st.Queue.Events, Timers: st.Queue.Timers, Sends: st.Queue.Sends, InFlight: st.Queue.InFlight,
			Dead: st.Queue.Dead, Oldest: st.Queue.Oldest, Blocked: blockedList(st.Queue.Blocked),
		},
		Process: process{
			Turns: st.Turns, Retried: st.Retried, Dead: st.Dead, Sends: st.Sends, Superseded: st.Superseded, Typing: st.Typing,
			TypingFailed: st.TypingFailed, Stuck: st.Stuck, EverStuck: st.EverStuck, Webhook: webhookOf(st.Webhook),
		},
		Held: held, Usage: map[string]usage{}, Unserved: map[string]waiting{},
	}
	for pageID, u := range st.Usage {
		out.Usage[pageID] = usage{Percent: u.Percent(), RegainAt: u.RegainAt()}
	}
	for pageID, w := range st.Unserved {
		out.Unserved[pageID] = waiting(w)
	}
	if out.Process.Sends == nil {
		out.Process.Sends = map[store.SentOutcome]int64{}
	}
	return out, nil
}

func webhookOf(c receiving.Counts) webhook { return webhook(c) }

func blockedList(list []store.Blocked) []blocked {
	out := make([]blocked, len(list))
	for i := range list {
		out[i] = blockedOf(list[i])
	}
	return out
}

// held lists the pages for which nothing is sent.
func (s *server) held(c *call) (any, error) {
	st, err := s.bot.Stats(c.ctx)
	if err != nil {
		return nil, err
	}
	held, err := s.heldPages(c, st)
	return page[heldPage]{Items: held}, err
}

// tokenRefused are the pages for which this process waits for a token.
func tokenRefused(st messenger.Stats) []heldPage {
	held := []heldPage{}
	for _, pageID := range slices.Sorted(maps.Keys(st.Held)) {
		h := st.Held[pageID]
		held = append(held, heldPage{
			Page: pageID, Reason: "token_refused", Since: h.Since, RetryAt: h.RetryAt, Waiting: waiting(h.Waiting),
		})
	}
	return held
}

// blockedAfter is the cursor of blocked conversations.
type blockedAfter struct {
	Since        time.Time
	Page, Person string
}

// blocked lists conversations whose head waits for its next try.
func (s *server) blocked(c *call) (any, error) {
	limit, err := c.limit()
	if err != nil {
		return nil, err
	}
	var from blockedAfter
	begun, err := c.after(&from)
	if err != nil {
		return nil, err
	}
	viewer, err := capability[store.Viewer](s, "Viewer")
	if err != nil {
		return nil, err
	}
	all, err := viewer.Blocked(c.ctx, store.MaxBlockedList)
	if err != nil {
		return nil, err
	}
	out := page[blocked]{Items: []blocked{}}
	for _, b := range all {
		at := blockedAfter{b.Since, b.PageID, b.PSID}
		if c.action.PageID != "" && b.PageID != c.action.PageID || begun && !at.behind(from) {
			continue
		}
		if len(out.Items) == limit {
			last := out.Items[limit-1]
			out.Next = cursor(blockedAfter{last.Since, last.Page, last.Person})
			break
		}
		out.Items = append(out.Items, blockedOf(b))
	}
	return out, nil
}

// behind reports whether a conversation is listed behind another.
func (b blockedAfter) behind(other blockedAfter) bool {
	if c := b.Since.Compare(other.Since); c != 0 {
		return c > 0
	}
	return b.Page > other.Page || b.Page == other.Page && b.Person > other.Person
}

type replica struct {
	Owner string   `json:"owner"`
	Pages []string `json:"pages"`
	Busy  []string `json:"busy"`
}

// replicas lists the processes that work the queue. It asks as one that leaves and was never announced.
func (s *server) replicas(c *call) (any, error) {
	known, err := capability[store.Replicas](s, "Replicas")
	if err != nil {
		return nil, err
	}
	all, err := known.Heartbeat(c.ctx, store.Replica{Owner: "operations/" + rand.Text()})
	if err != nil {
		return nil, err
	}
	out := page[replica]{Items: make([]replica, len(all))}
	for i, r := range all {
		out.Items[i] = replica{Owner: r.Owner, Pages: append([]string{}, r.Pages...), Busy: append([]string{}, r.Busy...)}
	}
	return out, nil
}
