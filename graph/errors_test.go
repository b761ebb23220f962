package graph_test

import (
	"go/ast"
	"go/parser"
	gotoken "go/token"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/graph"
)

// words are a comment's, without its line ends.
func words(comment *ast.CommentGroup) string {
	return strings.Join(strings.Fields(comment.Text()), " ")
}

// The documentation of each sentinel lists the codes that it stands for, and no others.
func TestSentinelsListTheirCodes(t *testing.T) {
	t.Parallel()
	file, err := parser.ParseFile(gotoken.NewFileSet(), "errors.go", nil, parser.ParseComments)
	require.NoError(t, err)
	docs := map[string]string{} // by the sentinel's name
	for _, decl := range file.Decls {
		if d, ok := decl.(*ast.GenDecl); ok && d.Tok == gotoken.VAR {
			docs[""] = words(d.Doc)
			for _, spec := range d.Specs {
				if v, ok := spec.(*ast.ValueSpec); ok {
					docs[v.Names[0].Name] = words(v.Doc)
				}
			}
		}
	}
	number := regexp.MustCompile(`\b\d+(?:/\d+| to \d+)?\b`)
	for name, sentinel := range map[string]error{
		"ErrNotThreadOwner": graph.ErrNotThreadOwner, "ErrOutsideWindow": graph.ErrOutsideWindow,
		"ErrPageRestricted": graph.ErrPageRestricted, "ErrPermission": graph.ErrPermission,
		"ErrPersonUnavailable": graph.ErrPersonUnavailable, "ErrProfileUnavailable": graph.ErrProfileUnavailable,
		"ErrRateLimited": graph.ErrRateLimited, "ErrTokenInvalid": graph.ErrTokenInvalid,
	} {
		want := graph.CodesOf(sentinel)
		if name == "ErrTokenInvalid" {
			want = append(want, "100") // with words about the proof
		}
		_, codes, _ := strings.Cut(strings.ReplaceAll(docs[name], "Subcodes ", "Codes: "), "Codes: ")
		require.ElementsMatch(t, want, number.FindAllString(codes, -1), name)
	}
	for _, code := range graph.CodesOf(nil) {
		if head, _, ok := strings.Cut(code, "/"); ok && slices.ContainsFunc(sentinels, func(s error) bool { return slices.Contains(graph.CodesOf(s), head) }) {
			require.Contains(t, docs[""], code)
		}
	}
}
