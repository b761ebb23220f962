package store

import "time"

// Apply changes the person as a write does. A write about another person, or one that
// changes no people, does nothing. Stores call it with the writes of [TruncateTimes], so that
// times compare as they are kept. FirstSeen is the store's to set.
func (p *Person) Apply(w Write) {
	is := func(pageID, psid string) bool { return pageID == p.PageID && psid == p.PSID }
	switch w := w.(type) {
	case SaveProfile:
		if is(w.PageID, w.PSID) && !w.At.Before(p.ProfileAt) {
			p.ProfileAt, p.ProfileRefused = w.At, w.Refused
			if !w.Refused {
				p.Profile = w.Profile
			}
		}
	case AddThumbUp:
		if is(w.PageID, w.PSID) {
			p.ThumbUps++
		}
	case TouchPerson:
		if is(w.PageID, w.PSID) {
			if w.At.After(p.LastAct) {
				p.LastAct = w.At
			}
			p.UnavailableSince = time.Time{}
		}
	case MarkUnavailable:
		if is(w.PageID, w.PSID) {
			p.UnavailableSince = w.At
		}
	case NoteHuman:
		if is(w.PageID, w.PSID) && w.At.After(p.HumanAt) {
			p.HumanAt = w.At
		}
	case NoteThread:
		if is(w.PageID, w.PSID) && !w.At.Before(p.ThreadAt) {
			p.ThreadOwner, p.ThreadAt, p.ThreadStandby = w.Owner, w.At, w.Standby
		}
	case EndSilence:
		if is(w.PageID, w.PSID) && w.At.After(p.ResumedAt) {
			p.ResumedAt = w.At
		}
	case SetLanguage:
		if is(w.PageID, w.PSID) {
			p.Language = w.Language
		}
	}
}

// TruncateTimes returns a write with its times in the form in which stores keep them: in
// UTC, to the microsecond. It is for stores.
func TruncateTimes(write Write) Write {
	switch w := write.(type) {
	case SaveProfile:
		if trim(&w.At) {
			return w
		}
	case TouchPerson:
		if trim(&w.At) {
			return w
		}
	case MarkUnavailable:
		if trim(&w.At) {
			return w
		}
	case NoteHuman:
		if trim(&w.At) {
			return w
		}
	case NoteThread:
		if trim(&w.At) {
			return w
		}
	case EndSilence:
		if trim(&w.At) {
			return w
		}
	case AddLocation:
		if trim(&w.Location.At) {
			return w
		}
	case SaveMessage:
		if trim(&w.Received.At) {
			return w
		}
	case SaveSent:
		if trim(&w.Sent.At) {
			return w
		}
	case SettleSend:
		if trim(&w.Sent.At) {
			return w
		}
	case SaveSession:
		if trim(&w.Expires) {
			return w
		}
	case SaveAttachment:
		if trim(&w.Expires) {
			return w
		}
	}
	return write
}

func truncate(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }

// trim truncates a time, and reports whether that has changed anything of it. A write that is in order stays the same value,
// without another allocation.
func trim(t *time.Time) bool {
	before := *t
	*t = truncate(before)
	return *t != before
}
