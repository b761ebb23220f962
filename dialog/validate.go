package dialog

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/djmessenger/messenger/i18n"
	"github.com/djmessenger/messenger/receiving/payload"
)

// Validate returns every mistake, joined, each with the dialog and the step: names that are
// missing, malformed or not unique, a missing Answer, Field or Done, a step to go to that does not
// exist, choices that are too long or ambiguous, and times out of range. The bot
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
	d.validateSilence(&v, "", d.Timeout, d.words().TimedOut)
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
	all := outlineOf(nodes, nil)
	validateAliases(&v, all)
	seen := map[string]bool{}
	for _, n := range nodes {
		d.validateStep(&v, n, all)
		if seen[n.name] && n.name != "" {
			v.fail(n.name, errors.New("another step has its name"))
		}
		seen[n.name] = true
	}
	for _, unfilled := range (*i18n.Catalog)(nil).Unfilled(d.textRefs(nodes)) {
		hint := "name the step of its answer, or add it to Values if the dialog's code sets it"
		if unfilled.Near != "" {
			hint = fmt.Sprintf("do you mean %%{%s}?", unfilled.Near)
		}
		v.fail("", fmt.Errorf("%s: the placeholder %%{%s} has no value; %s", unfilled.Place, unfilled.Name, hint))
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
	own := n.name
	for _, group := range n.group {
		own = strings.TrimPrefix(own, group+".")
	}
	switch err := checkName(own); {
	case own == "":
		v.fail(name, errors.New("its name is missing"))
	case err != nil && own != endOfInclude:
		v.fail(name, fmt.Errorf("the name %q %w", own, err))
	}
	for _, err := range n.faults {
		v.fail(name, err)
	}
	for _, to := range n.to {
		if all.index(to) < 0 && to != ToFinish && to != ToQuit {
			v.fail(name, fmt.Errorf("it goes to %q, and there is no such step", to))
		}
	}
	if n.timeout > maxTimeout {
		v.fail(name, fmt.Errorf("its time of %v is longer than %v", n.timeout, maxTimeout))
	}
	switch n.kind {
	case asks:
		d.validateSilence(v, name, n.timeout, d.words().TimedOut)
	case waits:
		d.validateSilence(v, name, n.timeout, d.words().NoSignal)
	case says, does, hands:
	}
	d.validateChips(v, name, n)
}

// validateSilence reports a time-out that would say something which the platform refuses.
func (d Dialog[S]) validateSilence(v *validation, step string, after time.Duration, said string) {
	if d.Ended == nil && d.OnTimeout == nil && after > maxSilent && after <= maxTimeout && said != "" {
		v.fail(step, fmt.Errorf("its time-out after %v comes when the platform takes no message any more (24h); "+
			"set Ended or OnTimeout, or Words that say nothing then", after))
	}
}

// validateChips checks the choices that are known.
func (d Dialog[S]) validateChips(v *validation, name string, n node[S]) {
	for _, c := range n.known {
		if length := utf8.RuneCountInString(c.Title); length > maxTitle {
			v.fail(name, fmt.Errorf("the title %q has %d characters, and the platform shows %d: shorten it, and say more in the Text", c.Title, length, maxTitle))
		}
		if n.optional && fold(c.Title) == fold(d.words().SkipTitle) {
			v.fail(name, fmt.Errorf("the title %q is also that of the chip which skips the question", c.Title))
		}
		_, err := tapKind.Encode(tap{Dialog: d.Name, Run: strings.Repeat("x", runLength), Step: n.name, Key: c.Key})
		if errors.Is(err, payload.ErrTooLong) {
			v.fail(name, fmt.Errorf("the value of %q is too long for what a chip carries: %w", c.Title, err))
		}
	}
}

// maxTitle is the most characters of a chip's title.
const maxTitle = 20

// nameRule is what dialogs, their aliases and steps may be called. Names are stored, stand in texts
// as %{name}, and are joined with dots where dialogs are included.
const nameRule = "a name has 1 to 64 bytes of UTF-8, without spaces, control characters and . % { } | \""

// checkName returns what is wrong with a name.
func checkName(name string) error {
	bad := func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r) || strings.ContainsRune(`.%{}|"`, r)
	}
	switch {
	case name == "":
		return errors.New("is missing")
	case len(name) > maxName || !utf8.ValidString(name) || strings.ContainsFunc(name, bad):
		return errors.New("cannot be used: " + nameRule)
	}
	return nil
}
