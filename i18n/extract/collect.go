package extract

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/packages"
)

// collect notes what flows where in a package.
func (f *flow) collect(p *packages.Package) {
	c := &collector{flow: f, in: p}
	for _, file := range p.Syntax {
		f.files[p.Fset.File(file.FileStart)] = p
		c.walk(file, nil)
		for _, decl := range file.Decls {
			f.reach.declare(p, decl, f.asked[p.PkgPath])
		}
	}
	c.declared(p.Types.Scope())
	for _, used := range p.TypesInfo.Uses {
		if fn, ok := used.(*types.Func); ok {
			if f.uses[fn.Origin()] == nil {
				f.uses[fn.Origin()] = map[string]bool{}
			}
			f.uses[fn.Origin()][p.PkgPath] = true
		}
	}
}

type collector struct {
	*flow

	in *packages.Package
}

// declared notes the structs and interfaces of a package.
func (c *collector) declared(scope *types.Scope) {
	for _, name := range scope.Names() {
		if t, ok := scope.Lookup(name).(*types.TypeName); ok {
			c.named(t)
		}
	}
}

func (c *collector) named(t *types.TypeName) {
	if t.IsAlias() {
		return
	}
	switch under := t.Type().Underlying().(type) {
	case *types.Struct:
		for field := range under.Fields() {
			if owner := c.in.PkgPath + "." + t.Name(); c.owners[field.Origin()] == "" {
				c.owners[field.Origin()] = owner + "." + field.Name()
			}
		}
	case *types.Interface:
		for m := range under.Methods() {
			c.methods[m.Name()] = append(c.methods[m.Name()], m)
		}
	}
}

// walk goes through a node; function is the one that it is in.
func (c *collector) walk(root ast.Node, function any) {
	ast.Inspect(root, func(n ast.Node) bool {
		if e, ok := n.(ast.Expr); ok && c.constantKey(e) {
			c.said = append(c.said, source{in: c.in, expr: e})
			return false
		}
		switch n := n.(type) {
		case *ast.FuncDecl:
			fn, _ := c.in.TypesInfo.Defs[n.Name].(*types.Func)
			c.parameters(fn.Origin(), fn.Signature())
			if n.Body != nil {
				c.walk(n.Body, fn.Origin())
			}
			return false
		case *ast.FuncLit:
			c.parameters(n, c.signatureOf(c.in, n))
			c.walk(n.Body, n)
			return false
		case *ast.TypeSpec:
			if t, ok := c.in.TypesInfo.Defs[n.Name].(*types.TypeName); ok && t.Parent() != c.in.Types.Scope() {
				c.named(t)
			}
		case *ast.AssignStmt:
			c.assign(n)
		case *ast.ValueSpec:
			var names []ast.Expr
			for _, name := range n.Names {
				names = append(names, name)
			}
			c.each(names, n.Values)
		case *ast.RangeStmt:
			c.ranges(n)
		case *ast.CompositeLit:
			c.literal(n)
		case *ast.CallExpr:
			c.call(n, function)
		case *ast.ReturnStmt:
			c.returns(n, function)
		case *ast.SendStmt:
			c.add(placeOf(c.in, n.Chan), source{in: c.in, expr: n.Value})
		case *ast.TypeSwitchStmt:
			c.typeSwitch(n)
		}
		return true
	})
}

func (c *collector) parameters(function any, s *types.Signature) {
	if s == nil {
		return
	}
	for i := range s.Params().Len() {
		c.params[s.Params().At(i).Origin()] = at{function, i, c.in}
	}
}

func (c *collector) assign(n *ast.AssignStmt) {
	if n.Tok != token.ASSIGN && n.Tok != token.DEFINE {
		c.add(placeOf(c.in, n.Lhs[0]), source{in: c.in, expr: n.Rhs[0], made: true})
		return
	}
	c.each(n.Lhs, n.Rhs)
}

// each notes an assignment of values to places.
func (c *collector) each(to, values []ast.Expr) {
	for i, lhs := range to {
		switch {
		case len(values) == len(to):
			c.add(placeOf(c.in, lhs), source{in: c.in, expr: values[i]})
		case len(values) == 1:
			c.add(placeOf(c.in, lhs), source{in: c.in, expr: values[0], nth: i})
		}
	}
}

func (c *collector) ranges(n *ast.RangeStmt) {
	key, value := n.Key, n.Value
	switch under(c.in.TypesInfo.TypeOf(n.X)).(type) {
	case *types.Chan:
		key, value = nil, n.Key
	case *types.Signature, *types.Basic: // an iterator makes what it gives, unless it goes through a list
		if call, ok := ast.Unparen(n.X).(*ast.CallExpr); ok && passes(c.in, call) {
			break
		}
		for _, e := range []ast.Expr{key, value} {
			if e != nil {
				c.add(placeOf(c.in, e), source{in: c.in, expr: n.X, made: true})
			}
		}
		return
	}
	if value != nil {
		c.add(placeOf(c.in, value), source{in: c.in, expr: n.X})
	}
	if key != nil {
		c.add(placeOf(c.in, key), source{in: c.in, expr: n.X, nth: keysOf})
	}
}

// keysOf is the nth of the keys of a map.
const keysOf = -1

func under(t types.Type) types.Type {
	if t == nil {
		return nil
	}
	t = t.Underlying()
	if p, ok := t.(*types.Pointer); ok {
		return p.Elem().Underlying()
	}
	return t
}

func (c *collector) literal(n *ast.CompositeLit) {
	s, ok := under(c.in.TypesInfo.TypeOf(n)).(*types.Struct)
	if !ok {
		return
	}
	for i, e := range n.Elts {
		if kv, keyed := e.(*ast.KeyValueExpr); keyed {
			if name, ok := kv.Key.(*ast.Ident); ok {
				c.add(placeOf(c.in, name), source{in: c.in, expr: kv.Value})
			}
		} else if i < s.NumFields() {
			c.add(s.Field(i).Origin(), source{in: c.in, expr: e})
		}
	}
}

func (c *collector) call(n *ast.CallExpr, within any) {
	if t := c.in.TypesInfo.Types[n.Fun]; t.IsType() {
		c.convert(n, t.Type)
		return
	}
	function := calleeOf(c.in, n)
	if fn, ok := function.(*types.Func); ok {
		if len(n.Args) > 1 {
			c.passed = append(c.passed, passed{c.in, fn, n.Args, within})
		}
		if c.says(fn, n) {
			return
		}
	}
	if s := c.signatureOf(c.in, function); s != nil {
		c.arguments(s, call{c.in, n.Args, n.Ellipsis.IsValid()})
		return
	}
	if through := placeOf(c.in, n.Fun); through != nil {
		c.calls[through] = append(c.calls[through], call{c.in, n.Args, n.Ellipsis.IsValid()})
	}
}

// says notes what is given to package i18n.
func (c *collector) says(fn *types.Func, n *ast.CallExpr) bool {
	if fn.Pkg() == nil || fn.Pkg().Path() != i18nPath || len(n.Args) == 0 || fn.Signature().Recv() == nil {
		return false
	}
	switch fn.FullName() {
	case "(*" + i18nPath + ".Localizer).Text", "(*" + i18nPath + ".Localizer).Fill":
		c.said = append(c.said, source{in: c.in, expr: n.Args[0]})
	case "(*" + i18nPath + ".Localizer).Lookup":
		c.optional = append(c.optional, source{in: c.in, expr: n.Args[0]})
	}
	return true
}

// arguments notes what a call gives to the parameters.
func (c *collector) arguments(s *types.Signature, n call) {
	params := s.Params()
	for i := range n.args {
		if param := paramAt(s, i); param != nil {
			c.add(param, source{in: n.in, expr: n.args[i]})
		}
	}
	if len(n.args) == 1 && params.Len() > 1 { // f(g())
		for i := range params.Len() {
			c.add(params.At(i).Origin(), source{in: n.in, expr: n.args[0], nth: i})
		}
	}
}

// paramAt returns the parameter that gets an argument.
func paramAt(s *types.Signature, i int) *types.Var {
	params := s.Params()
	if s.Variadic() && i >= params.Len()-1 {
		i = params.Len() - 1
	}
	if i >= params.Len() {
		return nil
	}
	return params.At(i).Origin()
}

// convert notes a conversion: to a Key, which is said, and of a struct to another one.
func (c *collector) convert(n *ast.CallExpr, to types.Type) {
	if isKey(to) && c.in.TypesInfo.Types[n].Value == nil {
		c.said = append(c.said, source{in: c.in, expr: n.Args[0]})
		return
	}
	into, ok := to.Underlying().(*types.Struct)
	from, same := under(c.in.TypesInfo.TypeOf(n.Args[0])).(*types.Struct)
	if !ok || !same || into.NumFields() != from.NumFields() {
		return
	}
	for i := range into.NumFields() {
		c.add(into.Field(i).Origin(), source{in: c.in, from: from.Field(i).Origin()})
	}
}

// constantKey reports whether an expression is a constant of the type Key.
func (c *collector) constantKey(e ast.Expr) bool {
	t := c.in.TypesInfo.Types[e]
	return t.Value != nil && isKey(t.Type)
}

func isKey(t types.Type) bool {
	named, ok := types.Unalias(t).(*types.Named)
	return ok && named.Obj().Name() == "Key" && named.Obj().Pkg() != nil && named.Obj().Pkg().Path() == i18nPath
}

func (c *collector) returns(n *ast.ReturnStmt, function any) {
	s := c.signatureOf(c.in, function)
	if s == nil {
		return
	}
	for i := range s.Results().Len() {
		to := resultOf{function, i}
		switch {
		case len(n.Results) == s.Results().Len():
			c.add(to, source{in: c.in, expr: n.Results[i]})
		case len(n.Results) == 1:
			c.add(to, source{in: c.in, expr: n.Results[0], nth: i})
		default:
			c.add(to, source{in: c.in, from: s.Results().At(i).Origin()})
		}
	}
}

func (c *collector) typeSwitch(n *ast.TypeSwitchStmt) {
	assign, ok := n.Assign.(*ast.AssignStmt)
	if !ok {
		return
	}
	asserted, ok := ast.Unparen(assign.Rhs[0]).(*ast.TypeAssertExpr)
	if !ok {
		return
	}
	for _, clause := range n.Body.List {
		if v, ok := c.in.TypesInfo.Implicits[clause].(*types.Var); ok {
			c.add(v, source{in: c.in, expr: asserted.X})
		}
	}
}
