package sending

import (
	"context"
	"slices"
	"sync"

	"github.com/djmessenger/messenger/receiving"
)

// Recorder records a handler's answers, for tests. The zero value is ready. It
// is safe for concurrent use.
//
//	var rec sending.Recorder
//	err := handler.Handle(ctx, ev, rec.Replier(ev))
//	require.Equal(t, []sending.Message{sending.Text("Hello!")}, rec.Messages())
type Recorder struct {
	mu        sync.Mutex
	messages  []Message
	actions   []Action
	cancelled []string
	refused   []Failure
}

// Replier returns a Replier that answers into the recorder. It refuses events
// that are not [Answerable], and echoes with a send key of the bot. It does not
// know the handler's route, so it accepts some answers that the bot refuses:
// answers to events other than acts of a person by a route that is not under
// the event's own type.
func (r *Recorder) Replier(ev *receiving.Event) *Replier {
	return newReplier(ev, recorderOutlet{r, ev})
}

// Messages returns what was queued so far.
func (r *Recorder) Messages() []Message {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.messages)
}

// Actions returns what was sent at once so far.
func (r *Recorder) Actions() []Action {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.actions)
}

// Cancelled returns the keys that were taken back so far.
func (r *Recorder) Cancelled() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.cancelled)
}

// Refused returns the messages that were refused so far, each with what its call
// returned.
func (r *Recorder) Refused() []Failure {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.refused)
}

type recorderOutlet struct {
	*Recorder
	event *receiving.Event
}

func (o recorderOutlet) Refused(_ context.Context, messages []Message, err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, m := range messages {
		o.refused = append(o.refused, Failure{
			Delivery: Delivery{PageID: o.event.PageID, PSID: o.event.PSID, Object: o.event.Object, Attempt: 1, Message: m},
			Err:      err,
		})
	}
}

func (o recorderOutlet) Queue(ctx context.Context, messages []Message) error {
	for _, m := range messages {
		if _, err := Address(o.event, m); err != nil {
			o.Refused(ctx, messages, err)
			return err
		}
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.messages = append(o.messages, messages...)
	return nil
}

func (o recorderOutlet) Cancel(_ context.Context, key string) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.cancelled = append(o.cancelled, key)
	return nil
}

func (o recorderOutlet) Now(ctx context.Context, action Action) error {
	if _, err := Address(o.event, action.Message()); err != nil {
		o.Refused(ctx, []Message{action.Message()}, err)
		return err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.actions = append(o.actions, action)
	return nil
}
