package dialog

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/sending"
)

// ask asks the open question, with its chips, and sets its timer.
func (f *flow[S]) ask(ctx context.Context, n node[S]) error {
	if err := f.askBy(ctx, n, n.text); err != nil || f.over {
		return err
	}
	*f.turn.steps = 0
	return nil
}

// askMore asks for what is left of an answer that takes several acts.
func (f *flow[S]) askMore(ctx context.Context, n node[S]) error {
	if f.words.More == "" {
		return f.ask(ctx, n)
	}
	n.prompt = nil
	return f.askBy(ctx, n, f.words.More)
}

func (f *flow[S]) askBy(ctx context.Context, n node[S], text string) error {
	chips, err := f.chips(ctx, n)
	if err != nil {
		return err
	}
	sender, err := f.sender(ctx, n, text)
	if err != nil || f.over { // the Prompt may have started another dialog
		return err
	}
	if err := f.run().Send(ctx, chipped{sender, chips}); err != nil {
		return err
	}
	return f.visited(ctx, f.d.timeout(n))
}

// sender returns what says the text of a step.
func (f *flow[S]) sender(ctx context.Context, n node[S], text string) (sending.Sender, error) {
	if n.prompt == nil {
		return sending.LongText{Text: text}, nil
	}
	sender, err := n.prompt(ctx, f.run())
	if err == nil && sender == nil {
		err = f.fails("its Prompt returns no sender")
	}
	return sender, err
}

// say says what a Say does.
func (f *flow[S]) say(ctx context.Context, n node[S]) error {
	sender, err := f.sender(ctx, n, n.text)
	if err != nil || f.over {
		return err
	}
	return f.run().Send(ctx, sender)
}

// chipped is a sender with chips below its last message.
type chipped struct {
	sending.Sender

	chips []sending.QuickReply
}

var errNoMessage = errors.New("dialog: the prompt of a question composes no message that chips can stand below")

func (c chipped) Compose(ctx context.Context, ev *receiving.Event) ([]sending.Message, error) {
	messages, err := c.Sender.Compose(ctx, ev)
	if err != nil || len(c.chips) == 0 {
		return messages, err
	}
	messages = slices.Clone(messages)
	for i, m := range slices.Backward(messages) {
		if m.SenderAction == "" {
			messages[i] = m.WithQuickReplies(c.chips...)
			return messages, nil
		}
	}
	return nil, errNoMessage
}

func (c chipped) String() string { return fmt.Sprintf("%v with chips", c.Sender) }
