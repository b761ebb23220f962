package routing

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/internal/routes"
	"github.com/djmessenger/messenger/receiving"
)

// dialogs are the dialogs of a policy, for what has to fit together.
type dialogs struct {
	named  map[string]stepID // by name and former name
	starts []start
}

// start is a route that starts a dialog.
type start struct {
	dialog string
	of     stepID
}

// dialog checks a route under DIALOG, and notes one that starts a dialog. It returns false for a
// handler that is no dialog and stands for one.
func (v *validation) dialog(place string, s routes.Step) (sound bool) {
	if starter, ok := s.Handler.(handling.DialogStarter); ok {
		v.dialogs.starts = append(v.dialogs.starts, start{starter.StartsDialog(), idOf(s)})
	}
	if s.Type != receiving.TypeDialog {
		return true
	}
	d, ok := s.Handler.(handling.DialogHandler)
	if !ok {
		v.fail(v.at.where("Handler"), place, errors.New("its handler is no dialog (handling.DialogHandler); package dialog makes them"))
		return false
	}
	if s.Otherwise {
		v.fail(v.at.where("Otherwise"), place, errors.New("it is an Otherwise route; a dialog takes what belongs to it, and no other dialog does"))
	}
	for _, name := range d.DialogNames() {
		if other, taken := v.dialogs.named[name]; taken && other != idOf(s) {
			v.fail(v.at.where("Handler"), place, v.other(fmt.Sprintf("a dialog of the name %q is already at ", name), other))
			continue
		}
		if v.dialogs.named == nil {
			v.dialogs.named = map[string]stepID{}
		}
		v.dialogs.named[name] = idOf(s)
	}
	return true
}

// startedDialogs reports routes that start a dialog which no route is for.
func (v *validation) startedDialogs() {
	slices.SortStableFunc(v.dialogs.starts, func(a, b start) int {
		return cmp.Or(cmp.Compare(a.of.t, b.of.t), cmp.Compare(a.of.index, b.of.index))
	})
	for _, s := range v.dialogs.starts {
		if _, ok := v.dialogs.named[s.dialog]; !ok {
			v.at = s.of
			v.fail(v.at.where("Handler"), v.places[s.of], fmt.Errorf("it starts the dialog %q, and no route under DIALOG is for that", s.dialog))
		}
	}
}
