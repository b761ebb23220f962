package handling_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/sending"
)

func answerBurst(context.Context, []*receiving.Event, *sending.Replier) error { return nil }

func TestMistakesInAGather(t *testing.T) {
	t.Parallel()
	for want, g := range map[string]handling.Gather{
		"":                              {Name: "talk", Handler: answerBurst},
		"Name is missing":               {Handler: answerBurst},
		"Name has 101 bytes":            {Name: strings.Repeat("n", 101), Handler: answerBurst},
		"control character":             {Name: "a\nb", Handler: answerBurst},
		"Quiet of -1s is negative":      {Name: "talk", Handler: answerBurst, Quiet: -time.Second},
		"Longest of -1s is negative":    {Name: "talk", Handler: answerBurst, Longest: -time.Second},
		"Longest of 1s is shorter than": {Name: "talk", Handler: answerBurst, Longest: time.Second},
		"above 24 hours":                {Name: "talk", Handler: answerBurst, Quiet: 25 * time.Hour},
		"the function is nil":           {Name: "talk"},
	} {
		for _, v := range []handling.Validator{g, g.Settle().(handling.Validator)} {
			if want == "" {
				require.NoError(t, v.Validate())
			} else {
				require.ErrorContains(t, v.Validate(), want)
			}
		}
	}
	require.NoError(t, handling.Gather{Name: "talk", Handler: answerBurst, Quiet: time.Hour}.Validate(), "the default of Longest is not below Quiet")
}

func TestWhatAGatherGathers(t *testing.T) {
	t.Parallel()
	g := handling.Gather{Name: "talk", Handler: answerBurst}
	for _, typ := range receiving.Types() {
		want := typ.Carries((*receiving.Message)(nil)) && typ.IsAct() && typ != receiving.TypeQuickReply
		require.Equal(t, want, g.Handles(typ), typ)
		ev := &receiving.Event{Type: typ, PSID: "7", Payload: &receiving.Message{Text: "hi"}}
		if want {
			require.True(t, g.ShouldHandle(t.Context(), ev), typ)
			ev.Standby = true
		}
		require.False(t, g.ShouldHandle(t.Context(), ev), typ)
	}
	require.True(t, g.Handles(receiving.TypeDefault))
	require.False(t, g.Handles(receiving.TypeTap))
}
