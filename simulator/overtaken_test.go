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

const lateText = `{"recipient":{"id":"` + ada + `"},"message":{"text":"late"}}`

// TestAnOvertakenSendIsATransientFault: the page goes while the call is carried out. Nothing arrives, and the bot sends again.
func TestAnOvertakenSendIsATransientFault(t *testing.T) {
	t.Parallel()
	for name, meanwhile := range map[string]func(*simulator.Simulator) error{
		"reset":   func(s *simulator.Simulator) error { return s.Reset(t.Context()) },
		"restore": func(s *simulator.Simulator) error { return s.Restore(s.Snapshot()) },
		"removed": func(s *simulator.Simulator) error { return s.RemovePage(page) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSim(t, simulator.Config{})
			_, err := s.Say(t.Context(), ada, "hi")
			require.NoError(t, err)
			require.NoError(t, s.Flush(t.Context()))
			refused := s.SendMeanwhile("simulator-page-token", lateText, func() { require.NoError(t, meanwhile(s)) })
			require.NotNil(t, refused)
			require.Equal(t, 2, refused.Code)
			require.True(t, refused.IsTransient)
			for _, m := range s.Messages(ada) {
				require.NotEqual(t, "late", m.Text, "it is in no conversation")
			}
			require.Nil(t, newSim(t, simulator.Config{Strangers: true}).SendMeanwhile("simulator-page-token", lateText, func() {}), "nothing meanwhile")
		})
	}
}

// TestASlowSendMeetsWhatThereIsAfterItsDelay: a fault's delay comes before the call is looked at.
func TestASlowSendMeetsWhatThereIsAfterItsDelay(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		meanwhile func(s *simulator.Simulator) error
		status    int
		answer    string
	}{
		"nothing":          {func(*simulator.Simulator) error { return nil }, 200, `"message_id"`},
		"a new beginning":  {func(s *simulator.Simulator) error { return s.ForgetConversation(ada) }, 400, `"error_subcode":2018278`},
		"a reset":          {func(s *simulator.Simulator) error { return s.Reset(t.Context()) }, 400, `"error_subcode":2018278`},
		"the page removed": {func(s *simulator.Simulator) error { return s.RemovePage(page) }, 400, `"code":190`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newSim(t, simulator.Config{})
				_, err := s.Say(t.Context(), ada, "hi")
				require.NoError(t, err)
				require.NoError(t, s.Flush(t.Context()))
				s.Fault(simulator.Fault{Delay: time.Hour})
				w := httptest.NewRecorder()
				sent := make(chan struct{})
				go func() {
					defer close(sent)
					r := httptest.NewRequest(http.MethodPost, "/v27.0/me/messages?access_token=simulator-page-token", strings.NewReader(lateText))
					r.Host = "localhost:9090"
					r.Header.Set("Content-Type", "application/json")
					s.ServeHTTP(w, r)
				}()
				synctest.Wait() // the call is in its delay
				require.NoError(t, c.meanwhile(s))
				<-sent
				require.Equal(t, c.status, w.Code, w.Body)
				require.Contains(t, w.Body.String(), c.answer)
				require.NoError(t, s.Close())
			})
		})
	}
}
