// Package raise makes the store's form of a signal that a program raises: what is raised in a turn and from elsewhere is the same.
package raise

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/receiving/payload"
	"github.com/djmessenger/messenger/store"
)

// userRef is what the conversation of a person begins with who has no PSID yet; see receiving.Envelope.
const userRef = "user_ref/"

// Of fills in the body of a raise, whose conversation, key and delay are set. Its errors are about bad input: a retry cannot help.
func Of(r store.Raise, object receiving.Object, text string) (store.Raise, error) {
	if err := store.CheckRaise(r.Key, r.Delay); err != nil {
		return r, err
	}
	switch {
	case len(text) > payload.MaxSignal:
		return r, tooLongError(len(text))
	case !utf8.ValidString(text):
		return r, errors.New("the payload is not UTF-8")
	}
	r.Delay = max(r.Delay, 0)
	var err error
	if r.Body, err = body(r, object, text); err != nil || len(r.Body) <= payload.MaxSignal {
		return r, err
	}
	empty, err := body(r, object, "")
	if err != nil {
		return r, err
	}
	if n := len(r.Body) - len(empty) - len(`,"payload":`); n > payload.MaxSignal {
		return r, tooLongError(n)
	}
	return r, nil
}

func body(r store.Raise, object receiving.Object, text string) ([]byte, error) {
	e := receiving.Envelope{Object: object, PageID: r.PageID, Thread: r.PSID, Signal: &receiving.Signal{Key: r.Key, Payload: text}}
	if ref, ok := strings.CutPrefix(r.PSID, userRef); ok {
		e.UserRef = ref
	} else if !strings.Contains(r.PSID, "/") {
		e.PSID = r.PSID
	}
	return e.MarshalBinary()
}

// tooLongError is the number of bytes of a payload that is too long.
type tooLongError int

func (e tooLongError) Error() string {
	return fmt.Sprintf("the payload has %d bytes, more than %d", int(e), payload.MaxSignal)
}

func (tooLongError) Is(target error) bool { return target == payload.ErrTooLong }

// Payload returns the payload of what is raised, from its body.
func Payload(body []byte) (string, error) {
	var e receiving.Envelope
	if err := e.UnmarshalBinary(body); err != nil {
		return "", err
	}
	if e.Signal == nil {
		return "", errors.New("the body is no signal")
	}
	return e.Signal.Payload, nil
}
