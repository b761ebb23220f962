package threadsettings

import (
	"errors"
	"fmt"
	"strings"
)

// Report is what [Apply] did.
type Report struct {
	Outcomes []Outcome // one for each change of the plan, in the order of the plan
}

// Outcome is how one change ended.
type Outcome struct {
	Change
	Err    error // why it was not applied; nil if it was
	Status Status
}

// Status says how a change ended.
type Status string

// The ways in which a change ends.
const (
	Applied Status = "applied"
	Failed  Status = "failed"
	Refused Status = "refused" // the greeting: a warning, see [Settings]
	Skipped Status = "skipped" // not tried
)

// Changed reports how many changes were applied.
func (r Report) Changed() int {
	n := 0
	for _, outcome := range r.Outcomes {
		if outcome.Status == Applied {
			n++
		}
	}
	return n
}

// Warnings returns the refusals that are no errors.
func (r Report) Warnings() []Outcome {
	var warnings []Outcome
	for _, outcome := range r.Outcomes {
		if outcome.Status == Refused {
			warnings = append(warnings, outcome)
		}
	}
	return warnings
}

// String formats the report for people, one change a line.
func (r Report) String() string {
	if len(r.Outcomes) == 0 {
		return "nothing to change\n"
	}
	var text strings.Builder
	for _, outcome := range r.Outcomes {
		fmt.Fprintf(&text, "%s\n", outcome)
	}
	return text.String()
}

// String says in a line how the change ended.
func (o Outcome) String() string {
	line := fmt.Sprintf("%-7s  %s %s", o.Status, o.Action(), o.Property)
	switch {
	case o.Status == Refused:
		line += fmt.Sprintf(": the platform may no longer have it: %v", o.Err)
	case o.Err != nil:
		line += fmt.Sprintf(": %v", o.Err)
	}
	return line
}

// err joins what has failed. The properties that were not tried are named, too.
func (r Report) err() error {
	var failed []error
	var skipped []string
	for _, outcome := range r.Outcomes {
		switch outcome.Status {
		case Failed:
			failed = append(failed, fmt.Errorf("threadsettings: cannot %s %s: %w", outcome.Action(), outcome.Property, outcome.Err))
		case Skipped:
			skipped = append(skipped, string(outcome.Property))
		case Applied, Refused:
		}
	}
	if len(skipped) > 0 {
		failed = append(failed, fmt.Errorf("threadsettings: not tried: %s", strings.Join(skipped, ", ")))
	}
	return errors.Join(failed...)
}
