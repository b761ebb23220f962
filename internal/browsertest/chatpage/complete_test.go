package chatpage_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// undrawn are builders that have no message of their own here, and why.
var undrawn = map[string]string{
	"Action":     "it is no message; the typing dots are tried elsewhere",
	"ReactTo":    "it is no message, but a mark on one",
	"UnreactTo":  "it is no message, but a mark on one",
	"Uploaded":   "the message is that of Media, by an id that the platform gave",
	"LikeHeart":  "it is for Instagram: TestInstagram",
	"MediaShare": "it is for Instagram: TestInstagram",
	"Buttons":    "its message is that of ButtonTemplate",
}

// Every function and type of package sending that makes a message is drawn in TestEveryMessageIsDrawn.
func TestDrawingsAreComplete(t *testing.T) {
	t.Parallel()
	drawn := map[string]bool{}
	for _, d := range drawings("https://shop.example/picture.png") {
		drawn[d.builder] = true
	}
	files, err := filepath.Glob("../../../sending/*.go")
	require.NoError(t, err)
	found := 0
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		require.NoError(t, err)
		for _, decl := range file.Decls {
			builder := builderOf(decl)
			if builder == "" {
				continue
			}
			found++
			if undrawn[builder] == "" {
				require.Truef(t, drawn[builder], "sending.%s makes a message: add one to drawings", builder)
			}
		}
	}
	require.Greater(t, found, 20, "the builders were not found")
}

// builderOf is the name of a function that makes a Message, or of the type whose method Message does; empty for all else.
func builderOf(decl ast.Decl) string {
	f, ok := decl.(*ast.FuncDecl)
	if !ok || !f.Name.IsExported() || f.Type.Results == nil || len(f.Type.Results.List) == 0 {
		return ""
	}
	if result, ok := f.Type.Results.List[0].Type.(*ast.Ident); !ok || result.Name != "Message" {
		return ""
	}
	if f.Recv == nil {
		if f.Name.Name == "Address" {
			return "" // it changes one
		}
		return f.Name.Name
	}
	if of, ok := f.Recv.List[0].Type.(*ast.Ident); ok && f.Name.Name == "Message" {
		return of.Name
	}
	return ""
}
