package engine_test

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/simulator"
)

func whileOthersHold() handling.Quiet { return handling.Quiet{OtherApp: true} }

// control is a hand-over.
func control(action, owner string) string {
	return fmt.Sprintf(`"%s":{"previous_owner_app_id":null,"new_owner_app_id":"%s","metadata":""}`, action, owner)
}

// TestBotIsSilentWhileAnotherAppHasTheThread by hand-overs, on a page that sends nothing on
// standby.
func TestBotIsSilentWhileAnotherAppHasTheThread(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		events []string
		silent bool
	}{
		"taken":              {[]string{control("take_thread_control", otherAppID)}, true},
		"passed to another":  {[]string{control("pass_thread_control", otherAppID)}, true},
		"passed to the bot":  {[]string{control("take_thread_control", otherAppID), control("pass_thread_control", appID)}, false},
		"taken by the bot":   {[]string{control("take_thread_control", otherAppID), control("take_thread_control", appID)}, false},
		"taken, ids numbers": {[]string{`"take_thread_control":{"previous_owner_app_id":` + appID + `,"new_owner_app_id":` + otherAppID + `}`}, true},
		"asked for":          {[]string{`"request_thread_control":{"requested_owner_app_id":` + otherAppID + `}`}, false},
		"asked for it back":  {[]string{control("take_thread_control", otherAppID), `"request_thread_control":{"requested_owner_app_id":` + appID + `}`}, true},
		"nothing in it":      {[]string{`"take_thread_control":{}`, `"pass_thread_control":null`}, false},
		"roles":              {[]string{`"app_roles":{"` + otherAppID + `":["primary_receiver"]}`}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, simulator.Config{}, config{Policy: countingTexts(), Quiet: whileOthersHold()}, func(w *world) {
				for _, event := range c.events {
					w.event(time.Now(), event)
				}
				w.Says(ada, "hi")
				after(time.Second)
				require.Equal(t, c.silent, len(w.Texts(ada)) == 0)
				require.Equal(t, 1, w.Person(ada).ThumbUps)
			})
		})
	}
}

func TestHandoversAreIgnoredByDefault(t *testing.T) {
	t.Parallel()
	inBubble(t, simulator.Config{}, config{Policy: countingTexts()}, func(w *world) {
		w.event(time.Now(), control("take_thread_control", otherAppID))
		require.Equal(t, otherAppID, w.Person(ada).ThreadOwner)
		w.Says(ada, "hi")
		after(time.Second)
		require.Len(t, w.Texts(ada), 1)
	})
}

func TestThreadControlLapses(t *testing.T) {
	t.Parallel()
	inBubble(t, simulator.Config{}, config{Policy: countingTexts(), Quiet: whileOthersHold()}, func(w *world) {
		taken := time.Now()
		w.event(taken, control("take_thread_control", otherAppID))
		w.event(taken.Add(-time.Minute), control("pass_thread_control", appID)) // late, from before
		w.isAwayFor(23 * time.Hour)
		w.Says(ada, "1")
		after(time.Second)
		require.Empty(t, w.Texts(ada))
		after(time.Hour)
		w.Says(ada, "2")
		w.Says(ada, "3")
		after(time.Second)
		require.Equal(t, []string{"you said 2", "you said 3"}, w.Texts(ada))
		require.Empty(t, w.Person(ada).ThreadOwner)
	})
}

// TestThreadThatWasReleasedWithoutANotice: that events come on standby and then not any more says
// that the bot may answer.
func TestThreadThatWasReleasedWithoutANotice(t *testing.T) {
	t.Parallel()
	inBubble(t, handovers(), config{Policy: countingTexts(), Quiet: whileOthersHold()}, func(w *world) {
		w.Says(ada, "1")
		after(time.Second)
		w.humanSays(ada, "Eve here") // takes the thread
		require.NotEmpty(t, w.Person(ada).ThreadOwner)
		w.Says(ada, "2")
		w.isAwayFor(20 * time.Hour)
		w.Says(ada, "3")
		w.isAwayFor(20 * time.Hour)
		w.Says(ada, "4")
		after(time.Second)
		require.Equal(t, []string{"you said 1", "Eve here"}, w.Texts(ada))
		require.NoError(t, w.Inbox().ReleaseThread(t.Context(), ada))
		w.Says(ada, "5")
		after(time.Second)
		require.Equal(t, []string{"you said 1", "Eve here", "you said 5"}, w.Texts(ada))
		require.Empty(t, w.Person(ada).ThreadOwner)
		require.Equal(t, 5, w.Person(ada).ThumbUps)

		require.NoError(t, w.Inbox().TakeThread(t.Context(), ada, ""))
		w.Says(ada, "6")
		after(time.Second)
		require.True(t, w.Person(ada).ThreadStandby)
		require.NoError(t, w.Inbox().ReleaseThread(t.Context(), ada))
		w.Says(ada, "7")
		after(time.Second)
		require.Equal(t, []string{"you said 1", "Eve here", "you said 5", "you said 7"}, w.Texts(ada), "long before control lapses")
	})
}

// TestWhatEndsAThreadOnStandby: an act that comes to the bot does; a notice that is no act says
// nothing about control.
func TestWhatEndsAThreadOnStandby(t *testing.T) {
	t.Parallel()
	const delivery = `"delivery":{"mids":["m_before"],"watermark":1}`
	inBubble(t, simulator.Config{}, config{Policy: countingTexts(), Quiet: whileOthersHold()}, func(w *world) {
		w.event(time.Now(), control("take_thread_control", otherAppID))
		require.False(t, w.Person(ada).ThreadStandby)
		echo := fmt.Sprintf(`{"sender":{"id":"%s"},"recipient":{"id":"%s"},"timestamp":%d,"message":{"is_echo":true,"mid":"m_e","app_id":%s}}`,
			pageID, ada, time.Now().UnixMilli(), otherAppID)
		require.NoError(t, w.PostStandby(t.Context(), json.RawMessage(echo)))
		after(time.Second)
		require.True(t, w.Person(ada).ThreadStandby, "what the other app writes comes on standby, too")
		w.event(time.Now(), delivery)
		require.Equal(t, otherAppID, w.Person(ada).ThreadOwner)
		w.event(time.Now(), `"message":{"mid":"m_1","text":"hi"}`)
		require.Empty(t, w.Person(ada).ThreadOwner)
		require.Equal(t, []string{"you said hi"}, w.Texts(ada))
	})
}

// TestHandoverBack is answered by a route under its own type: the silence is over with it.
func TestHandoverBack(t *testing.T) {
	t.Parallel()
	policy := countingTexts()
	policy[receiving.TypeThreadControl] = []routing.Route{{
		Name: "greet", Handler: handling.Func(func(_ context.Context, ev *receiving.Event, _ *sending.Replier) error {
			if c, ok := ev.Payload.(*receiving.ThreadControl); !ok || c.NewOwnerAppID != appID {
				return handling.Skip
			}
			return nil
		}),
		Senders: sending.List(sending.Text("I am back.")),
	}}
	inBubble(t, handovers(), config{Policy: policy, Quiet: whileOthersHold()}, func(w *world) {
		w.Says(ada, "1")
		after(time.Second)
		require.NoError(t, w.Inbox().TakeThread(t.Context(), ada, ""))
		after(time.Second)
		require.NoError(t, w.Inbox().PassThread(t.Context(), ada, "", ""))
		after(time.Second)
		w.Says(ada, "2")
		after(time.Second)
		require.Equal(t, []string{"you said 1", "I am back.", "you said 2"}, w.Texts(ada))
	})
}

// TestMessageFromBeforeAHandover that is handled after it, because it came late, is not answered.
func TestMessageFromBeforeAHandover(t *testing.T) {
	t.Parallel()
	inBubble(t, simulator.Config{}, config{Policy: countingTexts(), Quiet: whileOthersHold()}, func(w *world) {
		at := time.Now()
		w.event(at, control("take_thread_control", otherAppID))
		w.event(at.Add(-time.Second), `"message":{"mid":"m_late","text":"late"}`)
		require.Empty(t, w.Texts(ada))
		require.Equal(t, 1, w.Person(ada).ThumbUps)
	})
}
