package receiving

import (
	"crypto/sha256"
	"encoding/base64"
)

// identity is what a dedupe key is made of, besides the page. The time of the notification is no part of it, since the platform
// notifies again of the same thing at another time.
type identity struct {
	// kind names the kind of event. A message, its echo and its deletion have the same mid and differ in the kind.
	kind string
	// mid is the message id of what is a message itself; empty for all else.
	mid []byte
	// own is the id, or the ids, by which a change is known whatever else is written of it; empty for all else.
	own []byte
	// content is the element of what has no id of its own.
	content []byte
}

// key returns the dedupe key of an event. It is a digest, since message ids have no bound and the key is stored for days; 128
// bits of it, since only the platform chooses what goes in.
func (id identity) key(scratch []byte, e *Envelope) (key string, _ []byte) {
	scratch = append(scratch[:0], e.PageID...)
	scratch = append(append(scratch, 0), id.kind...)
	scratch = append(scratch, 0)
	switch {
	case len(id.mid) > 0:
		scratch = append(scratch, id.mid...)
	case len(id.own) > 0:
		scratch = append(append(scratch, 0, 1), id.own...)
	default:
		scratch = append(append(scratch, 0, 0), id.content...)
	}
	sum := sha256.Sum256(scratch)

	prefix := id.kind
	if !isKind(prefix) {
		prefix = "other" // an unknown kind's name may be anything
	}
	scratch = append(append(scratch[:0], prefix...), '-')
	scratch = base64.RawURLEncoding.AppendEncode(scratch, sum[:16])
	return string(scratch), scratch
}

// unsent is the identity of what a deletion is about, or of nothing.
func (id identity) unsent() identity {
	switch id.kind {
	case kindDeleted:
		return identity{kind: kindMessage, mid: id.mid}
	case kindEchoDeleted:
		return identity{kind: kindEcho, mid: id.mid}
	}
	return identity{}
}

// isKind reports whether an event is of a kind that this library knows.
func isKind(name string) bool {
	switch name {
	case kindEcho, kindDeleted, kindEchoDeleted, kindGroupFeed:
		return true
	}
	return kinds[name] != nil || changes[name] != nil
}

// The kinds of "message" elements, besides the message itself.
const (
	kindMessage     = "message"
	kindEcho        = "echo"
	kindDeleted     = "deleted"
	kindEchoDeleted = "echo_deleted"
)

// kindGroupFeed is the kind of what was written in a group.
const kindGroupFeed = "group_feed"
