package receiving

import (
	"encoding/json"
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

// Signal is an event that the program itself raised for a conversation, now or after a delay: by handling.Signal and
// handling.After in a turn, by the bot's methods Signal and SignalAfter from elsewhere. It is no act of the person. No callback
// of the platform can contain one.
type Signal struct {
	// Key is the key that the signal was raised by, of its conversation. [Event.Key] is another one: it differs for each raise,
	// and is the same in each try of the event.
	Key string `json:"key"`
	// Payload is what the signal says: as a rule of a kind of package payload, by payload.Kind.EncodeSignal. [Event.PayloadText]
	// returns it too.
	Payload string `json:"payload,omitempty"`
	// Raised is when it was raised, by the store's clock. [Event.Time] is when it became due.
	Raised time.Time `json:"-"`
}

// appendForm appends the signal as an envelope has it. A payload that is a JSON object is a member as it is, since a JSON string
// of it can be twice as long.
func (s *Signal) appendForm(dst []byte) []byte {
	dst = append(dst, `{"key":`...)
	dst, _ = jsontext.AppendQuote(dst, s.Key) // as in appendField
	switch {
	case isObject(s.Payload):
		dst = append(append(dst, `,"payload":`...), s.Payload...)
	case s.Payload != "":
		dst = appendField(dst, "payload", s.Payload)
	}
	return append(dst, '}')
}

// isObject reports whether a payload is a valid JSON object without space around it, in which no name comes twice.
func isObject(payload string) bool {
	if len(payload) < 2 || payload[0] != '{' || payload[len(payload)-1] != '}' {
		return false
	}
	return jsontext.Value(payload).IsValid()
}

// signal reads what appendForm wrote.
func (d *decoder) signal() *Signal {
	if !d.object() {
		return nil
	}
	s := new(Signal)
	for d.NextKey() {
		switch string(d.Key()) {
		case "key":
			d.text(&s.Key)
		case "payload":
			if d.Kind() == '{' {
				s.Payload = string(d.Value())
			} else {
				d.text(&s.Payload)
			}
		default:
			d.Skip()
		}
	}
	return s
}

// signalEvent is the event of an envelope with a signal. Its key, its time and when it was raised are the store's to say.
func (e Envelope) signalEvent() *Event {
	signal := *e.Signal
	return &Event{
		Key: e.Key, Type: classify(&signal, e.PageID), Object: e.Object, PageID: e.PageID, PSID: e.PSID, UserRef: e.UserRef, Time: e.Time,
		Payload: &signal, Raw: json.RawMessage(signal.appendForm(nil)),
	}
}
