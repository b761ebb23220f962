package graph_test

import (
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	gotoken "go/token"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/graph"
)

//go:generate go test -run ^TestErrorsPage$ . -update
var update = flag.Bool("update", false, "write docs/errors.md")

const errorsPage = "../docs/errors.md"

// docs/errors.md is the table of the code, in words.
func TestErrorsPage(t *testing.T) {
	t.Parallel()
	want := errorsText(t)
	if *update {
		require.NoError(t, os.WriteFile(errorsPage, []byte(want), 0o644))
	}
	got, err := os.ReadFile(errorsPage)
	require.NoError(t, err)
	require.Equal(t, want, string(got), "run: go generate ./graph")
}

func errorsText(t *testing.T) string {
	t.Helper()
	names := sentinelNames(t)
	var b strings.Builder
	b.WriteString(`# Errors of the Graph API

What the bot does about a refused call. The tables are made from the code by ` + "`go generate ./graph`" + `.

* **Code** is ` + "`code/subcode`" + ` of the answer. A code without a subcode stands for all its subcodes that have no row of their own, and
  ` + "`any`" + ` for every code. A subcode of seven digits means the same with every code, and as a code.
* **Message** is a part of the message that the row needs, in any case. The platform may translate messages; a refusal whose English
  text is missing is taken for what its code means otherwise.
* **Source** is a page of Meta's documentation, or a public client or report that met the code.

` + "`graph.Error.Meaning`" + ` returns the meaning, ` + "`graph.Classify`" + ` the class, and ` + "`errors.Is`" + ` finds the error. Reported messages
are passed to ` + "`Config.OnSendFailed`" + `, recorded and logged; the next message of the conversation then goes out.

## Meanings

The log line of a refusal has its meaning as ` + "`meaning`" + `. Concerns says whose other messages will be refused, too; a dash stands for this message
only. What concerns a page or an app fails for everyone there until the operator has acted: alert on it.

| Meaning | Error | Class | Concerns | What the bot does with a message | What the operator does |
|---|---|---|---|---|---|
`)
	for _, m := range graph.Meanings() {
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s |\n", m, code(names[graph.SentinelOf(m)]), graph.RetryOf(m), dash(graph.ScopeOf(m)), graph.BotOf(m), dash(graph.OperatorOf(m)))
	}
	b.WriteString("\n## Codes\n\nThe first row that fits counts.\n\n| Code | Message | Meaning | What the platform says | Source |\n|---|---|---|---|---|\n")
	for _, r := range graph.CodeRows() {
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s |\n", r.Name, code(r.Text), r.Meaning, r.Note, link(r.Source))
	}
	return b.String()
}

// dash stands for what is not there.
func dash(s string) string {
	if s == "" {
		return "–"
	}
	return s
}

// code returns s as code, and what is not there as a dash.
func code(s string) string {
	if s == "" {
		return "–"
	}
	return "`" + s + "`"
}

// link names a source by its last words.
func link(source string) string {
	path, ok := strings.CutPrefix(source, "https://")
	if !ok {
		return source
	}
	name := path
	if repository, ok := strings.CutPrefix(path, "github.com/"); ok {
		parts := strings.Split(repository, "/")
		name = strings.Join(parts[:2], "/")
		if len(parts) == 4 {
			name += "#" + parts[3]
		}
	} else if words := strings.Split(path, "/"); words[0] == "developers.facebook.com" {
		name = "Meta: " + strings.Join(words[len(words)-2:], "/")
	}
	return "[" + name + "](" + source + ")"
}

// sentinelNames returns the exported errors of this package by their value, under the names that users write.
func sentinelNames(t *testing.T) map[error]string {
	t.Helper()
	names := map[error]string{
		graph.ErrAlreadyDone: "ErrAlreadyDone", graph.ErrDuplicate: "ErrDuplicate", graph.ErrInvalidRequest: "ErrInvalidRequest",
		graph.ErrNotForPerson: "ErrNotForPerson", graph.ErrNotThreadOwner: "ErrNotThreadOwner", graph.ErrOutsideWindow: "ErrOutsideWindow",
		graph.ErrPageRestricted: "ErrPageRestricted", graph.ErrPermission: "ErrPermission", graph.ErrPersonUnavailable: "ErrPersonUnavailable",
		graph.ErrProfileUnavailable: "ErrProfileUnavailable", graph.ErrRateLimited: "ErrRateLimited", graph.ErrTokenInvalid: "ErrTokenInvalid",
		graph.ErrTooSoon: "ErrTooSoon", graph.ErrTransient: "ErrTransient",
	}
	file, err := parser.ParseFile(gotoken.NewFileSet(), "errors.go", nil, 0)
	require.NoError(t, err)
	declared := 0
	for _, decl := range file.Decls {
		if d, ok := decl.(*ast.GenDecl); ok && d.Tok == gotoken.VAR {
			for _, spec := range d.Specs {
				if v, ok := spec.(*ast.ValueSpec); ok && v.Names[0].Name != "ErrNoToken" { // which matches ErrTokenInvalid
					declared++
				}
			}
		}
	}
	require.Len(t, names, declared, "an error is missing here")
	return names
}

func TestTableOfCodes(t *testing.T) {
	t.Parallel()
	rows := graph.CodeRows()
	seen := map[string]bool{}
	for _, r := range rows {
		key := r.Name + " " + r.Text
		require.False(t, seen[key], "%s comes twice", key)
		seen[key] = true
		require.NotEmpty(t, r.Note, key)
		require.NotEmpty(t, r.Source, key)
		require.Equal(t, strings.ToLower(r.Text), r.Text, "%s: texts are compared in lower case", key)
		require.NotEqual(t, graph.MeaningUnknown, r.Meaning, key)
	}
	for _, m := range graph.Meanings()[1:] {
		require.True(t, slices.ContainsFunc(rows, func(r graph.CodeRow) bool { return r.Meaning == m }), "no code means %s", m)
	}
}

// Every row is reached: no earlier one takes its refusals.
func TestEveryRowCounts(t *testing.T) {
	t.Parallel()
	for _, r := range graph.CodeRows() {
		if r.Last != 0 {
			r.Code = r.Last
		}
		err := &graph.Error{Code: r.Code, Subcode: r.Subcode, Message: "(#1) " + strings.ToUpper(r.Text) + "."}
		require.Equal(t, r.Meaning, err.Meaning(), r.Name)
		if r.Subcode >= 1_000_000 {
			require.Equal(t, r.Meaning, (&graph.Error{Code: r.Subcode}).Meaning(), "%s as a code", r.Name)
			require.Equal(t, r.Meaning, (&graph.Error{Code: 424242, Subcode: r.Subcode}).Meaning(), "%s with another code", r.Name)
		}
		if sentinel := graph.SentinelOf(r.Meaning); sentinel != nil {
			require.ErrorIs(t, fmt.Errorf("sending: %w", err), sentinel, r.Name)
		}
		require.Equal(t, graph.RetryOf(r.Meaning), graph.Classify(err), r.Name)
	}
}

// A row that goes by the message leaves other messages to the code.
func TestMessagesTellRefusalsApart(t *testing.T) {
	t.Parallel()
	for message, want := range map[string]struct {
		code    int
		meaning graph.Meaning
	}{
		"An active access token must be used to query information about the current user.": {2500, graph.MeaningToken},
		"Unknown path components: /messages/x":                                             {2500, graph.MeaningInvalid},
		"(#200) Provide valid app ID":                                                      {200, graph.MeaningToken},
		"(#200) Permissions error":                                                         {200, graph.MeaningPermission},
		"(#210) A page access token is required to request this resource.":                 {210, graph.MeaningToken},
		"(#210) User not visible":                                                          {210, graph.MeaningPermission},
		"(#10) This message is sent outside of allowed window.":                            {10, graph.MeaningWindowClosed},
		"(#10) Application does not have permission for this action":                       {10, graph.MeaningPermission},
		"Invalid appsecret_proof provided in the API argument":                             {100, graph.MeaningToken},
		"API calls from the server require an appsecret_proof argument":                    {100, graph.MeaningToken},
		"Invalid parameter":                                                                {100, graph.MeaningInvalid},
		"An access token is required to request this resource.":                            {104, graph.MeaningToken},
		"Invalid OAuth access token.":                                                      {0, graph.MeaningToken},
		"Something else":                                                                   {0, graph.MeaningUnknown},
		"Error validating application. Invalid application ID.":                            {101, graph.MeaningToken},
		"Another 101": {101, graph.MeaningUnknown},
	} {
		require.Equal(t, want.meaning, (&graph.Error{Code: want.code, Message: message}).Meaning(), message)
	}
}

func TestMeaningsHaveNames(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, m := range graph.Meanings() {
		require.False(t, seen[m.String()], m)
		seen[m.String()] = true
	}
	require.Equal(t, "Meaning(99)", graph.Meaning(99).String())
	require.Equal(t, "Meaning(-1)", graph.Meaning(-1).String())
}

func FuzzMeaning(f *testing.F) {
	f.Add(190, 463, "Session has expired")
	f.Add(2500, 0, "An active access token must be used")
	f.Add(-1<<31, 0, "")
	f.Fuzz(func(t *testing.T, code, subcode int, message string) {
		err := &graph.Error{Code: code, Subcode: subcode, Message: message}
		meaning := err.Meaning()
		require.NotContains(t, meaning.String(), "Meaning(")
		if sentinel := graph.SentinelOf(meaning); sentinel != nil {
			require.ErrorIs(t, err, sentinel)
		}
		if code == 190 || code == 102 || subcode == 463 {
			require.ErrorIs(t, err, graph.ErrTokenInvalid, "whatever else the answer says")
		}
		if meaning != graph.MeaningUnknown {
			require.Equal(t, graph.RetryOf(meaning), err.Retry())
		}
	})
}
