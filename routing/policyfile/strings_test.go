package policyfile_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/routing/policyfile"
)

func TestStringsKnowTheFieldThatTheyAreFor(t *testing.T) {
	t.Parallel()
	const file = `routers:
  - type: SIMPLE_TEXT
    handlers:
      - name: SimpleText
        args: {pattern: hi}
        senders:
          - name: After
            args:
              delay: 1m
              sender: {name: SimpleMessage, args: {text: "Hello"}}
          - name: QuickReplies
            args:
              text: Which?
              replies: [{title: Small, payload: S}]
          - {name: shop.Own, args: {text: "not known"}}
          - name: Buttons
            args: {text: 7}
`
	found, mistakes := policyfile.BuiltIn().Strings("p.yaml", []byte(file))
	require.Len(t, mistakes, 2)
	require.Equal(t, "shop.Own", mistakes[0].Unknown)
	fields := map[string]string{}
	for _, s := range found {
		fields[s.Text] = s.Field
	}
	const module = "github.com/djmessenger/messenger/"
	require.Equal(t, module+"routing/policyfile.simpleMessageArgs.Text", fields["Hello"])
	require.Equal(t, module+"sending.QuickReplies.Text", fields["Which?"])
	require.Equal(t, module+"sending.QuickReply.Title", fields["Small"])
	require.Equal(t, module+"sending.QuickReply.Payload", fields["S"])
	require.NotContains(t, fields, "not known")
	require.NotContains(t, fields, "shop.Own", "a name is no argument")

	small := found[len(found)-2]
	require.Equal(t, "p.yaml:14:33 routers[0].handlers[0].senders[1].args.replies[0].title", small.Position.String()+" "+small.Place)
}
