package simulator

import (
	"encoding/json"
	"slices"
)

// happeningMost is how many bytes of what made no message are kept: of an event that was posted by hand there can be more.
const happeningMost = 64 << 10

// What was posted in place of an act, the values of [TranscriptEntry.Posted].
const (
	postedEvent   = "event"
	postedStandby = "standby"
)

// happening is one thing that a person or the page did in a conversation. The order of them is that in which people saw it, which neither
// times nor the log have: the clock can stand still, and calls overlap.
type happening struct {
	MID     string          `json:"mid,omitempty"`     // the message that it made, which has what went over the wire
	Act     *Act            `json:"act,omitempty"`     // of the person
	Posted  string          `json:"posted,omitempty"`  // of a callback that was posted by hand
	Blocked *bool           `json:"blocked,omitempty"` // the person refuses messages, or takes them again
	Raw     json.RawMessage `json:"raw,omitempty"`     // the event or the call, if it made no message
}

// happened keeps what a transcript tells. s.mu must be held.
func (s *Simulator) happened(c *conversation, h happening) {
	if len(h.Raw) > happeningMost {
		h.Raw, c.lost = nil, true
	}
	h.Raw = slices.Clone(h.Raw)
	before := len(c.story) + 1
	c.story = trim(append(c.story, h), s.cfg.History)
	c.lost = c.lost || len(c.story) < before
}
