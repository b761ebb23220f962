package extract

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/tools/go/packages"
)

// trace follows values back to the constants that they come from.
type trace struct {
	*flow

	places map[place]bool
	exprs  map[ast.Expr]bool
	found  func(in *packages.Package, expr ast.Expr, id string)
	lost   func(in *packages.Package, pos token.Pos, why, prefix string)
}

// source follows what flows into a place.
func (t *trace) source(s source) {
	switch {
	case s.from != nil:
		t.place(s.from)
	case s.made:
		t.lost(s.in, s.expr.Pos(), "a text that is put together at run time", "")
	default:
		t.expr(s.in, s.expr, s.nth)
	}
}

// place follows what may be in a place.
func (t *trace) place(p place) {
	if v, ok := p.(*types.Var); ok {
		p = v.Origin()
	}
	if t.places[p] {
		return
	}
	t.places[p] = true
	for _, s := range t.sources[p] {
		t.source(s)
	}
	v, ok := p.(*types.Var)
	if !ok {
		return
	}
	param, isParam := t.params[v]
	switch {
	case isParam && !t.callers(param) && len(t.sources[p]) == 0:
		t.lost(param.in, v.Pos(), "the parameter "+v.Name()+" of a function that nothing here calls", "")
	case v.IsField() && len(t.sources[p]) == 0 && t.owners[v] != "":
		if in := t.packageAt(v.Pos()); in != nil {
			t.lost(in, v.Pos(), "the field "+v.Name()+", which nothing here sets; it may be decoded from a file", "")
		}
	}
}

// callers follows the arguments of calls that are not calls by name, and reports whether there are any.
func (t *trace) callers(param at) bool {
	found := false
	follow := func(calls []call) {
		for _, c := range calls {
			for i, arg := range c.args {
				if i == param.index || i > param.index && c.dots {
					found = true
					t.expr(c.in, arg, 0)
				}
			}
		}
	}
	for _, holder := range t.held[param.function] {
		follow(t.calls[holder])
	}
	fn, ok := param.function.(*types.Func)
	if !ok || fn.Signature().Recv() == nil {
		return found
	}
	for _, m := range t.methods[fn.Name()] { // of an interface
		face, ok := m.Signature().Recv().Type().Underlying().(*types.Interface)
		if !ok || !types.Implements(fn.Signature().Recv().Type(), face) && !types.Implements(types.NewPointer(fn.Signature().Recv().Type()), face) {
			continue
		}
		if p := paramAt(m.Signature(), param.index); p != nil && len(t.sources[p]) > 0 {
			found = true
			t.place(p)
		}
	}
	return found
}

// expr follows an expression.
func (t *trace) expr(in *packages.Package, expr ast.Expr, nth int) {
	expr = ast.Unparen(expr)
	if t.exprs[expr] && nth == 0 {
		return
	}
	t.exprs[expr] = nth == 0
	if value := in.TypesInfo.Types[expr]; value.Value != nil {
		if value.Value.Kind() == constant.String {
			t.found(in, expr, constant.StringVal(value.Value))
		}
		return
	}
	if nth == keysOf {
		t.keys(in, expr)
		return
	}
	switch e := expr.(type) {
	case *ast.Ident, *ast.SelectorExpr:
		if p := placeOf(in, e); p != nil {
			t.place(p)
		}
	case *ast.StarExpr:
		t.expr(in, e.X, 0)
	case *ast.UnaryExpr:
		t.expr(in, e.X, 0)
	case *ast.IndexExpr:
		t.element(in, e.X, e)
	case *ast.SliceExpr:
		t.element(in, e.X, e)
	case *ast.TypeAssertExpr:
		t.expr(in, e.X, 0)
	case *ast.CompositeLit:
		t.literal(in, e)
	case *ast.CallExpr:
		t.call(in, e, nth)
	case *ast.BinaryExpr:
		t.lost(in, e.Pos(), "a text that is put together at run time", prefixOf(in, e))
	}
}

// element follows what holds a value; a part of a text is made at run time.
func (t *trace) element(in *packages.Package, holder, whole ast.Expr) {
	if _, ok := under(in.TypesInfo.TypeOf(holder)).(*types.Basic); ok {
		t.lost(in, whole.Pos(), "a part of a text", "")
		return
	}
	t.expr(in, holder, 0)
}

func (t *trace) literal(in *packages.Package, lit *ast.CompositeLit) {
	if _, ok := under(in.TypesInfo.TypeOf(lit)).(*types.Struct); ok {
		return // its fields are places of their own
	}
	for _, e := range lit.Elts {
		if kv, ok := e.(*ast.KeyValueExpr); ok {
			e = kv.Value
		}
		t.expr(in, e, 0)
	}
}

// keys follows the keys of a map that is written as a literal.
func (t *trace) keys(in *packages.Package, expr ast.Expr) {
	if _, ok := under(in.TypesInfo.TypeOf(expr)).(*types.Map); !ok {
		return // an index is no text
	}
	literals := []source{{in: in, expr: expr}}
	if p := placeOf(in, expr); p != nil {
		literals = t.sources[p]
	}
	for _, s := range literals {
		lit, ok := ast.Unparen(s.expr).(*ast.CompositeLit)
		if !ok {
			t.lost(in, expr.Pos(), "a key of a map", "")
			continue
		}
		for _, e := range lit.Elts {
			if kv, ok := e.(*ast.KeyValueExpr); ok {
				t.expr(s.in, kv.Key, 0)
			}
		}
	}
}

// passing are functions that give back what they are given, or parts of it.
var passing = []string{"cmp.Or", "maps.Clone", "maps.Values", "slices.All", "slices.Backward", "slices.Clip", "slices.Clone", "slices.Collect", "slices.Concat", "slices.Insert", "slices.Sorted", "slices.Values"}

// passes reports whether a call gives back what it is given.
func passes(in *packages.Package, e *ast.CallExpr) bool {
	fn, ok := calleeOf(in, e).(*types.Func)
	return ok && slices.Contains(passing, fn.FullName())
}

func (t *trace) call(in *packages.Package, e *ast.CallExpr, nth int) {
	if in.TypesInfo.Types[e.Fun].IsType() {
		t.expr(in, e.Args[0], 0)
		return
	}
	if name, ok := ast.Unparen(e.Fun).(*ast.Ident); ok {
		if b, ok := in.TypesInfo.Uses[name].(*types.Builtin); ok {
			if b.Name() == "append" || b.Name() == "min" || b.Name() == "max" {
				for _, arg := range e.Args {
					t.expr(in, arg, 0)
				}
			}
			return
		}
	}
	function := calleeOf(in, e)
	if function == nil {
		t.through(in, e, nth)
		return
	}
	fn, named := function.(*types.Func)
	switch {
	case named && fn.Pkg() != nil && fn.Pkg().Path() == i18nPath: // it is said, and its id is known by that
	case len(t.sources[resultOf{function, nth}]) > 0:
		t.place(resultOf{function, nth})
	case passes(in, e):
		for _, arg := range e.Args {
			t.expr(in, arg, 0)
		}
	case named:
		t.lost(in, e.Pos(), "the result of "+shortName(fn), prefixOf(in, e))
	}
}

// through follows the result of a call of a function that is a value.
func (t *trace) through(in *packages.Package, e *ast.CallExpr, nth int) {
	found := false
	if p := placeOf(in, e.Fun); p != nil {
		for _, s := range t.sources[p] {
			if s.expr == nil {
				continue
			}
			if function := functionIn(s.in, s.expr); function != nil && len(t.sources[resultOf{function, nth}]) > 0 {
				found = true
				t.place(resultOf{function, nth})
			}
		}
	}
	if !found {
		t.lost(in, e.Pos(), "the result of a function that is a value", "")
	}
}

// prefixOf returns the constant that a text which is put together begins with.
func prefixOf(in *packages.Package, expr ast.Expr) string {
	expr = ast.Unparen(expr)
	if value := in.TypesInfo.Types[expr].Value; value != nil && value.Kind() == constant.String {
		return constant.StringVal(value)
	}
	switch e := expr.(type) {
	case *ast.BinaryExpr:
		return prefixOf(in, e.X)
	case *ast.CallExpr:
		if fn, ok := calleeOf(in, e).(*types.Func); ok && fn.FullName() == "fmt.Sprintf" {
			prefix, _, _ := strings.Cut(prefixOf(in, e.Args[0]), "%")
			return prefix
		}
	}
	return ""
}

func shortName(fn *types.Func) string {
	name := fn.FullName()
	if slash := strings.LastIndexByte(name, '/'); slash >= 0 {
		name = name[slash+1:]
	}
	return strings.TrimSuffix(name, ")")
}

// packageAt returns the package that a position is in, if its code was read.
func (f *flow) packageAt(pos token.Pos) *packages.Package {
	for file, p := range f.files {
		if file != nil && int(pos) >= file.Base() && int(pos) <= file.Base()+file.Size() {
			return p
		}
	}
	return nil
}

// placeAt returns a position, relative to the directory.
func (f *flow) placeAt(in *packages.Package, pos token.Pos) Place {
	at := in.Fset.Position(pos)
	file := at.Filename
	if rel, err := filepath.Rel(f.dir, file); err == nil && filepath.IsLocal(rel) {
		file = filepath.ToSlash(rel)
	}
	return Place{file, at.Line, at.Column}
}
