package engine_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/simulator"
	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/memory"
)

// timedKeys is a store in which the same Key with another KeyTime is another event, whether the
// store below looks at KeyTime or not.
type timedKeys struct {
	store.Store
	mu  sync.Mutex
	put []store.Event
}

func (s *timedKeys) Unwrap() store.Store { return s.Store }

func (s *timedKeys) Put(ctx context.Context, events ...store.Event) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.put = append(s.put, events...)
	timed := make([]store.Event, len(events))
	for i, ev := range events {
		timed[i] = ev
		timed[i].Key += fmt.Sprint("@", ev.KeyTime.Unix())
	}
	return s.Store.Put(ctx, timed...)
}

// TestRedeliveryTakesEffectOnce: what the platform delivers or notifies of again is one event, also
// for a store that makes KeyTime part of its dedup keys. The same thing that happens at another
// time is another event.
func TestRedeliveryTakesEffectOnce(t *testing.T) {
	t.Parallel()
	const at = 1_764_000_000_000
	who := fmt.Sprintf(`{"sender":{"id":%q},"recipient":{"id":%q},"timestamp":%d,`, ada, pageID, at)
	for name, c := range map[string]struct {
		element string // of a messaging list, or else of changes
		timed   bool
		another string // what another event has in the place of the time; empty if the time does not make it another
	}{
		"message":          {who + `"message":{"mid":"m","text":"hi"}}`, true, ""},
		"echo":             {who + `"message":{"mid":"m","text":"hi","is_echo":true}}`, true, ""},
		"postback":         {who + `"postback":{"mid":"m","title":"a","payload":"P"}}`, true, ""},
		"reaction":         {who + `"reaction":{"mid":"m","action":"react","reaction":"love"}}`, true, "1764000001000"},
		"no message id":    {who + `"message":{"text":"hi"}}`, true, "1764000001000"},
		"absurd time":      {strings.Replace(who, fmt.Sprint(at), "99", 1) + `"message":{"mid":"m","text":"hi"}}`, false, ""},
		"deletion":         {who + `"message":{"mid":"m","is_deleted":true}}`, false, ""},
		"comment":          {`{"field":"feed","value":{"item":"comment","verb":"add","comment_id":"1_2","created_time":1764000000000}}`, false, ""},
		"comment, removed": {`{"field":"feed","value":{"item":"comment","verb":"remove","comment_id":"1_2","created_time":1764000000000}}`, true, "1764000001000"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var keys []string
			policy := routing.Policy{receiving.TypeDefault: {route("keep", handling.Func(
				func(_ context.Context, ev *receiving.Event, _ *sending.Replier) error {
					keys = append(keys, ev.Key)
					return nil
				}))}}
			st := &timedKeys{Store: memory.New(memory.Config{})}
			inBubble(t, simulator.Config{Strangers: true}, config{Policy: policy, Store: st}, func(w *world) {
				deliver := func(sent int64, list, element string) {
					body := fmt.Sprintf(`{"object":"page","entry":[{"id":%q,"time":%d,%q:[%s]}]}`, pageID, sent, list, element)
					require.Equal(t, 200, w.Posts(body).Code)
					after(time.Second)
				}
				lists := []string{"messaging", "standby", "messaging"}
				if strings.Contains(c.element, `"field"`) {
					lists = []string{"changes", "changes", "changes"}
				}
				for i, list := range lists {
					deliver(at+int64(i)*60_000, list, c.element)
				}
				require.Len(t, keys, 1)
				for _, ev := range st.put {
					require.Equal(t, keys[0], ev.Key)
					require.Equal(t, c.timed, ev.KeyTime.Equal(time.UnixMilli(at)), ev.KeyTime)
					require.Equal(t, c.timed, !ev.KeyTime.IsZero())
				}
				if c.another != "" {
					deliver(at, lists[0], strings.Replace(c.element, fmt.Sprint(at), c.another, 1))
					require.Len(t, keys, 2)
				}
			})
		})
	}
}
