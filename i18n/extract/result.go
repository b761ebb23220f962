package extract

import (
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strings"

	"golang.org/x/tools/go/packages"
)

// found is a text while it is looked for.
type found struct {
	places   map[Place]bool
	imported map[string]bool
	fields   map[string]bool
	required bool
	limit    int
}

// result follows all that is said back to the constants.
func (f *flow) result() *Result {
	f.reach.follow()
	texts := map[string]*found{}
	unknown := map[Unknown]bool{}
	limits, said := f.limits()
	fields := map[string]int{}
	visited := f.follow(f.said, nil, texts, unknown, true)
	f.follow(f.optional, nil, texts, map[Unknown]bool{}, false)
	for p := range visited {
		v, ok := p.(*types.Var)
		if name := f.owners[v]; ok && name != "" && holdsText(v.Type()) {
			fields[name] = limits[v]
			f.follow([]source{{from: v}}, func(t *found) { t.fields[name] = true }, texts, map[Unknown]bool{}, true)
		}
	}
	for _, one := range said {
		if p := placeOf(one.of.in, addressed(one.of.expr)); p == nil || !isField(p) { // else the field says it
			f.follow([]source{one.of}, func(t *found) {
				if t.limit == 0 || one.limit < t.limit {
					t.limit = one.limit
				}
			}, texts, map[Unknown]bool{}, false)
		}
	}
	out := &Result{}
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		out.Fields = append(out.Fields, Field{name, fields[name]})
	}
	for _, id := range slices.Sorted(maps.Keys(texts)) {
		t := texts[id]
		out.Texts = append(out.Texts, Text{
			ID: id, Places: slices.SortedFunc(maps.Keys(t.places), comparePlaces),
			Imported: slices.Sorted(maps.Keys(t.imported)), Fields: slices.Sorted(maps.Keys(t.fields)),
			Optional: !t.required, Limit: t.limit,
		})
	}
	out.Unknown = slices.SortedFunc(maps.Keys(unknown), func(a, b Unknown) int { return comparePlaces(a.Place, b.Place) })
	return out
}

func isField(p place) bool {
	v, ok := p.(*types.Var)
	return ok && v.IsField()
}

// holdsText reports whether a field is a text, or a list or pointer of texts.
func holdsText(t types.Type) bool {
	switch t := t.Underlying().(type) {
	case *types.Basic:
		return t.Kind() == types.String
	case *types.Pointer:
		return holdsText(t.Elem())
	case *types.Slice:
		return holdsText(t.Elem())
	case *types.Array:
		return holdsText(t.Elem())
	case *types.Map:
		return holdsText(t.Elem())
	}
	return false
}

// follow follows sources, and notes the texts that they come from. It returns the places that they pass.
func (f *flow) follow(from []source, note func(*found), texts map[string]*found, unknown map[Unknown]bool, required bool) map[place]bool {
	t := f.tracing(texts, unknown, note, required)
	for _, s := range from {
		t.source(s)
	}
	return t.places
}

// tracing returns a trace that notes what it finds.
func (f *flow) tracing(texts map[string]*found, unknown map[Unknown]bool, note func(*found), required bool) *trace {
	t := &trace{flow: f, places: map[place]bool{}, exprs: map[ast.Expr]bool{}}
	t.found = func(in *packages.Package, expr ast.Expr, id string) {
		if strings.TrimSpace(id) == "" || !f.asked[in.PkgPath] && f.unused(in, expr.Pos()) {
			return
		}
		one := texts[id]
		if one == nil {
			one = &found{places: map[Place]bool{}, imported: map[string]bool{}, fields: map[string]bool{}}
			texts[id] = one
		}
		one.required = one.required || required
		if f.asked[in.PkgPath] {
			one.places[f.placeAt(in, expr.Pos())] = true
		} else {
			one.imported[in.PkgPath] = true
		}
		if note != nil {
			note(one)
		}
	}
	t.lost = func(in *packages.Package, pos token.Pos, why, prefix string) {
		if f.asked[in.PkgPath] {
			unknown[Unknown{f.placeAt(in, pos), why, prefix}] = true
		}
	}
	return t
}

// unused reports whether a position of an imported package is in a function that the program does not run, or in one that
// the package offers and neither it nor the program calls: what such a function says is an example, or a default for
// programs that have nothing of their own.
func (f *flow) unused(in *packages.Package, pos token.Pos) bool {
	for _, file := range in.Syntax {
		if pos < file.FileStart || pos >= file.FileEnd {
			continue
		}
		for _, decl := range file.Decls {
			if d, ok := decl.(*ast.FuncDecl); ok && d.Pos() <= pos && pos < d.End() {
				fn, _ := in.TypesInfo.Defs[d.Name].(*types.Func)
				return !f.reach.reached[fn] || d.Recv == nil && d.Name.IsExported() && !f.uses[fn][in.PkgPath] && !f.usedByProgram(fn)
			}
		}
	}
	return false
}

func (f *flow) usedByProgram(fn *types.Func) bool {
	for path := range f.uses[fn] {
		if f.asked[path] {
			return true
		}
	}
	return false
}
