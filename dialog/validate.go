package dialog

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/djmessenger/messenger/receiving/payload"
)

// Validate returns every mistake, joined, each with the dialog and the step: names that are
// missing, malformed or not unique, a missing Answer, Field or Done, a step to go to that does not
// exist, choices that are too many, too long or ambiguous, and times out of range. The bot
// calls it for the dialogs of its policy.
func (d Dialog[S]) Validate() error {
	v := validation{dialog: cmp.Or(d.Name, "(no name)")}
	for i, name := range d.names() {
		if err := checkName(name); err != nil {
			v.fail("", fmt.Errorf("the %s %q %w", map[bool]string{true: "name", false: "alias"}[i == 0], name, err))
		}
		if slices.Contains(d.names()[:i], name) {
			v.fail("", fmt.Errorf("the alias %q comes twice", name))
		}
	}
	if d.Done == nil {
		v.fail("", errors.New("its Done is missing"))
	}
	if d.Timeout > maxTimeout {
		v.fail("", fmt.Errorf("its Timeout of %v is longer than %v", d.Timeout, maxTimeout))
	}
	d.validateSilence(&v, "", d.Timeout)
	if d.MaxTries < 0 {
		v.fail("", fmt.Errorf("its MaxTries of %d is negative", d.MaxTries))
	}
	if len(d.Steps) == 0 {
		v.fail("", errors.New("it has no steps"))
	}
	for i, s := range d.Steps {
		if s == nil {
			v.fail("", fmt.Errorf("steps[%d] is nil", i))
		}
	}
	nodes := d.nodes()
	seen := map[string]bool{}
	for _, n := range nodes {
		d.validateStep(&v, n, outlineOf(nodes))
		if seen[n.name] && n.name != "" {
			v.fail(n.name, errors.New("another step has its name"))
		}
		seen[n.name] = true
	}
	return errors.Join(v.errs...)
}

type validation struct {
	dialog string
	errs   []error
}

func (v *validation) fail(step string, err error) {
	place := "dialog: " + v.dialog
	if step != "" {
		place += ": step " + step
	}
	v.errs = append(v.errs, fmt.Errorf("%s: %w", place, err))
}

func (d Dialog[S]) validateStep(v *validation, n node[S], all outline) {
	name := cmp.Or(n.name, "(no name)")
	for part := range strings.SplitSeq(n.name, ".") {
		if err := checkName(part); err != nil {
			v.fail(name, fmt.Errorf("the name %w", err))
		}
	}
	if len(n.group) == 0 && strings.Contains(n.name, ".") {
		v.fail(name, errors.New("the name has a dot, which is for included dialogs"))
	}
	for _, err := range n.faults {
		v.fail(name, err)
	}
	for _, to := range n.to {
		if all.index(to) < 0 {
			v.fail(name, fmt.Errorf("it goes to %q, and there is no such step", to))
		}
	}
	if n.timeout > maxTimeout {
		v.fail(name, fmt.Errorf("its time of %v is longer than %v", n.timeout, maxTimeout))
	}
	if n.kind == asks || n.kind == waits {
		d.validateSilence(v, name, n.timeout)
	}
	d.validateChips(v, name, n)
}

// validateSilence reports a time-out that would say something which the platform refuses.
func (d Dialog[S]) validateSilence(v *validation, step string, after time.Duration) {
	if d.Ended == nil && d.OnTimeout == nil && after > maxSilent && after <= maxTimeout && d.words().TimedOut != "" {
		v.fail(step, fmt.Errorf("its time-out after %v comes when the platform takes no message any more (24h); "+
			"set Ended or OnTimeout, or Words without TimedOut", after))
	}
}

// validateChips checks the choices that are known.
func (d Dialog[S]) validateChips(v *validation, name string, n node[S]) {
	chips := len(n.known)
	if n.optional && d.words().SkipTitle != "" {
		chips++
	}
	if chips > MaxChoices {
		v.fail(name, fmt.Errorf("it has %d chips, that of Skip included; the platform shows %d", chips, MaxChoices))
	}
	for _, c := range n.known {
		if length := utf8.RuneCountInString(c.Title); length > maxTitle {
			v.fail(name, fmt.Errorf("the title %q has %d characters; the platform shows %d", c.Title, length, maxTitle))
		}
		_, err := tapKind.Encode(tap{Dialog: d.Name, Run: strings.Repeat("x", runLength), Step: n.name, Key: c.Key})
		if errors.Is(err, payload.ErrTooLong) {
			v.fail(name, fmt.Errorf("the value of %q is too long for what a chip carries: %w", c.Title, err))
		}
	}
}

// maxTitle is the most characters of a chip's title.
const maxTitle = 20

// checkName returns what is wrong with a name that is stored, and used in texts.
func checkName(name string) error {
	switch {
	case name == "":
		return errors.New("is missing")
	case len(name) > maxName:
		return fmt.Errorf("is longer than %d bytes", maxName)
	case !utf8.ValidString(name) || strings.ContainsAny(name, "%{}|\"") || strings.ContainsFunc(name, func(r rune) bool { return r <= ' ' }):
		return errors.New(`has a space, a control character, or one of %{}|"`)
	}
	return nil
}
