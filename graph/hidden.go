package graph

import (
	"errors"

	"github.com/djmessenger/messenger/secret"
)

// hideIn keeps a secret that a call carries beside its own credentials out of the error of that call. The platform likes to
// repeat a parameter that it refuses, and a transport the URL that it cannot reach.
func hideIn(err error, value secret.Value) error {
	hidden := credentials{token: value}
	if refused, ok := errors.AsType[*Error](err); ok {
		for _, text := range []*string{&refused.Type, &refused.Message, &refused.UserTitle, &refused.UserMessage, &refused.TraceID} {
			*text = hidden.hide(*text)
		}
	}
	if failed, ok := errors.AsType[*TransportError](err); ok {
		failed.Err = hidden.clean(failed.Err)
	}
	if unusable, ok := errors.AsType[*ResponseError](err); ok && unusable.Err != nil {
		unusable.Err = hidden.clean(unusable.Err)
	}
	return err
}
