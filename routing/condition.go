package routing

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"strings"

	"github.com/djmessenger/messenger/internal/routes"
	"github.com/djmessenger/messenger/receiving"
)

// Condition says which events a route is for, beyond their type. It is asked like a
// handler's ShouldHandle: from many goroutines, under the turn's time, and a panic
// fails the route. It should be quick and change nothing.
//
// A condition may implement handling.Validator, for arguments that can be wrong;
// handling.TypeLimited, if it can match some receiving types only: a policy in which
// a route could never run is refused; and [Valuer].
type Condition interface {
	// Match reports whether the event meets the condition.
	Match(ctx context.Context, ev *receiving.Event) bool
	// String describes the condition in a few words, as in `Text "hi|hello"`.
	String() string
}

// Valuer is implemented by conditions that find values in an event. The route's
// senders have them as placeholders, and its handler by [sending.Replier.Values].
type Valuer interface {
	// Values returns the values by their names. It is called for events that the
	// condition has matched.
	Values(ctx context.Context, ev *receiving.Event) map[string]string
}

// Group is implemented by conditions that are made of others, so that a policy's
// mistakes in the parts are found. [All], [Any] and [Not] are such conditions.
type Group interface {
	// Parts returns the conditions that it is made of.
	Parts() []Condition
}

// All is met by events that meet each of the conditions. They are asked in order, up to
// the first that is not met. An empty All is met by every event.
type All []Condition

// Match reports whether all conditions match.
func (a All) Match(ctx context.Context, ev *receiving.Event) bool {
	for _, c := range a {
		if !c.Match(ctx, ev) {
			return false
		}
	}
	return true
}

func (a All) String() string { return list("All", a) }

// Parts returns the conditions.
func (a All) Parts() []Condition { return a }

// Values returns the values of all conditions. Of two values of one name the first
// holds.
func (a All) Values(ctx context.Context, ev *receiving.Event) map[string]string {
	var values map[string]string
	for _, c := range a {
		values = merge(values, valuesOf(ctx, c, ev))
	}
	return values
}

// Any is met by events that meet one of the conditions. They are asked in order, up to
// the first that is met. An empty Any is met by no event.
type Any []Condition

// Match reports whether one of the conditions matches.
func (a Any) Match(ctx context.Context, ev *receiving.Event) bool {
	for _, c := range a {
		if c.Match(ctx, ev) {
			return true
		}
	}
	return false
}

func (a Any) String() string { return list("Any", a) }

// Parts returns the conditions.
func (a Any) Parts() []Condition { return a }

// Values returns the values of the first condition that matches.
func (a Any) Values(ctx context.Context, ev *receiving.Event) map[string]string {
	for _, c := range a {
		if c.Match(ctx, ev) {
			return valuesOf(ctx, c, ev)
		}
	}
	return nil
}

// Not is met by events that do not meet a condition.
type Not struct {
	// Condition is the condition that must not be met.
	Condition Condition
}

// Match reports whether the condition does not match.
func (n Not) Match(ctx context.Context, ev *receiving.Event) bool { return !n.Condition.Match(ctx, ev) }

func (n Not) String() string { return list("Not", []Condition{n.Condition}) }

// Parts returns the condition.
func (n Not) Parts() []Condition { return []Condition{n.Condition} }

// If makes a condition of a function. The name is what Explain, errors and logs call
// it.
func If(name string, match func(ctx context.Context, ev *receiving.Event) bool) Condition {
	return predicate{name, match}
}

type predicate struct {
	name  string
	match func(context.Context, *receiving.Event) bool
}

func (p predicate) Match(ctx context.Context, ev *receiving.Event) bool { return p.match(ctx, ev) }

// Validate reports a missing name or function.
func (p predicate) Validate() error {
	switch {
	case p.match == nil:
		return errors.New("routing: its function is nil")
	case p.name == "":
		return errors.New("routing: it has no name")
	}
	return nil
}

func (p predicate) String() string { return fmt.Sprintf("If %q", p.name) }

func list(name string, conditions []Condition) string {
	parts := make([]string, len(conditions))
	for i, c := range conditions {
		if parts[i] = "nil"; !isNone(c) {
			parts[i] = c.String()
		}
	}
	return name + "(" + strings.Join(parts, ", ") + ")"
}

// isNone reports whether a condition is nil. A nil slice is an empty one, which can be asked.
func isNone(c Condition) bool { return isNil(c) && reflect.ValueOf(c).Kind() != reflect.Slice }

// failing returns the part of a condition that keeps an event from meeting it, or nil
// if the event meets it.
func failing(ctx context.Context, c routes.Condition, ev *receiving.Event) routes.Condition {
	if all, ok := c.(All); ok {
		for _, part := range all {
			if failed := failing(ctx, part, ev); failed != nil {
				return failed
			}
		}
		return nil
	}
	if c.Match(ctx, ev) {
		return nil
	}
	return c
}

func valuesOf(ctx context.Context, c Condition, ev *receiving.Event) map[string]string {
	if v, ok := c.(Valuer); ok {
		return v.Values(ctx, ev)
	}
	return nil
}

// merge adds what is new in b to a.
func merge(a, b map[string]string) map[string]string {
	if len(a) == 0 {
		return b
	}
	if len(b) == 0 {
		return a
	}
	both := maps.Clone(b)
	maps.Copy(both, a)
	return both
}
