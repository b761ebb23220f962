package routes

import (
	"fmt"

	"github.com/djmessenger/messenger/handling"
)

// Verdict is what a route says about an event. It is cheap to make; its text is made
// when it is printed.
type Verdict struct {
	// Yes reports that the route is to handle the event.
	Yes bool

	when, failed Condition
	handler      handling.Handler
	taker        bool // its TakesSignal was asked
}

// Asked reports whether the verdict is one, and not the zero value.
func (v Verdict) Asked() bool { return v.handler != nil }

// String says why, or why not: which part of the condition is not met, or what the
// handler said. It is "not asked" for the zero value.
func (v Verdict) String() string {
	if !v.Asked() {
		return "not asked"
	}
	condition := ""
	if v.when != nil {
		condition = "When " + v.when.String()
	}
	switch _, none := v.handler.(OnlyAnswers); {
	case v.failed != nil && v.failed.String() == v.when.String():
		return condition + " does not match"
	case v.failed != nil:
		return condition + ": " + v.failed.String() + " does not match"
	case none:
		return condition + supposed(v.when, " is taken to match", " matches")
	case v.when != nil:
		condition += supposed(v.when, " is taken to match", " matches") + ", and "
	}
	says := "no"
	if v.Yes {
		says = "yes"
	}
	if v.taker {
		return NameOf(v.handler) + ".TakesSignal says " + says
	}
	return condition + NameOf(v.handler) + supposed(v.handler, " is taken to say ", ".ShouldHandle says ") + says
}

// supposed chooses the words for a part that stands for one that is not known, such as
// a policyfile.Placeholder: what it says is supposed, and not known.
func supposed(part any, supposition, fact string) string {
	if p, ok := part.(interface{ Supposed() bool }); ok && p.Supposed() {
		return supposition
	}
	return fact
}

// NameOf says what a handler or a sender is: by its String method if it has one,
// or else by its type.
func NameOf(part any) string {
	if _, ok := part.(fmt.Stringer); ok {
		return fmt.Sprint(part)
	}
	return fmt.Sprintf("%T", part)
}
