package sending

import "context"

// Lookup finds the value of a name in a text's placeholders.
type Lookup func(name string) (value string, ok bool)

type (
	lookupKey struct{}
	textsKey  struct{}
)

// WithLookup returns a context in which texts find their values through lookup
// first, and then through what the context had before.
func WithLookup(ctx context.Context, lookup Lookup) context.Context {
	if outer, ok := ctx.Value(lookupKey{}).(Lookup); ok {
		inner := lookup
		lookup = func(name string) (string, bool) {
			if value, ok := inner(name); ok {
				return value, true
			}
			return outer(name)
		}
	}
	return context.WithValue(ctx, lookupKey{}, lookup)
}

// WithValues returns a context in which texts find these values. A test of a
// sender uses it.
func WithValues(ctx context.Context, values map[string]string) context.Context {
	return WithLookup(ctx, func(name string) (string, bool) {
		value, ok := values[name]
		return value, ok
	})
}

// Value returns the value of a name in the context.
func Value(ctx context.Context, name string) (value string, ok bool) {
	if lookup, found := ctx.Value(lookupKey{}).(Lookup); found {
		return lookup(name)
	}
	return "", false
}

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
