package messengertest

import (
	"context"

	"github.com/djmessenger/messenger/simulator"
)

// Comments writes a comment on a post of the page, and returns its id. A private
// reply to it is seen in the conversation ([Person.Sees]), a public one below it
// ([Person.SeesBelow]).
func (p *Person) Comments(text string) (commentID string) {
	p.t.Helper()
	id, err := p.chat.Comment(p.t.Context(), p.ID, text)
	p.act(id, err)
	return id
}

// Posts writes a post on the page's feed, and returns its id. It is answered as a
// comment is.
func (p *Person) Posts(text string) (postID string) {
	p.t.Helper()
	id, err := p.chat.VisitorPost(p.t.Context(), p.ID, text)
	p.act(id, err)
	return id
}

// SeesBelow waits for the next comment of the page below a comment or a post and
// fails unless its text is this one. It takes the comments in order, each once.
func (p *Person) SeesBelow(id, text string) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.t.Context(), p.chat.patience())
	defer cancel()
	c, err := p.chat.WaitComment(ctx, id, func(c simulator.Comment) bool { return !p.seen[c.ID] })
	if err != nil {
		p.t.Fatalf("the page has written no further comment below %s within %v; %s", id, p.chat.patience(), p.soFar())
	}
	p.seen[c.ID] = true
	if c.Text != text {
		p.t.Fatalf("the page's next comment below %s is %q, want %q; %s", id, c.Text, text, p.soFar())
	}
}
