package operations_test

import (
	"fmt"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/store"
)

type entry struct {
	At                                  time.Time
	Direction, Type, Key, Text, Outcome string
	Status                              int
}

func TestAPerson(t *testing.T) {
	t.Parallel()
	onEachStore(t, func(w *world) {
		w.refused(w.do("GET", w.person(), ""), 404, "no_such_person")
		w.greeted()
		p := get[struct {
			Known   bool
			Profile struct {
				First string `json:"first_name"`
			}
			Last    time.Time `json:"last_act"`
			Until   time.Time `json:"window_until"`
			Waiting map[string]int
		}](w, "GET", w.person(), "")
		require.True(w, p.Known)
		require.Equal(w, "Ada", p.Profile.First)
		require.Equal(w, p.Last.Add(24*time.Hour), p.Until)
		require.Equal(w, map[string]int{"events": 0, "sends": 0, "timers": 0}, p.Waiting)

		said := get[list[entry]](w, "GET", w.person()+"/conversation", "")
		require.Len(w, said.Items, 2)
		var in, out entry
		for _, e := range said.Items {
			if e.Direction == "sent" {
				out = e
			} else {
				in = e
			}
		}
		require.Equal(w, []string{"SIMPLE_TEXT", "hi"}, []string{in.Type, in.Text})
		require.Equal(w, []string{"text", "Hello!", "sent"}, []string{out.Type, out.Text, out.Outcome})
		require.Equal(w, 200, out.Status)

		why := get[list[struct {
			Route string
			Fires bool
		}]](w, "GET", w.person()+"/events/"+url.PathEscape(in.Key)+"/explanation", "")
		require.Contains(w, why.Items, struct {
			Route string
			Fires bool
		}{"greet", true})

		require.Equal(w, map[string]any{"forgotten": true}, get[map[string]any](w, "DELETE", w.person(), ""))
		require.Equal(w, map[string]any{"forgotten": true}, get[map[string]any](w, "DELETE", w.person(), ""))
		w.refused(w.do("GET", w.person(), ""), 404, "no_such_person")
		w.refused(w.do("GET", w.person()+"/export", ""), 404, "no_such_person")
		require.Empty(w, get[list[entry]](w, "GET", w.person()+"/conversation", "").Items)
	})
}

// TestAConversationIsPaged: no entry is left out or comes twice, also among entries of one time.
func TestAConversationIsPaged(t *testing.T) {
	t.Parallel()
	onEachStore(t, func(w *world) {
		const count = 23
		psid := "4711"
		at := time.Now().Truncate(time.Second).Add(-time.Minute)
		for i := range count {
			when := at.Add(time.Duration(i/7) * time.Second)
			require.NoError(w, w.store.Apply(w.Context(),
				store.SaveMessage{Received: store.Received{
					PageID: w.page, PSID: psid, Key: fmt.Sprint("in", i), Type: "SIMPLE_TEXT", Body: []byte(fmt.Sprintf(`{"message":{"mid":"m%d","text":"in %d"}}`, i, i)), At: when,
				}},
				store.SaveSent{Sent: store.Sent{
					PageID: w.page, PSID: psid, Key: fmt.Sprint("out", i), Type: "text", Outcome: store.OutcomeRefused, Status: 400, At: when,
					Body: []byte(fmt.Sprintf(`{"recipient":{"notification_messages_token":"secret-4711"},"message":{"text":"out %d"}}`, i)),
				}}))
		}
		path := "/pages/" + w.page + "/people/" + psid + "/conversation"
		whole := w.do("GET", path+"?limit=200", "")
		require.NotContains(w, whole.body, "secret-4711")
		require.Contains(w, whole.body, "[redacted]")
		all := get[list[entry]](w, "GET", path+"?limit=200", "")
		require.Len(w, all.Items, 2*count)
		require.Empty(w, all.Next)
		for limit := range 9 {
			var paged []entry
			for after := ""; ; {
				one := get[list[entry]](w, "GET", fmt.Sprintf("%s?limit=%d&after=%s", path, limit+1, after), "")
				paged = append(paged, one.Items...)
				if after = one.Next; after == "" {
					break
				}
				require.Len(w, one.Items, limit+1)
			}
			require.Equal(w, keysOf(all.Items), keysOf(paged), limit+1)
		}
	})
}

func keysOf(entries []entry) map[string]int {
	keys := map[string]int{}
	for i := range entries {
		keys[entries[i].Key]++
	}
	return keys
}

func TestExport(t *testing.T) {
	t.Parallel()
	onEachStore(t, func(w *world) {
		w.bury("order 1")
		w.greeted()
		ctx := w.Context()
		require.NoError(w, w.store.Apply(ctx,
			store.AddLocation{Location: store.Location{PageID: w.page, PSID: w.ada, Latitude: 52.5, Longitude: 13.4, Title: "Alexanderplatz", At: time.Now()}},
			store.SaveSession{PageID: w.page, PSID: w.ada, Name: "cart", Data: []byte(`{"items":2}`)}))
		require.NoError(w, w.bot.SignalAfter(ctx, w.page, w.ada, time.Hour, "reminder", "later"))
		require.NoError(w, w.bot.Send(ctx, w.page, w.ada, sending.Text("Still there?").After(time.Hour)))
		x := get[struct {
			Person         struct{ Known bool }
			Received, Sent []entry
			Locations      []struct{ Title string }
			Sessions       []struct {
				Name string
				Data map[string]int
			}
			Timers  []struct{ Key, Payload string }
			Waiting struct{ Sends []struct{ Type, Text string } }
			Dead    []letter

			Incomplete []string
		}](w, "GET", w.person()+"/export", "")
		require.True(w, x.Person.Known)
		require.Len(w, x.Received, 2)
		require.Len(w, x.Sent, 1)
		require.Equal(w, "Alexanderplatz", x.Locations[0].Title)
		require.Equal(w, "cart", x.Sessions[0].Name)
		require.Equal(w, map[string]int{"items": 2}, x.Sessions[0].Data)
		require.Equal(w, []struct{ Key, Payload string }{{"reminder", "later"}}, x.Timers)
		require.Equal(w, []struct{ Type, Text string }{{"text", "Still there?"}}, x.Waiting.Sends)
		require.Equal(w, "order 1", x.Dead[0].Text)
		require.Empty(w, x.Incomplete)

		// What waits is shown beside the person, and the timer can be taken back, once.
		waits := get[struct {
			Sends []struct {
				Due time.Time `json:"due_at"`
			}
		}](w, "GET", w.person()+"/waiting", "")
		require.Len(w, waits.Sends, 1)
		require.Greater(w, time.Until(waits.Sends[0].Due), 30*time.Minute)
		require.Len(w, get[list[struct{ Key string }]](w, "GET", w.person()+"/timers", "").Items, 1)
		w.refused(w.do("DELETE", "/pages/4711/people/"+w.ada+"/timers/reminder", ""), 404, "no_such_timer")
		require.Equal(w, 200, w.do("DELETE", w.person()+"/timers/reminder", "").status)
		w.refused(w.do("DELETE", w.person()+"/timers/reminder", ""), 404, "no_such_timer")
	})
}

func TestTimersArePaged(t *testing.T) {
	t.Parallel()
	onEachStore(t, func(w *world) {
		w.greeted()
		for i := range 5 {
			require.NoError(w, w.bot.SignalAfter(w.Context(), w.page, w.ada, time.Duration(i+1)*time.Hour, fmt.Sprint("a/b ", i), "x"))
		}
		var keys []string
		for after := ""; ; {
			one := get[list[struct{ Key string }]](w, "GET", w.person()+"/timers?limit=2&after="+after, "")
			for _, timer := range one.Items {
				keys = append(keys, timer.Key)
			}
			if after = one.Next; after == "" {
				break
			}
		}
		require.Equal(w, []string{"a/b 0", "a/b 1", "a/b 2", "a/b 3", "a/b 4"}, keys)
		require.Equal(w, 200, w.do("DELETE", w.person()+"/timers/"+url.PathEscape("a/b 3"), "").status)
	})
}

func TestADialog(t *testing.T) {
	t.Parallel()
	onEachStore(t, func(w *world) {
		w.answers("table", "How many are you?")
		type open struct{ Dialog, Step, Run string }
		at := get[open](w, "GET", w.person()+"/dialog", "")
		require.Equal(w, []string{"booking", "guests"}, []string{at.Dialog, at.Step})
		require.Equal(w, at, get[struct{ Dialog open }](w, "GET", w.person(), "").Dialog)
		w.refused(w.do("GET", "/pages/4711/people/"+w.ada+"/dialog", ""), 404, "no_dialog")
		require.Equal(w, map[string]any{"ending": true, "run": at.Run}, get[map[string]any](w, "DELETE", w.person()+"/dialog", ""))
		require.Eventually(w, func() bool { return w.do("GET", w.person()+"/dialog", "").status == 404 }, patience, 10*time.Millisecond)
	})
}
