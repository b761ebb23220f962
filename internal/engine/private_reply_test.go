package engine_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/internal/bubble"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/simulator"
	"github.com/djmessenger/messenger/store"
)

// replyDirectly answers a comment as another app or a person at the page does.
func (w *world) replyDirectly(comment, text string) {
	w.T.Helper()
	body := `{"recipient":{"comment_id":"` + comment + `"},"message":{"text":"` + text + `"}}`
	request, err := http.NewRequestWithContext(w.T.Context(), http.MethodPost, "http://graph.test/me/messages", strings.NewReader(body))
	require.NoError(w.T, err)
	request.Header.Set("Authorization", "Bearer "+pageToken)
	request.Header.Set("Content-Type", "application/json")
	response, err := bubble.InProcess{Handler: func() http.Handler { return w.Simulator }}.RoundTrip(request)
	require.NoError(w.T, err)
	require.NoError(w.T, response.Body.Close())
	require.Equal(w.T, http.StatusOK, response.StatusCode)
}

// The platform takes one private reply for each comment. Its refusal of the second attempt shows
// that the first was delivered.
func TestPrivateReplyAfterAnUnknownOutcome(t *testing.T) {
	t.Parallel()
	lost := simulator.Fault{Drop: simulator.DropAfter}
	refused := func(code, subcode int) simulator.Fault {
		return simulator.Fault{Error: &simulator.GraphError{Code: code, Subcode: subcode, Message: "refused"}}
	}
	for name, c := range map[string]struct {
		atMostOnce bool
		answered   bool // the comment has another's reply already
		faults     []simulator.Fault
		want       []string
		outcomes   []store.SentOutcome
		failed     []error // that errors.Is finds in the one failure
	}{
		"the answer is lost": {
			faults: []simulator.Fault{lost}, want: []string{"thanks"}, outcomes: []store.SentOutcome{"uncertain", "sent"},
		},
		"the answer is lost, then the platform limits the rate": {
			faults: []simulator.Fault{lost, refused(613, 0)}, want: []string{"thanks"}, outcomes: []store.SentOutcome{"uncertain", "retry", "sent"},
		},
		"the request is lost": {
			faults: []simulator.Fault{{Drop: simulator.DropBefore}}, want: []string{"thanks"}, outcomes: []store.SentOutcome{"uncertain", "sent"},
		},
		"the answer is lost, at most once": {
			atMostOnce: true, faults: []simulator.Fault{lost}, want: []string{"thanks"}, outcomes: []store.SentOutcome{"uncertain"},
			failed: []error{sending.ErrUncertain},
		},
		"another has replied": {
			answered: true, want: []string{"theirs"}, outcomes: []store.SentOutcome{"refused"}, failed: []error{graph.ErrAlreadyDone},
		},
		"the rate is limited, and another has replied": {
			answered: true, faults: []simulator.Fault{refused(613, 0)}, want: []string{"theirs"},
			outcomes: []store.SentOutcome{"retry", "refused"}, failed: []error{graph.ErrAlreadyDone},
		},
		"the answer is lost, and Instagram does not say whether it is there": {
			faults: []simulator.Fault{lost, refused(100, 2534025)}, want: []string{"thanks"},
			outcomes: []store.SentOutcome{"uncertain", "uncertain"}, failed: []error{sending.ErrUncertain, graph.ErrInvalidRequest},
		},
		"the comment is gone": {
			faults: []simulator.Fault{refused(100, 2534025)}, outcomes: []store.SentOutcome{"refused"}, failed: []error{graph.ErrInvalidRequest},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var failed []error
			cfg := config{
				AtMostOnce:   c.atMostOnce,
				OnSendFailed: func(_ context.Context, f sending.Failure) { failed = append(failed, f.Err) },
			}
			inBubble(t, simulator.Config{}, cfg, func(w *world) {
				comment, err := w.Comment(t.Context(), ada, "nice")
				require.NoError(t, err)
				if c.answered {
					w.replyDirectly(comment, "theirs")
				}
				for _, f := range c.faults {
					w.Fault(f)
				}
				w.send(ada, sending.Text("thanks").To(sending.Recipient{CommentID: comment}))
				after(15 * time.Minute)
				require.Equal(t, c.want, w.Texts(ada))
				require.Equal(t, c.outcomes, outcomes(t, w.Store, ada))
				if len(c.failed) == 0 {
					require.Empty(t, failed)
					return
				}
				require.Len(t, failed, 1)
				for _, want := range c.failed {
					require.ErrorIs(t, failed[0], want)
				}
				if !errors.Is(c.failed[0], sending.ErrUncertain) {
					require.NotErrorIs(t, failed[0], sending.ErrUncertain)
				}
			})
		})
	}
}

func TestPrivateReplyThatWasUnderWayWhenTheProcessEnded(t *testing.T) {
	t.Parallel()
	var failed []error
	cfg := config{OnSendFailed: func(_ context.Context, f sending.Failure) { failed = append(failed, f.Err) }}
	inBubble(t, simulator.Config{Fields: []string{"messages"}}, cfg, func(w *world) {
		comment, err := w.Comment(t.Context(), ada, "nice")
		require.NoError(t, err)
		w.Stop()
		w.diesSending(ada, sending.Text("thanks").To(sending.Recipient{CommentID: comment}))
		w.replyDirectly(comment, "thanks") // what the process that ended has sent
		w.start()
		after(time.Minute)
		require.Equal(t, []string{"thanks"}, w.Texts(ada))
		require.Equal(t, []store.SentOutcome{"sent"}, outcomes(t, w.Store, ada))
		require.Empty(t, failed)
	})
}
