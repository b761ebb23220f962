package dialog

import (
	"crypto/sha256"
	"encoding/base32"
	"strings"

	"github.com/djmessenger/messenger/receiving/payload"
)

// tap is what a chip of a dialog carries.
type tap struct {
	Dialog string `json:"d"`
	Run    string `json:"r"`
	Step   string `json:"s"`
	Key    string `json:"v"`
}

// alarm is what the timer of a question carries.
type alarm struct {
	Dialog string `json:"d"`
	Run    string `json:"r"`
	Visit  int    `json:"n"`
}

// order ends a run from outside.
type order struct {
	Dialog string `json:"d"`
	Run    string `json:"r"`
}

// The kinds are common to all dialogs; the name in the payload says whose it is.
var (
	tapKind   = payload.New[tap]("messenger.dialog")
	alarmKind = payload.New[alarm]("messenger.dialog.timer")
	orderKind = payload.New[order]("messenger.dialog.end")
)

// skipKey is the key of the chip that skips an Optional question. It is no JSON, so no value
// has it.
const skipKey = "skip"

// runLength is the length of a run's id.
const runLength = 16

// digest returns a short name of something that is made of parts.
func digest(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return strings.ToLower(base32.StdEncoding.EncodeToString(sum[:10]))
}
