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

// readReply answers with the fields of a comment on Instagram.
func (p *page) readReply(comment Comment, fields []field) (any, *GraphError) {
	all := map[string]any{"text": comment.Text, "timestamp": timeOf(comment.Time), "from": nil, "user": nil, "username": p.username()}
	if author := p.people[comment.PSID]; author != nil {
		all["from"] = map[string]string{"id": author.ID, "username": author.username()}
		all["username"] = author.username()
	} else {
		all["user"] = map[string]string{"id": p.id}
		all["from"] = map[string]string{"id": p.id, "username": p.username()}
	}
	return choose(comment.ID, fields, []string{"text", "timestamp"}, all)
}
