package simulator_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/simulator"
)

func platformRetries(t *testing.T) *ear {
	t.Helper()
	e := listening(t, simulator.Config{})
	require.NoError(t, e.sim.SetDisorder(simulator.Disorder{Retries: simulator.RetriesPlatform}))
	return e
}

// since are the times of the POSTs so far.
func (e *ear) since(start time.Time) (list []time.Duration) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, at := range e.at {
		list = append(list, at.Sub(start))
	}
	return list
}

// TestAnHourOfFailures: the platform's retries, on the clock that is moved, each when the clock shows its time.
func TestAnHourOfFailures(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := platformRetries(t)
		e.failing(func(int) bool { return true })
		start := e.sim.Now()
		e.says(t, ada, 1)
		synctest.Wait()
		require.Equal(t, []time.Duration{0, 0}, e.since(start), "and then by the clock")
		require.Equal(t, start.Add(15*time.Second), e.sim.Outages()[0].Next)
		e.says(t, lin, 2)
		e.says(t, ada, 3)
		require.NoError(t, e.sim.MoveClock(59*time.Minute))
		require.Equal(t, []time.Duration{0, 0, 15 * time.Second, 75 * time.Second, 375 * time.Second, 1275 * time.Second, 2175 * time.Second, 3075 * time.Second},
			e.since(start))
		require.Equal(t, "1 3 2", e.hears()[2], "together")
		require.Equal(t, simulator.Waiting, e.sim.Deliveries()[0].State)
		require.NoError(t, e.sim.MoveClock(24*time.Hour))
		require.Equal(t, []time.Duration{time.Hour}, e.since(start), "the last one")
		require.Equal(t, start.Add(24*time.Hour+59*time.Minute), e.sim.Now())
		require.True(t, e.sim.Outages()[0].Unsubscribed)
		for _, d := range e.sim.Deliveries() {
			require.Equal(t, simulator.Failed, d.State)
			require.Contains(t, d.Attempts[len(d.Attempts)-1].Error, "unsubscribed")
		}
		var warning simulator.Entry
		for _, one := range e.sim.Log() {
			if one.Kind == simulator.EntryWarning {
				warning = one
			}
		}
		require.Equal(t, "unsubscribed", warning.Name)
		require.Contains(t, warning.Advice, "subscribed_apps")

		e.hears()
		e.failing(nil)
		e.says(t, ada, 4)
		require.NoError(t, e.sim.Flush(t.Context()))
		require.Empty(t, e.hears(), "the page's app is not subscribed")
		require.NoError(t, e.sim.Page(page).SetFields("messages"))
		e.says(t, ada, 5)
		require.NoError(t, e.sim.Flush(t.Context()))
		require.Equal(t, []string{"5"}, e.hears())
		require.Empty(t, e.sim.Outages())
		require.NoError(t, e.sim.Close())
	})
}

// TestTheBotComesBack: what has waited arrives together, and then all is as before.
func TestTheBotComesBack(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := platformRetries(t)
		e.failing(func(int) bool { return true })
		e.says(t, ada, 1)
		e.says(t, lin, "x")
		synctest.Wait()
		e.says(t, ada, 2)
		e.says(t, jose, "y")
		time.Sleep(14 * time.Second)
		synctest.Wait()
		require.LessOrEqual(t, len(e.hears()), 3, "the clock goes on by itself, but not far enough")
		e.failing(nil)
		time.Sleep(time.Minute)
		synctest.Wait()
		require.Equal(t, []string{"1 2 x y"}, e.hears(), "as one POST")
		require.Empty(t, e.sim.Outages())
		e.says(t, ada, 3, 4)
		require.NoError(t, e.sim.Flush(t.Context()))
		require.Equal(t, []string{"3", "4"}, e.hears())
		require.NoError(t, e.sim.Close())
	})
}

// TestAFrozenClockHasNoRetries until it is moved, and other modes forget the outage.
func TestAFrozenClockHasNoRetries(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := platformRetries(t)
		e.failing(func(int) bool { return true })
		e.sim.FreezeClock(true)
		e.says(t, ada, 1)
		synctest.Wait()
		require.Len(t, e.hears(), 2)
		time.Sleep(time.Hour)
		synctest.Wait()
		require.Empty(t, e.hears())
		require.NoError(t, e.sim.MoveClock(15*time.Second))
		require.Len(t, e.hears(), 1)
		require.NoError(t, e.sim.SetDisorder(simulator.Disorder{Retries: simulator.RetriesNone}))
		require.NoError(t, e.sim.Flush(t.Context()))
		require.Len(t, e.hears(), 1)
		require.Empty(t, e.sim.Outages())
		require.NoError(t, e.sim.Close())
	})
}

// TestEndsDuringAnOutage: nothing waits for a retry that does not come.
func TestEndsDuringAnOutage(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := platformRetries(t)
		_, err := e.sim.AddPage(simulator.Page{ID: shop})
		require.NoError(t, err)
		eve, err := e.sim.AddPerson(simulator.Person{FirstName: "Eve", PageID: shop})
		require.NoError(t, err)
		e.failing(func(int) bool { return true })
		e.says(t, eve.ID, 1)
		e.says(t, ada, 2)
		synctest.Wait()
		require.Len(t, e.sim.Outages(), 2)
		require.NoError(t, e.sim.RemovePage(shop))
		synctest.Wait()
		require.Equal(t, simulator.Failed, e.sim.Deliveries()[0].State)
		require.Len(t, e.sim.Outages(), 1)
		require.NoError(t, e.sim.Close())
		require.Equal(t, simulator.Failed, e.sim.Deliveries()[1].State)
	})
}

// TestSubscribingAgain over HTTP, as a bot does it.
func TestSubscribingAgain(t *testing.T) {
	t.Parallel()
	b := newBot(t)
	b.status = func([]byte) int { return http.StatusInternalServerError }
	p := serve(t, simulator.Config{WebhookURL: b.URL, Now: newClock().now})
	p.ok(t, "PUT", "/simulator/delivery", `{"retries":"platform"}`)
	p.ok(t, "PUT", "/simulator/clock", `{"frozen":true}`)
	p.ok(t, "POST", "/simulator/people/"+ada+"/acts", `{"type":"say","text":"hi"}`)
	p.ok(t, "PUT", "/simulator/clock", `{"advance":"1h"}`)
	require.Len(t, b.got(), 9)
	p.ok(t, "POST", "/simulator/flush", `{}`)
	var state struct{ Outages []simulator.Outage }
	require.NoError(t, json.Unmarshal([]byte(p.ok(t, "GET", "/simulator/delivery", "")), &state))
	require.Equal(t, []simulator.Outage{{PageID: page, Unsubscribed: true}}, state.Outages)
	require.JSONEq(t, `{"data":[]}`, string(p.as(t, "simulator-page-token", "GET", "/me/subscribed_apps", "").body))
	p.as(t, "simulator-page-token", "POST", "/me/subscribed_apps", `{"subscribed_fields":["messages"]}`)
	require.Empty(t, p.Outages())
	p.ok(t, "POST", "/simulator/people/"+ada+"/acts", `{"type":"say","text":"hi"}`)
	require.Eventually(t, func() bool { return len(b.got()) == 11 }, time.Minute, time.Millisecond)
}

// TestNotSubscribed: the log says why a bot hears nothing, a reset that keeps what is set up keeps it, and a snapshot too.
func TestNotSubscribed(t *testing.T) {
	t.Parallel()
	bot := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	t.Cleanup(bot.Close)
	p := serve(t, simulator.Config{WebhookURL: bot.URL})
	require.Equal(t, 200, p.as(t, "simulator-page-token", "DELETE", "/me/subscribed_apps", "").status)
	hears := func() {
		t.Helper()
		_, err := p.Say(t.Context(), ada, "hi")
		require.NoError(t, err)
		log := p.Log()
		last := log[len(log)-1]
		require.Equal(t, simulator.EntryWarning, last.Kind)
		require.Equal(t, "Not posted: the page is not subscribed to messages, so the bot is not told.", last.Error)
		require.Contains(t, last.Advice, "messenger webhook subscribe")
		require.Equal(t, ada, last.PSID)
	}
	hears()
	require.NoError(t, p.Reset(t.Context(), simulator.KeepSetup))
	hears()
	require.NoError(t, p.Restore(p.Snapshot()))
	hears()
	require.Equal(t, 200, p.as(t, "simulator-page-token", "POST", "/me/subscribed_apps", `{"subscribed_fields":["messages"]}`).status)
	warnings := func() (n int) {
		for _, e := range p.Log() {
			if e.Kind == simulator.EntryWarning {
				n++
			}
		}
		return n
	}
	before := warnings()
	_, err := p.Say(t.Context(), ada, "hi")
	require.NoError(t, err)
	require.Equal(t, before, warnings(), "it is posted")
}
