package simulator

import (
	"cmp"
	"strconv"
	"time"
)

// maxThreadControl is how long control can be extended at a time.
const maxThreadControl = 7 * 24 * time.Hour

// control is a call of Conversation Routing that was read: on whose conversation, and its parameters. See
// https://developers.facebook.com/documentation/business-messaging/messenger-platform/conversation-routing
type control struct {
	psid     string
	target   string // of a pass
	metadata string
	duration time.Duration // of an extension
}

// callControl serves one of the calls that change who has a conversation. do runs with s.mu held.
func (s *Simulator) callControl(do func(pg *page, c *conversation, ct control, at time.Time) *GraphError) func(*call) (any, *GraphError) {
	return func(c *call) (any, *GraphError) {
		ct, err := c.readControl()
		if err != nil {
			return nil, err
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		pg := c.page
		switch {
		case s.closed:
			return nil, known("unavailable")
		case pg.people[ct.psid] == nil && !s.meet(pg, ct.psid):
			return nil, pg.known("person unknown")
		}
		if err := do(pg, pg.conversation(ct.psid), ct, c.at); err != nil {
			return nil, err
		}
		return successful, nil
	}
}

func (c *call) readControl() (control, *GraphError) {
	var ck check
	ct := control{metadata: ck.text(c.get("metadata"), maxMetadata)}
	ct.psid = ck.neededID(ck.object(c.get("recipient"), "id")("id"))
	if c.edge == "pass_thread_control" {
		ct.target = ck.neededID(c.get("target_app_id"))
	}
	if c.edge == "extend_thread_control" {
		seconds, err := strconv.ParseInt(c.get("duration").string(), 10, 64)
		if err != nil || seconds < 1 || seconds > int64(maxThreadControl/time.Second) {
			ck.refuse("Param duration must be from 1 to %d seconds.", int(maxThreadControl/time.Second))
		}
		ct.duration = time.Duration(seconds) * time.Second
	}
	return ct, ck.err
}

// callPass is POST /{page}/pass_thread_control.
func (s *Simulator) callPass(pg *page, c *conversation, ct control, at time.Time) *GraphError {
	if pg.onStandby(c, at) {
		return pg.notOwner()
	}
	if !digits(ct.target) || ct.target == pg.appID || ct.target == pg.foreignInbox() {
		return known("app id")
	}
	return s.failed(s.pass(pg, ct.psid, ct.target, ct.metadata, at))
}

// callTake is POST /{page}/take_thread_control: of the default app, or of an idle conversation.
func (s *Simulator) callTake(pg *page, c *conversation, ct control, at time.Time) *GraphError {
	if pg.defaultApp == "" || pg.defaultApp != pg.appID && c.ownerAt(at) != "" {
		return known("permission denied")
	}
	return s.failed(s.take(pg, ct.psid, pg.appID, ct.metadata, at))
}

// callRequest is POST /{page}/request_thread_control, of pages without a default app.
func (s *Simulator) callRequest(pg *page, _ *conversation, ct control, at time.Time) *GraphError {
	if pg.defaultApp != "" {
		return known("permission denied")
	}
	return s.failed(s.request(pg, ct.psid, pg.appID, ct.metadata, at))
}

// callRelease is POST /{page}/release_thread_control.
func (s *Simulator) callRelease(pg *page, c *conversation, ct control, at time.Time) *GraphError {
	if pg.onStandby(c, at) {
		return pg.notOwner()
	}
	s.release(pg, ct.psid, at)
	return nil
}

// callExtend is POST /{page}/extend_thread_control.
func (s *Simulator) callExtend(pg *page, c *conversation, ct control, at time.Time) *GraphError {
	if c.ownerAt(at) != pg.appID {
		return pg.notOwner()
	}
	c.thread.until = later(c.thread.until, at.Add(ct.duration))
	s.publishThread(pg, ct.psid, at)
	return nil
}

// callThreadOwner is GET /{page}/thread_owner. The id of another app is told to the default app only.
func (s *Simulator) callThreadOwner(c *call) (any, *GraphError) {
	var ck check
	psid := ck.neededID(c.get("recipient"))
	if ck.err != nil {
		return nil, ck.err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	pg := c.page
	if pg.people[psid] == nil {
		return nil, pg.known("person unknown")
	}
	data := []any{}
	if t := pg.threadOf(psid, c.at); t.Owner != "" {
		owner := map[string]any{"expiration": t.Until.Unix()}
		if t.Owner == pg.appID || pg.defaultApp == pg.appID {
			owner["app_id"] = t.Owner
		}
		data = append(data, map[string]any{"thread_owner": owner})
	}
	return map[string]any{"data": data}, nil
}

// controlAfter does what the thread_control of a message asks for. Without a default app the platform has no such
// parameter: it is kept in the message and has no effect. s.mu must be held.
func (s *Simulator) controlAfter(pg *page, m *Message, at time.Time) {
	switch {
	case m.ThreadControl == nil || pg.defaultApp == "":
	case m.ThreadControl.ControlType == "pass":
		_ = s.failed(s.pass(pg, m.PSID, cmp.Or(m.ThreadControl.AppID, pg.defaultApp), "", at))
	default:
		s.release(pg, m.PSID, at)
	}
}

// notOwner is the platform's answer to a call on a conversation that another app has.
func (p *page) notOwner() *GraphError { return p.known("another app") }

// foreignInbox is the inbox of the other platform.
func (p *page) foreignInbox() string {
	if p.instagram {
		return InboxApp
	}
	return InstagramInboxApp
}

// failed logs that a callback could not be built, which cannot happen: its values are plain.
func (s *Simulator) failed(err error) *GraphError {
	if err != nil {
		s.cfg.Logger.Error("callback not built", "error", err)
		return known("unknown error")
	}
	return nil
}
