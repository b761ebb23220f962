package simulator

import (
	"context"
	"errors"
	"strings"
	"time"
)

// reactionNames are the platform's words for the emoji Messenger offers; all
// others are "other".
var reactionNames = map[string]string{
	"😆": "smile", "😂": "smile", "😠": "angry", "😡": "angry", "😢": "sad", "😮": "wow",
	"❤": "love", "😍": "love", "👍": "like", "👎": "dislike",
}

// reactionName is the platform's word for an emoji. Instagram has another set.
func (p *page) reactionName(emoji string) string {
	name, ok := reactionNames[strings.TrimSuffix(emoji, "\ufe0f")]
	switch {
	case !ok, p.instagram && name == "dislike":
		return "other"
	case p.instagram && name == "smile":
		return "laugh"
	}
	return name
}

// React lets a person react to a message with an emoji; it opens the 24-hour
// window. A second reaction replaces the first.
func (s *Simulator) React(ctx context.Context, psid, mid, emoji string) error {
	if emoji == "" {
		return errors.New("simulator: no emoji to react with")
	}
	return s.reaction(ctx, psid, mid, emoji)
}

// Unreact takes a person's reaction back.
func (s *Simulator) Unreact(ctx context.Context, psid, mid string) error {
	return s.reaction(ctx, psid, mid, "")
}

func (s *Simulator) reaction(ctx context.Context, psid, mid, emoji string) error {
	what := Act{Type: ActReact, MID: mid, Emoji: emoji}
	if emoji == "" {
		what.Type = ActUnreact
	}
	_, err := s.act(ctx, psid, what, func(c *conversation, _ time.Time) (doing, error) {
		m := c.find(mid)
		if m == nil {
			return doing{}, errNoMessage(mid)
		}
		event, shown := eventReaction{Action: "react", MID: mid}, emoji
		if emoji == "" {
			event.Action = "unreact"
			if shown = m.PersonReaction; shown == "" {
				return doing{}, errors.New("simulator: there is no reaction to take back")
			}
		}
		event.Emoji = shown
		event.Reaction = s.home[psid].reactionName(shown)
		return doing{
			field: "message_reactions", event: element{Reaction: &event}, opens: emoji != "",
			apply: func(*conversation) {
				m.PersonReaction = emoji
				s.publish("message", *m)
			},
		}, nil
	})
	return err
}

// Read lets a person see all messages so far. The page is told if it subscribed
// to message_reads.
func (s *Simulator) Read(ctx context.Context, psid string) error {
	_, err := s.act(ctx, psid, Act{Type: ActRead}, func(c *conversation, at time.Time) (doing, error) {
		read := eventRead{Watermark: at.UnixMilli()}
		if s.home[psid].instagram {
			m := c.newestOf(FromPage)
			if m == nil {
				return doing{}, errors.New("simulator: there is no message to read")
			}
			read = eventRead{MID: m.ID}
		}
		return doing{field: "message_reads", event: element{Read: &read}}, nil
	})
	return err
}

// FollowLink lets a person open the conversation through an m.me link with this
// ref, which sends a messaging_referrals event and opens the window.
func (s *Simulator) FollowLink(ctx context.Context, psid, ref string) error {
	_, err := s.act(ctx, psid, Act{Type: ActLink, Ref: ref}, func(*conversation, time.Time) (doing, error) {
		return doing{
			field: "messaging_referrals", opens: true,
			event: element{Referral: &eventReferral{Ref: ref, Source: "SHORTLINK", Type: "OPEN_THREAD"}},
		}, nil
	})
	return err
}

// OptIn lets a person press a Send-to-Messenger button with this data-ref.
// Instagram has none.
func (s *Simulator) OptIn(ctx context.Context, psid, ref string) error {
	_, err := s.act(ctx, psid, Act{Type: ActOptIn, Ref: ref}, func(*conversation, time.Time) (doing, error) {
		if s.home[psid].instagram {
			return doing{}, errNotOnInstagram("a plugin")
		}
		return doing{field: "messaging_optins", opens: true, event: element{Optin: &eventOptin{Ref: ref}}}, nil
	})
	return err
}

// OptInUserRef is [PageControl.OptInUserRef] of the page of [Config.PageID].
func (s *Simulator) OptInUserRef(ctx context.Context, userRef, ref string) error {
	return s.mainPage().OptInUserRef(ctx, userRef, ref)
}

// LinkAccount lets a person finish an account_link login with this code. Instagram
// has none.
func (s *Simulator) LinkAccount(ctx context.Context, psid, authorizationCode string) error {
	return s.linking(ctx, psid, eventAccountLinking{Status: "linked", AuthorizationCode: authorizationCode})
}

// UnlinkAccount lets a person tap an account_unlink button.
func (s *Simulator) UnlinkAccount(ctx context.Context, psid string) error {
	return s.linking(ctx, psid, eventAccountLinking{Status: "unlinked"})
}

func (s *Simulator) linking(ctx context.Context, psid string, event eventAccountLinking) error {
	_, err := s.act(ctx, psid, Act{Type: ActAccountLinking, Code: event.AuthorizationCode}, func(*conversation, time.Time) (doing, error) {
		if s.home[psid].instagram {
			return doing{}, errNotOnInstagram("account linking")
		}
		return doing{field: "messaging_account_linking", event: element{AccountLinking: &event}}, nil
	})
	return err
}
