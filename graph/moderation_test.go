package graph_test

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/graph"
)

func TestModeration(t *testing.T) {
	t.Parallel()
	runExchanges(t, map[string]exchange{
		"one": change(func(ctx context.Context, c *graph.Client) error {
			return c.Moderate(ctx, page, []string{"9"}, graph.UnblockUser)
		}, `POST me/moderate_conversations {"user_ids":[{"id":"9"}],"actions":["unblock_user"]}`),
		"as many as may be": change(func(ctx context.Context, c *graph.Client) error {
			return c.Moderate(ctx, page, strings.Split("0123456789", ""), graph.BanUser, graph.MoveToSpam)
		}, `POST me/moderate_conversations {"user_ids":[{"id":"0"},{"id":"1"},{"id":"2"},{"id":"3"},{"id":"4"},{"id":"5"},{"id":"6"},`+
			`{"id":"7"},{"id":"8"},{"id":"9"}],"actions":["ban_user","move_to_spam"]}`),
	})
}

func TestSuccessOfModeration(t *testing.T) {
	t.Parallel()
	for answer, success := range map[string]bool{
		`{"success":"true"}`: true, `{"success":true}`: true, `{"result":"success"}`: true, `{"result":true}`: true,
		`{"result":"failure"}`: false, `{"result":false}`: false, `{"success":false}`: false, `{"result":{}}`: false,
	} {
		err := newPlatform(t, answering(200, answer)).client(t).Moderate(t.Context(), page, []string{"9"}, graph.BlockUser)
		require.Equal(t, success, err == nil, answer)
		require.Equal(t, !success, isResponseError(err), answer)
	}
}

func TestModerationThatIsNotAskedFor(t *testing.T) {
	t.Parallel()
	moderate := func(people []string, actions ...graph.ModerationAction) func(context.Context, *graph.Client) error {
		return func(ctx context.Context, c *graph.Client) error { return c.Moderate(ctx, page, people, actions...) }
	}
	requireNotSent(t, map[string]func(context.Context, *graph.Client) error{
		"nobody":       moderate(nil, graph.BlockUser),
		"empty id":     moderate([]string{"9", ""}, graph.BlockUser),
		"eleven":       moderate(strings.Split("0123456789A", ""), graph.BlockUser),
		"nothing":      moderate([]string{"9"}),
		"empty action": moderate([]string{"9"}, ""),
		"three":        moderate([]string{"9"}, graph.BlockUser, graph.BanUser, graph.MoveToSpam),
		"both ways":    moderate([]string{"9"}, graph.BlockUser, graph.UnblockUser),
		"ban, unban":   moderate([]string{"9"}, graph.UnbanUser, graph.BanUser),
	})
}
