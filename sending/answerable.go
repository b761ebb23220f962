package sending

import (
	"errors"
	"fmt"
	"slices"

	"github.com/djmessenger/messenger/receiving"
)

// Way is a way to answer an event.
type Way string

// The ways to answer.
const (
	// ByMessage is a message to the event's person.
	ByMessage Way = "message"
	// ByPrivateReply is a message to whoever wrote a comment or a post: one, and on
	// most of them within 7 days.
	ByPrivateReply Way = "private reply"
	// ByPublicReply is a comment below the comment, post or mention; see
	// [PublicReply].
	ByPublicReply Way = "public reply"
)

// TypeWays returns the ways in which events of a type can be answered, the default
// one first; none if they never can.
//
// What the page itself did (FEED, GROUP_FEED_CHANGE, MENTION_CHANGE, its own comments),
// deliveries, reads, and notices that have no person (policy enforcement, template
// status, business integrity) cannot be answered. A comment or post of another is
// answered by a private reply, or publicly if the message says so; a mention publicly
// only, because the platform takes private replies to what is on the page's own feed,
// its media, or in its groups; what is written in a group privately only.
//
// https://developers.facebook.com/docs/messenger-platform/discovery/private-replies
func TypeWays(t receiving.Type) []Way {
	switch t {
	case receiving.TypeDelivered, receiving.TypeRead, receiving.TypeFeed, receiving.TypeGroupFeedChange,
		receiving.TypeMentionChange, receiving.TypeInstagramCommentEcho, receiving.TypePolicyEnforcement, receiving.TypeMessageTemplateStatus, receiving.TypeBusinessIntegrity:
		return nil
	case receiving.TypeComment, receiving.TypeVisitorPost, receiving.TypeInstagramComment:
		return []Way{ByPrivateReply, ByPublicReply}
	case receiving.TypeGroupFeed:
		return []Way{ByPrivateReply}
	case receiving.TypeMention, receiving.TypeInstagramMention:
		return []Way{ByPublicReply}
	}
	return []Way{ByMessage}
}

// Ways returns the ways in which an event can be answered, the default one first;
// none if it cannot. They are those of its type, less what the event lacks: without
// a person there is no message, without the id of a comment or post no reply. A
// comment on a live video takes private replies only, while it is live. Nothing on
// standby can be answered, nor can the bot's own echoes.
func Ways(ev *receiving.Event, ownEcho bool) []Way {
	if ev.Standby || ownEcho {
		return nil
	}
	ways := TypeWays(ev.Type)
	if len(ways) == 0 {
		return nil
	}
	if ways[0] == ByMessage {
		if ev.PSID+ev.UserRef == "" {
			return nil
		}
		return ways
	}
	if !publicOf(ev).named() {
		return nil
	}
	if c, ok := ev.Payload.(*receiving.InstagramComment); ok && c.Live {
		return []Way{ByPrivateReply}
	}
	return ways
}

// Answerable reports whether an event can be answered at all; see [Ways]. An act of a
// person can, by every route. What is no act (an echo of what a human wrote in the
// page's inbox, a hand-over, …), and what has no person (a comment, a post, a
// mention), can by a route under the event's own type alone.
//
// ownEcho says that the event is an echo of a message that the bot itself sent.
func Answerable(ev *receiving.Event, ownEcho bool) bool { return len(Ways(ev, ownEcho)) > 0 }

// AnswerableType reports whether there can be an event of the type that is
// [Answerable].
func AnswerableType(t receiving.Type) bool { return len(TypeWays(t)) > 0 }

// OwnEcho reports whether an event is an echo of a message that a bot of this library
// sent, for handlers of echoes. The bot also knows the echoes of its apps by Config.Apps[].ID.
func OwnEcho(ev *receiving.Event) bool {
	m, ok := ev.Payload.(*receiving.Message)
	return ok && m.IsEcho && m.SendKey != ""
}

// ErrAlreadyReplied is returned by a [Replier] for a second private reply to the same
// comment or post in a turn: the platform takes one. It matches [ErrNotAnswerable].
var ErrAlreadyReplied = fmt.Errorf("%w: the comment or post has its private reply", ErrNotAnswerable)

// ErrSilent is returned by a [Replier] for an answer while the bot keeps silent, because
// another answers the person (handling.Quiet). It matches [ErrNotAnswerable], and the bot
// treats it alike.
var ErrSilent = fmt.Errorf("%w: the bot keeps silent", ErrNotAnswerable)

// Address returns an answer to an event with its recipient: the person, or what the
// event is about. A message that names a recipient or a public target keeps it. It
// returns an error that matches [ErrNotAnswerable] if the event cannot be answered in
// the message's way, and [FieldError]s if the message cannot be a public reply. The
// bot calls it for each answer; a test calls it to see where what a [Recorder] has would go.
func Address(ev *receiving.Event, m Message) (Message, error) {
	ways := Ways(ev, OwnEcho(ev))
	if len(ways) == 0 {
		return m, ErrNotAnswerable
	}
	way := ways[0]
	if m.Public != nil {
		way = ByPublicReply
	}
	switch {
	case m.Recipient != nil:
		return m, nil
	case m.Public != nil && m.Public.named():
		if m.Public.Object == "" {
			target := *m.Public
			target.Object = ev.Object
			m.Public = &target
		}
		return m, nil
	case !slices.Contains(ways, way):
		return m, fmt.Errorf("%w: %s takes no %s", ErrNotAnswerable, describe(ev), way)
	case m.SenderAction != "" && way != ByMessage:
		return m, fmt.Errorf("%w: a sender action needs a person, and %s has none", ErrNotAnswerable, describe(ev))
	case way == ByPublicReply:
		target := publicOf(ev)
		m.Public = &target
		return m, m.Validate(ev.Object)
	case way == ByPrivateReply:
		target := publicOf(ev)
		if target.CommentID != "" {
			return m.To(Recipient{CommentID: target.CommentID}), nil
		}
		return m.To(Recipient{PostID: target.PostID}), nil
	case ev.PSID != "":
		return m.To(Recipient{ID: ev.PSID}), nil
	}
	return m.To(Recipient{UserRef: ev.UserRef}), nil
}

// publicOf returns what an event is about that has no person; nothing is named if it
// is not about a comment, a post or a mention.
func publicOf(ev *receiving.Event) PublicReply {
	target := PublicReply{Object: ev.Object}
	switch p := ev.Payload.(type) {
	case *receiving.FeedChange:
		if ev.Type == receiving.TypeVisitorPost {
			target.PostID = p.PostID
		} else {
			target.CommentID = p.CommentID
		}
	case *receiving.GroupFeed:
		if target.CommentID = p.CommentID; target.CommentID == "" {
			target.PostID = p.PostID
		}
	case *receiving.InstagramComment:
		target.CommentID = p.ID
	case *receiving.Mention:
		if p.Item == "comment" {
			target.CommentID = p.CommentID
		} else {
			target.PostID = p.PostID
		}
	case *receiving.InstagramMention:
		if p.MediaID != "" { // the platform needs it, also for a comment
			target.MediaID, target.CommentID = p.MediaID, p.CommentID
		}
	}
	return target
}

// describe says what an event is.
func describe(ev *receiving.Event) string {
	if c, ok := ev.Payload.(*receiving.InstagramComment); ok && c.Live {
		return string(ev.Type) + " on a live video"
	}
	return string(ev.Type)
}

// CheckSender returns why a sender can never answer events of a type, or nil if it
// can, or may. It is exported for package routing: it is the part of a policy's Validate
// that needs to know what a sender is made of.
func CheckSender(t receiving.Type, sender Sender) error {
	ways := TypeWays(t)
	if len(ways) == 0 {
		return fmt.Errorf("nothing may answer %s", t)
	}
	switch s := sender.(type) {
	case Delayed:
		return CheckSender(t, s.Sender)
	case *Delayed:
		return CheckSender(t, s.Sender)
	case Typing, *Typing, SenderAction:
		if ways[0] != ByMessage {
			return fmt.Errorf("a sender action goes to a person, and %s has none", t)
		}
	case Public, *Public:
		return checkPublicly(t, ways)
	case Message:
		switch {
		case s.Public != nil && !s.Public.named():
			return checkPublicly(t, ways)
		case s.SenderAction != "" && s.Recipient == nil && ways[0] != ByMessage:
			return fmt.Errorf("a sender action goes to a person, and %s has none", t)
		case s.Public == nil && s.Recipient == nil && ways[0] == ByPublicReply && s.Validate("") == nil:
			if err := s.Publicly().Validate(objectOf(t)); err != nil {
				return fmt.Errorf("%s takes no private reply, and this cannot be a public one: %w", t, err)
			}
		}
	}
	return nil
}

// objectOf returns the product of a type that only one has; else "".
func objectOf(t receiving.Type) receiving.Object {
	switch source := t.Source(); {
	case source == receiving.Source{}:
		return ""
	case source.Instagram == "":
		return receiving.ObjectPage
	case source.Page == "":
		return receiving.ObjectInstagram
	}
	return ""
}

func checkPublicly(t receiving.Type, ways []Way) error {
	if !slices.Contains(ways, ByPublicReply) {
		return errors.New("its answer is public, and " + string(t) + " takes no public reply")
	}
	return nil
}
