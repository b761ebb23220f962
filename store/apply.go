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
	}
}

// TruncateTimes returns a write with its times in the form in which stores keep them: in
// UTC, to the microsecond. It is for stores.
func TruncateTimes(w Write) Write {
	switch w := w.(type) {
	case SaveProfile:
		w.At = truncate(w.At)
		return w
	case TouchPerson:
		w.At = truncate(w.At)
		return w
	case MarkUnavailable:
		w.At = truncate(w.At)
		return w
	case NoteHuman:
		w.At = truncate(w.At)
		return w
	case NoteThread:
		w.At = truncate(w.At)
		return w
	case EndSilence:
		w.At = truncate(w.At)
		return w
	case AddLocation:
		w.Location.At = truncate(w.Location.At)
		return w
	case SaveMessage:
		w.Received.At = truncate(w.Received.At)
		return w
	case SaveSent:
		w.Sent.At = truncate(w.Sent.At)
		return w
	case SettleSend:
		w.Sent.At = truncate(w.Sent.At)
		return w
	case SaveSession:
		w.Expires = truncate(w.Expires)
		return w
	case SaveAttachment:
		w.Expires = truncate(w.Expires)
		return w
	}
	return w
}

func truncate(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }
