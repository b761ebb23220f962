package receiving

import (
	"crypto/sha256"
	"encoding/base64"
	"strconv"
)

// identity is what a dedupe key is made of, besides the page, the person and the time.
type identity struct {
	// kind names the kind of event. It tells a message from its echo and from its deletion, which have one mid.
	kind string
	// mid is the message id of what is a message itself; empty for all else.
	mid []byte
	// content is the element of what has no message id of its own.
	content []byte
}

// key returns the dedupe key of an event. It is a digest, since message ids have no bound and the key is stored for days; 128
// bits of it, since nobody outside of the platform chooses what goes in.
func (id identity) key(scratch []byte, e *Envelope) (key string, _ []byte) {
	scratch = append(scratch[:0], e.PageID...)
	scratch = append(append(scratch, 0), id.kind...)
	scratch = append(scratch, 0)
	if len(id.mid) > 0 {
		scratch = append(scratch, id.mid...)
	} else {
		scratch = append(append(scratch, 0), e.PersonID...)
		scratch = append(append(scratch, 0), e.UserRef...)
		scratch = strconv.AppendInt(append(scratch, 0), e.Time.UnixMilli(), 10)
		scratch = append(append(scratch, 0), id.content...)
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
	kindEcho        = "echo"
	kindDeleted     = "deleted"
	kindEchoDeleted = "echo_deleted"
)

// kindGroupFeed is the kind of what was written in a group.
const kindGroupFeed = "group_feed"
