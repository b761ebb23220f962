package dialog

import (
	"context"

	"github.com/djmessenger/messenger/i18n"
	"github.com/djmessenger/messenger/receiving"
)

// Answer makes a T of what a person says or sends. It must be safe for concurrent use.
//
// The answers of this package are [OneOf], [OneOfFunc], [SomeOf], [Text], [Number], [Date],
// [Email], [Phone], [Place] and [File]. [AnswerFunc] makes one of a function.
//
// An Answer may also implement
//
//	interface{ Takes(t receiving.Type) bool }
//
// to take types of events that are no answers by default, such as
// receiving.TypeReaction; and Validate() error, which Dialog.Validate calls.
type Answer[T any] interface {
	// Choices are the chips of the question. More than [MaxChoices], with that of an Optional
	// one, come in pages. now is the value so far, for answers that take several acts, and else
	// zero. An error fails the turn.
	Choices(ctx context.Context, now T) ([]Choice, error)
	// Take reads an act into a value. *into is the value so far. It returns a [RefusalError] for
	// what is no answer; another error fails the turn. more says that the answer is not
	// complete: what is left is asked for without a complaint.
	Take(ctx context.Context, in Input, into *T) (more bool, err error)
	// Show returns the value as texts show it, in the person's language.
	Show(ctx context.Context, v T) string
}

// Choice is one chip of a question.
type Choice struct {
	// Key identifies it in what a tap sends back. It lives in people's conversations.
	Key string
	// Title is a message id. Its translation is what the person sees, of which the platform
	// shows at most 20 characters; what is longer is cut. Without one it is the key.
	Title string
	// Goto is the step that this choice leads to; empty for the next one.
	Goto string

	always bool // it is on each page
}

// MaxChoices is the most chips that the platform shows below a message. A question with more
// shows them in pages, with a chip that leads to the next one (Words.NextTitle).
const MaxChoices = 13

// title is what the person sees, in full.
func (c Choice) title(ctx context.Context) string { return i18n.From(ctx).Text(c.Title) }

// Input is an act of a person that may be an answer.
type Input struct {
	// Event is the act.
	Event *receiving.Event
	// Choice is the key of the choice that was tapped, or written as its title or number;
	// empty if it was none.
	Choice string
}

// AnswerFunc makes an Answer of a function that reads it, and one that shows it. show may be
// nil for values that no text shows.
func AnswerFunc[T any](take func(ctx context.Context, in Input) (T, error), show func(ctx context.Context, v T) string) Answer[T] {
	return answerFunc[T]{take, show}
}

type answerFunc[T any] struct {
	take func(context.Context, Input) (T, error)
	show func(context.Context, T) string
}

func (answerFunc[T]) Choices(context.Context, T) ([]Choice, error) { return nil, nil }

func (a answerFunc[T]) Take(ctx context.Context, in Input, into *T) (bool, error) {
	v, err := a.take(ctx, in)
	if err == nil {
		*into = v
	}
	return false, err
}

func (a answerFunc[T]) Show(ctx context.Context, v T) string {
	if a.show == nil {
		return ""
	}
	return a.show(ctx, v)
}

func (a answerFunc[T]) Validate() error {
	if a.take == nil {
		return errNoTake
	}
	return nil
}
