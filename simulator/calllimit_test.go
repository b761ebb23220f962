package simulator_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/simulator"
)

// TestMessengerProfileCallLimit: a page makes 10 calls in 10 minutes, of any method, and one that is refused for its parameters
// counts as any other.
func TestMessengerProfileCallLimit(t *testing.T) {
	t.Parallel()
	c := newClock()
	p := serve(t, simulator.Config{Now: c.now, Pages: []simulator.Page{
		{ID: shop, Token: shopToken}, {ID: account, Platform: simulator.PlatformInstagram, LinkedTo: page},
	}})
	const path = "/v27.0/me/messenger_profile"
	read := func() answer { return p.do(t, "GET", path+"?fields=get_started", "") }
	p.do(t, "POST", path, `{"get_started":{"payload":"G"}}`).is(t, 0, 0)
	c.add(time.Minute)
	p.do(t, "POST", path, `{"greeting":"no list"}`).is(t, 100, 0)
	p.do(t, "DELETE", path, `{"fields":["greeting"]}`).is(t, 0, 0)
	require.Equal(t, 200, p.do(t, "POST", "/v27.0/", `{"batch":[{"method":"GET","relative_url":"me/messenger_profile?fields=greeting"},`+
		`{"method":"GET","relative_url":"me/messenger_profile?fields=greeting"}]}`).status, "each call of a batch counts")
	for range 5 {
		read().is(t, 0, 0)
	}
	read().is(t, 613, 0)
	p.do(t, "POST", path, `{"get_started":{"payload":"LATE"}}`).is(t, 613, 0)
	p.do(t, "DELETE", path, `{"fields":["get_started"]}`).is(t, 613, 0)
	require.JSONEq(t, `{"payload":"G"}`, string(p.Profile()["get_started"]), "what is refused changes nothing")
	log := p.Log()
	require.Contains(t, log[len(log)-1].Advice, "10 calls of the Messenger Profile API in 10 minutes for a page, reads too: the next one in 9m0s")

	p.as(t, shopToken, "GET", path+"?fields=get_started", "").is(t, 0, 0, "the limit is each page's own")
	const accountPath = path + "?fields=ice_breakers&platform=instagram"
	for range 10 {
		p.do(t, "GET", accountPath, "").is(t, 0, 0)
	}
	p.do(t, "GET", accountPath, "").is(t, 613, 2534040)

	c.add(9*time.Minute - time.Second)
	read().is(t, 613, 0)
	require.NoError(t, p.MoveClock(time.Second))
	read().is(t, 0, 0, "10 minutes after the first call")
	read().is(t, 613, 0, "and not after the others")
}

// TestResetClearsTheCallLimit: whatever it keeps.
func TestResetClearsTheCallLimit(t *testing.T) {
	t.Parallel()
	p := serve(t, simulator.Config{Now: newClock().now})
	const path = "/v27.0/me/messenger_profile?fields=get_started"
	spend := func() {
		for range 10 {
			p.do(t, "GET", path, "").is(t, 0, 0)
		}
		p.do(t, "GET", path, "").is(t, 613, 0)
	}
	for _, keep := range [][]string{nil, {simulator.KeepSetup}, {simulator.KeepPages, simulator.KeepPeople, simulator.KeepProfile, simulator.KeepClock}} {
		spend()
		require.NoError(t, p.Reset(t.Context(), keep...))
	}
	p.do(t, "GET", path, "").is(t, 0, 0)
}

// TestASnapshotHasTheCallsOfThePeriod: restoring gives no calls back.
func TestASnapshotHasTheCallsOfThePeriod(t *testing.T) {
	t.Parallel()
	c := newClock()
	p := serve(t, simulator.Config{Now: c.now})
	const path = "/v27.0/me/messenger_profile?fields=get_started"
	before := p.Snapshot()
	for range 10 {
		p.do(t, "GET", path, "").is(t, 0, 0)
	}
	spent := p.Snapshot()
	require.NoError(t, p.Restore(before))
	p.do(t, "GET", path, "").is(t, 0, 0)
	require.NoError(t, p.Restore(spent))
	p.do(t, "GET", path, "").is(t, 613, 0)
	require.True(t, json.Valid(spent))
}

func TestCallLimitCanBeSet(t *testing.T) {
	t.Parallel()
	const path = "/v27.0/me/messenger_profile?fields=get_started"
	p := serve(t, simulator.Config{ProfileCalls: 2})
	for _, code := range []int{0, 0, 613} {
		p.do(t, "GET", path, "").is(t, code, 0)
	}
	p = serve(t, simulator.Config{ProfileCalls: -1})
	for range 30 {
		p.do(t, "GET", path, "").is(t, 0, 0)
	}
}
