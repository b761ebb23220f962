package simulator

import (
	"encoding/json"
)

// callFeed writes a post of the page, on which people can comment, see
// https://developers.facebook.com/docs/graph-api/reference/page/feed
func (s *Simulator) callFeed(c *call) (any, *GraphError) {
	var ck check
	text, link := ck.text(c.get("message"), 60000), ck.link(c.get("link"), false)
	if text == "" && link == "" {
		ck.refuse("One of the parameters message and link is required.")
	}
	if ck.err != nil {
		return nil, ck.err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	pg := c.page
	switch {
	case pg.instagram:
		return nil, errObject(c.method, c.node)
	case s.closed:
		return nil, known("unavailable")
	}
	id := pg.id + "_" + pg.random.digits(15)
	pg.posts = trim(append(pg.posts, id), s.cfg.History)
	err := s.notifyFeed(pg, pg.id, c.at, feedValue{From: feedFrom{pg.id, pg.name}, Item: "status", PostID: id, Message: text})
	if err := s.failed(err); err != nil {
		return nil, err
	}
	return map[string]string{"id": id}, nil
}

// callMentions answers where an Instagram account was mentioned: in a comment on a medium, or in its caption. See
// https://developers.facebook.com/docs/instagram-platform/instagram-graph-api/reference/ig-user/mentions
// The media of others do not exist here: any id is taken, and the answer is found with [Simulator.Comments] of the comment,
// or of the medium.
func (s *Simulator) callMentions(c *call) (any, *GraphError) {
	var ck check
	text := ck.required(c.get("message"), maxInstagramComment)
	media, comment := ck.neededID(c.get("media_id")), ck.id(c.get("comment_id"))
	if ck.err != nil {
		return nil, ck.err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	pg := c.page
	switch {
	case !pg.instagram:
		return nil, errObject(c.method, c.node)
	case s.closed:
		return nil, known("unavailable")
	}
	parent := media
	if comment != "" {
		parent = comment
	}
	reply := &Comment{ID: pg.newCommentID(), ParentID: parent, From: FromPage, Text: text, Time: c.at}
	s.keepComment(pg, reply)
	return map[string]string{"id": reply.ID}, nil
}

// callPrivateReplies is the old way to answer a comment or a post in private, in words only.
func (s *Simulator) callPrivateReplies(c *call) (any, *GraphError) {
	c.warn("private_replies is the old way. Send a message to recipient[comment_id] or recipient[post_id] instead.")
	kind := "comment_id"
	s.mu.Lock()
	known := c.page.hasPublic(c.node)
	if c.page.commentByID(c.node) == nil {
		kind = "post_id"
	}
	s.mu.Unlock()
	if !known || c.page.instagram {
		return nil, errObject(c.method, c.node)
	}
	var ck check
	text := ck.required(c.get("message"), maxText)
	if ck.err != nil {
		return nil, ck.err
	}
	as := *c
	as.params = &params{values: map[string]json.RawMessage{
		"recipient": mustJSON(map[string]string{kind: c.node}), "message": mustJSON(map[string]string{"text": text}), "messaging_type": quote("RESPONSE"),
	}}
	result, err := s.callMessages(&as)
	if err != nil {
		return nil, err
	}
	answer, _ := result.(sent)
	return map[string]string{"id": answer.MessageID, "user_id": answer.RecipientID}, nil
}
