package sending

import (
	"context"

	"github.com/djmessenger/messenger/internal/replier"
)

// lookup finds the value of a name in a text's placeholders.
type lookup func(name string) (value string, ok bool)

type (
	lookupKey struct{}
	textsKey  struct{}
)

func init() { //nolint:gochecknoinits // the engine knows more values than a map has; users have WithValues
	replier.WithLookup = func(ctx context.Context, find func(string) (string, bool)) context.Context {
		return withLookup(ctx, find)
	}
}

// withLookup returns a context in which texts find their values through find first, and
// then through what the context had before.
func withLookup(ctx context.Context, find lookup) context.Context {
	if outer, ok := ctx.Value(lookupKey{}).(lookup); ok {
		inner := find
		find = func(name string) (string, bool) {
			if value, ok := inner(name); ok {
				return value, true
			}
			return outer(name)
		}
	}
	return context.WithValue(ctx, lookupKey{}, find)
}

// WithValues returns a context in which texts find these values. A test of a
// sender uses it.
func WithValues(ctx context.Context, values map[string]string) context.Context {
	return withLookup(ctx, func(name string) (string, bool) {
		value, ok := values[name]
		return value, ok
	})
}

// Value returns the value of a name in the context.
func Value(ctx context.Context, name string) (value string, ok bool) {
	if find, found := ctx.Value(lookupKey{}).(lookup); found {
		return find(name)
	}
	return "", false
}

// PersonValues returns the names of the values that texts and URLs have of the person in every turn: first_name, last_name,
// name and thumb_ups. For a program that checks the placeholders of its texts.
func PersonValues() []string { return []string{"first_name", "last_name", "name", "thumb_ups"} }

// Texts are the bot's own texts, which its configuration sets.
type Texts struct {
	// Prefix stands before every text of [SimpleMessage] and [Default]. It is
	// translated on its own. Default: empty.
	Prefix string
	// Default is what [Default] says.
	Default string
}

// WithTexts returns a context for senders that use the bot's own texts.
func WithTexts(ctx context.Context, texts Texts) context.Context {
	return context.WithValue(ctx, textsKey{}, texts)
}

func textsFrom(ctx context.Context) Texts {
	texts, _ := ctx.Value(textsKey{}).(Texts)
	return texts
}
