package dialog

import (
	"context"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/receiving/payload"
	"github.com/djmessenger/messenger/sending"
)

// pizza is the state of the dialogs in these tests.
type pizza struct {
	Size     string   `json:"size"`
	Toppings []string `json:"toppings"`
	Home     home     `json:"home"`
	Paid     bool     `json:"paid"`
}

type home struct {
	Street string `json:"street"`
	Note   string `json:"note"`
}

type ask[T any] = Question[pizza, T]

func size(p *pizza) *string                      { return &p.Size }
func toppings(p *pizza) *[]string                { return &p.Toppings }
func homeOf(p *pizza) *home                      { return &p.Home }
func street1(h *home) *string                    { return &h.Street }
func done[S any](context.Context, *Run[S]) error { return nil }

func TestAllMistakesAreReportedTogetherWithTheirPlaces(t *testing.T) {
	t.Parallel()
	many := []Option[int]{Opt(0, "SKIP!")}
	for i := range 14 {
		many = append(many, Opt(i+1, strings.Repeat("x", i+1)))
	}
	d := Dialog[pizza]{
		Name: "bad name", Aliases: []string{"bad name", ""}, Timeout: 400 * 24 * time.Hour, MaxTries: -1,
		Steps: []Step[pizza]{
			nil,
			ask[string]{},
			ask[string]{Name: "size", Text: "Which?", Answer: OneOf(Opt("S", "Small"), Opt("S", "small "), Opt("L", "").To("missing")), Field: size},
			ask[string]{Name: "size", Text: "Which?", Answer: Text(), Field: size, To: []string{"size"}},
			ask[int]{Name: "many", Text: "How many?", Answer: OneOf(many...), Field: func(*pizza) *int { return new(int) }, Optional: true},
			ask[string]{Name: "long", Text: "Which?", Answer: OneOf(Opt(strings.Repeat("y", 990), "A title of more than twenty characters")), Field: size},
			ask[[]string]{Name: "dot.ted", Text: "Which?", Answer: SomeOf("", Opt("a", "A").To("size")), Field: toppings},
			ask[bool]{
				Name: "both", Text: "?", Answer: OneOf(Opt(true, "Yes").To("size")), Field: func(p *pizza) *bool { return &p.Paid },
				To: []string{ToFinish, ToQuit}, Then: func(context.Context, *Run[pizza], bool) (Next, error) { return Next{}, nil },
			},
			Say[pizza]{Name: "say"},
			Do[pizza]{Name: "do", To: []string{"gone"}},
			Wait[pizza, int]{Name: "wait", To: []string{"size"}},
			Human[pizza]{Name: "human"},
			Include[pizza, home]{Name: "home", Field: homeOf, Dialog: Dialog[home]{Steps: []Step[home]{Question[home, string]{Name: "street", Field: street1}}}},
			Include[pizza, home]{Name: "in to", Field: homeOf, Dialog: Dialog[home]{Steps: []Step[home]{
				Question[home, string]{Name: "a b", Text: "?", Answer: Text(), Field: street1},
				Say[home]{Name: "both", Text: "Both.", Prompt: func(context.Context, *Run[home]) (sending.Sender, error) { return nil, nil }},
			}}},
			Include[pizza, home]{Name: "empty", Field: homeOf},
			Include[pizza, home]{Name: "nowhere"},
			ask[float64]{Name: "n", Text: "N", Answer: Number(2, 1), Field: func(*pizza) *float64 { return new(float64) }},
			ask[int]{Name: "w", Text: "W", Answer: Whole(2, 1), Field: func(*pizza) *int { return new(int) }},
			ask[string]{Name: "f", Text: "F", Answer: AnswerFunc[string](nil, nil), Field: size, Timeout: 25 * time.Hour},
		},
	}
	require.EqualError(t, d.Validate(), `dialog: bad name: the name "bad name" cannot be used: a name has 1 to 64 bytes of UTF-8, without spaces, control characters and . % { } | "
dialog: bad name: the alias "bad name" cannot be used: a name has 1 to 64 bytes of UTF-8, without spaces, control characters and . % { } | "
dialog: bad name: the alias "bad name" comes twice
dialog: bad name: the alias "" is missing
dialog: bad name: its Done is missing
dialog: bad name: its Timeout of 9600h0m0s is longer than 8784h0m0s
dialog: bad name: its MaxTries of -1 is negative
dialog: bad name: steps[0] is nil
dialog: bad name: step (no name): its name is missing
dialog: bad name: step (no name): it has neither a Text nor a Prompt
dialog: bad name: step (no name): its Answer is missing
dialog: bad name: step (no name): its Field is missing
dialog: bad name: step size: Answer: options[1]: the title "small " is that of another; letter case, width, and punctuation at the ends do not count
dialog: bad name: step size: Answer: options[1]: the value "S" is that of another; a tap is known by its value
dialog: bad name: step size: Answer: options[2]: it has no title
dialog: bad name: step size: it goes to "missing", and there is no such step
dialog: bad name: step size: it has a To, but no Then
dialog: bad name: step size: another step has its name
dialog: bad name: step many: the title "SKIP!" is also that of the chip which skips the question
dialog: bad name: step long: the title "A title of more than twenty characters" has 38 characters, and the platform shows 20: shorten it, and say more in the Text
dialog: bad name: step long: the value of "A title of more than twenty characters" is too long for what a chip carries: `+
		`payload: longer than 1000 characters: messenger.dialog has 1086
dialog: bad name: step dot.ted: the name "dot.ted" cannot be used: a name has 1 to 64 bytes of UTF-8, without spaces, control characters and . % { } | "
dialog: bad name: step dot.ted: Answer: the chip that ends the choice has no title
dialog: bad name: step dot.ted: Answer: an option of several leads to no step; use Then
dialog: bad name: step both: its Then decides where to go, so the To of an option has no effect; name the step in its own To
dialog: bad name: step say: it has neither a Text nor a Prompt
dialog: bad name: step do: its Run is missing
dialog: bad name: step do: it goes to "gone", and there is no such step
dialog: bad name: step wait: its Kind is missing; make one with payload.New
dialog: bad name: step wait: it has a To, but no Then
dialog: bad name: step human: its Text is missing: the hand-over goes with a message
dialog: bad name: step human: its App is missing; the page's inbox is graph.InboxApp
dialog: bad name: step home.street: it has neither a Text nor a Prompt
dialog: bad name: step home.street: its Answer is missing
dialog: bad name: step in to.a b: the name "a b" cannot be used: a name has 1 to 64 bytes of UTF-8, without spaces, control characters and . % { } | "
dialog: bad name: step in to.a b: the name "in to" of its Include cannot be used: a name has 1 to 64 bytes of UTF-8, without spaces, control characters and . % { } | "
dialog: bad name: step in to.both: it has a Text and a Prompt; set one
dialog: bad name: step empty: the included dialog has no steps
dialog: bad name: step nowhere: its Field is missing
dialog: bad name: step n: Answer: no number is from 2 to 1
dialog: bad name: step w: Answer: no whole number is from 2 to 1
dialog: bad name: step f: Answer: the function that reads the answer is nil
dialog: bad name: step f: its time-out after 25h0m0s comes when the platform takes no message any more (24h); set Ended or OnTimeout, or Words that say nothing then`)
}

func TestATimeOutThatCannotSaySoIsAMistake(t *testing.T) {
	t.Parallel()
	d := Dialog[pizza]{Name: "slow", Timeout: 25 * time.Hour, Done: done[pizza], Steps: []Step[pizza]{ask[string]{Name: "size", Text: "?", Answer: Text(), Field: size}}}
	require.ErrorContains(t, d.Validate(), "slow: its time-out after 25h0m0s comes when the platform takes no message any more")
	d.Timeout, d.Steps = 0, []Step[pizza]{ask[string]{Name: "size", Text: "?", Answer: Text(), Field: size, Timeout: 25 * time.Hour}}
	require.ErrorContains(t, d.Validate(), "slow: step size: its time-out after 25h0m0s")
	d.Ended = func(context.Context, *Run[pizza], Reason) error { return nil }
	require.NoError(t, d.Validate())
}

func TestValidateKnowsWhatAChipCanCarry(t *testing.T) {
	t.Parallel()
	of := func(length int) error {
		return Dialog[pizza]{Name: "d", Done: done[pizza], Steps: []Step[pizza]{
			ask[string]{Name: "size", Text: "?", Answer: OneOf(Opt(strings.Repeat("y", length), "Y")), Field: size},
		}}.Validate()
	}
	require.NoError(t, of(870))
	require.ErrorIs(t, of(990), payload.ErrTooLong)
}

// One rule says what a name may be, for all that has one.
func TestOneRuleForNames(t *testing.T) {
	t.Parallel()
	for name, good := range map[string]bool{
		"size": true, "größe": true, "大": true, "to-street_2": true, strings.Repeat("x", 64): true,
		"": false, strings.Repeat("x", 65): false, "a b": false, "a\u00a0b": false, "a\tb": false, "a\x7f": false, "a.b": false, "a%b": false, "{a": false, "a}": false,
		"a|b": false, `a"b`: false, "\xff": false,
	} {
		ask := ask[string]{Name: "size", Text: "?", Answer: Text(), Field: size}
		d := Dialog[pizza]{Name: "d", Done: done[pizza], Steps: []Step[pizza]{ask}}
		require.NoError(t, d.Validate())
		named, aliased, stepped := d, d, d
		named.Name, aliased.Aliases = name, []string{name}
		ask.Name = name
		stepped.Steps = []Step[pizza]{ask}
		for _, d := range []Dialog[pizza]{named, aliased, stepped} {
			require.Equal(t, good, d.Validate() == nil, "%q: %v", name, d.Validate())
		}
		require.Equal(t, good, checkName(name) == nil, "%q", name)
	}
}

// What the guide and the field say is what the error says.
func TestTheRuleForNamesIsSaidTheSameEverywhere(t *testing.T) {
	t.Parallel()
	for _, file := range []string{"dialog.go", "../docs/dialogs.md"} {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		plain := strings.Join(strings.Fields(strings.NewReplacer("//", "", "`", "", `\|`, "|").Replace(string(text))), " ")
		require.Contains(t, plain, strings.TrimPrefix(nameRule, "a name has "), file)
	}
}
