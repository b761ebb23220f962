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
