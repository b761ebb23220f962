package gormstore

import (
	"context"
	"maps"
	"slices"
	"time"
)

// WithSteps adds migrations to today's, as those of a later version.
func WithSteps(steps ...[]string) Option {
	return func(c *config) { c.steps = append(slices.Clip(c.steps), steps...) }
}

// WithVersion makes the tables of an older version.
func WithVersion(version int) Option {
	return func(c *config) { c.steps = c.steps[:version] }
}

// Exec changes the tables of a store.
func Exec(ctx context.Context, s *Store, statement string, args ...any) error {
	return s.do(ctx, func(t *txn) error {
		_, err := t.exec(statement, args...)
		return err
	})
}

// Versions is how many versions the tables have had.
var Versions = len(migrations)

// Statements returns those that the store has prepared to write with. Nothing may
// be under way.
func Statements(s *Store) []string {
	var all []string
	for _, lane := range s.writer.lanes {
		all = slices.AppendSeq(all, maps.Keys(lane.session.statements))
	}
	return all
}

// Begins returns the due time at which an owner's claims begin, and how many pages
// they exclude.
func Begins(s *Store, owner string) (at time.Time, pages int) {
	all := &s.writer.strangers
	all.mu.Lock()
	defer all.mu.Unlock()
	o := all.owners[owner]
	if o == nil {
		return time.Time{}, 0
	}
	return fromMicros(o.low), len(o.pages)
}
