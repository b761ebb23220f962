package receiving

import "time"

// The range of a KeyTime. A time outside of it is a mistake of the callback. The clock of this process is no bound: each delivery of
// the same bytes must have the same KeyTime.
const (
	firstKeyMilli = 946_684_800_000   // 1 January 2000, before the platform existed
	endKeyMilli   = 4_102_444_800_000 // 1 January 2100
)

// keyTime returns the KeyTime of an event whose own time is at; zero if it has none. Only a time that every delivery repeats counts:
// that of an element with a message id, and that of a content whose digest is the key. It has no fraction of a second, so that
// seconds and milliseconds of one message agree.
func (id identity) keyTime(at time.Time) time.Time {
	switch {
	case at.IsZero(), id.kind == kindDeleted, id.kind == kindEchoDeleted:
		return time.Time{}
	case len(id.mid) == 0 && len(id.own) > 0: // identified by ids alone: a later notification may have another time
		return time.Time{}
	}
	if ms := at.UnixMilli(); ms < firstKeyMilli || ms >= endKeyMilli {
		return time.Time{}
	}
	return at.Truncate(time.Second)
}
