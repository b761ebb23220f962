package messengertest_test

import (
	"bytes"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/messengertest"
)

// TestGuidesHaveTheExamples: the code of the guides is the examples that are compiled and
// run here. Readers put it into the package of their program.
func TestGuidesHaveTheExamples(t *testing.T) {
	t.Parallel()
	for example, guide := range map[string]string{
		"example_acts_test.go":           "testing.md",
		"example_faults_test.go":         "testing.md",
		"example_broadcast_test.go":      "broadcasts.md",
		"example_comments_test.go":       "comments.md",
		"example_handlers_test.go":       "handlers.md",
		"example_handover_test.go":       "language-models.md",
		"example_instagramlogin_test.go": "instagram-login.md",
		"example_model_test.go":          "language-models.md",
		"example_oldbutton_test.go":      "testing.md",
		"example_onboarding_test.go":     "pages.md",
		"example_reopen_test.go":         "testing.md",
		"example_sessions_test.go":       "sessions.md",
		"example_signals_test.go":        "signals.md",
		"example_slow_test.go":           "language-models.md",
	} {
		page, err := os.ReadFile(filepath.Join("..", "docs", guide))
		require.NoError(t, err)
		code, err := os.ReadFile(example)
		require.NoError(t, err)
		_, code, ok := bytes.Cut(code, []byte("package messengertest_test\n"))
		require.True(t, ok, example)
		require.Contains(t, string(page), "```go\npackage main\n"+string(code)+"```\n", guide)
	}
}

// TestEveryMethodHasAnExample: each exported method is called in a file of examples, which are compiled.
func TestEveryMethodHasAnExample(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("example_*test.go")
	require.NoError(t, err)
	var code []byte
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		code = append(code, text...)
	}
	for _, of := range []reflect.Type{
		reflect.TypeFor[*messengertest.Chat](), reflect.TypeFor[*messengertest.Person](), reflect.TypeFor[*messengertest.OtherApp](), reflect.TypeFor[*messengertest.Clock](),
	} {
		for _, method := range methodsOf(of) {
			_, name, _ := strings.Cut(method, ".")
			require.Regexp(t, `[.)]`+name+`\b`, string(code), method)
		}
	}
}
