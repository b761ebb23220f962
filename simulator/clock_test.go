package simulator_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/simulator"
)

func TestClockOverHTTP(t *testing.T) {
	t.Parallel()
	p := serve(t, simulator.Config{Now: func() time.Time { return time.Unix(1_700_000_000, 0) }})
	_, err := p.Say(t.Context(), ada, "hi")
	require.NoError(t, err)
	p.sendMessage(t, ada, `{"text":"in time"}`)
	require.JSONEq(t, `{"now":"2023-11-15T23:13:20Z","frozen":false}`, utc(t, p.ok(t, "PUT", "/simulator/clock", `{"advance":"25h"}`)))
	require.JSONEq(t, `{"now":"2023-11-15T23:13:20Z","frozen":false}`, utc(t, p.ok(t, "GET", "/simulator/clock", "")))
	a := p.do(t, "POST", "/me/messages?access_token=simulator-page-token", `{"recipient":{"id":"`+ada+`"},"message":{"text":"too late"}}`)
	code, subcode := a.code(t)
	require.Equal(t, []int{10, 2018278}, []int{code, subcode})
	for _, body := range []string{
		`{"advance":"-1h"}`, `{"advance":"tomorrow"}`, `{}`, `{"now":"2023-11-15T23:13:19Z"}`, `{"now":"2001-01-01T00:00:00Z","frozen":true}`,
		`{"now":"9999-12-31T23:59:59Z"}`, `{"advance":"2562047h47m16s"}`, `{"advance":"1h","now":"2030-01-01T00:00:00Z"}`, `{"now":"yesterday"}`,
	} {
		require.Equal(t, 400, p.do(t, "PUT", "/simulator/clock", body).status, body)
	}
	require.JSONEq(t, `{"now":"2023-11-15T23:13:20Z","frozen":false}`, utc(t, p.ok(t, "GET", "/simulator/clock", "")), "what is refused changes nothing")
	require.JSONEq(t, `{"now":"2030-01-01T00:00:00Z","frozen":false}`, utc(t, p.ok(t, "PUT", "/simulator/clock", `{"now":"2030-01-01T00:00:00Z"}`)))
}

// utc is an answer of the clock in UTC.
func utc(t *testing.T, body string) string {
	t.Helper()
	var clock struct {
		Now    time.Time `json:"now"`
		Frozen bool      `json:"frozen"`
	}
	require.NoError(t, json.Unmarshal([]byte(body), &clock))
	clock.Now = clock.Now.UTC()
	out, err := json.Marshal(clock)
	require.NoError(t, err)
	return string(out)
}

// TestFrozenClock: it stands until it is moved, and goes on from there, even if the clock below it goes back.
func TestFrozenClock(t *testing.T) {
	t.Parallel()
	below := newClock()
	p := serve(t, simulator.Config{Now: below.now})
	start := below.now()
	p.ok(t, "PUT", "/simulator/clock", `{"frozen":true}`)
	below.add(time.Hour)
	require.Equal(t, start, p.Now())
	p.FreezeClock(true)
	p.ok(t, "PUT", "/simulator/clock", `{"advance":"1m"}`)
	require.Equal(t, start.Add(time.Minute), p.Now())
	below.add(-3 * time.Hour)
	p.ok(t, "PUT", "/simulator/clock", `{"frozen":false}`)
	require.Equal(t, start.Add(time.Minute), p.Now())
	below.add(time.Second)
	require.Equal(t, start.Add(time.Minute+time.Second), p.Now())
	require.NoError(t, p.SetClock(start.Add(time.Hour)))
	require.Equal(t, start.Add(time.Hour), p.Now())
	require.ErrorContains(t, p.SetClock(start), "cannot be moved back")
}
