package handling_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const (
	handlingPath  = "github.com/djmessenger/messenger/handling"
	receivingPath = "github.com/djmessenger/messenger/receiving"
)

// compiler type-checks source files against the compiled packages of this module.
type compiler struct{ types.Importer }

func newCompiler(t *testing.T) compiler {
	t.Helper()
	var stderr bytes.Buffer
	cmd := exec.CommandContext(t.Context(), "go", "list", "-export", "-deps", "-json=ImportPath,Export", handlingPath)
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	require.NoError(t, err, "%s", &stderr)
	files := map[string]string{}
	decoder := json.NewDecoder(bytes.NewReader(out))
	for {
		var p struct{ ImportPath, Export string }
		err := decoder.Decode(&p)
		if errors.Is(err, io.EOF) {
			break
		}
		require.NoError(t, err)
		files[p.ImportPath] = p.Export
	}
	return compiler{importer.ForCompiler(token.NewFileSet(), "gc", func(path string) (io.ReadCloser, error) {
		return os.Open(files[path])
	})}
}

// compile returns the errors of a program.
func (c compiler) compile(t *testing.T, source string) []string {
	t.Helper()
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, "bot.go", source, parser.SkipObjectResolution)
	require.NoError(t, err, source)
	var found []string
	config := types.Config{Importer: c, Error: func(err error) {
		var typed types.Error
		require.ErrorAs(t, err, &typed)
		found = append(found, typed.Msg)
	}}
	_, err = config.Check("bot", set, []*ast.File{file}, nil)
	require.Equal(t, len(found) > 0, err != nil)
	return found
}

// base is an exported base of package handling, with its type argument if it needs
// one.
type base struct {
	name string
	arg  string
	typ  types.Type
}

// bases returns the exported types whose names end in Base.
func (c compiler) bases(t *testing.T) []base {
	t.Helper()
	receiving, err := c.Import(receivingPath)
	require.NoError(t, err)
	p, err := c.Import(handlingPath)
	require.NoError(t, err)
	var found []base
	for _, name := range p.Scope().Names() {
		if !strings.HasSuffix(name, "Base") || !token.IsExported(name) {
			continue
		}
		b := base{name: name, typ: p.Scope().Lookup(name).Type()}
		if named, ok := b.typ.(*types.Named); ok && named.TypeParams().Len() == 1 {
			b.arg = "int"
			arg := types.Type(types.Typ[types.Int])
			if !types.Satisfies(arg, constraint(named)) {
				b.arg = "*receiving.Order"
				arg = types.NewPointer(receiving.Scope().Lookup("Order").Type())
			}
			b.typ, err = types.Instantiate(nil, named, []types.Type{arg}, true)
			require.NoError(t, err)
		}
		found = append(found, b)
	}
	return found
}

func constraint(named *types.Named) *types.Interface {
	i, _ := named.TypeParams().At(0).Constraint().Underlying().(*types.Interface)
	return i
}

func (b base) program(rest string) string {
	embedded := "handling." + b.name
	if b.arg != "" {
		embedded += "[" + b.arg + "]"
	}
	return fmt.Sprintf(`package bot

import (
	"context"

	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/sending"
)

var (
	_ context.Context
	_ *receiving.Event
	_ *sending.Replier
)

type handler struct{ %s }
%s
var _ handling.Handler = handler{}
`, embedded, rest)
}

// TestForgottenHandleDoesNotCompile: a handler that embeds a base and forgets the one
// method that it must write, or misspells it, is refused by the compiler.
func TestForgottenHandleDoesNotCompile(t *testing.T) {
	t.Parallel()
	c := newCompiler(t)
	bases := c.bases(t)
	var names []string
	for _, b := range bases {
		names = append(names, b.name)
		for what, method := range map[string]string{
			"forgotten":  "",
			"misspelled": "func (handler) Handel(context.Context, *receiving.Event, *sending.Replier) error { return nil }",
		} {
			got := c.compile(t, b.program(method))
			require.Len(t, got, 1, "%s, %s: %q", b.name, what, got)
			require.Contains(t, got[0], "missing method Handle", b.name)
		}
		wrong := c.compile(t, b.program("func (handler) Handle(context.Context, *receiving.Event) error { return nil }"))
		require.Len(t, wrong, 1, b.name)
		require.Contains(t, wrong[0], "wrong type for method Handle", b.name)

		require.Empty(t, c.compile(t, b.program(
			"func (handler) Handle(context.Context, *receiving.Event, *sending.Replier) error { return nil }")), b.name)

		// By value and by pointer, a base supplies the rest of a handler.
		for _, name := range []string{"ShouldHandle", "Handles"} {
			found, _, _ := types.LookupFieldOrMethod(b.typ, false, nil, name)
			require.NotNil(t, found, "%s has no %s with a value receiver", b.name, name)
		}
	}
	require.Equal(t, []string{
		"AccountLinkingBase", "AuthenticationBase", "CommentBase", "DeliveryBase", "EchoBase", "EventBase", "FeedbackBase", "MultimediaBase",
		"OptInBase", "PostbackBase", "QuickReplyBase", "ReactionBase", "ReadBase", "ReferralBase", "SignalBase", "TapBase", "TextBase", "ThreadControlBase",
	}, names)
}

// TestBasesCallNoMethodThatAUserMayOverride: Go has no virtual dispatch, so a base that
// called its own exported method would pass over the one that an embedding struct
// wrote.
func TestBasesCallNoMethodThatAUserMayOverride(t *testing.T) {
	t.Parallel()
	entries, err := os.ReadDir(".")
	require.NoError(t, err)
	checked := 0
	for _, entry := range entries {
		if !strings.HasSuffix(entry.Name(), ".go") || strings.HasSuffix(entry.Name(), "_test.go") {
			continue
		}
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, entry.Name(), nil, parser.SkipObjectResolution)
		require.NoError(t, err)
		for _, decl := range file.Decls {
			method, ok := decl.(*ast.FuncDecl)
			if !ok || method.Recv == nil || !ast.IsExported(receiverType(method.Recv.List[0].Type)) {
				continue
			}
			checked++
			ast.Inspect(method.Body, func(n ast.Node) bool {
				call, ok := n.(*ast.CallExpr)
				if !ok || len(method.Recv.List[0].Names) == 0 {
					return true
				}
				if f, ok := call.Fun.(*ast.SelectorExpr); ok && ast.IsExported(f.Sel.Name) {
					x, ok := f.X.(*ast.Ident)
					require.False(t, ok && x.Name == method.Recv.List[0].Names[0].Name,
						"%s: %s calls %s of its own receiver", set.Position(call.Pos()), method.Name.Name, f.Sel.Name)
				}
				return true
			})
		}
	}
	require.Greater(t, checked, 40)
}

func receiverType(expr ast.Expr) string {
	switch e := expr.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.StarExpr:
		return receiverType(e.X)
	case *ast.IndexExpr:
		return receiverType(e.X)
	}
	return ""
}
