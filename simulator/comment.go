package simulator

import (
	"cmp"
	"context"
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
	Hidden   bool      `json:"hidden,omitempty"` // by the page
}

type feedValue struct {
	From        feedFrom `json:"from"`
	Item        string   `json:"item"`
	Verb        string   `json:"verb"`
	PostID      string   `json:"post_id"`
	CommentID   string   `json:"comment_id,omitempty"`
	ParentID    string   `json:"parent_id,omitempty"`
	CreatedTime int64    `json:"created_time"` // seconds
	Message     string   `json:"message,omitempty"`

	ReactionType string `json:"reaction_type,omitempty"`
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
	return s.feedOf(ctx, psid, FeedAct{Item: FeedComment, PSID: psid, Text: text})
}

// VisitorPost lets a person post on the page's feed. The page can answer as it can a
// comment, by the post's id. Instagram has none.
func (s *Simulator) VisitorPost(ctx context.Context, psid, text string) (postID string, err error) {
	return s.feedOf(ctx, psid, FeedAct{Item: FeedPost, PSID: psid, Text: text})
}

// feedOf is an act on the feed of the person's page.
func (s *Simulator) feedOf(ctx context.Context, psid string, a FeedAct) (id string, err error) {
	s.mu.Lock()
	pg := s.home[psid]
	s.mu.Unlock()
	if pg == nil {
		return "", fmt.Errorf("%w: %s", ErrNoPerson, psid)
	}
	return PageControl{s, pg}.Feed(ctx, a)
}

// notifyFeed queues the notification of something new on the feed. s.mu must be held.
func (s *Simulator) notifyFeed(pg *page, queue string, at time.Time, value feedValue) error {
	if pg.instagram {
		return s.notifyComment(pg, queue, at, value)
	}
	value.Verb, value.CreatedTime = cmp.Or(value.Verb, FeedAdd), at.Unix()
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
