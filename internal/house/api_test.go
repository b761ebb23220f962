package house_test

import (
	"bytes"
	"flag"
	"go/ast"
	"go/doc"
	"go/parser"
	"go/printer"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write testdata/api.txt anew")

// TestPublicAPI: what users can name changes only on purpose. testdata/api.txt has a line for each exported name.
func TestPublicAPI(t *testing.T) {
	t.Parallel()
	var lines []string
	for _, p := range list(t, "./...") {
		if p.Name == "main" || isInternal(p.ImportPath) {
			continue
		}
		lines = append(lines, exportedBy(t, p)...)
	}
	slices.Sort(lines)
	got, golden := strings.Join(lines, "\n")+"\n", filepath.Join("testdata", "api.txt")
	if *update {
		require.NoError(t, os.WriteFile(golden, []byte(got), 0o600))
	}
	want, err := os.ReadFile(golden)
	require.NoError(t, err)
	gone, added := difference(strings.Split(strings.TrimSpace(string(want)), "\n"), lines)
	require.Empty(t, gone+added, "the public API has changed; if that is meant, run make api, and write the change into CHANGELOG.md")
}

// difference returns the lines that are only in one of two sorted lists.
func difference(before, after []string) (gone, added string) {
	for _, line := range before {
		if _, found := slices.BinarySearch(after, line); !found {
			gone += "\n- " + line
		}
	}
	for _, line := range after {
		if _, found := slices.BinarySearch(before, line); !found {
			added += "\n+ " + line
		}
	}
	return gone, added
}

// exportedBy returns a line for each exported name of a package.
func exportedBy(t *testing.T, p listed) []string {
	t.Helper()
	fset := token.NewFileSet()
	var files []*ast.File
	for _, name := range slices.Concat(p.GoFiles, p.CgoFiles) {
		file, err := parser.ParseFile(fset, filepath.Join(p.Dir, name), nil, parser.ParseComments)
		require.NoError(t, err)
		files = append(files, file)
	}
	a := api{t: t, fset: fset, pkg: p.folder()}
	if a.pkg == "." {
		a.pkg = p.Name
	}
	a.promoted(files) // before doc drops what is not exported
	pkg, err := doc.NewFromFiles(fset, files, p.ImportPath)
	require.NoError(t, err)
	a.values(pkg.Consts)
	a.values(pkg.Vars)
	a.funcs(pkg.Funcs)
	for _, typ := range pkg.Types {
		a.values(typ.Consts)
		a.values(typ.Vars)
		a.funcs(typ.Funcs)
		a.funcs(typ.Methods)
		for _, spec := range typ.Decl.Specs {
			a.typ(spec.(*ast.TypeSpec))
		}
	}
	return a.lines
}

// api collects the lines of a package.
type api struct {
	t     *testing.T
	fset  *token.FileSet
	pkg   string
	lines []string
}

func (a *api) add(parts ...string) {
	a.lines = append(a.lines, strings.TrimSpace(a.pkg+": "+strings.Join(parts, " ")))
}

// source is a piece of code on one line.
func (a *api) source(node any) string {
	var out bytes.Buffer
	require.NoError(a.t, printer.Fprint(&out, a.fset, node))
	return strings.Join(strings.Fields(out.String()), " ")
}

// values adds constants or variables. One without a type of its own, in a group of iota, has that of the one before it.
func (a *api) values(groups []*doc.Value) {
	for _, group := range groups {
		typ := ""
		for _, spec := range group.Decl.Specs {
			spec := spec.(*ast.ValueSpec)
			switch {
			case spec.Type != nil:
				typ = " " + a.source(spec.Type)
			case len(spec.Values) > 0:
				typ = ""
			}
			for _, name := range spec.Names {
				if name.IsExported() {
					a.add(group.Decl.Tok.String(), name.Name+typ)
				}
			}
		}
	}
}

func (a *api) funcs(funcs []*doc.Func) {
	for _, f := range funcs {
		decl := *f.Decl
		decl.Doc, decl.Body = nil, nil
		if f.Recv == "" {
			a.add(a.source(&decl))
			continue
		}
		a.add("method", f.Recv+"."+f.Name+strings.TrimPrefix(a.source(decl.Type), "func"))
	}
}

func (a *api) typ(spec *ast.TypeSpec) {
	head := "type " + spec.Name.Name
	if spec.TypeParams != nil {
		params := a.source(&ast.FuncType{TypeParams: spec.TypeParams, Params: &ast.FieldList{}})
		head += strings.TrimSuffix(strings.TrimPrefix(params, "func"), "()")
	}
	if spec.Assign != 0 {
		head += " ="
	}
	switch typ := spec.Type.(type) {
	case *ast.StructType:
		a.add(head, "struct")
		a.members("field", spec.Name.Name, typ.Fields)
	case *ast.InterfaceType:
		a.add(head, "interface")
		a.members("in", spec.Name.Name, typ.Methods)
	default:
		a.add(head, a.source(spec.Type))
	}
}

// members adds what a struct or an interface has. What it embeds counts too, exported or not: its members are the type's.
func (a *api) members(kind, of string, list *ast.FieldList) {
	for _, field := range list.List {
		if len(field.Names) == 0 {
			a.add(kind, of, "embeds", a.source(field.Type))
		}
		for _, name := range field.Names {
			if !name.IsExported() {
				continue
			}
			if kind == "in" {
				a.add(kind, of+"."+name.Name+strings.TrimPrefix(a.source(field.Type), "func"))
				continue
			}
			a.add(kind, of+"."+name.Name, a.source(field.Type))
		}
	}
}
