package simulator_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/simulator"
)

// unhurried notes that the server waits for no end of the request any more.
type unhurried struct {
	*httptest.ResponseRecorder
	moved bool
	until time.Time // for the answer
}

func (u *unhurried) SetWriteDeadline(at time.Time) error {
	u.until = at
	return nil
}

func (u *unhurried) SetReadDeadline(at time.Time) error {
	u.moved = at.IsZero()
	return nil
}

// TestLongAnswersOutliveTheReadTimeout: a server with one ends the context of a request when it is over, and with that a stream or
// a wait.
func TestLongAnswersOutliveTheReadTimeout(t *testing.T) {
	t.Parallel()
	s := newSim(t, simulator.Config{})
	require.NoError(t, s.Close(), "so that nothing waits")
	for _, one := range []route{
		{"GET", "/simulator/events"},
		{"GET", "/simulator/people/" + ada + "/wait"},
		{"POST", "/simulator/flush"},
		{"PUT", "/simulator/clock"},
	} {
		r := httptest.NewRequest(one.method, one.path, strings.NewReader(`{}`))
		r.Host = "localhost:9090"
		r.Header.Set("Content-Type", "application/json")
		w := &unhurried{ResponseRecorder: httptest.NewRecorder()}
		s.ServeHTTP(http.ResponseWriter(w), r)
		require.True(t, w.moved, "%s %s", one.method, one.path)
	}
}

// TestALongDelayOutlivesTheServer: a fault's delay of an hour is no connection that breaks after the server's minute.
func TestALongDelayOutlivesTheServer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSim(t, simulator.Config{})
		s.Fault(simulator.Fault{Delay: time.Hour, Error: simulator.RefusalNamed("token expired").GraphError()})
		r := httptest.NewRequest("POST", "/v27.0/me/messages", strings.NewReader(`{}`))
		r.Host = "localhost:9090"
		w := &unhurried{ResponseRecorder: httptest.NewRecorder()}
		start := time.Now()
		s.ServeHTTP(http.ResponseWriter(w), r)
		require.Equal(t, time.Hour, time.Since(start))
		require.True(t, w.moved)
		require.True(t, w.until.After(time.Now()), "there is time to write the answer")
		require.NoError(t, s.Close())
	})
}
