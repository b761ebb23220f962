package messengertest_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/sending"
)

// TestGuideOnCommentsHasTheExample: the code of docs/comments.md is the example that is compiled and run here.
func TestGuideOnCommentsHasTheExample(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile(filepath.Join("..", "docs", "comments.md"))
	require.NoError(t, err)
	example, err := os.ReadFile("example_comments_test.go")
	require.NoError(t, err)
	_, block, ok := strings.Cut(string(page), "```go\npackage messengertest_test\n")
	require.True(t, ok)
	block, _, ok = strings.Cut(block, "```\n")
	require.True(t, ok)
	require.Equal(t, string(example), "package messengertest_test\n"+block)
}

func TestSeesBelowTakesCommentsInOrder(t *testing.T) {
	t.Parallel()
	policy := routing.Policy{receiving.TypeVisitorPost: {{Handler: handling.Dummy{}, Senders: sending.List(
		sending.Text("one").Publicly(), sending.Text("two").Publicly(), sending.Text("private"))}}}
	chat := startPatient(t, messenger.Config{Policy: policy})
	ada := chat.Person("Ada", "")
	post := ada.Posts("Are you open?")
	ada.SeesBelow(post, "one")
	ada.SeesBelow(post, "two")
	ada.Sees("private")
}

func TestSeesNothingCountsPublicReplies(t *testing.T) {
	t.Parallel()
	tb := &failing{TB: t}
	thanks := []routing.Route{{Handler: handling.Dummy{}, Senders: sending.List(sending.Text("Thank you!").Publicly())}}
	chat := startPatient(tb, messenger.Config{Policy: routing.Policy{receiving.TypeComment: thanks, receiving.TypeVisitorPost: thanks}})
	ada, eve := chat.Person("Ada", ""), chat.Person("Eve", "")
	for _, write := range []func(string) string{ada.Comments, ada.Posts} {
		id := write("What a lamp!")
		tb.expect(`the page has said more: "Thank you!", in public, below `+id, ada.SeesNothing)
		eve.SeesNothing()
		ada.SeesBelow(id, "Thank you!")
		ada.SeesNothing()
	}
}
