package policyfile

import (
	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/sending"
)

// BuiltIn makes a registry with the handlers, senders and conditions of this library,
// and with the classes of djmessenger that stand for them. A program registers its own
// beside them.
func BuiltIn() *Registry {
	r := NewRegistry()
	addHandlers(r)
	addSenders(r)
	addTemplates(r)
	addConditions(r)
	addOriginalHandlers(r)
	addOriginalSenders(r)
	return r
}

// handlerOf registers a handler whose fields are its arguments.
func handlerOf[H handling.Handler](r *Registry, name, doc string, opts ...Option) {
	Handler(r, name, func(h H) (handling.Handler, error) { return h, validated(h) }, append(opts, Doc(doc), Dump(itself[H]))...)
}

// senderOf registers a sender whose fields are its arguments.
func senderOf[S sending.Sender](r *Registry, name, doc string, opts ...Option) {
	Sender(r, name, func(s S) (sending.Sender, error) { return s, validated(s) }, append(opts, Doc(doc), Dump(itself[S]))...)
}

func itself[P any](part P) (P, bool) { return part, true }

// validated returns the mistakes of a part that checks itself.
func validated(part any) error {
	if v, ok := part.(handling.Validator); ok {
		return v.Validate()
	}
	return nil
}
