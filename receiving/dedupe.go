package receiving

import (
	"crypto/sha256"
	"encoding/base64"
)

// identity is what a dedup key is made of, besides the page. The time of the notification is no part of it, since the platform
// notifies again of the same thing at another time.
type identity struct {
	// kind names the kind of event. A message, its echo and its deletion have the same mid and differ in the kind.
	kind string
	// mid is the message id of what is a message itself; empty for all else.
	mid []byte
	// edited is the message id of the message that this is an edit of; empty for all else. The edit is identified by its content.
	edited []byte
	// own is the id, or the ids, by which a change is known whatever else is written of it; empty for all else.
	own []byte
	// content is the element of what has no id of its own.
	content []byte
}

// identify sets the keys of an event's envelope: its own, and those of the message that it edits or says was deleted. The envelope's
// Time must be what the event itself says, not yet that of the notification.
func (id identity) identify(scratch []byte, e *Envelope) []byte {
	e.KeyTime = id.keyTime(e.Time)
	e.Key, scratch = id.key(scratch, e)
	switch {
	case len(id.edited) > 0:
		e.EditOf, scratch = edits(id.edited, scratch, e)
		e.Key = e.EditOf + e.Key[len(kindEdit)+1:]
	case len(id.mid) > 0 && (id.kind == kindDeleted || id.kind == kindEchoDeleted):
		e.Unsends.MID = string(id.mid)
		e.Unsends.Keys = make([]string, len(withMID))
		for i, kind := range withMID {
			e.Unsends.Keys[i], scratch = identity{kind: kind, mid: id.mid}.key(scratch, e)
		}
		e.Unsends.Edits, scratch = edits(id.mid, scratch, e)
	}
	return scratch
}

// edits returns what the keys of all edits of a message begin with.
func edits(mid, scratch []byte, e *Envelope) (prefix string, _ []byte) {
	prefix, scratch = identity{kind: kindEdit, mid: mid}.key(scratch, e)
	return prefix + "-", scratch
}

// key returns the dedup key of an event. It is a digest, since message ids have no bound and the key is stored for days; 128
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

// The other kinds of elements that have the content of a message: the text of a button that the person tapped, and what a message
// was changed to.
const (
	kindPostback = "postback"
	kindEdit     = "message_edit"
)

// withMID are the kinds of events that have the content of a message and are identified by its id.
var withMID = [...]string{kindMessage, kindEcho, kindPostback}

// kindGroupFeed is the kind of what was written in a group.
const kindGroupFeed = "group_feed"
