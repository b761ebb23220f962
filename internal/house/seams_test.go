package house_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// seams are the exported names with a type of an internal package, which programs cannot name, and so cannot use. Each says in
// its comment for whom it is.
var seams = []string{
	"store/gormstore: func Open(db *database.Database, opts ...Option) (*Store, error)", // for the packages that know a kind of database
}

// TestPublicNamesUseNoInternalTypes: what a program can see, it can use.
func TestPublicNamesUseNoInternalTypes(t *testing.T) {
	t.Parallel()
	var found []string
	for _, p := range list(t, "./...") {
		names := internalNames(p.Imports)
		if p.Name == "main" || isInternal(p.ImportPath) || names == nil {
			continue
		}
		for _, line := range exportedBy(t, p) {
			if names.MatchString(line) {
				found = append(found, line)
			}
		}
	}
	require.ElementsMatch(t, seams, found)
}

func isInternal(importPath string) bool {
	return slices.Contains(strings.Split(importPath, "/"), "internal")
}

// internalNames finds a selector of an internal package among those that are imported; nil if there is none.
func internalNames(imports []string) *regexp.Regexp {
	var names []string
	for _, imported := range imports {
		if strings.HasPrefix(imported, module+"/") && isInternal(imported) {
			names = append(names, regexp.QuoteMeta(path.Base(imported)))
		}
	}
	if len(names) == 0 {
		return nil
	}
	return regexp.MustCompile(`\b(` + strings.Join(names, "|") + `)\.[A-Z]`)
}

// promoted adds the methods that a type has from what it embeds by an alias that is not exported, such as
// `type operations = queue.Operations`. Methods of its own are not added twice.
func (a *api) promoted(files []*ast.File) {
	own := map[string]bool{} // "Store.Commit"
	aliases := map[string]string{}
	for _, file := range files {
		for _, decl := range file.Decls {
			if f, ok := decl.(*ast.FuncDecl); ok && f.Recv != nil {
				own[receiver(f)+"."+f.Name.Name] = true
			}
		}
		for _, spec := range typeSpecs(file) {
			if of, ok := spec.Type.(*ast.SelectorExpr); ok && spec.Assign != 0 {
				aliases[spec.Name.Name] = imported(file, of.X) + "." + of.Sel.Name
			}
		}
	}
	for _, file := range files {
		for _, spec := range typeSpecs(file) {
			structure, ok := spec.Type.(*ast.StructType)
			if !ok || !spec.Name.IsExported() {
				continue
			}
			for _, field := range structure.Fields.List {
				name, ok := field.Type.(*ast.Ident)
				if !ok || len(field.Names) > 0 || name.IsExported() || aliases[name.Name] == "" {
					continue
				}
				a.methodsOf(aliases[name.Name], spec.Name.Name, own)
			}
		}
	}
}

// methodsOf adds the exported methods of a type of another package, as those of a type that embeds it.
func (a *api) methodsOf(embedded, by string, own map[string]bool) {
	dot := strings.LastIndex(embedded, ".")
	p := list(a.t, embedded[:dot])[0]
	for _, name := range p.GoFiles {
		file, err := parser.ParseFile(a.fset, filepath.Join(p.Dir, name), nil, parser.SkipObjectResolution)
		require.NoError(a.t, err)
		for _, decl := range file.Decls {
			f, ok := decl.(*ast.FuncDecl)
			if ok && f.Recv != nil && f.Name.IsExported() && receiver(f) == embedded[dot+1:] && !own[by+"."+f.Name.Name] {
				a.add("method", "*"+by+"."+f.Name.Name+strings.TrimPrefix(a.source(f.Type), "func"))
			}
		}
	}
}

// receiver is the name of the type that has a method.
func receiver(f *ast.FuncDecl) string {
	typ := f.Recv.List[0].Type
	if star, ok := typ.(*ast.StarExpr); ok {
		typ = star.X
	}
	if name, ok := typ.(*ast.Ident); ok {
		return name.Name
	}
	return "" // of a generic type
}

func typeSpecs(file *ast.File) (specs []*ast.TypeSpec) {
	for _, decl := range file.Decls {
		if group, ok := decl.(*ast.GenDecl); ok && group.Tok == token.TYPE {
			for _, spec := range group.Specs {
				specs = append(specs, spec.(*ast.TypeSpec))
			}
		}
	}
	return specs
}

// imported is the path of the package that a name stands for.
func imported(file *ast.File, name ast.Expr) string {
	for _, spec := range file.Imports {
		to, err := strconv.Unquote(spec.Path.Value)
		if x, ok := name.(*ast.Ident); err == nil && ok && path.Base(to) == x.Name {
			return to
		}
	}
	return ""
}
