package simulator

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
)

// ErrNotOnInstagram is returned, wrapped with what it was, by an act that people of an Instagram account cannot do.
var ErrNotOnInstagram = errors.New("simulator: not on Instagram")

func errNotOnInstagram(what string) error { return fmt.Errorf("%w: %s", ErrNotOnInstagram, what) }

var errOnlyInstagram = errors.New("simulator: only people of an Instagram account can do this")

// instagramRefusals are the names of refusals that Instagram answers with a code of its own.
var instagramRefusals = map[string]string{
	"already replied":      "comment invalid, Instagram",
	"another app":          "not thread owner",
	"calls limit":          "calls limit, Instagram",
	"outside window":       "outside window, Instagram",
	"person not replyable": "comment invalid, Instagram",
	"person unavailable":   "blocked, Instagram",
	"person unknown":       "person unknown, Instagram",
}

// known answers as the platform of the page does.
func (p *page) known(name string) *GraphError {
	if other, ok := instagramRefusals[name]; ok && p.instagram {
		name = other
	}
	return known(name)
}

// aim finds the node of a call, and whether a call with a page's token is about the Instagram account that is linked to
// it: it says platform=instagram, or names the account, a person of it, or a comment there.
func (s *Simulator) aim(c *call) *GraphError {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c.page == nil {
		if pg := s.pageByID(c.node); pg != nil && pg.appID == c.app && !pg.instagram {
			c.page = pg // of the person whose token it is
		}
		return nil
	}
	owner := c.page
	account := s.accountOf(owner)
	instagram := c.get("platform").string() == PlatformInstagram
	if instagram && account == nil && !owner.instagram {
		return known("no Instagram account")
	}
	if account != nil && (instagram || c.names(account)) {
		c.page = account
	}
	if c.node == "me" || c.node == owner.id && c.edge != "" {
		c.node = c.page.id
	}
	return nil
}

// names reports whether the call names the account, or something that belongs to it.
func (c *call) names(account *page) bool {
	ids := []ident{ident(c.node)}
	recipient := c.get("recipient").unquoted()
	var parties struct {
		ID        ident `json:"id"`
		CommentID ident `json:"comment_id"`
	}
	if json.Unmarshal(recipient.raw, &parties) == nil {
		ids = append(ids, parties.ID, parties.CommentID)
	}
	ids = append(ids, ident(recipient.string())) // of thread_owner
	for _, id := range ids {
		if id := string(id); id == account.id || account.people[id] != nil || account.hasPublic(id) || account.hasPrivate(id) {
			return true
		}
	}
	return false
}

// username is the account's name as it stands in links.
func (p *page) username() string { return strings.ToLower(strings.ReplaceAll(p.name, " ", ".")) }

func (p *Person) username() string { return cmp.Or(p.Username, "user"+p.ID) }

// instagramProfile answers the User Profile API of Instagram, for people who have written to the account. See
// https://developers.facebook.com/docs/messenger-platform/instagram/features/user-profile
func (p *page) instagramProfile(s *Simulator, person *Person, fields []field, picture string) (any, *GraphError) {
	if p.conversation(person.ID).lastAct.IsZero() && !s.cfg.Strangers {
		return nil, known("no consent, Instagram")
	}
	return choose(person.ID, fields, []string{"name", "username", "profile_pic"}, map[string]any{
		"name": person.name(), "username": person.username(), "profile_pic": picture, "follower_count": 0,
		"is_verified_user": false, "is_user_follow_business": false, "is_business_follow_user": false,
	})
}

// ReplyToStory lets a person of Instagram answer a story of the account, which can be seen at an absolute URL.
func (s *Simulator) ReplyToStory(ctx context.Context, psid, storyURL, text string) (mid string, err error) {
	if text == "" {
		return "", errors.New("simulator: the text is empty")
	}
	if err := checkURL(storyURL); err != nil {
		return "", fmt.Errorf("simulator: the URL of a story %w", err)
	}
	return s.act(ctx, psid, Act{Type: ActStoryReply, URL: storyURL, Text: text}, func(*conversation, time.Time) (doing, error) {
		if !s.home[psid].instagram {
			return doing{}, errOnlyInstagram
		}
		story := &eventStory{URL: storyURL, ID: "179" + s.random.digits(14)}
		return writing(Message{Text: text, Story: storyURL}, eventMessage{Text: text, ReplyTo: &eventReplyTo{Story: story}}), nil
	})
}

// MentionInStory lets a person of Instagram mention the account in their own story, which can be seen at an absolute URL.
func (s *Simulator) MentionInStory(ctx context.Context, psid, storyURL string) (mid string, err error) {
	return s.SendAttachment(ctx, psid, "story_mention", storyURL)
}

// Unsend lets a person of Instagram take back a message that they wrote.
func (s *Simulator) Unsend(ctx context.Context, psid, mid string) error {
	_, err := s.act(ctx, psid, Act{Type: ActUnsend, MID: mid}, func(c *conversation, _ time.Time) (doing, error) {
		m := c.find(mid)
		switch {
		case !s.home[psid].instagram:
			return doing{}, errOnlyInstagram
		case m == nil:
			return doing{}, errNoMessage(mid)
		case m.From != FromPerson || m.Kind != KindMessage || m.Unsent:
			return doing{}, fmt.Errorf("simulator: message %q is none that this person can take back", mid)
		}
		return doing{
			field: "messages", event: element{Message: &eventMessage{MID: mid, IsDeleted: true}},
			apply: func(*conversation) {
				m.Text, m.Attachments, m.Unsent = "", nil, true
				s.publish("message", *m)
			},
		}, nil
	})
	return err
}
