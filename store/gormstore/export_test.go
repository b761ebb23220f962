package gormstore

import "slices"

// ControlsTransaction reports whether one of a query's statements begins or ends
// a transaction.
func ControlsTransaction(query string) bool { return controlsTransaction(query) }

// WithSteps adds migrations to today's, as those of a later version.
func WithSteps(steps ...[]string) Option {
	return func(c *config) { c.steps = append(slices.Clip(c.steps), steps...) }
}
