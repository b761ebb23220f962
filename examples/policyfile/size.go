package main

import (
	"context"
	"errors"

	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/receiving/payload"
	"github.com/djmessenger/messenger/routing/policyfile"
	"github.com/djmessenger/messenger/sending"
)

// Size is what a quick reply carries: the fields of the payload class.
type Size struct {
	Size string `json:"size"`
}

// Validate refuses an old payload without a size, as __init__ did.
func (s Size) Validate() error {
	if s.Size == "" {
		return errors.New("the size is missing")
	}
	return nil
}

// sizes is the payload class. It also reads what buttons in old chats carry.
var sizes = payload.New[Size]("shop.size", payload.Alias("shop.payloads.SizePayload"))

// ChooseSize handles a tap on a size.
type ChooseSize struct{ handling.QuickReplyBase[Size] }

// Handle gives the size to the senders.
func (h ChooseSize) Handle(_ context.Context, ev *receiving.Event, reply *sending.Replier) error {
	chosen, err := h.Value(ev)
	if err != nil {
		return err // a payload that Validate refuses becomes a dead letter
	}
	reply.Set("size", chosen.Size)
	return nil
}

// AskSizeArgs are the arguments of the sender.
type AskSizeArgs struct {
	Text string `doc:"The question." required:"true"`
}

// RegisterSizes makes both known by the names of their classes.
func RegisterSizes(reg *policyfile.Registry) {
	policyfile.Handler(reg, "shop.handlers.SizeHandler", func(struct{}) (handling.Handler, error) {
		return ChooseSize{handling.QuickReplyBase[Size]{Kind: sizes}}, nil
	})
	policyfile.Sender(reg, "shop.senders.SizeSender", func(args AskSizeArgs) (sending.Sender, error) {
		ask := sending.QuickReplies{Text: args.Text}.
			WithReply("Small", sizes.MustEncode(Size{"S"})).
			WithReply("Large", sizes.MustEncode(Size{"L"}))
		return ask, ask.Validate()
	})
}
