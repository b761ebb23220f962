package handling

import (
	"context"

	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/sending"
)

// Comment is a new comment that others have written: on a Facebook page's posts, or
// on an Instagram account's media.
type Comment struct {
	// ID is the comment's id, and ParentID that of the comment or post that it
	// answers, if the platform says so.
	ID       string
	ParentID string
	// PostID is the id of the Facebook post or the Instagram media that it is below.
	PostID string
	// Text may be empty: a comment can be a picture.
	Text string
	// AuthorID is no PSID: the person has none before a conversation. AuthorName is
	// a name on Facebook and a user name on Instagram.
	AuthorID   string
	AuthorName string
	// Live reports a comment on a live video on Instagram, which takes private
	// replies only, while it is live.
	Live bool
}

// CommentBase is the base of handlers for new comments of others. An answer is a
// private reply to the author, or, if the message says Publicly, a comment below the
// comment. A comment takes one private reply. docs/comments.md has the rules.
type CommentBase struct{}

// ShouldHandle reports whether the event is a new comment of another.
func (CommentBase) ShouldHandle(_ context.Context, ev *receiving.Event) bool {
	return isComment(ev.Type)
}

// Handles reports TypeComment, TypeInstagramComment and TypeDefault.
func (CommentBase) Handles(t receiving.Type) bool { return under(t) || isComment(t) }

// Comment returns what both products say of a comment.
func (CommentBase) Comment(ev *receiving.Event) Comment { return commentOf(ev) }

// FeedChange returns all that Facebook says of a comment.
func (CommentBase) FeedChange(ev *receiving.Event) *receiving.FeedChange {
	return payloadOf[receiving.FeedChange](ev)
}

// InstagramComment returns all that Instagram says of a comment.
func (CommentBase) InstagramComment(ev *receiving.Event) *receiving.InstagramComment {
	return payloadOf[receiving.InstagramComment](ev)
}

// OnComment makes a handler of a function that takes the comment; see [CommentBase].
func OnComment(fn func(ctx context.Context, ev *receiving.Event, c Comment, reply *sending.Replier) error) Handler {
	return onComment{fn}
}

type onComment struct {
	fn func(context.Context, *receiving.Event, Comment, *sending.Replier) error
}

func (onComment) ShouldHandle(_ context.Context, ev *receiving.Event) bool { return isComment(ev.Type) }

func (o onComment) Handle(ctx context.Context, ev *receiving.Event, reply *sending.Replier) error {
	return o.fn(ctx, ev, commentOf(ev), reply)
}

func (onComment) Handles(t receiving.Type) bool { return under(t) || isComment(t) }

func (onComment) String() string { return "handling.OnComment" }

func (o onComment) Validate() error { return needFunc(o.fn == nil) }

func isComment(t receiving.Type) bool {
	return t == receiving.TypeComment || t == receiving.TypeInstagramComment
}

func commentOf(ev *receiving.Event) Comment {
	switch p := ev.Payload.(type) {
	case *receiving.FeedChange:
		c := Comment{ID: p.CommentID, ParentID: p.ParentID, PostID: p.PostID, Text: p.Message}
		if p.From != nil {
			c.AuthorID, c.AuthorName = p.From.ID, p.From.Name
		}
		return c
	case *receiving.InstagramComment:
		c := Comment{ID: p.ID, ParentID: p.ParentID, Text: p.Text, Live: p.Live}
		if p.From != nil {
			c.AuthorID, c.AuthorName = p.From.ID, p.From.Username
		}
		if p.Media != nil {
			c.PostID = p.Media.ID
		}
		return c
	}
	return Comment{}
}
