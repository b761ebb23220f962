package simulator

import (
	"context"
	"errors"
	"slices"
	"time"
)

// Templates that ask a person to allow messages, and the kinds of token that they give.
const (
	marketingRequest = "notification_messages"
	oneTimeRequest   = "one_time_notif_req"
)

// optInLife is how long a token is good.
const optInLife = 365 * 24 * time.Hour

// optIn is what a person has allowed: messages to its token reach them whatever the 24-hour window.
type optIn struct {
	token, psid string
	request     string // marketingRequest or oneTimeRequest
	payload     string
	title       string
	at          time.Time
	used        bool // a one-time token that a message was sent to
	stopped     bool
}

// eventOptin is an opt-in by a plugin, or by a template.
type eventOptin struct {
	Ref     string `json:"ref,omitempty"`
	UserRef string `json:"user_ref,omitempty"`

	Type        string `json:"type,omitempty"`
	Payload     string `json:"payload,omitempty"`
	OneTime     string `json:"one_time_notif_token,omitempty"`
	Title       string `json:"title,omitempty"`
	Token       string `json:"notification_messages_token,omitempty"`
	TokenStatus string `json:"user_token_status,omitempty"`
	Timezone    string `json:"notification_messages_timezone,omitempty"`
	Expiry      int64  `json:"token_expiry_timestamp,omitempty"` // milliseconds
	Status      string `json:"notification_messages_status,omitempty"`
}

// AllowNotifications lets a person tap the button of a request for marketing messages (notification_messages), or for one message later
// (one_time_notif_req), in the message with this mid, or if it is empty in the newest one that has such a request. The page learns
// a token by messaging_optins, which AllowNotifications returns: messages to it reach the person whatever the 24-hour window, for a year,
// and to that of a one-time request once. The window does not open. Instagram has none. See
// https://developers.facebook.com/docs/messenger-platform/marketing-messages
func (s *Simulator) AllowNotifications(ctx context.Context, psid, mid string) (token string, err error) {
	_, err = s.act(ctx, psid, Act{Type: ActNotificationOptIn, MID: mid}, func(c *conversation, at time.Time) (doing, error) {
		pg := s.home[psid]
		if pg.instagram {
			return doing{}, errNotOnInstagram("requests for notifications")
		}
		var request struct {
			Type           string `json:"template_type"`
			Title, Payload string
			Timezone       string `json:"notification_messages_timezone"`
		}
		if err := c.template(mid, &request, marketingRequest, oneTimeRequest); err != nil {
			return doing{}, err
		}
		given := &optIn{token: "1" + s.random.digits(15), psid: psid, request: request.Type, payload: request.Payload, title: request.Title, at: at}
		token = given.token
		event := given.event()
		event.Timezone = request.Timezone
		return doing{field: "messaging_optins", event: element{Optin: event}, apply: func(*conversation) {
			pg.optIns = trim(append(pg.optIns, given), s.cfg.History)
		}}, nil
	})
	if err != nil {
		return "", err
	}
	return token, nil
}

// StopNotifications lets a person stop the marketing messages that they have allowed last: messages to the token are refused until
// [Simulator.ResumeNotifications].
func (s *Simulator) StopNotifications(ctx context.Context, psid string) error {
	return s.turnNotifications(ctx, psid, true, "STOP NOTIFICATIONS")
}

// ResumeNotifications undoes [Simulator.StopNotifications].
func (s *Simulator) ResumeNotifications(ctx context.Context, psid string) error {
	return s.turnNotifications(ctx, psid, false, "RESUME NOTIFICATIONS")
}

func (s *Simulator) turnNotifications(ctx context.Context, psid string, stop bool, status string) error {
	what := Act{Type: ActNotificationResume}
	if stop {
		what.Type = ActNotificationStop
	}
	_, err := s.act(ctx, psid, what, func(*conversation, time.Time) (doing, error) {
		for _, given := range slices.Backward(s.home[psid].optIns) {
			if given.psid != psid || given.request != marketingRequest {
				continue
			}
			if given.stopped == stop {
				break
			}
			event := given.event()
			event.Status = status
			return doing{field: "messaging_optins", event: element{Optin: event}, apply: func(*conversation) { given.stopped = stop }}, nil
		}
		if stop {
			return doing{}, errors.New("simulator: this person gets no marketing messages that they could stop")
		}
		return doing{}, errors.New("simulator: this person has stopped no marketing messages")
	})
	return err
}

// event is what the page learns of it.
func (o *optIn) event() *eventOptin {
	if o.request == oneTimeRequest {
		return &eventOptin{Type: o.request, Payload: o.payload, OneTime: o.token}
	}
	return &eventOptin{
		Type: o.request, Payload: o.payload, Title: o.title, Token: o.token, TokenStatus: "NOT_REFRESHED", Expiry: o.at.Add(optInLife).UnixMilli(),
	}
}

// admitOptIn decides whether the page may send to a token. One that no person here has given is taken as it is. s.mu must be held.
func (p *page) admitOptIn(sd *send, at time.Time) *GraphError {
	i := slices.IndexFunc(p.optIns, func(o *optIn) bool { return o.token == sd.to })
	if i < 0 {
		return nil
	}
	given := p.optIns[i]
	switch {
	case (given.request == oneTimeRequest) != (sd.toKind == "one_time_notif_token"):
		return refuse(0, "Param recipient[%s] is a token of the other kind.", sd.toKind)
	case p.conversation(given.psid).blocked:
		return p.known("person unavailable")
	case given.stopped:
		return p.known("topic stopped")
	case given.used, at.Sub(given.at) > optInLife:
		return refuse(0, "Param recipient[%s] was used or has expired.", sd.toKind)
	}
	sd.to, sd.optIn = given.psid, given
	return nil
}
