package i18n

import "context"

type localizerKey struct{}

// With returns a context in which [From] finds the localizer.
func With(ctx context.Context, localizer *Localizer) context.Context {
	return WithFunc(ctx, func() *Localizer { return localizer })
}

// WithFunc returns a context in which [From] asks resolve anew at each call, so that a language that becomes known during a
// turn is used for the rest of the turn. resolve must be safe for as many goroutines as share the context.
func WithFunc(ctx context.Context, resolve func() *Localizer) context.Context {
	return context.WithValue(ctx, localizerKey{}, resolve)
}

// From returns the localizer of the person this context serves. It is never nil: without one it translates nothing.
func From(ctx context.Context) *Localizer {
	if resolve, ok := ctx.Value(localizerKey{}).(func() *Localizer); ok && resolve != nil {
		if localizer := resolve(); localizer != nil {
			return localizer
		}
	}
	return &untranslated
}

var untranslated Localizer
