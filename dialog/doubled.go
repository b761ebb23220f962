package dialog

import (
	"strings"
	"time"

	"github.com/djmessenger/messenger/receiving"
)

// saidBy identifies what an act says, so that two acts that say the same can be told; empty for what is neither a text
// nor a tap.
func saidBy(ev *receiving.Event) string {
	said := ev.PayloadText()
	if said == "" && ev.Type == receiving.TypeSimpleText {
		said = strings.TrimSpace(ev.Text())
	}
	if said == "" || !ev.IsAct() {
		return ""
	}
	return digest(string(ev.Type), said)
}

// doubledBy reports whether an act is one that the dialog has taken already, done again before the open question was asked: a
// second tap on the same chip, a text that was sent twice. A later one is an answer to the open question, and so is one of
// the same millisecond, which is how exact the platform's times are.
func (r record) doubledBy(ev *receiving.Event) bool {
	return r.Said != "" && !ev.Time.IsZero() && ev.Time.Before(r.At.Truncate(time.Millisecond)) && r.By != digest(ev.Key) && saidBy(ev) == r.Said
}
