package extract

import (
	"go/ast"
	"go/constant"
	"go/types"

	"golang.org/x/tools/go/packages"
)

// passed is a call of a function that is known by its name, and the function that it is in.
type passed struct {
	in     *packages.Package
	callee *types.Func
	args   []ast.Expr
	within any
}

// bounded is a function that shortens a text: which of its parameters is the message id, and which the limit.
type bounded struct{ id, limit int }

// within is the function of package i18n that shortens a text to a number of characters.
const within = "(*" + i18nPath + ".Localizer).Within"

// limits finds the most characters of message ids, by the functions that shorten their texts, and of the fields that they
// are in.
func (f *flow) limits() (fields map[*types.Var]int, said []limited) {
	known := map[*types.Func]bounded{}
	for changed := true; changed; {
		changed = false
		for _, c := range f.passed {
			b, ok := f.boundedBy(c, known)
			fn, named := c.within.(*types.Func)
			if !ok || !named {
				continue
			}
			if _, has := known[fn]; !has {
				known[fn], changed = b, true
			}
		}
	}
	most := map[limitedPlace]limited{} // of one id in one function the highest limit: the lower ones are for other cases
	for _, c := range f.passed {
		b, ok := idAndLimit(c, known)
		if !ok {
			continue
		}
		n, ok := constant.Int64Val(constant.ToInt(constantOf(c.in, c.args[b.limit])))
		at := limitedPlace{c.within, placeOf(c.in, addressed(c.args[b.id]))}
		if at.id == nil {
			at.id = c.args[b.id]
		}
		if one, has := most[at]; ok && (!has || int(n) > one.limit) {
			most[at] = limited{source{in: c.in, expr: c.args[b.id]}, int(n)}
		}
	}
	own := map[place]bool{} // fields that are given with a limit of their own, be it none
	for at := range most {
		if isField(at.id) {
			own[at.id] = true
		}
	}
	fields = map[*types.Var]int{}
	for at, one := range most {
		if one.limit < 1 {
			continue
		}
		said = append(said, one)
		for p := range f.reachedBy(one.of, at.id, own) {
			if v, ok := p.(*types.Var); ok && v.IsField() && (fields[v] == 0 || one.limit < fields[v]) {
				fields[v] = one.limit
			}
		}
	}
	return fields, said
}

// reachedBy returns the places that a value comes through, up to the fields that have limits of their own.
func (f *flow) reachedBy(of source, id place, own map[place]bool) map[place]bool {
	t := f.tracing(map[string]*found{}, map[Unknown]bool{}, nil, false)
	for p := range own {
		t.places[p] = p != id
	}
	t.source(of)
	for p := range own {
		if p != id {
			delete(t.places, p)
		}
	}
	return t.places
}

// limited is a message id whose text is shortened.
type limited struct {
	of    source
	limit int
}

type limitedPlace struct{ within, id any }

// idAndLimit returns which arguments of a call are a message id and a limit.
func idAndLimit(c passed, known map[*types.Func]bounded) (bounded, bool) {
	b, ok := known[c.callee]
	if c.callee.FullName() == within {
		b, ok = bounded{1, 2}, true
	}
	return b, ok && b.id < len(c.args) && b.limit < len(c.args)
}

// boundedBy returns which parameters of the function that a call is in are a message id and its limit.
func (f *flow) boundedBy(c passed, known map[*types.Func]bounded) (bounded, bool) {
	b, ok := idAndLimit(c, known)
	if !ok {
		return bounded{}, false
	}
	id, isParam := f.paramIn(c, c.args[b.id])
	limit, isLimit := f.paramIn(c, c.args[b.limit])
	return bounded{id, limit}, isParam && isLimit
}

// paramIn returns which parameter of the function that a call is in an argument is.
func (f *flow) paramIn(c passed, arg ast.Expr) (int, bool) {
	v, ok := placeOf(c.in, addressed(arg)).(*types.Var)
	if !ok {
		return 0, false
	}
	param, ok := f.params[v]
	return param.index, ok && param.function == c.within
}

// addressed returns what an address is of.
func addressed(e ast.Expr) ast.Expr {
	if u, ok := ast.Unparen(e).(*ast.UnaryExpr); ok {
		return u.X
	}
	return e
}

func constantOf(in *packages.Package, e ast.Expr) constant.Value {
	if v := in.TypesInfo.Types[e].Value; v != nil {
		return v
	}
	return constant.MakeUnknown()
}
