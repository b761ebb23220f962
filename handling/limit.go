package handling

import (
	"slices"

	"github.com/djmessenger/messenger/receiving"
)

// under reports whether a route under the policy's entry t can get an event of one
// of the types.
func under(t receiving.Type, types ...receiving.Type) bool {
	switch t {
	case receiving.TypeDefault:
		return true
	case receiving.TypeTap:
		return slices.ContainsFunc(types, receiving.Type.IsTap)
	}
	return slices.Contains(types, t)
}

// carries is [under] for all types whose events carry a payload of p's Go type.
func carries(t receiving.Type, p receiving.Payload) bool {
	return t == receiving.TypeDefault || t.Carries(p)
}

// payloadOf returns the event's payload, or an empty one if that is of another Go
// type. It is never nil.
func payloadOf[T any, P interface {
	*T
	receiving.Payload
}](ev *receiving.Event) P {
	if p, ok := ev.Payload.(P); ok && p != nil {
		return p
	}
	return new(T)
}
