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

// Comment is a comment on the page's feed, of a person or of the page.
type Comment struct {
	ID       string    `json:"id"`
	ParentID string    `json:"parent_id"` // the comment or post below which it stands
	PSID     string    `json:"person_id,omitempty"`
	From     string    `json:"from"` // FromPage or FromPerson
	Text     string    `json:"text"`
	Time     time.Time `json:"time"`
}

type feedValue struct {
	From        feedFrom `json:"from"`
	Item        string   `json:"item"`
	Verb        string   `json:"verb"`
	PostID      string   `json:"post_id"`
	CommentID   string   `json:"comment_id,omitempty"`
	ParentID    string   `json:"parent_id,omitempty"`
	CreatedTime int64    `json:"created_time"` // seconds
	Message     string   `json:"message"`
}

type feedFrom struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// Comment lets a person comment on a post of the page. A page that is subscribed to
// feed is notified. The page can answer in two ways: once, within seven days, by a
// message to the comment's id (a private reply), which arrives in the conversation
// with the person; and publicly, by POST /{comment-id}/comments, which
// [Simulator.Comments] shows. On Instagram the comment is on the account's media, the
// field comments, and the public answer POST /{comment-id}/replies. See
// https://developers.facebook.com/docs/messenger-platform/discovery/private-replies
func (s *Simulator) Comment(ctx context.Context, psid, text string) (commentID string, err error) {
	return s.writeOnFeed(ctx, psid, text, func(pg *page, at time.Time) (string, feedValue) {
		c := &Comment{ID: pg.newCommentID(), ParentID: pg.postID(), PSID: psid, From: FromPerson, Text: text, Time: at}
		s.keepComment(pg, c)
		return c.ID, feedValue{Item: "comment", PostID: c.ParentID, CommentID: c.ID, ParentID: c.ParentID}
	})
}

// VisitorPost lets a person post on the page's feed. The page can answer as it can a
// comment, by the post's id. Instagram has none.
func (s *Simulator) VisitorPost(ctx context.Context, psid, text string) (postID string, err error) {
	s.mu.Lock()
	pg := s.home[psid]
	s.mu.Unlock()
	if pg != nil && pg.instagram {
		return "", errNotOnInstagram("a post on the feed")
	}
	return s.writeOnFeed(ctx, psid, text, func(pg *page, _ time.Time) (string, feedValue) {
		id := pg.id + "_" + pg.random.digits(15)
		return id, feedValue{Item: "status", PostID: id}
	})
}

// writeOnFeed lets a person write on the feed, and queues the page's notification.
func (s *Simulator) writeOnFeed(
	ctx context.Context, psid, text string, write func(pg *page, at time.Time) (id string, value feedValue),
) (id string, err error) {
	if text == "" {
		return "", errors.New("simulator: nothing to write")
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
	pg := s.home[psid]
	if pg == nil {
		return "", fmt.Errorf("%w: %s", ErrNoPerson, psid)
	}
	if c := pg.conversations[psid]; c != nil && c.moderated.banned {
		return "", ErrBarred
	}
	id, value := write(pg, at)
	pg.authors[id] = author{psid, at}
	value.From, value.Message = feedFrom{psid, pg.people[psid].name()}, text
	return id, s.notifyFeed(pg, psid, at, value)
}

// notifyFeed queues the notification of something new on the feed. s.mu must be held.
func (s *Simulator) notifyFeed(pg *page, queue string, at time.Time, value feedValue) error {
	if pg.instagram {
		return s.notifyComment(pg, queue, at, value)
	}
	value.Verb, value.CreatedTime = "add", at.Unix()
	return s.reportUnder(pg, Delivery{PSID: queue, Field: "feed", Time: at},
		func(e *entry) { e.Changes = []change{{Field: "feed", Value: mustJSON(value)}} })
}

// keepComment keeps a comment. s.mu must be held.
func (s *Simulator) keepComment(pg *page, c *Comment) {
	pg.comments = trim(append(pg.comments, c), s.cfg.History)
	s.notify()
}

// Comments returns the comments below a comment or a post, in order. The result is a
// copy.
func (s *Simulator) Comments(parentID string) []Comment {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.publicPage(parentID).commentsBelow(parentID)
}

func (p *page) commentsBelow(parentID string) []Comment {
	var list []Comment
	for _, c := range p.comments {
		if c.ParentID == parentID {
			list = append(list, *c)
		}
	}
	return list
}

// PublicReplies returns the page's comments below what a person wrote on the feed,
// in order. The result is a copy.
func (s *Simulator) PublicReplies(psid string) []Comment {
	s.mu.Lock()
	defer s.mu.Unlock()
	pg := s.home[psid]
	if pg == nil {
		return nil
	}
	var list []Comment
	for _, c := range pg.comments {
		if parent, written := pg.authors[c.ParentID]; c.From == FromPage && written && parent.id == psid {
			list = append(list, *c)
		}
	}
	return list
}

// WaitComment returns the first comment of the page below a comment or a post that
// matches, whether it is there already or still to come; a nil match takes any. It
// returns ctx's error when ctx ends first and [ErrClosed] when the simulator is
// closed first.
func (s *Simulator) WaitComment(ctx context.Context, parentID string, match func(Comment) bool) (Comment, error) {
	asked := map[string]bool{}
	for {
		var fresh []Comment
		err := s.until(ctx, func() bool {
			for _, c := range s.publicPage(parentID).commentsBelow(parentID) {
				if c.From == FromPage && !asked[c.ID] {
					fresh = append(fresh, c)
				}
			}
			return len(fresh) > 0
		})
		if err != nil {
			return Comment{}, fmt.Errorf("simulator: no such comment of the page below %s: %w", parentID, err)
		}
		for _, c := range fresh {
			asked[c.ID] = true
			if match == nil || match(c) {
				return c, nil
			}
		}
	}
}

func (p *Person) name() string {
	if p.LastName == "" {
		return p.FirstName
	}
	return p.FirstName + " " + p.LastName
}
