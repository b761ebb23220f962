package extract_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/i18n/extract"
)

// bot is the program of the tests, which is read once.
var bot = sync.OnceValues(func() (*extract.Result, error) {
	return extract.Load(context.Background(), extract.Config{Dir: "testdata/bot", Patterns: []string{"."}})
})

// wanted reads the comments of the program: what is found in which line.
func wanted(t *testing.T, marker string) []string {
	t.Helper()
	var all []string
	for _, name := range []string{"library.go", "texts.go"} {
		data, err := os.ReadFile(filepath.Join("testdata/bot", name))
		require.NoError(t, err)
		for i, line := range strings.Split(string(data), "\n") {
			_, comment, ok := strings.Cut(line, "// "+marker+": ")
			if !ok {
				continue
			}
			for what := range strings.SplitSeq(comment, "; "+marker+": ") {
				all = append(all, at(name, i+1, what))
			}
		}
	}
	slices.Sort(all)
	return all
}

func at(file string, line int, what string) string {
	return extract.Place{File: file, Line: line}.String() + " " + what
}

// Every text is found in the line that says so, and no other string of the program.
func TestTextsAreFollowedToTheConstantsOfTheProgram(t *testing.T) {
	t.Parallel()
	result, err := bot()
	require.NoError(t, err)
	var found []string
	for _, text := range result.Texts {
		for _, p := range text.Places {
			if !strings.Contains(text.ID, "\n") {
				found = append(found, at(p.File, p.Line, text.ID))
			}
		}
	}
	slices.Sort(found)
	require.Equal(t, wanted(t, "text"), slices.Compact(found))
}

func TestWhatIsMadeAtRunTimeIsListed(t *testing.T) {
	t.Parallel()
	result, err := bot()
	require.NoError(t, err)
	var found []string
	for _, u := range result.Unknown {
		require.Positive(t, u.Column)
		if strings.Contains(u.Why, "Sprintf") || strings.Contains(u.Why, "put together") && u.Column == 9 {
			require.Equal(t, "order.", u.Prefix)
		}
		found = append(found, at(u.File, u.Line, u.Why))
	}
	slices.Sort(found)
	require.Equal(t, wanted(t, "unknown"), found)
}

func texts(t *testing.T, result *extract.Result) map[string]extract.Text {
	t.Helper()
	all := map[string]extract.Text{}
	for _, text := range result.Texts {
		require.NotContains(t, all, text.ID)
		all[text.ID] = text
	}
	require.True(t, slices.IsSortedFunc(result.Texts, func(a, b extract.Text) int { return strings.Compare(a.ID, b.ID) }))
	return all
}

func TestATextKnowsWhereItComesFromAndWhatItBecomes(t *testing.T) {
	t.Parallel()
	result, err := bot()
	require.NoError(t, err)
	all := texts(t, result)
	require.Equal(t, []extract.Place{{File: "texts.go", Line: 21, Column: 19}, {File: "texts.go", Line: 62, Column: 11}}, all["status.paid"].Places)
	require.Contains(t, all, "raw\ntext")
	require.True(t, all["looked up"].Optional)
	require.False(t, all["filled"].Optional)
	require.Contains(t, all["chip"].Fields, "github.com/djmessenger/messenger/sending.QuickReply.Title")
	require.Contains(t, all["Small"].Fields, "github.com/djmessenger/messenger/dialog.Option.Title")
	require.Contains(t, all["Menu title"].Fields, "github.com/djmessenger/messenger/threadsettings.MenuItem.Title")
	require.Equal(t, []string{"github.com/djmessenger/messenger/i18n/extract/testdata/bot.order.Note"}, all["field.pointed"].Fields)
}

// A package says texts of its own. What it only offers as an example is left out.
func TestTextsOfImportedPackages(t *testing.T) {
	t.Parallel()
	result, err := bot()
	require.NoError(t, err)
	all := texts(t, result)
	require.Equal(t, []string{"github.com/djmessenger/messenger/i18n/extract/testdata/words"}, all["words.hello"].Imported)
	require.Empty(t, all["words.hello"].Places)
	require.Contains(t, all, "words.called")
	require.NotContains(t, all, "words.example")
	require.Equal(t, []string{"github.com/djmessenger/messenger/dialog"}, all["That question is no longer open."].Imported)
	require.NotContains(t, all, "Please send a picture.", "the program asks for none")
	require.NotContains(t, all, "Thanks for the thumb!", "the program has a policy of its own, or none")
}

func TestTheFieldsOfTheLibraryAreDerived(t *testing.T) {
	t.Parallel()
	result, err := bot()
	require.NoError(t, err)
	fields := map[string]int{}
	for _, f := range result.Fields {
		fields[f.Name] = f.Limit
	}
	for _, field := range []string{"sending.SimpleMessage.Text", "sending.Button.Title", "sending.Element.Subtitle", "dialog.Question.Text", "dialog.Words.Closed", "threadsettings.IceBreaker.Question"} {
		require.Contains(t, fields, "github.com/djmessenger/messenger/"+field)
	}
	for _, field := range []string{"sending.Message.Text", "sending.Button.Payload", "sending.Element.ImageURL", "dialog.Question.Name", "dialog.Dialog.Name", "threadsettings.MenuItem.Payload"} {
		require.NotContains(t, fields, "github.com/djmessenger/messenger/"+field)
	}
}

// The limits are those that the code gives to the functions which shorten texts.
func TestLimitsAreDerived(t *testing.T) {
	t.Parallel()
	result, err := bot()
	require.NoError(t, err)
	fields := map[string]int{}
	for _, f := range result.Fields {
		fields[strings.TrimPrefix(f.Name, "github.com/djmessenger/messenger/")] = f.Limit
	}
	for field, limit := range map[string]int{
		"sending.Button.Title": 20, "sending.QuickReply.Title": 20, "sending.Buttons.Text": 640, "sending.Element.Title": 80, "sending.Element.Subtitle": 80,
		"sending.LongText.Text": 0, "dialog.Option.Title": 20, "dialog.Words.SkipTitle": 20, "dialog.Words.Closed": 0, "dialog.Question.Text": 0,
		"threadsettings.MenuItem.Title": 30, "threadsettings.Greeting.Text": 160, "threadsettings.IceBreaker.Question": 80,
		"i18n/extract/testdata/bot.order.Short": 12,
	} {
		require.Contains(t, fields, field)
		require.Equal(t, limit, fields[field], field)
	}
	all := texts(t, result)
	require.Equal(t, 7, all["limited.directly"].Limit)
	require.Zero(t, all["orders.shipped"].Limit)
	require.Contains(t, all["limited.field"].Fields, "github.com/djmessenger/messenger/i18n/extract/testdata/bot.order.Short")
}

// Of code that does not compile not all texts are known, so none are given.
func TestCodeThatDoesNotCompile(t *testing.T) {
	t.Parallel()
	result, err := extract.Load(t.Context(), extract.Config{Dir: "testdata", Patterns: []string{"./broken"}})
	require.Nil(t, result)
	var bad *extract.CompileError
	require.ErrorAs(t, err, &bad)
	require.Contains(t, bad.Problems, "broken/broken.go:11:38: undefined: missing")
	require.ErrorContains(t, err, "does not compile")
}

func TestWhatThereIsNothingToReadIn(t *testing.T) {
	t.Parallel()
	silent, err := extract.Load(t.Context(), extract.Config{Dir: "testdata/silent", Patterns: []string{"."}})
	require.NoError(t, err)
	require.Equal(t, &extract.Result{}, silent)

	_, err = extract.Load(t.Context(), extract.Config{Dir: "testdata/silent/empty", Patterns: []string{"./..."}})
	require.ErrorContains(t, err, "no Go package matches ./...")

	_, err = extract.Load(t.Context(), extract.Config{Dir: "testdata", Patterns: []string{"./missing"}})
	require.ErrorContains(t, err, "missing")

	_, err = extract.Load(t.Context(), extract.Config{Dir: filepath.Join(t.TempDir(), "nowhere")})
	require.Error(t, err)

	ctx, cancel := context.WithCancelCause(t.Context())
	stopped := os.ErrClosed
	cancel(stopped)
	_, err = extract.Load(ctx, extract.Config{Dir: "testdata/silent"})
	require.ErrorIs(t, err, stopped)
}

// The go command reads the code. Without one the error says what to install.
func TestNoGoCommand(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	_, err := extract.Load(t.Context(), extract.Config{Dir: "testdata/silent"})
	require.ErrorIs(t, err, extract.ErrNoGo)
	require.ErrorContains(t, err, "install Go")
}
