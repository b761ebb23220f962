package simulator

import (
	"net/http"
	"slices"
	"strings"
)

// The length of a comment in characters.
const (
	maxComment          = 8000
	maxInstagramComment = 2200
)

// callComments reads and writes the comments below a comment or a post, on Instagram the replies to a comment, see
// https://developers.facebook.com/docs/graph-api/reference/object/comments and
// https://developers.facebook.com/docs/instagram-platform/instagram-graph-api/reference/ig-comment/replies
func (s *Simulator) callComments(c *call) (any, *GraphError) {
	s.mu.Lock()
	defer s.mu.Unlock()
	pg := c.page
	if !pg.hasPublic(c.node) || pg.instagram != (c.edge == "replies") {
		return nil, errObject(c.method, c.node)
	}
	if c.method == http.MethodGet {
		return pg.listComments(c)
	}
	var check check
	most := maxComment
	if pg.instagram {
		most = maxInstagramComment
	}
	text := check.required(c.get("message"), most)
	if check.err != nil {
		return nil, check.err
	}
	if s.closed {
		return nil, known("unavailable")
	}
	comment := &Comment{ID: pg.newCommentID(), ParentID: c.node, From: FromPage, Text: text, Time: c.at}
	s.keepComment(pg, comment)
	post := c.node
	if parent := pg.commentByID(c.node); parent != nil {
		post = parent.ParentID
	}
	err := s.notifyFeed(pg, pg.id, c.at, feedValue{
		From: feedFrom{pg.id, pg.name}, Item: "comment", PostID: post, CommentID: comment.ID, ParentID: c.node, Message: text,
	})
	if err != nil {
		s.cfg.Logger.Error("callback not built", "field", "feed", "error", err) // cannot happen: its values are plain
	}
	return map[string]string{"id": comment.ID}, nil
}

// listComments answers with the comments below the node. s.mu must be held.
func (p *page) listComments(c *call) (any, *GraphError) {
	fields, err := readFields(c.get("fields"))
	if err != nil {
		return nil, err
	}
	comments := p.commentsBelow(c.node)
	if strings.HasPrefix(c.get("order").string(), "reverse") && !p.instagram {
		slices.Reverse(comments)
	}
	return list(c, comments, func(comment Comment) string { return comment.ID },
		func(comment Comment) (any, *GraphError) { return p.readComment(comment, fields) })
}

// readComment answers with the fields of a comment.
func (p *page) readComment(comment Comment, fields []field) (any, *GraphError) {
	if p.instagram {
		return p.readReply(comment, fields)
	}
	from := map[string]string{"id": p.id, "name": p.name}
	if author := p.people[comment.PSID]; author != nil {
		from = map[string]string{"id": author.ID, "name": author.name()}
	}
	return choose(comment.ID, fields, []string{"from", "message", "created_time"}, map[string]any{
		"from": from, "message": comment.Text, "created_time": timeOf(comment.Time),
	})
}

// publicPage is the page with that comment or post; the main one if there is none.
func (s *Simulator) publicPage(id string) *page {
	for _, pg := range s.pages {
		if pg.hasPublic(id) || len(pg.commentsBelow(id)) > 0 { // what others have written is known by its answers
			return pg
		}
	}
	return s.main
}

// hasPublic reports whether there is a comment or post of that id.
func (p *page) hasPublic(id string) bool {
	_, written := p.authors[id]
	return written || id == p.postID() && !p.instagram || slices.Contains(p.posts, id) || p.commentByID(id) != nil
}

func (p *page) commentByID(id string) *Comment {
	for _, c := range p.comments {
		if c.ID == id {
			return c
		}
	}
	return nil
}
