package extract

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/packages"
	"golang.org/x/tools/go/types/typeutil"
)

// place is where a value can be: a variable, a parameter or a field ([*types.Var]), or a [resultOf]. A slice, an array, a
// map, a pointer and a channel are one place with what they hold. A field is the same place in all values of its struct.
type place any

// resultOf is a result of a function: a [*types.Func] or an [*ast.FuncLit].
type resultOf struct {
	function any
	index    int
}

// source is what flows into a place: an expression, or another place.
type source struct {
	in   *packages.Package
	expr ast.Expr
	nth  int   // of the results of a call with several; 0 for other expressions
	from place // instead of expr
	made bool  // the value is only made of expr
}

// call is a call of a function that is a value.
type call struct {
	in   *packages.Package
	args []ast.Expr
	dots bool
}

// flow is what flows where in the code.
type flow struct {
	dir      string
	asked    map[string]bool // the packages whose places are reported
	sources  map[place][]source
	calls    map[place][]call  // through a variable or a field
	held     map[any][]place   // which places hold a function: *types.Func or *ast.FuncLit
	params   map[*types.Var]at // of which function each parameter is
	owners   map[*types.Var]string
	methods  map[string][]*types.Func // of interfaces, by name
	said     []source                 // what is given to package i18n
	optional []source                 // what is only looked up
	files    map[*token.File]*packages.Package
	uses     map[*types.Func]map[string]bool // by which packages
	reach    reach
	passed   []passed // calls that may say a limit
}

// at is a parameter of a function.
type at struct {
	function any
	index    int
	in       *packages.Package
}

func newFlow(dir string, asked map[string]bool) *flow {
	return &flow{
		dir: dir, asked: asked, sources: map[place][]source{}, calls: map[place][]call{}, held: map[any][]place{},
		params: map[*types.Var]at{}, owners: map[*types.Var]string{}, methods: map[string][]*types.Func{},
		files: map[*token.File]*packages.Package{}, uses: map[*types.Func]map[string]bool{},
		reach: reach{names: map[types.Object]map[types.Object]bool{}, roots: map[types.Object]bool{}, reached: map[types.Object]bool{}},
	}
}

// add notes that a value flows into a place.
func (f *flow) add(to place, s source) {
	if to == nil {
		return
	}
	f.sources[to] = append(f.sources[to], s)
	if s.expr == nil || s.made {
		return
	}
	if function := functionIn(s.in, s.expr); function != nil {
		f.held[function] = append(f.held[function], to)
	}
}

// functionIn returns the function that an expression is: a *types.Func, an *ast.FuncLit, or nil.
func functionIn(in *packages.Package, expr ast.Expr) any {
	switch e := ast.Unparen(expr).(type) {
	case *ast.FuncLit:
		return e
	case *ast.Ident:
		if fn, ok := in.TypesInfo.Uses[e].(*types.Func); ok {
			return fn.Origin()
		}
	case *ast.SelectorExpr:
		if fn, ok := in.TypesInfo.Uses[e.Sel].(*types.Func); ok {
			return fn.Origin()
		}
	}
	return nil
}

// placeOf returns the place that an expression names, or nil.
func placeOf(in *packages.Package, expr ast.Expr) place {
	switch e := ast.Unparen(expr).(type) {
	case *ast.Ident:
		if v, ok := in.TypesInfo.ObjectOf(e).(*types.Var); ok {
			return v.Origin()
		}
	case *ast.SelectorExpr:
		if v, ok := in.TypesInfo.Uses[e.Sel].(*types.Var); ok {
			return v.Origin()
		}
	case *ast.IndexExpr:
		return placeOf(in, e.X)
	case *ast.StarExpr:
		return placeOf(in, e.X)
	}
	return nil
}

// calleeOf returns the function that is called, if it is known: a *types.Func or an *ast.FuncLit.
func calleeOf(in *packages.Package, c *ast.CallExpr) any {
	if lit, ok := ast.Unparen(c.Fun).(*ast.FuncLit); ok {
		return lit
	}
	if fn, ok := typeutil.Callee(in.TypesInfo, c).(*types.Func); ok {
		return fn.Origin()
	}
	return nil
}

// signatureOf returns the parameters and results of a function.
func (f *flow) signatureOf(in *packages.Package, function any) *types.Signature {
	switch fn := function.(type) {
	case *types.Func:
		return fn.Signature()
	case *ast.FuncLit:
		s, _ := in.TypesInfo.TypeOf(fn).(*types.Signature)
		return s
	}
	return nil
}
