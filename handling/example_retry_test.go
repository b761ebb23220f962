package handling_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/sending"
)

// busyError is how a back end says when it will be ready.
type busyError struct{ ready time.Duration }

func (e *busyError) Error() string { return "the model is busy" }

// A handler asks for the event to be run again when its back end says that it is ready.
// That is no failed try.
func ExampleRetryAfter() {
	ask := func(context.Context, string) (string, error) { return "", &busyError{ready: 20 * time.Second} }
	handler := handling.Func(func(ctx context.Context, ev *receiving.Event, reply *sending.Replier) error {
		answer, err := ask(ctx, ev.Text())
		if busy, ok := errors.AsType[*busyError](err); ok {
			return fmt.Errorf("%w: %w", err, handling.RetryAfter(busy.ready))
		}
		if err != nil {
			return err // by the retry policy of the route or the bot
		}
		return reply.Reply(ctx, sending.Text(answer))
	})

	err := handler.Handle(context.Background(), &receiving.Event{Type: receiving.TypeSimpleText}, nil)
	d, asks := handling.RetryAfterOf(err)
	fmt.Println(err)
	fmt.Println(d, asks)
	// Output:
	// the model is busy: handling: retry after 20s
	// 20s true
}
