package main

import (
	"context"
	"fmt"

	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/handling/pythonre"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/routing/policyfile"
	"github.com/djmessenger/messenger/sending"
)

// registry knows the built-ins and what this program has.
func registry() *policyfile.Registry {
	reg := policyfile.BuiltIn()
	policyfile.Handler(reg, "shop.OrderStatus", newOrderStatus,
		policyfile.Doc("Says where an order is. The pattern has a group called number."),
		policyfile.Alias("shop.handlers.OrderStatusHandler")) // the class that it was in djmessenger
	RegisterSizes(reg)
	return reg
}

// orderStatus says where an order is.
type orderStatus struct {
	handling.TextBase

	greeting string
}

// orderArgs are its arguments in a file.
type orderArgs struct {
	Greeting string `doc:"What the answer begins with."                    required:"true"`
	Regex    string `doc:"A pattern of Python with a group called number." required:"true"`
}

func newOrderStatus(args orderArgs) (handling.Handler, error) {
	pattern, err := pythonre.Compile(args.Regex)
	if err != nil {
		return nil, policyfile.ArgError("regex", err)
	}
	text := handling.TextBase{Matcher: pattern, Groups: []string{"number"}}
	return orderStatus{TextBase: text, greeting: args.Greeting}, policyfile.ArgError("regex", text.Validate())
}

func (h orderStatus) Handle(ctx context.Context, ev *receiving.Event, reply *sending.Replier) error {
	groups, ok := h.Match(ev)
	if !ok {
		return handling.Skip
	}
	return reply.Reply(ctx, sending.Text(fmt.Sprintf("%s Order %s is on its way.", h.greeting, groups["number"])))
}
