package messenger_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/simulator"
	"github.com/djmessenger/messenger/store"
)

// secretMessage and its deletion, as the platform sends them.
func unsentCallback(object, message string) string {
	return fmt.Sprintf(`{"object":%q,"entry":[{"id":%q,"time":1764240000000,"messaging":[{"sender":{"id":%q},"recipient":{"id":%q},`+
		`"timestamp":1764240000000,"message":{"mid":"m_secret",%s}}]}]}`, object, pageID, ada, pageID, message)
}

// What a person unsent is neither kept nor answered, whenever its deletion comes.
// The deletion itself is an event that handlers get.
func TestUnsentMessageIsErased(t *testing.T) {
	t.Parallel()
	const text, gone, goneAsText = `"text":"my card is 4111"`, `"is_deleted":true`, `"is_deleted":"true"`
	const location = `"attachments":[{"type":"location","title":"home","payload":{"coordinates":{"lat":1,"long":2}}}]`
	for name, c := range map[string]struct {
		message, deletion string
		fails             bool
		play              func(w *world, message, deletion func(), running, resume chan struct{})
		handled           []receiving.Type
		answers           int
	}{
		"after it was handled": {text, gone, false, func(_ *world, message, deletion func(), _, _ chan struct{}) {
			message()
			deletion()
		}, []receiving.Type{receiving.TypeSimpleText, receiving.TypeMessageDeleted}, 1},
		"a location": {location, goneAsText, false, func(_ *world, message, deletion func(), _, _ chan struct{}) {
			message()
			deletion()
		}, []receiving.Type{receiving.TypeLocation, receiving.TypeMessageDeleted}, 1},
		"before it arrives": {text, gone, false, func(_ *world, message, deletion func(), _, _ chan struct{}) {
			deletion()
			message()
			message()
		}, []receiving.Type{receiving.TypeMessageDeleted}, 0},
		"while it waits": {text, gone, false, func(w *world, message, deletion func(), _, _ chan struct{}) {
			w.stop()
			message()
			deletion()
			w.start()
		}, []receiving.Type{receiving.TypeMessageDeleted}, 0},
		"while its turn runs": {text, gone, false, func(_ *world, message, deletion func(), running, resume chan struct{}) {
			resume <- struct{}{} // the handler waits for one more
			message()
			<-running
			deletion()
			<-resume
		}, []receiving.Type{receiving.TypeSimpleText, receiving.TypeMessageDeleted}, 0},
		"between two tries": {text, gone, true, func(_ *world, message, deletion func(), _, _ chan struct{}) {
			message()
			deletion()
		}, []receiving.Type{receiving.TypeSimpleText, receiving.TypeMessageDeleted}, 0},
		"after it became a dead letter": {text, gone, true, func(w *world, message, deletion func(), _, _ chan struct{}) {
			message()
			after(time.Minute)
			letters := w.letters()
			require.Len(w.t, letters, 1)
			deletion()
			require.ErrorIs(w.t, w.store.Replay(w.t.Context(), letters[0].ID), store.ErrNotFound)
		}, slices.Concat(slices.Repeat([]receiving.Type{receiving.TypeSimpleText}, 4), []receiving.Type{receiving.TypeMessageDeleted}), 0},
	} {
		for _, object := range []string{"instagram", "page"} {
			t.Run(name+" on "+object, func(t *testing.T) {
				t.Parallel()
				var handled []receiving.Type
				running, resume := make(chan struct{}), make(chan struct{}, 1)
				handler := handling.Func(func(ctx context.Context, ev *receiving.Event, reply *sending.Replier) error {
					handled = append(handled, ev.Type)
					if ev.Type == receiving.TypeMessageDeleted {
						return nil
					}
					select {
					case <-resume:
						close(running)
						resume <- struct{}{}
						after(time.Second)
					default:
					}
					if c.fails {
						return errors.New("broken")
					}
					return reply.Reply(ctx, sending.Text("thank you"))
				})
				policy := routing.Policy{receiving.TypeDefault: {
					route("handler", handler), {Name: "message", Handler: handling.SaveMessage{}}, {Name: "location", Handler: handling.Location{}},
				}}
				inBubble(t, simulator.Config{Strangers: true}, messenger.Config{Policy: policy}, func(w *world) {
					post := func(message string) func() {
						return func() {
							require.Equal(t, 200, w.post(unsentCallback(object, message)).Code)
							after(10 * time.Millisecond)
						}
					}
					c.play(w, post(c.message), post(c.deletion), running, resume)
					after(time.Minute)
					require.Equal(t, c.handled, handled)
					require.Len(t, w.texts(ada), c.answers)
					received, err := w.store.Received(t.Context(), pageID, ada, 10)
					require.NoError(t, err)
					require.Len(t, received, 1, "the deletion")
					require.NotContains(t, string(received[0].Body), "4111")
					locations, err := w.store.Locations(t.Context(), pageID, ada, 10)
					require.NoError(t, err)
					require.Empty(t, locations)
					require.Empty(t, w.letters())
				})
			})
		}
	}
}
