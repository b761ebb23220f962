package dialog

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestMistakesInAliasesAndDependencies(t *testing.T) {
	t.Parallel()
	inner := Dialog[home]{Steps: []Step[home]{Question[home, string]{Name: "street", Aliases: []string{"road"}, Text: "?", Answer: Text(), Field: street1}}}
	d := Dialog[pizza]{
		Name: "pizza", Done: done[pizza],
		Steps: []Step[pizza]{
			ask[string]{Name: "size", Aliases: []string{"a.b"}, Text: "?", Answer: Text(), Field: size, DependsOn: []string{"gone", "to.street"}},
			Say[pizza]{Name: "say", Aliases: []string{"size"}, Text: "Hi."},
			Do[pizza]{Name: "do", Aliases: []string{"old", "old"}},
			Human[pizza]{Name: "human", Aliases: []string{"old"}, Text: "?", App: "1"},
			Include[pizza, home]{Name: "to", Aliases: []string{"at", "b c"}, Field: homeOf, Dialog: inner},
			Include[pizza, home]{Name: "at", Field: homeOf, Dialog: inner},
		},
	}
	err := d.Validate()
	for _, want := range []string{
		`step size: the alias "a.b" cannot be used: ` + nameRule,
		`step size: it depends on "gone", and there is no such step`,
		`step say: the alias "size" is the name or an alias of another step`,
		`step do: the alias "old" is the name or an alias of another step`,
		`step human: the alias "old" is the name or an alias of another step`,
		`step to.street: the alias "b c" cannot be used: ` + nameRule,
		`step to.street: the alias "at.street" is the name or an alias of another step`,
		`step at.street: the alias "at.road" is the name or an alias of another step`,
	} {
		require.ErrorContains(t, err, want)
	}
	require.NotContains(t, err.Error(), `"to.street", and there`)
	require.NotContains(t, err.Error(), "(end)")
}
