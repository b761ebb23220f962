package simulator_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/simulator"
)

// unhurried notes that the server waits for no end of the request any more.
type unhurried struct {
	*httptest.ResponseRecorder
	moved bool
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
