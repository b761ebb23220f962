package dialog

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// street is a dialog of which step b is left out if skipped says so.
var street = outline{
	{name: "a", kind: asks, to: []string{"d"}}, {name: "b", kind: asks}, {name: "tell", kind: says}, {name: "pay", kind: waits},
	{name: "c", kind: asks}, {name: "d", kind: asks},
}

func all(int) bool { return true }

func except(name string) func(int) bool { return func(i int) bool { return street[i].name != name } }

func TestTheNextStepIsTheFirstOpenOneThatApplies(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		at      position
		from    string
		applies func(int) bool
		want    string
		done    bool
	}{
		"the first":                     {from: "", applies: all, want: "a"},
		"the one after":                 {at: position{Done: []string{"a"}}, from: "a", applies: all, want: "b"},
		"left out":                      {at: position{Done: []string{"a"}}, from: "a", applies: except("b"), want: "tell"},
		"after a correction":            {at: position{Done: []string{"a", "b", "tell", "pay"}}, from: "a", applies: all, want: "c"},
		"what was jumped over is not":   {at: position{Done: []string{"a", "c"}}, from: "c", applies: all, want: "d"},
		"removed steps that are behind": {at: position{Done: []string{"gone", "a"}}, from: "a", applies: all, want: "b"},
		"the end":                       {at: position{Done: []string{"d"}}, from: "d", applies: all, done: true},
		"the rest does not apply":       {at: position{Done: []string{"c"}}, from: "c", applies: except("d"), done: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			next, ok := c.at.after(street, c.from, c.applies)
			require.Equal(t, !c.done, ok)
			if ok {
				require.Equal(t, c.want, next.Step)
				require.Zero(t, next.Tries)
			}
		})
	}
}

func TestAJumpAheadLeavesTheStepBehindAndAJumpBackKeepsItOpen(t *testing.T) {
	t.Parallel()
	at := position{Step: "c", Done: []string{"a", "b"}, Tries: 2}

	ahead := at.jump(street, "d", all)
	require.Equal(t, position{Step: "d", Done: []string{"a", "b", "c"}}, ahead)

	over := position{Step: "a"}.jump(street, "c", all)
	require.Equal(t, position{Step: "c", Done: []string{"a"}, Left: map[string]string{"b": "a", "tell": "a", "pay": "a"}}, over)
	again, ok := over.pass().at("a").after(street, "a", all)
	require.True(t, ok)
	require.Equal(t, "d", again.Step, "a correction that is given up opens nothing that was jumped over")
	again, ok = over.pass().at("a").pass().after(street, "a", all)
	require.True(t, ok)
	require.Equal(t, "b", again.Step, "another answer does")
	again, ok = over.back(street, all)
	require.True(t, ok)
	require.Equal(t, position{Step: "a", Done: []string{}, Left: map[string]string{}}, again)

	correction := at.jump(street, "a", all)
	require.Equal(t, position{Step: "a", Done: []string{"a", "b"}}, correction)
	after, ok := correction.pass().after(street, "a", except("tell"))
	require.True(t, ok)
	require.Equal(t, "pay", after.Step, "what is open between the two is asked")
	after, ok = correction.pass().after(street, "a", func(i int) bool { return street[i].name != "tell" && street[i].name != "pay" })
	require.True(t, ok)
	require.Equal(t, "c", after.Step, "and then the dialog is where it was")

	require.Equal(t, position{Step: "c", Done: []string{"a", "b"}}, at.jump(street, "c", all), "to itself")
}

func TestBack(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		at      position
		applies func(int) bool
		want    position
		no      bool
	}{
		"takes back the last answer": {at: position{Step: "b", Done: []string{"a"}}, want: position{Step: "a", Done: []string{}}},
		"goes back over what was said": {
			at: position{Step: "pay", Done: []string{"a", "b", "tell"}}, want: position{Step: "b", Done: []string{"a"}},
		},
		"not over what others did":       {at: position{Step: "c", Done: []string{"a", "pay"}}, no: true},
		"nothing is there":               {at: position{Step: "a"}, no: true},
		"gives up a correction":          {at: position{Step: "a", Done: []string{"a", "b", "tell", "pay"}}, want: position{Step: "c", Done: []string{"a", "b", "tell", "pay"}}},
		"not to what is left out by now": {at: position{Step: "tell", Done: []string{"a", "b"}}, applies: except("b"), want: position{Step: "a", Done: []string{}}},
		"not to what was removed":        {at: position{Step: "b", Done: []string{"a", "gone"}}, want: position{Step: "a", Done: []string{}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if c.applies == nil {
				c.applies = all
			}
			got, ok := c.at.back(street, c.applies)
			require.Equal(t, !c.no, ok)
			if ok {
				require.Equal(t, c.want, got)
			}
		})
	}
}

func TestAPositionIsNeverChangedInPlace(t *testing.T) {
	t.Parallel()
	done := make([]string, 1, 8)
	done[0] = "a"
	at := position{Step: "b", Done: done}
	one := at.pass()
	other := at.at("c").pass()
	require.Equal(t, []string{"a", "b"}, one.Done)
	require.Equal(t, []string{"a", "c"}, other.Done)
}

func TestACorrectionReturnsToWhereItBegan(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		at   position
		to   string
		want string
	}{
		"from an open step behind it":                 {at: position{Step: "c", Done: []string{"a", "b", "tell", "pay"}}, to: "a", want: "c"},
		"from another correction behind it":           {at: position{Step: "b", Done: []string{"a", "b", "tell", "pay", "c"}}, to: "a", want: "b"},
		"from another correction before it":           {at: position{Step: "a", Done: []string{"a", "b", "tell", "pay", "c"}}, to: "b", want: "a"},
		"from a step before it that was opened again": {at: position{Step: "b", Done: []string{"a", "tell", "pay", "c"}}, to: "c", want: "b"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			during := c.at.correct(street, c.to)
			require.Equal(t, c.to, during.Step)
			for way, from := range map[string]position{"answered": during.pass(), "given up": during} {
				after, ok := from.after(street, c.to, all)
				require.True(t, ok, way)
				require.Equal(t, c.want, after.Step, way)
				require.Empty(t, after.Return, way)
			}
		})
	}
}

func TestAJumpAheadLeavesNothingToReturnToBetween(t *testing.T) {
	t.Parallel()
	at := position{Step: "a", Done: []string{"a", "b", "tell", "pay"}, Return: []string{"b"}}
	ahead := at.jump(street, "c", all)
	require.Equal(t, "c", ahead.Step)
	require.Empty(t, ahead.Return)
	after, ok := ahead.pass().after(street, "c", all)
	require.True(t, ok)
	require.Equal(t, "d", after.Step)
}
