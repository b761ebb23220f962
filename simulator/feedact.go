package simulator

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"
)

// What a [FeedAct] is about.
const (
	FeedPost     = "post"
	FeedComment  = "comment"
	FeedReaction = "reaction"
)

// What a [FeedAct] does.
const (
	FeedAdd    = "add"
	FeedEdit   = "edit"
	FeedRemove = "remove"
	FeedHide   = "hide"
	FeedUnhide = "unhide"
)

// feedVerbs are the verbs of each item.
var feedVerbs = map[string][]string{
	FeedPost:     {FeedAdd, FeedEdit, FeedRemove, FeedHide, FeedUnhide},
	FeedComment:  {FeedAdd, FeedEdit, FeedRemove, FeedHide, FeedUnhide},
	FeedReaction: {FeedAdd, FeedRemove},
}

// feedReactions are the platform's words for reactions to posts and comments.
var feedReactions = []string{"like", "love", "care", "haha", "wow", "sad", "angry"}

// FeedAct is something that happens on the feed of a page: a person or the page posts, comments or reacts, or changes what was written.
type FeedAct struct {
	Item string `json:"item"`           // FeedPost, FeedComment or FeedReaction
	Verb string `json:"verb,omitempty"` // Default: FeedAdd

	// PSID is the person who does it. Default: the page. People change what is theirs; the page edits what is its own, removes anything, and
	// alone hides.
	PSID string `json:"person,omitempty"`

	// ID is the post or comment that is changed; of a new comment or a reaction, the one below which it stands. Default of these: the page's
	// first post.
	ID string `json:"id,omitempty"`

	Text     string `json:"text,omitempty"`     // of a post or comment that is added or edited
	Reaction string `json:"reaction,omitempty"` // like, love, care, haha, wow, sad or angry. Default: like
}

// routeFeed adds what happens on the feed.
func (s *Simulator) routeFeed(mux *routes) {
	mux.HandleFunc("POST /simulator/pages/{page}/feed", answering(func(r *http.Request, in FeedAct) (any, error) {
		page, err := s.page(r.PathValue("page"))
		if err != nil {
			return nil, err
		}
		id, err := page.Feed(r.Context(), in)
		return map[string]string{"id": id}, err
	}))
}

// Feed lets something happen on the page's feed, and returns the id of what was written, or of what it is about. A page that is subscribed
// to feed is notified. [Simulator.Comment] and [Simulator.VisitorPost] are the acts that people do most. On Instagram there are comments and
// replies to them alone: the platform tells of no changes. It is [ErrNoPerson], [ErrBarred], [ErrNotOnInstagram], or another error if the act
// does not fit.
func (p PageControl) Feed(ctx context.Context, a FeedAct) (id string, err error) {
	a.Verb = cmp.Or(a.Verb, FeedAdd)
	if err := a.check(); err != nil {
		return "", err
	}
	if err := ctx.Err(); err != nil {
		return "", err
	}
	s, pg := p.sim, p.pg
	at := s.now()
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.closed:
		return "", ErrClosed
	case pg.removed:
		return "", fmt.Errorf("%w: %s", ErrNoPage, pg.id)
	case a.PSID != "" && pg.people[a.PSID] == nil:
		return "", fmt.Errorf("%w: %s", ErrNoPerson, a.PSID)
	case a.PSID != "" && pg.conversations[a.PSID] != nil && pg.conversations[a.PSID].moderated.banned:
		return "", ErrBarred
	case pg.instagram && (a.Item != FeedComment || a.Verb != FeedAdd):
		return "", errNotOnInstagram("posts, reactions and changes on the feed")
	}
	id, err = s.onFeed(pg, a, at)
	if err == nil && a.PSID != "" && a.Verb == FeedAdd && a.Item != FeedReaction && a.ID == "" {
		kind := map[string]string{FeedComment: ActComment, FeedPost: ActPost}[a.Item]
		s.happened(pg.conversation(a.PSID), happening{Act: &Act{Type: kind, Text: a.Text}})
	}
	return id, err
}

// check refuses an act that no feed has.
func (a FeedAct) check() error {
	wrong := func(field, format string, args ...any) error {
		return &controlError{err: fmt.Errorf("simulator: "+format, args...), field: field}
	}
	verbs, known := feedVerbs[a.Item]
	written := a.Item != FeedReaction && (a.Verb == FeedAdd || a.Verb == FeedEdit)
	switch {
	case !known:
		return wrong("item", "item is %s, %s or %s, not %q", FeedPost, FeedComment, FeedReaction, a.Item)
	case !slices.Contains(verbs, a.Verb):
		return wrong("verb", "the verb of a %s is %s, not %q", a.Item, strings.Join(verbs, ", "), a.Verb)
	case written && a.Text == "":
		return &controlError{err: errors.New("simulator: nothing to write"), field: "text"}
	case !written && a.Text != "":
		return wrong("text", "to %s a %s takes no text", a.Verb, a.Item)
	case a.Item != FeedReaction && a.Reaction != "":
		return wrong("reaction", "a %s has no reaction", a.Item)
	case a.Reaction != "" && !slices.Contains(feedReactions, a.Reaction):
		return wrong("reaction", "reaction is %s, not %q", strings.Join(feedReactions, ", "), a.Reaction)
	case a.Item == FeedPost && a.Verb == FeedAdd && a.ID != "":
		return wrong("id", "the id of a new post is drawn")
	case a.Item != FeedReaction && a.Verb != FeedAdd && a.ID == "":
		return wrong("id", "id is missing")
	case a.PSID != "" && (a.Verb == FeedHide || a.Verb == FeedUnhide):
		return wrong("person", "the page alone can hide")
	}
	return nil
}

// onFeed does what fits, and queues the page's notification. s.mu must be held.
func (s *Simulator) onFeed(pg *page, a FeedAct, at time.Time) (string, error) {
	v := feedValue{From: feedFrom{cmp.Or(a.PSID, pg.id), pg.name}, Item: a.Item, Verb: a.Verb, Message: a.Text}
	if a.PSID != "" {
		v.From.Name = pg.people[a.PSID].name()
	}
	a.ID = cmp.Or(a.ID, pg.postID())
	var err error
	switch {
	case a.Item == FeedReaction:
		err = pg.react(a, &v)
	case a.Verb == FeedAdd:
		a.ID, err = s.addToFeed(pg, a, &v, at)
	default:
		err = pg.changeFeed(a, &v, s.cfg.History)
	}
	if err != nil {
		return "", err
	}
	if a.Item == FeedPost {
		v.Item = "status"
	}
	s.notify()
	return a.ID, s.notifyFeed(pg, cmp.Or(a.PSID, pg.id), at, v)
}

// addToFeed writes a post, or a comment below one. s.mu must be held.
func (s *Simulator) addToFeed(pg *page, a FeedAct, v *feedValue, at time.Time) (id string, err error) {
	if a.Item == FeedComment {
		if a.ID != pg.postID() && !pg.hasPublic(a.ID) {
			return "", errNotOnFeed(a.ID)
		}
		c := &Comment{ID: pg.newCommentID(), ParentID: a.ID, PSID: a.PSID, From: FromPage, Text: a.Text, Time: at}
		if a.PSID != "" {
			c.From = FromPerson
		}
		s.keepComment(pg, c)
		id, v.CommentID, v.ParentID, v.PostID = c.ID, c.ID, a.ID, pg.postOf(a.ID)
	} else {
		id = pg.id + "_" + pg.random.digits(15)
		v.PostID = id
	}
	switch {
	case a.PSID != "":
		pg.keepAuthor(id, author{a.PSID, at}, s.cfg.History)
	case a.Item == FeedPost:
		pg.posts = trim(append(pg.posts, id), s.cfg.History)
	}
	return id, nil
}

// keepAuthor keeps who wrote a comment or post, of as many as the history has.
func (p *page) keepAuthor(id string, a author, history int) {
	p.authors[id] = a
	if len(p.authors) <= history+history/4+1 {
		return
	}
	oldest := slices.SortedFunc(maps.Keys(p.authors), func(x, y string) int {
		return cmp.Or(p.authors[x].at.Compare(p.authors[y].at), cmp.Compare(x, y))
	})
	for _, old := range oldest[:len(oldest)-history] {
		if old != id {
			delete(p.authors, old)
		}
	}
}

// changeFeed edits, removes, hides or shows a post or a comment.
func (p *page) changeFeed(a FeedAct, v *feedValue, history int) error {
	c := p.commentByID(a.ID)
	if !p.hasPublic(a.ID) || (c != nil) != (a.Item == FeedComment) {
		return errNotOnFeed(a.ID)
	}
	owner := p.authors[a.ID].id // empty: the page
	if owner != a.PSID && (a.PSID != "" || a.Verb == FeedEdit) {
		return &controlError{err: fmt.Errorf("simulator: %s was written by someone else, who alone can %s it", a.ID, a.Verb), field: "id"}
	}
	if a.Verb == FeedRemove && a.ID == p.postID() {
		return &controlError{err: errors.New("simulator: the page's first post stays"), field: "id"}
	}
	v.PostID = p.postOf(a.ID)
	if c != nil {
		v.CommentID, v.ParentID = c.ID, c.ParentID
	}
	switch {
	case a.Verb == FeedRemove:
		p.removePublic(a.ID, history)
	case c == nil:
	case a.Verb == FeedEdit:
		c.Text = a.Text
	default:
		c.Hidden = a.Verb == FeedHide
	}
	if a.Verb == FeedEdit {
		v.Verb = "edited"
	}
	return nil
}

// react says what a reaction is about. The platform says neither how many there are nor which was there before, so none is kept.
func (p *page) react(a FeedAct, v *feedValue) error {
	if !p.hasPublic(a.ID) {
		return errNotOnFeed(a.ID)
	}
	v.ReactionType, v.PostID, v.ParentID = cmp.Or(a.Reaction, "like"), p.postOf(a.ID), a.ID
	if p.commentByID(a.ID) != nil {
		v.CommentID = a.ID
	}
	return nil
}

// postOf is the post below which a comment stands, or the post itself.
func (p *page) postOf(id string) string {
	for c := p.commentByID(id); c != nil; c = p.commentByID(id) {
		id = c.ParentID
	}
	return id
}

// removePublic forgets a post or a comment with all that stands below it. Its private reply is refused from now on.
func (p *page) removePublic(id string, history int) {
	for _, below := range p.commentsBelow(id) {
		p.removePublic(below.ID, history)
	}
	same := func(other string) bool { return other == id }
	p.comments = slices.DeleteFunc(p.comments, func(c *Comment) bool { return c.ID == id })
	p.posts = slices.DeleteFunc(p.posts, same)
	delete(p.authors, id)
	p.removedIDs = trim(append(slices.DeleteFunc(p.removedIDs, same), id), history)
}

func errNotOnFeed(id string) error {
	return &controlError{err: fmt.Errorf("simulator: there is no post or comment %q of that kind on the feed", id), field: "id", code: "no_such_object", status: http.StatusNotFound}
}
