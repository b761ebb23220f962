package extract

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/packages"
)

// reach is which functions of imported packages the program may run: those that its code names, those that they name, and
// the methods of all types that are named.
type reach struct {
	names   map[types.Object]map[types.Object]bool // what a function names; of a type its methods, and what it embeds
	roots   map[types.Object]bool
	reached map[types.Object]bool
}

// declare notes what a declaration names.
func (r *reach) declare(p *packages.Package, decl ast.Decl, isProgram bool) {
	d, ok := decl.(*ast.FuncDecl)
	if !ok || isProgram {
		ast.Inspect(decl, func(n ast.Node) bool {
			if name, ok := n.(*ast.Ident); ok && (isProgram || !isType(decl)) {
				if o := named(p, name); o != nil {
					r.roots[o] = true
				}
			}
			return true
		})
	}
	if isType(decl) {
		r.embedded(p, decl)
	}
	if !ok {
		return
	}
	fn := p.TypesInfo.Defs[d.Name]
	r.add(receiver(fn), fn)
	ast.Inspect(d, func(n ast.Node) bool {
		if name, ok := n.(*ast.Ident); ok {
			r.add(fn, named(p, name))
		}
		return true
	})
}

func isType(decl ast.Decl) bool {
	d, ok := decl.(*ast.GenDecl)
	return ok && d.Tok == token.TYPE
}

// embedded notes what types embed, and what they are made of otherwise than as a struct.
func (r *reach) embedded(p *packages.Package, decl ast.Decl) {
	d, ok := decl.(*ast.GenDecl)
	if !ok {
		return
	}
	for _, spec := range d.Specs {
		t, ok := spec.(*ast.TypeSpec)
		if !ok {
			continue
		}
		of := p.TypesInfo.Defs[t.Name]
		if s, ok := t.Type.(*ast.StructType); ok {
			for _, field := range s.Fields.List {
				if len(field.Names) == 0 {
					r.within(p, of, field.Type)
				}
			}
			continue
		}
		r.within(p, of, t.Type)
	}
}

func (r *reach) within(p *packages.Package, of types.Object, e ast.Expr) {
	ast.Inspect(e, func(n ast.Node) bool {
		if name, ok := n.(*ast.Ident); ok {
			r.add(of, named(p, name))
		}
		return true
	})
}

// named returns the function or type that a name is of, or nil.
func named(p *packages.Package, name *ast.Ident) types.Object {
	switch o := p.TypesInfo.Uses[name].(type) {
	case *types.Func:
		return o.Origin()
	case *types.TypeName:
		return o
	}
	return nil
}

// receiver returns the type of a method, or nil.
func receiver(o types.Object) types.Object {
	fn, ok := o.(*types.Func)
	if !ok || fn.Signature().Recv() == nil {
		return nil
	}
	t := fn.Signature().Recv().Type()
	if pointer, ok := t.(*types.Pointer); ok {
		t = pointer.Elem()
	}
	if n, ok := t.(*types.Named); ok {
		return n.Origin().Obj()
	}
	return nil
}

func (r *reach) add(from, to types.Object) {
	if from == nil || to == nil {
		return
	}
	if r.names[from] == nil {
		r.names[from] = map[types.Object]bool{}
	}
	r.names[from][to] = true
}

// follow finds all that can be reached.
func (r *reach) follow() {
	var visit func(types.Object)
	visit = func(o types.Object) {
		if r.reached[o] {
			return
		}
		r.reached[o] = true
		for next := range r.names[o] {
			visit(next)
		}
	}
	for o := range r.roots {
		visit(o)
	}
}
