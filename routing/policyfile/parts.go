package policyfile

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/djmessenger/messenger/internal/datatree"
	"github.com/djmessenger/messenger/internal/joined"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/sending"
)

// kindList is the kind, where a variable hides its name.
const kindList = list

// optional reads a field that has a Go type, if it is there.
func (r *reading) optional(v *value, place, name string, to any) (ok bool) {
	inner := v.Get(name)
	return inner == nil || r.decode(inner, place+"."+name, reflect.ValueOf(to).Elem())
}

// part reads a handler, sender or condition that is an argument.
func (r *reading) part(s sort, v *value, place string, to reflect.Value) bool {
	if !r.want(v, place, object) {
		return false
	}
	r.only(v, place, []string{"name", "args"})
	part, ok := r.build(s, v, place)
	if ok {
		to.Set(reflect.ValueOf(part))
	}
	return ok
}

// sender reads one of a route's senders. If that is wrong, it returns a [Placeholder]
// and false.
func (r *reading) sender(v *value, place string) (sending.Sender, bool) {
	var s sending.Sender
	if !r.part(senders, v, place, reflect.ValueOf(&s).Elem()) {
		return Placeholder{Name: nameIn(v)}, false
	}
	return s, true
}

// nameIn returns the name in a part that may be wrong.
func nameIn(v *value) string {
	if name := v.Get("name"); name != nil && name.Kind == text {
		return name.Text
	}
	return "?"
}

// build makes what the name and args of an object say.
func (r *reading) build(s sort, v *value, place string) (any, bool) {
	name := v.Get("name")
	if name == nil {
		r.fail(v.At, place+".name", "is missing: the name of a %s", s)
		return nil, false
	}
	if !r.want(name, place+".name", text) {
		return nil, false
	}
	e, ok := r.reg.lookup(s, name.Text)
	if !ok {
		hint := r.elsewhere(s, name.Text)
		if hint == "" {
			hint = nearestName(name.Text, r.reg.known(s))
		}
		r.fail(name.At, place+".name", "%s is not registered as a %s%s", datatree.Quoted(name.Text), s, hint)
		r.mistakes[len(r.mistakes)-1].Unknown = name.Text
		return nil, false
	}
	if e.abstract != "" {
		r.fail(name.At, place+".name", "%s", e.abstract)
		return nil, false
	}
	args := v.Get("args")
	if args == nil {
		args = &value{At: v.At, Kind: object}
	}
	decoded := reflect.New(e.args).Elem()
	if !r.decode(args, place+".args", decoded) {
		return nil, false
	}
	part, err := r.call(e, decoded)
	if err != nil {
		r.argument(args, place+".args", err)
		return nil, false
	}
	return part, true
}

// elsewhere says that a name is registered as something else.
func (r *reading) elsewhere(s sort, name string) string {
	for _, other := range []sort{handlers, senders, conditions} {
		if _, ok := r.reg.lookup(other, name); ok && other != s {
			return fmt.Sprintf(", but as a %s", other)
		}
	}
	return ""
}

// call runs a factory. A panic is the factory's mistake, not the end of the program.
func (r *reading) call(e *entry, args reflect.Value) (part any, err error) {
	defer func() {
		if panicked := recover(); panicked != nil {
			err = fmt.Errorf("the function that is registered for %q panics: %v", e.name, panicked)
		}
	}()
	part, err = e.build(args)
	if v := reflect.ValueOf(part); err == nil && (!v.IsValid() || nilable(v) && v.IsNil()) {
		err = fmt.Errorf("the function that is registered for %q returns nil", e.name)
	}
	return part, err
}

func nilable(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Pointer, reflect.Func, reflect.Map, reflect.Interface, reflect.Chan:
		return true
	}
	return false
}

// argument notes the error of a factory, or of a Validate method, with the place of the
// argument that it names.
func (r *reading) argument(args *value, place string, err error) {
	if parts := joined.Errors(err); len(parts) > 0 {
		for _, one := range parts {
			r.argument(args, place, one)
		}
		return
	}
	path := ""
	switch e := err.(type) { //nolint:errorlint // one that is wrapped has other words around it
	case *argError:
		path, err = e.argument, e.err
		if several, ok := e.err.(interface{ Unwrap() []error }); ok {
			for _, one := range several.Unwrap() {
				r.argument(args, place, &argError{e.argument, one})
			}
			return
		}
		if field, ok := e.err.(*sending.FieldError); ok && lastField(field.Field) == lastField(path) { //nolint:errorlint // as above
			err = errors.New(field.Problem)
		}
	case *sending.FieldError:
		for _, named := range []string{e.Field, strings.Replace(e.Field, "quick_replies", "replies", 1), strings.TrimPrefix(e.Field, "attachment.payload.")} {
			if _, found := follow(args, named); found != "" && path == "" {
				path, err = named, errors.New(e.Problem)
			}
		}
	}
	v, found := follow(args, path)
	switch last := strings.TrimPrefix(path[len(found):], "."); {
	case path == "":
	case last == "" || found != "" && !strings.ContainsAny(last, ".["): // it is there, or missing where there are others
		place += "." + path
	default:
		place = strings.TrimSuffix(place+"."+found, ".")
		err = fmt.Errorf("%s: %w", path, err)
	}
	r.wrong(v.At, place, err)
}

// lastField returns the last field of a path.
func lastField(path string) string { return path[strings.LastIndexByte(path, '.')+1:] }

// follow goes down a path such as "buttons[0].title" as far as there is something, and
// returns what is there and the path to it.
func follow(v *value, path string) (*value, string) {
	found := ""
	rest := path
	for rest != "" {
		rest = strings.TrimPrefix(rest, ".")
		end := strings.IndexAny(rest, ".[")
		if strings.HasPrefix(rest, "[") {
			end = strings.IndexByte(rest, ']') + 1
		}
		if end <= 0 {
			end = len(rest)
		}
		step := rest[:end]
		next := stepTo(v, step)
		if next == nil {
			break
		}
		v, rest = next, rest[end:]
		found = path[:len(path)-len(rest)]
	}
	return v, found
}

// stepTo returns a member by its name, or an item by its index in brackets.
func stepTo(v *value, step string) *value {
	var i int
	if n, _ := fmt.Sscanf(step, "[%d]", &i); n == 1 {
		if v.Kind == list && i >= 0 && i < len(v.Items) {
			return v.Items[i]
		}
		return nil
	}
	return v.Get(step)
}

// condition reads a condition: an object with one of all, any, not and name, or a list,
// which means all.
func (r *reading) condition(v *value, place string) (routing.Condition, bool) {
	if v.Kind == list {
		parts, ok := r.conditions(v, place)
		return routing.All(parts), ok
	}
	if v.Kind != object {
		r.fail(v.At, place, "is %s, and has to be an object with one of all, any, not and name, or a list", v.Describe())
		return nil, false
	}
	forms := []string{"all", "any", "not", "name"}
	fine := r.only(v, place, append(forms, "args"))
	var given []string
	for _, m := range v.Members {
		if !slices.Contains(forms, m.Name) {
			continue
		}
		if m.Value.Kind == null {
			r.fail(m.Value.At, place+"."+m.Name, "is null")
			fine = false
			continue
		}
		given = append(given, m.Name)
	}
	switch {
	case len(given) == 0:
		if fine {
			r.fail(v.At, place, "a condition has one of all, any, not and name")
		}
		return nil, false
	case len(given) > 1:
		r.fail(v.At, place, "a condition has only one of all, any, not and name; this has %s", strings.Join(given, " and "))
		return nil, false
	case given[0] == "name":
		part, ok := r.build(conditions, v, place)
		c, _ := part.(routing.Condition)
		return c, ok && fine
	}
	if args := v.Get("args"); args != nil {
		r.fail(args.At, place+".args", "args go with a name")
		fine = false
	}
	inner := v.Get(given[0])
	place += "." + given[0]
	if given[0] == "not" {
		c, ok := r.condition(inner, place)
		return routing.Not{Condition: c}, ok && fine
	}
	if !r.want(inner, place, list) {
		return nil, false
	}
	parts, ok := r.conditions(inner, place)
	if given[0] == "any" {
		return routing.Any(parts), ok && fine
	}
	return routing.All(parts), ok && fine
}

func (r *reading) conditions(v *value, place string) ([]routing.Condition, bool) {
	if len(v.Items) == 0 {
		r.fail(v.At, place, "has no conditions")
		return nil, false
	}
	fine := true
	parts := make([]routing.Condition, len(v.Items))
	for i, item := range v.Items {
		c, ok := r.condition(item, fmt.Sprintf("%s[%d]", place, i))
		parts[i], fine = c, fine && ok
	}
	return parts, fine
}
