package simulator

import (
	"encoding/json"
	"time"
)

// postID is the page's own post, or the account's media, that people comment on.
func (p *page) postID() string {
	if p.instagram {
		return "179" + p.id
	}
	return p.id + "_1"
}

func (p *page) newCommentID() string {
	if p.instagram {
		return "179" + p.random.digits(14)
	}
	return "1_" + p.random.digits(15)
}

// instagramComment is the value of a change of the field comments, see
// https://developers.facebook.com/docs/instagram-platform/webhooks/examples
type instagramComment struct {
	From struct {
		ID       string `json:"id"`
		Username string `json:"username"`
	} `json:"from"`
	Media struct {
		ID          string `json:"id"`
		ProductType string `json:"media_product_type"`
	} `json:"media"`
	ID       string `json:"id"`
	ParentID string `json:"parent_id,omitempty"`
	Text     string `json:"text"`
}

// notifyComment queues the notification of a comment on Instagram. s.mu must be held.
func (s *Simulator) notifyComment(pg *page, queue string, at time.Time, v feedValue) error {
	comment := instagramComment{ID: v.CommentID, Text: v.Message}
	comment.From.ID, comment.From.Username = v.From.ID, pg.username()
	if person := pg.people[v.From.ID]; person != nil {
		comment.From.Username = person.username()
	}
	comment.Media.ID, comment.Media.ProductType = pg.postID(), "FEED"
	if v.ParentID != pg.postID() {
		comment.ParentID = v.ParentID
	}
	value, err := json.Marshal(comment)
	if err != nil {
		return err
	}
	return s.reportUnder(pg, Delivery{PSID: queue, Field: "feed", Time: at}, func(e *entry) {
		e.Time = at.Unix() // of changes in seconds
		e.Changes = []change{{Field: "comments", Value: value}}
	})
}

// listReplies answers with the replies to a comment on Instagram, as one part. s.mu must be held.
func (p *page) listReplies(c *call, comments []Comment) (any, *GraphError) {
	data := []any{}
	for _, comment := range comments {
		all := map[string]any{
			"text": comment.Text, "timestamp": comment.Time.UTC().Format("2006-01-02T15:04:05-0700"), "from": nil, "user": nil,
		}
		if author := p.people[comment.PSID]; author != nil {
			all["from"] = map[string]string{"id": author.ID, "username": author.username()}
		} else {
			all["user"] = map[string]string{"id": p.id}
			all["from"] = map[string]string{"id": p.id, "username": p.username()}
		}
		one, err := pick(comment.ID, fieldNames(c.get("fields")), []string{"text", "timestamp"}, all)
		if err != nil {
			return nil, err
		}
		data = append(data, one)
	}
	return map[string]any{"data": data}, nil
}
