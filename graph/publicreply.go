package graph

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// PublicTarget is what a public reply answers. On Facebook exactly one of CommentID and PostID is set; on Instagram
// CommentID for a comment on the account's own media, and MediaID for a mention of the account, with CommentID if a comment
// has it and not the media's caption.
type PublicTarget struct {
	Instagram bool
	CommentID string
	PostID    string
	MediaID   string
}

// PublicReply posts a comment below a comment, a post or a mention, as the page, where everyone can read it. MID of
// the result is the new comment's id. There is one attempt, since what may have been posted must not be posted again
// unasked: see [Client.FindPublicReply].
//
// Errors are those of [Client.Do], and a [RequestError] for a target that is none. See
// https://developers.facebook.com/docs/graph-api/reference/object/comments,
// https://developers.facebook.com/docs/instagram-platform/instagram-graph-api/reference/ig-comment/replies and
// https://developers.facebook.com/docs/instagram-platform/instagram-graph-api/reference/ig-user/mentions.
func (c *Client) PublicReply(ctx context.Context, pageID string, to PublicTarget, text string) (SendResult, error) {
	path, err := to.edge(pageID)
	if err != nil {
		return SendResult{}, err
	}
	body := map[string]string{"message": text}
	if to.MediaID != "" {
		body["media_id"] = to.MediaID
		if to.CommentID != "" {
			body["comment_id"] = to.CommentID
		}
	}
	request := Request{Body: body, Method: http.MethodPost, Once: true, PageID: pageID, Path: path}
	members, raw, err := c.node(ctx, request)
	if err != nil {
		return SendResult{}, err
	}
	return SendResult{MID: decodeText(members["id"]), Raw: raw}, nil
}

// publicReplyWindow is how much earlier than asked for a reply may have been posted, by another clock.
const publicReplyWindow = 10 * time.Minute

// maxPublicReplies is how many comments FindPublicReply looks at, the newest first.
const maxPublicReplies = 500

// FindPublicReply looks below a comment or a post for a comment of the page's own with that text, not older than since, and
// returns its id; "" if there is none among the newest 500. Use it to find the outcome of a [Client.PublicReply] whose
// outcome is unknown. The platform has no such list for a mention: then the error matches [errors.ErrUnsupported].
func (c *Client) FindPublicReply(ctx context.Context, pageID string, to PublicTarget, text string, since time.Time) (id string, err error) {
	path, err := to.edge(pageID)
	if err != nil {
		return "", err
	}
	if to.MediaID != "" {
		return "", &RequestError{Err: errUnlisted}
	}
	query := url.Values{"fields": {"id,message,from,created_time"}, "limit": {"100"}, "order": {"reverse_chronological"}}
	if to.Instagram {
		// Of the account's own comments the platform names the author as user.
		query = url.Values{"fields": {"id,text,from,user,timestamp"}, "limit": {"50"}}
	}
	seen := 0
	for comment, err := range listOf(ctx, c, Request{PageID: pageID, Path: path, Query: query}, decodeComment) {
		if err != nil {
			return "", err
		}
		if comment.own(pageID) && sameText(comment.text, text) && (comment.at.IsZero() || !comment.at.Before(since.Add(-publicReplyWindow))) {
			return comment.id, nil
		}
		if seen++; seen == maxPublicReplies {
			break
		}
	}
	return "", nil
}

var errUnlisted = errors.Join(errors.New("the platform does not list what was answered to a mention"), errors.ErrUnsupported)

// edge returns the path that a public reply is posted to.
func (t PublicTarget) edge(pageID string) (string, error) {
	switch {
	case t.Instagram && t.PostID == "" && t.MediaID != "":
		return edge(pageID, "mentions"), nil
	case t.Instagram && t.PostID == "" && t.CommentID != "":
		return edge(t.CommentID, "replies"), nil
	case !t.Instagram && t.MediaID == "" && (t.CommentID == "") != (t.PostID == ""):
		return edge(t.CommentID+t.PostID, "comments"), nil
	}
	return "", refuse("public reply: exactly one comment, post or mention must be named, of the right product")
}

// publicComment is what is read of a comment.
type publicComment struct {
	id, text, from, user string
	at                   time.Time
}

func decodeComment(members map[string]json.RawMessage, _ json.RawMessage) publicComment {
	c := publicComment{
		id:   decodeText(members["id"]),
		text: decodeText(members["message"]),
		from: decodeText(decodeObject(members["from"])["id"]),
		user: decodeText(decodeObject(members["user"])["id"]),
		at:   decodeTime(members["created_time"]),
	}
	if c.text == "" {
		c.text = decodeText(members["text"])
	}
	if c.at.IsZero() {
		c.at = decodeTime(members["timestamp"])
	}
	return c
}

// own reports whether the page wrote a comment.
func (c publicComment) own(pageID string) bool { return c.from == pageID || c.user != "" }

// sameText compares texts as the platform keeps them: it trims them and may join lines.
func sameText(a, b string) bool {
	return strings.Join(strings.Fields(a), " ") == strings.Join(strings.Fields(b), " ")
}
