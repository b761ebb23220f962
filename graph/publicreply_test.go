package graph_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/graph"
)

func TestPublicReply(t *testing.T) {
	t.Parallel()
	exchanges := map[string]exchange{}
	for wire, to := range map[string]graph.PublicTarget{
		`POST 1_2/comments {"message":"Thanks!"}`:                                            {CommentID: "1_2"},
		`POST 9_1/comments {"message":"Thanks!"}`:                                            {PostID: "9_1"},
		`POST 17/replies {"message":"Thanks!"}`:                                              {Instagram: true, CommentID: "17"},
		`POST ` + page + `/mentions {"media_id":"18","message":"Thanks!"}`:                   {Instagram: true, MediaID: "18"},
		`POST ` + page + `/mentions {"comment_id":"17","media_id":"18","message":"Thanks!"}`: {Instagram: true, MediaID: "18", CommentID: "17"},
		`POST a%2F..%2Fb/comments {"message":"Thanks!"}`:                                     {CommentID: "a/../b"},
	} {
		exchanges[wire] = exchange{
			call: func(ctx context.Context, c *graph.Client) (any, error) {
				return c.PublicReply(ctx, page, to, "Thanks!")
			},
			answer: `{"id":"1_3"}`,
			wire:   wire,
			want:   graph.SendResult{MID: "1_3", Raw: []byte(`{"id":"1_3"}`)},
		}
	}
	runExchanges(t, exchanges)
}

func TestPublicReplyIsMadeOnce(t *testing.T) {
	t.Parallel()
	platform := newPlatform(t, answering(500, `{"error":{"code":2}}`))
	_, err := platform.client(t).PublicReply(t.Context(), page, graph.PublicTarget{PostID: "1"}, "x")
	require.Error(t, err)
	platform.only(t)
}

func TestPublicRepliesThatAreNotAskedFor(t *testing.T) {
	t.Parallel()
	calls := map[string]func(context.Context, *graph.Client) error{}
	for name, to := range map[string]graph.PublicTarget{
		"nothing":                     {},
		"nothing of Instagram":        {Instagram: true},
		"two":                         {CommentID: "1", PostID: "2"},
		"a post of Instagram":         {Instagram: true, PostID: "2"},
		"a post and Instagram media":  {Instagram: true, PostID: "2", MediaID: "3"},
		"media of Facebook":           {MediaID: "3"},
		"media and comment, Facebook": {MediaID: "3", CommentID: "1"},
	} {
		calls[name] = func(ctx context.Context, c *graph.Client) error {
			_, err := c.PublicReply(ctx, page, to, "x")
			return err
		}
		calls["look for "+name] = func(ctx context.Context, c *graph.Client) error {
			_, err := c.FindPublicReply(ctx, page, to, "x", time.Now())
			return err
		}
	}
	calls["look for an answer to a mention"] = func(ctx context.Context, c *graph.Client) error {
		_, err := c.FindPublicReply(ctx, page, graph.PublicTarget{Instagram: true, MediaID: "3"}, "x", time.Now())
		if !errors.Is(err, errors.ErrUnsupported) {
			return errors.New("it is not said that this cannot be done")
		}
		return err
	}
	requireNotSent(t, calls)
}

func TestFindPublicReply(t *testing.T) {
	t.Parallel()
	since := time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)
	own := `"from":{"id":"` + page + `"}`
	for name, c := range map[string]struct {
		instagram bool
		list      string
		want      string
	}{
		"there":                       {false, `{"id":"1","message":"other",` + own + `,"created_time":"2026-11-01T12:00:05+0000"},{"id":"2","message":"Thank you, Ada!",` + own + `,"created_time":"2026-11-01T12:00:01+0000"}`, "2"},
		"by a clock that is behind":   {false, `{"id":"2","message":"Thank you, Ada!",` + own + `,"created_time":"2026-11-01T11:55:00+0000"}`, "2"},
		"joined lines":                {false, `{"id":"2","message":" Thank  you,\nAda! ",` + own + `,"created_time":"2026-11-01T12:00:01+0000"}`, "2"},
		"without a time":              {false, `{"id":"2","message":"Thank you, Ada!",` + own + `}`, "2"},
		"of long ago":                 {false, `{"id":"2","message":"Thank you, Ada!",` + own + `,"created_time":"2026-10-31T12:00:01+0000"}`, ""},
		"another's":                   {false, `{"id":"2","message":"Thank you, Ada!","from":{"id":"7"},"created_time":"2026-11-01T12:00:01+0000"}`, ""},
		"nobody's":                    {false, `{"id":"2","message":"Thank you, Ada!","created_time":"2026-11-01T12:00:01+0000"}`, ""},
		"another text":                {false, `{"id":"2","message":"Thank you!",` + own + `,"created_time":"2026-11-01T12:00:01+0000"}`, ""},
		"none":                        {false, ``, ""},
		"Instagram, as user":          {true, `{"id":"2","text":"Thank you, Ada!","user":{"id":"5"},"timestamp":"2026-11-01T12:00:01+0000"}`, "2"},
		"Instagram, as from":          {true, `{"id":"2","text":"Thank you, Ada!",` + own + `,"timestamp":"2026-11-01T12:00:01+0000"}`, "2"},
		"Instagram, another's":        {true, `{"id":"2","text":"Thank you, Ada!","from":{"id":"7"},"timestamp":"2026-11-01T12:00:01+0000"}`, ""},
		"strange elements among them": {false, `7,null,{},{"id":"2","message":"Thank you, Ada!",` + own + `,"created_time":1793534401}`, "2"},
	} {
		platform := newPlatform(t, answering(200, `{"data":[`+c.list+`]}`))
		id, err := platform.client(t).FindPublicReply(t.Context(), page, graph.PublicTarget{Instagram: c.instagram, CommentID: "1_2"}, "Thank you, Ada!", since)
		require.NoError(t, err, name)
		require.Equal(t, c.want, id, name)
		path := "1_2/comments?"
		if c.instagram {
			path = "1_2/replies?"
		}
		require.Contains(t, platform.only(t).uri, path, name)
	}

	broken := newPlatform(t, answering(400, `{"error":{"code":10,"message":"no"}}`))
	_, err := broken.client(t).FindPublicReply(t.Context(), page, graph.PublicTarget{PostID: "1"}, "x", since)
	require.ErrorIs(t, err, graph.ErrPermission)
}

// TestFindPublicReplyEnds: a post with very many comments is not read to its end.
func TestFindPublicReplyEnds(t *testing.T) {
	t.Parallel()
	part := strings.TrimSuffix(strings.Repeat(`{"id":"2","message":"other"},`, 100), ",")
	calls := 0
	platform := newPlatform(t, func(w http.ResponseWriter, r *http.Request) {
		calls++
		answering(200, `{"data":[`+part+`],"paging":{"cursors":{"after":"c`+strings.Repeat("x", calls)+`"},"next":"more"}}`)(w, r)
	})
	id, err := platform.client(t).FindPublicReply(t.Context(), page, graph.PublicTarget{PostID: "1"}, "x", time.Now())
	require.NoError(t, err)
	require.Empty(t, id)
	require.Equal(t, 5, calls)
}
