package operations_test

import (
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/internal/bubble"
	"github.com/djmessenger/messenger/store/memory"
)

func TestAnEventThatWaitsIsExplained(t *testing.T) {
	t.Parallel()
	w := newIdleWorld(t, memory.New(memory.Config{}))
	require.Equal(t, 200, bubble.PostSigned(w.bot, "app-secret", bubble.Callback(w.page, "7", "m_1", "hi")).Code)
	path := "/pages/" + w.page + "/people/7/waiting"
	events := get[struct{ Events []struct{ Key, Text string } }](w, "GET", path, "").Events
	require.Len(t, events, 1)
	require.Equal(t, "hi", events[0].Text)
	explained := get[list[struct{ Route, Why string }]](w, "GET", path+"/"+url.PathEscape(events[0].Key)+"/explanation", "")
	require.NotEmpty(t, explained.Items)
	require.NotEmpty(t, explained.Items[0].Why)
}
