package dialog_test

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/dialog"
	"github.com/djmessenger/messenger/messengertest"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/simulator"
	"github.com/djmessenger/messenger/store"
)

// The steps of these dialogs say their names, so that what a person sees is the way that they have gone.
func choosesAt(name, text string, change func(*ask[string]), options ...dialog.Option[string]) ask[string] {
	q := ask[string]{Name: name, Text: "at " + name + text, Answer: dialog.OneOf(options...), Field: func(o *order) *string { return &o.Size }}
	if change != nil {
		change(&q)
	}
	return q
}

// said are the answers that a walk gives.
const said = "a b c d e yes no"

func opts(titles ...string) []dialog.Option[string] {
	var all []dialog.Option[string]
	for _, title := range titles {
		all = append(all, dialog.Opt(title, title))
	}
	return all
}

func saysAt(name string, when func(order) bool) dialog.Say[order] {
	return dialog.Say[order]{Name: name, Text: "at " + name, When: when}
}

func doesAt(name string, to ...string) dialog.Do[order] {
	return dialog.Do[order]{Name: name, To: to, Run: func(ctx context.Context, r *run) (next, error) {
		if err := r.Say(ctx, "at "+name); err != nil || len(to) == 0 || r.State.Size != "there" {
			return next{}, err
		}
		return dialog.GoTo(to[0]), nil
	}}
}

// walked are dialogs with all that decides where one goes.
func walked() map[string][]dialog.Step[order] {
	b := func(o order) bool { return o.Address == "b" }
	note := func(q *ask[string]) { q.Field = func(o *order) *string { return &o.Address } }
	return map[string][]dialog.Step[order]{
		"a line": {choosesAt("one", "", note, opts("a", "b")...), saysAt("two", b), choosesAt("three", "", nil, opts("c")...)},
		"all options lead elsewhere": {
			choosesAt("one", "", note, dialog.Opt("b", "b").To("three"), dialog.Opt("a", "a").To("two")),
			choosesAt("two", "", nil, opts("c")...), choosesAt("three", "", nil, opts("d")...),
		},
		"back to the first": {
			choosesAt("one", "", note, opts("a", "b")...), choosesAt("two", "", func(q *ask[string]) { q.When = b }, opts("c")...),
			choosesAt("three", "", nil, dialog.Opt("yes", "yes"), dialog.Opt("no", "no").To("one")),
		},
		"a correction on which something depends": {
			choosesAt("one", "", note, opts("a", "b")...), choosesAt("two", ", %{one}", nil, opts("c")...), choosesAt("three", "", nil, opts("d")...),
			doesAt("four"), choosesAt("five", "", nil, dialog.Opt("yes", "yes"), dialog.Opt("no", "no").To("one")),
		},
		"a conditional step behind a correction": {
			choosesAt("one", "", note, opts("a", "b")...), saysAt("two", b), choosesAt("three", ", %{one}", nil, opts("c")...), choosesAt("four", "", nil, opts("d")...),
			choosesAt("five", "", nil, dialog.Opt("yes", "yes"), dialog.Opt("no", "no").To("one")),
		},
		"a step that nothing leads to": {
			choosesAt("one", "", note, dialog.Opt("a", "a").To("three"), dialog.Opt("b", "b").To("three")), choosesAt("two", "", nil, opts("c")...), choosesAt("three", "", nil, opts("d")...),
		},
		"code": {
			choosesAt("one", "", func(q *ask[string]) {
				note(q)
				q.To = []string{"four", dialog.ToFinish, dialog.ToQuit}
				q.Then = func(_ context.Context, _ *run, v string) (next, error) {
					return map[string]next{"jump": dialog.GoTo("four"), "finish": dialog.Finish(), "quit": dialog.Quit("Enough")}[v], nil
				}
			}, opts("on", "jump", "finish", "quit")...),
			choosesAt("two", "", func(q *ask[string]) { q.Optional = true }, dialog.Opt("there", "there").To("four")),
			doesAt("three"), choosesAt("four", "", nil, opts("e")...),
		},
		"a Do that branches": {choosesAt("one", "", nil, opts("here", "there")...), doesAt("two", "four"), saysAt("three", nil), choosesAt("four", "", nil, opts("e")...)},
		"an Include": {
			choosesAt("one", "", nil, opts("a")...),
			dialog.Include[order, order]{Name: "in", Field: func(o *order) *order { return o }, Dialog: dialog.Dialog[order]{Steps: []dialog.Step[order]{
				dialog.Question[order, string]{
					Name: "two", Text: "at in.two", Answer: dialog.OneOf(opts("b", "finish", "quit")...), Field: func(o *order) *string { return &o.Address },
					To: []string{dialog.ToFinish, dialog.ToQuit}, Then: func(_ context.Context, _ *run, v string) (next, error) {
						return map[string]next{"finish": dialog.Finish(), "quit": dialog.Quit("Enough")}[v], nil
					},
				},
				dialog.Say[order]{Name: "three", Text: "at in.three"},
			}}},
			choosesAt("four", "", nil, opts("c")...),
		},
	}
}

// The diagram has the ways that a run can go, and no others: all of them are walked, answer by answer.
func TestTheDiagramHasTheWaysThatADialogGoes(t *testing.T) {
	t.Parallel()
	for name, steps := range walked() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var d dialog.Dialog[order]
			s := newShop(t, func(*shop) routing.Policy {
				d = dialog.Dialog[order]{
					Name: "walk", Steps: steps,
					Done:  func(ctx context.Context, r *run) error { return r.Say(ctx, "at [*]") },
					Ended: func(ctx context.Context, r *run, _ dialog.Reason) error { return r.Say(ctx, "at [*]") },
				}
				return starting(d)
			})
			answers := said
			if strings.Contains(name, "code") || strings.Contains(name, "Do") || strings.Contains(name, "Include") {
				answers = "a b c e on jump finish quit here there skip"
			}
			require.ElementsMatch(t, drawnWays(d), s.walk(t, strings.Fields(answers)))
		})
	}
}

// drawnWays are the arrows of a diagram.
func drawnWays(d dialog.Dialog[order]) []string {
	var all []string
	for _, arrow := range regexp.MustCompile(`(?m)^    (\S+) --> ([^:\n]+)`).FindAllStringSubmatch(d.Mermaid(nil), -1) {
		if way := arrow[1] + " " + arrow[2]; !slices.Contains(all, way) {
			all = append(all, way)
		}
	}
	return all
}

// walk goes all ways of the dialog, and returns them.
func (s *shop) walk(t *testing.T, answers []string) []string {
	t.Helper()
	ways, seen := map[string]bool{}, map[string]bool{}
	open := s.step(t, nil, "pizza", "[*]", ways)
	for len(open) > 0 {
		data := open[0]
		open = open[1:]
		var r map[string]any
		require.NoError(t, json.Unmarshal(data, &r))
		key := fmt.Sprint(r["step"], r["done"], r["left"], r["return"], r["skipped"], r["state"])
		if seen[key] {
			continue
		}
		seen[key] = true
		require.Less(t, len(seen), 200, "it never ends")
		for _, input := range answers {
			open = append(open, s.step(t, data, input, strings.ReplaceAll(r["step"].(string), ".", "_"), ways)...)
		}
	}
	var all []string
	for way := range ways {
		all = append(all, way)
	}
	return all
}

// step lets a new person who is in a run say something, notes the ways that they go, and returns the run then.
func (s *shop) step(t *testing.T, data []byte, input, from string, ways map[string]bool) [][]byte {
	t.Helper()
	p := s.Person("Ada", "en_US")
	write := store.SaveSession{PageID: messengertest.PageID, PSID: p.ID, Name: "messenger.dialog", Data: data}
	if data != nil {
		require.NoError(t, s.store.Apply(t.Context(), write))
	}
	p.Says(input)
	s.Idle()
	messages := s.Messages(p.ID)
	if slices.ContainsFunc(messages, func(m simulator.Message) bool { return strings.HasPrefix(m.Text, "Please") }) {
		return nil // no answer here
	}
	for _, m := range messages {
		at, ok := strings.CutPrefix(m.Text, "at ")
		if !ok {
			continue
		}
		at, _, _ = strings.Cut(at, ",")
		at = strings.ReplaceAll(at, ".", "_")
		ways[from+" "+at] = true
		from = at
	}
	now, err := s.store.Session(t.Context(), write.PageID, write.PSID, write.Name)
	if err != nil {
		return nil
	}
	return [][]byte{now.Data}
}
