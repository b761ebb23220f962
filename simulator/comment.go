package simulator

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// author is who wrote a comment or post, and when.
type author struct {
	id string
	at time.Time
}

type feedValue struct {
	From        feedFrom `json:"from"`
	Item        string   `json:"item"`
	Verb        string   `json:"verb"`
	PostID      string   `json:"post_id"`
	CommentID   string   `json:"comment_id"`
	ParentID    string   `json:"parent_id"`
	CreatedTime int64    `json:"created_time"` // seconds
	Message     string   `json:"message"`
}

type feedFrom struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// Comment lets a person comment on a post of the page. A page that is subscribed
// to feed gets a callback. The page can answer once, within seven days, by a message to
// the comment's id; it arrives in the conversation with the person. See
// https://developers.facebook.com/docs/messenger-platform/discovery/private-replies
func (s *Simulator) Comment(ctx context.Context, psid, text string) (commentID string, err error) {
	if text == "" {
		return "", errors.New("simulator: nothing to comment")
	}
	if err := ctx.Err(); err != nil {
		return "", err
	}
	at := s.now()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return "", ErrClosed
	}
	pg := s.page
	p := pg.people[psid]
	if p == nil {
		return "", fmt.Errorf("%w: %s", ErrNoPerson, psid)
	}
	post := pg.id + "_1"
	commentID = "1_" + randomDigits(15)
	pg.authors[commentID] = author{psid, at}
	if !pg.subscribed("feed") {
		return commentID, nil
	}
	value := mustJSON(feedValue{
		From: feedFrom{psid, p.name()}, Item: "comment", Verb: "add", PostID: post,
		CommentID: commentID, ParentID: post, CreatedTime: at.Unix(), Message: text,
	})
	body, err := pg.entryOf(at, func(e *entry) { e.Changes = []change{{Field: "feed", Value: value}} })
	if err != nil {
		return "", err
	}
	s.enqueue(&Delivery{PersonID: psid, Field: "feed", Time: at, Body: string(body)})
	return commentID, nil
}

func (p *Person) name() string {
	if p.LastName == "" {
		return p.FirstName
	}
	return p.FirstName + " " + p.LastName
}
