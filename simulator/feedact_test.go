package simulator_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/simulator"
)

// onFeed lets something happen on the feed over HTTP, and returns its id and the value of the change without its time.
func (p platform) onFeed(t *testing.T, b *bot, act string) (id string, value map[string]any) {
	t.Helper()
	var answer struct{ ID string }
	require.NoError(t, json.Unmarshal([]byte(p.ok(t, "POST", "/simulator/pages/"+page+"/feed", act)), &answer))
	require.NoError(t, p.Flush(t.Context()))
	var cb struct {
		Entry []struct {
			Changes []struct{ Value map[string]any }
		}
	}
	all := b.got()
	require.NoError(t, json.Unmarshal(all[len(all)-1], &cb))
	value = cb.Entry[0].Changes[0].Value
	delete(value, "created_time")
	return answer.ID, value
}

func TestTheLifeOfACommentOverHTTP(t *testing.T) {
	t.Parallel()
	b := newBot(t)
	p := serve(t, simulator.Config{WebhookURL: b.URL})
	person := map[string]any{"id": ada, "name": "Ada Byron"}
	self := map[string]any{"id": page, "name": "Simulated Page"}
	post := page + "_1"

	comment, v := p.onFeed(t, b, `{"item":"comment","person":"`+ada+`","text":"price?"}`)
	require.Equal(t, map[string]any{"from": person, "item": "comment", "verb": "add", "post_id": post, "comment_id": comment, "parent_id": post, "message": "price?"}, v)
	answer, v := p.onFeed(t, b, `{"item":"comment","id":"`+comment+`","text":"5 euros"}`)
	require.Equal(t, map[string]any{"from": self, "item": "comment", "verb": "add", "post_id": post, "comment_id": answer, "parent_id": comment, "message": "5 euros"}, v)
	_, v = p.onFeed(t, b, `{"item":"comment","verb":"edit","person":"`+ada+`","id":"`+comment+`","text":"how much?"}`)
	require.Equal(t, map[string]any{"from": person, "item": "comment", "verb": "edited", "post_id": post, "comment_id": comment, "parent_id": post, "message": "how much?"}, v)
	require.Equal(t, "how much?", p.Comments(post)[0].Text)
	for verb, hidden := range map[string]bool{"hide": true} {
		_, v = p.onFeed(t, b, `{"item":"comment","verb":"`+verb+`","id":"`+comment+`"}`)
		require.Equal(t, map[string]any{"from": self, "item": "comment", "verb": verb, "post_id": post, "comment_id": comment, "parent_id": post}, v)
		require.Equal(t, hidden, p.Comments(post)[0].Hidden)
	}
	_, v = p.onFeed(t, b, `{"item":"comment","verb":"unhide","id":"`+comment+`"}`)
	require.Equal(t, "unhide", v["verb"])
	require.False(t, p.Comments(post)[0].Hidden)
	_, v = p.onFeed(t, b, `{"item":"reaction","person":"`+ada+`","id":"`+answer+`","reaction":"love"}`)
	require.Equal(t, map[string]any{"from": person, "item": "reaction", "verb": "add", "post_id": post, "comment_id": answer, "parent_id": answer, "reaction_type": "love"}, v)
	_, v = p.onFeed(t, b, `{"item":"reaction","verb":"remove","person":"`+ada+`"}`)
	require.Equal(t, map[string]any{"from": person, "item": "reaction", "verb": "remove", "post_id": post, "parent_id": post, "reaction_type": "like"}, v)

	_, v = p.onFeed(t, b, `{"item":"comment","verb":"remove","person":"`+ada+`","id":"`+comment+`"}`)
	require.Equal(t, map[string]any{"from": person, "item": "comment", "verb": "remove", "post_id": post, "comment_id": comment, "parent_id": post}, v)
	require.Empty(t, p.Comments(post))
	require.Empty(t, p.Comments(comment), "what stood below it is gone too")
	code, subcode := p.send(t, `{"recipient":{"comment_id":"`+comment+`"},"message":{"text":"x"}}`).code(t)
	require.Equal(t, []int{100, 2018292}, []int{code, subcode}, "a comment that was removed has no private reply")
}

func TestThePageAndPeoplePost(t *testing.T) {
	t.Parallel()
	b := newBot(t)
	p := serve(t, simulator.Config{WebhookURL: b.URL})
	own, v := p.onFeed(t, b, `{"item":"post","text":"New lamps!"}`)
	require.Equal(t, map[string]any{"from": map[string]any{"id": page, "name": "Simulated Page"}, "item": "status", "verb": "add", "post_id": own, "message": "New lamps!"}, v)
	comment, v := p.onFeed(t, b, `{"item":"comment","person":"`+ada+`","id":"`+own+`","text":"nice"}`)
	require.Equal(t, own, v["post_id"])
	_, v = p.onFeed(t, b, `{"item":"post","verb":"edit","id":"`+own+`","text":"Lamps!"}`)
	require.Equal(t, "edited", v["verb"])
	visitors, v := p.onFeed(t, b, `{"item":"post","person":"`+ada+`","text":"open?"}`)
	require.Equal(t, visitors, v["post_id"])
	_, _ = p.onFeed(t, b, `{"item":"post","verb":"hide","id":"`+visitors+`"}`)

	feed := "/simulator/pages/" + page + "/feed"
	for act, want := range map[string]struct {
		status int
		text   string
	}{
		`{"item":"lamp"}`:                                                           {400, `"field":"item"`},
		`{"item":"reaction","verb":"hide"}`:                                         {400, `"field":"verb"`},
		`{"item":"comment"}`:                                                        {400, `nothing to write`},
		`{"item":"comment","text":"x","reaction":"like"}`:                           {400, `"field":"reaction"`},
		`{"item":"reaction","reaction":"lamp"}`:                                     {400, `reaction is like, love`},
		`{"item":"reaction","text":"x"}`:                                            {400, `takes no text`},
		`{"item":"post","id":"` + own + `","text":"x"}`:                             {400, `is drawn`},
		`{"item":"post","verb":"remove"}`:                                           {400, `id is missing`},
		`{"item":"post","verb":"remove","id":"` + page + `_1"}`:                     {400, `stays`},
		`{"item":"post","verb":"hide","person":"` + ada + `","id":"` + own + `"}`:   {400, `the page alone can hide`},
		`{"item":"post","verb":"remove","person":"` + ada + `","id":"` + own + `"}`: {400, `written by someone else`},
		`{"item":"comment","verb":"edit","id":"` + comment + `","text":"x"}`:        {400, `written by someone else`},
		`{"item":"comment","id":"4711","text":"x"}`:                                 {404, `no_such_object`},
		`{"item":"comment","verb":"remove","id":"` + own + `"}`:                     {404, `no_such_object`},
		`{"item":"comment","person":"9","text":"x"}`:                                {404, `no_such_person`},
		`{"lamp":1}`: {400, `unknown_field`},
	} {
		a := p.do(t, "POST", feed, act)
		require.Equal(t, want.status, a.status, act)
		require.Contains(t, string(a.body), want.text, act)
	}
	require.Equal(t, 404, p.do(t, "POST", "/simulator/pages/9/feed", `{"item":"post","text":"x"}`).status)
	_, v = p.onFeed(t, b, `{"item":"post","verb":"remove","id":"`+visitors+`"}`)
	require.Equal(t, "remove", v["verb"], "the page removes what others wrote")
}

// TestTheFeedForgetsWhatIsOld: what the simulator keeps of a feed has a bound.
func TestTheFeedForgetsWhatIsOld(t *testing.T) {
	t.Parallel()
	p := serve(t, simulator.Config{History: 10})
	for range 50 {
		removed, err := p.Comment(t.Context(), ada, "price?")
		require.NoError(t, err)
		_, err = p.Page(page).Feed(t.Context(), simulator.FeedAct{Item: simulator.FeedComment, Verb: simulator.FeedRemove, PSID: ada, ID: removed})
		require.NoError(t, err)
		_, err = p.VisitorPost(t.Context(), ada, "nice")
		require.NoError(t, err)
		kept, err := p.Comment(t.Context(), ada, "price?")
		require.NoError(t, err)
		require.Equal(t, 200, p.send(t, `{"recipient":{"comment_id":"`+kept+`"},"message":{"text":"5 euros"}}`).status)
	}
	var doc struct{ Pages []map[string]any }
	require.NoError(t, json.Unmarshal(p.Snapshot(), &doc))
	for _, name := range []string{"authors", "comments", "replied", "removed_ids"} {
		list, _ := doc.Pages[0][name].([]any)
		require.NotEmpty(t, list, name)
		require.LessOrEqual(t, len(list), 15, name)
	}
}
