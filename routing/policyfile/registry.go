package policyfile

import (
	"errors"
	"fmt"
	"reflect"
	"runtime"
	"slices"
	"strings"

	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/sending"
)

// Registry knows the handlers, senders and conditions that policy files may name.
// [NewRegistry] makes an empty one, [BuiltIn] one with what this library has.
//
// Registering is for the start of a program: from then on a Registry is only read, and
// may be used from many goroutines at once.
type Registry struct {
	names [3]map[string]*entry
	errs  []error
}

// sort is what an entry makes.
type sort int

const (
	handlers sort = iota
	senders
	conditions
)

func (s sort) String() string { return [...]string{"handler", "sender", "condition"}[s] }

// entry is what a Registry knows by a name.
type entry struct {
	name    string
	aliases []string
	doc     string
	source  string // file:line of the registration
	args    reflect.Type
	build   func(args reflect.Value) (any, error)
	// dump returns the arguments that a part was made with; nil if nothing knows.
	dump func(part any) (args reflect.Value, ok bool)
	// abstract says that it is no entry to be used, and why.
	abstract string
}

// NewRegistry makes an empty registry.
func NewRegistry() *Registry {
	r := &Registry{}
	for i := range r.names {
		r.names[i] = map[string]*entry{}
	}
	return r
}

// Handler registers a handler: policy files call it by the name, which the program
// chooses and keeps, such as "shop.OrderStatus". The arguments are decoded into an A, a
// struct; see the package's documentation for its fields. The function is called each
// time a file is read; its error is a mistake of that file, see [ArgError].
//
// Mistakes, such as a name that is taken, are reported by [Registry.Err] and by every
// function that uses the registry.
func Handler[A any](r *Registry, name string, build func(args A) (handling.Handler, error), opts ...Option) {
	register(r, handlers, name, build, opts)
}

// Sender registers a sender; see [Handler].
func Sender[A any](r *Registry, name string, build func(args A) (sending.Sender, error), opts ...Option) {
	register(r, senders, name, build, opts)
}

// Condition registers a condition; see [Handler].
func Condition[A any](r *Registry, name string, build func(args A) (routing.Condition, error), opts ...Option) {
	register(r, conditions, name, build, opts)
}

// Option is an option of [Handler], [Sender] and [Condition].
type Option struct{ apply func(*entry) }

// Alias registers further names, such as the class that a handler was in djmessenger.
// A policy that is written back has the first name.
func Alias(names ...string) Option {
	return Option{func(e *entry) { e.aliases = append(e.aliases, names...) }}
}

// Doc describes the entry, for the JSON Schema.
func Doc(text string) Option { return Option{func(e *entry) { e.doc = text }} }

// Dump says with which arguments a handler, sender or condition of type P is made, so
// that [Registry.Dump] can also write parts that no file has made. It returns false
// for a P that no arguments make.
func Dump[P, A any](args func(part P) (A, bool)) Option {
	return Option{func(e *entry) {
		e.dump = func(part any) (reflect.Value, bool) {
			p, ok := part.(P)
			if !ok {
				return reflect.Value{}, false
			}
			a, ok := args(p)
			return reflect.ValueOf(&a).Elem(), ok
		}
	}}
}

// ArgError makes the error of a factory about one argument, whose place is reported
// then. The argument is named as in the file; it may be a path such as
// "buttons[0].title". It returns nil if err is nil.
func ArgError(argument string, err error) error {
	if err == nil {
		return nil
	}
	return &argError{argument, err}
}

type argError struct {
	argument string
	err      error
}

func (e *argError) Error() string { return e.argument + ": " + e.err.Error() }
func (e *argError) Unwrap() error { return e.err }

// register is called by a function that the program calls.
func register[A, P any](r *Registry, s sort, name string, build func(A) (P, error), opts []Option) {
	e := &entry{name: name, source: caller(), args: reflect.TypeFor[A]()}
	for _, opt := range opts {
		if opt.apply != nil {
			opt.apply(e)
		}
	}
	if build == nil {
		r.fail(s, e, errors.New("its function is nil"))
		return
	}
	e.build = func(args reflect.Value) (any, error) {
		a, _ := reflect.TypeAssert[A](args)
		return build(a)
	}
	if err := checkArgs(e.args); err != nil {
		r.fail(s, e, err)
		return
	}
	r.add(s, e)
}

// add gives an entry its names.
func (r *Registry) add(s sort, e *entry) {
	for _, name := range append([]string{e.name}, e.aliases...) {
		switch first, taken := r.names[s][name]; {
		case name == "" || strings.TrimSpace(name) != name || len(name) > 200:
			r.fail(s, e, fmt.Errorf("%q is no name; a name has 1 to 200 bytes and no space at its ends", name))
		case taken:
			r.fail(s, e, fmt.Errorf("the name %q is taken by the %s %q of %s", name, s, first.name, first.source))
		default:
			r.names[s][name] = e
		}
	}
}

func (r *Registry) fail(s sort, e *entry, err error) {
	r.errs = append(r.errs, fmt.Errorf("policyfile: %s: %s %q: %w", e.source, s, e.name, err))
}

// caller returns the place in the program that registers.
func caller() string {
	for skip := 2; ; skip++ {
		_, file, line, ok := runtime.Caller(skip)
		if !ok {
			return "unknown"
		}
		if strings.Contains(file, "routing/policyfile/") && !strings.HasSuffix(file, "_test.go") && !strings.Contains(file, "/builtin") {
			continue
		}
		if slash := strings.LastIndexByte(file, '/'); slash >= 0 {
			file = file[slash+1:]
		}
		return fmt.Sprintf("%s:%d", file, line)
	}
}

// Err returns every mistake that was made in registering, joined; or nil.
func (r *Registry) Err() error { return errors.Join(r.errs...) }

// lookup finds an entry. The classes of djmessenger are also found below a module
// that is not known: "djmessenger.contrib.DummyHandler" is a DummyHandler.
func (r *Registry) lookup(s sort, name string) (*entry, bool) {
	if e, ok := r.names[s][name]; ok {
		return e, true
	}
	if !strings.HasPrefix(name, original) {
		return nil, false
	}
	class := name[strings.LastIndexByte(name, '.')+1:]
	e, ok := r.names[s][class]
	return e, ok && slices.Contains(e.classes(), class)
}

// classes returns the bare names of an entry that is a class of djmessenger.
func (e *entry) classes() []string {
	if !strings.HasPrefix(e.name, original) {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(e.aliases), func(name string) bool { return strings.Contains(name, ".") })
}

// original is what the classes of djmessenger begin with.
const original = "djmessenger."

// known returns the names that files may use, in order.
func (r *Registry) known(s sort) []string {
	names := make([]string, 0, len(r.names[s]))
	for name, e := range r.names[s] {
		if e.abstract == "" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// entries returns what files may use, each once, in the order of the names.
func (r *Registry) entries(s sort) []*entry {
	var all []*entry
	for _, name := range r.known(s) {
		if e := r.names[s][name]; e.name == name {
			all = append(all, e)
		}
	}
	return all
}
