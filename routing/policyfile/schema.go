package policyfile

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/internal/datatree"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/sending"
)

// Schema returns a JSON Schema (draft 2020-12) of the files that the registry reads,
// with the arguments of every handler, sender and condition. Editors check and
// complete files by it, JSON and YAML alike. What only the program can check, such as a
// pattern, is not in it.
func (r *Registry) Schema() ([]byte, error) {
	if err := r.Err(); err != nil {
		return nil, err
	}
	s := &schema{reg: r, defs: &value{Kind: object}, types: map[reflect.Type]string{}}
	root := schemaObject(
		"$schema", datatree.TextValue("https://json-schema.org/draft/2020-12/schema"),
		"title", datatree.TextValue("Routing policy"),
		"type", datatree.TextValue("object"),
		"required", texts("routers"),
		"additionalProperties", no(),
		"properties", schemaObject(
			"$schema", typed("string"),
			"routers", listOf(ref("router")),
		),
	)
	s.define("router", s.router())
	s.define("handler", s.handler())
	s.define("innerHandler", s.named(handlers)) // of an argument
	s.define("sender", s.named(senders))
	s.define("condition", s.condition())
	root.Set("$defs", s.defs)
	return write(root, JSON)
}

// schema is a schema in the making.
type schema struct {
	reg   *Registry
	defs  *value
	types map[reflect.Type]string // definitions of Go types, by name
}

func (s *schema) define(name string, v *value) { s.defs.Set(name, v) }

func (s *schema) router() *value {
	names := []string{string(receiving.TypeDefault), string(receiving.TypeTap), string(receiving.TypeDialog)}
	for _, t := range receiving.Types() {
		names = append(names, string(t))
	}
	one := documented(oneOf(names), "The receiving type; DEFAULT stands for every type, TAP for every tap.")
	return schemaObject(
		"type", datatree.TextValue("object"),
		"required", texts("handlers"),
		"oneOf", items(
			schemaObject("required", texts("type"), "properties", schemaObject("types", typed("null"))),
			schemaObject("required", texts("types"), "properties", schemaObject("type", typed("null"))),
		),
		"additionalProperties", no(),
		"properties", schemaObject(
			"type", nullable(one),
			"types", schemaObject("type", texts("array", "null"), "minItems", count(1), "items", one,
				"description", datatree.TextValue("Several types with the same handlers. A route's name has /TYPE added.")),
			"handlers", listOf(ref("handler")),
		),
	)
}

func (s *schema) handler() *value {
	v := s.named(handlers)
	properties := v.Get("properties")
	name := &properties.Members[0] // which a route that only answers has not
	name.Value = nullable(name.Value)
	properties.Set("senders", documented(nullable(listOf(ref("sender"))), "What answers, in order, if the handler has handled the event."))
	properties.Set("route", documented(optional("string"), "The route's name in logs and dead letters, unique in the policy. Default: its type and index."))
	properties.Set("when", documented(nullable(ref("condition")), "The condition of the route."))
	properties.Set("timeout", documented(nullable(duration()), "Bounds the route: condition, handler and senders together."))
	properties.Set("retry", documented(nullable(s.of(reflect.TypeFor[handling.Retry]())), "How often and when an event is tried again that the route has failed for. What is left out is as in the bot's configuration."))
	properties.Set("typing", documented(optional("boolean"), "Shows the person a typing mark while the route works."))
	properties.Set("cancel_on_newer", documented(optional("boolean"), "A newer message of the person cancels the route's work."))
	properties.Set("final", documented(optional("boolean"), "No route after this one runs if it handles the event."))
	properties.Set("otherwise", documented(optional("boolean"), "The route runs only if none before it, under the same type, has handled the event."))
	properties.Set("typed_taps", documented(optional("boolean"), "A typed text that equals the title of an offered quick reply or menu item counts as the tap."))
	properties.Set("signals", documented(optional("boolean"), "A route under DEFAULT runs for signals too, which the program itself raises."))
	properties.Set("despite_silence", documented(optional("boolean"), "The route runs also while the bot keeps silent, since another app or a human has the conversation."))
	for i := range v.Members {
		if v.Members[i].Name == "required" { // a route that only answers has no handler
			v.Members[i] = member{Name: "anyOf", Value: items(
				schemaObject("required", texts("name")), schemaObject("required", texts("when", "senders")))}
		}
	}
	return v
}

// named is an object with a name that is registered, and the arguments that go with it.
func (s *schema) named(kind sort) *value {
	var names, classes []string
	rules := &value{Kind: list}
	for _, e := range s.reg.entries(kind) {
		own := append([]string{e.name}, e.aliases...)
		names = append(names, own...)
		classes = append(classes, e.classes()...)
		args := kind.String() + ":" + e.name
		then := schemaObject("properties", schemaObject("args", nullable(ref(args))))
		s.arguments(args, e)
		if slices.ContainsFunc(fieldsOf(e.args), func(f field) bool { return f.required }) {
			then = schemaObject("properties", schemaObject("args", ref(args)), "required", texts("args"))
		}
		rules.Items = append(rules.Items, schemaObject(
			"if", schemaObject("properties", schemaObject("name", nameOf(own, e.classes())), "required", texts("name")),
			"then", then,
		))
	}
	slices.Sort(names)
	v := schemaObject(
		"type", datatree.TextValue("object"),
		"required", texts("name"),
		"additionalProperties", no(),
		"properties", schemaObject(
			"name", documented(nameOf(names, classes), "The registered name of a "+kind.String()+"."),
			"args", optional("object"),
		),
	)
	if len(rules.Items) > 0 {
		v.Set("allOf", rules)
	}
	return v
}

// nameOf is one of the names, or one of the classes in any module of djmessenger.
func nameOf(names, classes []string) *value {
	if len(classes) == 0 {
		return oneOf(names)
	}
	escaped := make([]string, len(classes))
	for i, class := range classes {
		escaped[i] = regexp.QuoteMeta(class)
	}
	class := schemaObject("type", datatree.TextValue("string"), "pattern", datatree.TextValue(`^djmessenger\.(.*\.)?(`+strings.Join(escaped, "|")+`)$`))
	return schemaObject("anyOf", items(oneOf(names), class))
}

// arguments defines the arguments of an entry.
func (s *schema) arguments(name string, e *entry) {
	if s.defined(name) {
		return
	}
	described := s.structure(e.args)
	if e.doc != "" {
		described = documented(described, e.doc)
	}
	s.define(name, described)
}

func (s *schema) defined(name string) bool {
	return slices.ContainsFunc(s.defs.Members, func(m member) bool { return m.Name == name })
}

func (s *schema) condition() *value {
	several := schemaObject("type", datatree.TextValue("array"), "minItems", count(1), "items", ref("condition"))
	only := func(name string, v *value) *value {
		return schemaObject("type", datatree.TextValue("object"), "required", texts(name), "additionalProperties", no(), "properties", schemaObject(name, v))
	}
	forms := items(several, only("all", several), only("any", several), only("not", ref("condition")))
	if len(s.reg.entries(conditions)) > 0 {
		forms.Items = append(forms.Items, s.named(conditions))
	}
	return schemaObject("oneOf", forms)
}

// of returns the schema of a Go type.
func (s *schema) of(t reflect.Type) *value {
	switch shapeOf(t) {
	case durationShape:
		return duration()
	case handlerShape:
		return ref("innerHandler")
	case senderShape:
		return ref("sender")
	case conditionShape:
		return ref("condition")
	case stringShape, textShape:
		return typed("string")
	case boolShape:
		return typed("boolean")
	case intShape, uintShape:
		return typed("integer")
	case floatShape:
		return typed("number")
	case pointerShape:
		return nullable(s.of(t.Elem()))
	case sliceShape:
		return listOf(s.of(t.Elem()))
	case mapShape:
		return schemaObject("type", datatree.TextValue("object"), "additionalProperties", s.of(t.Elem()))
	case structShape:
		return ref(s.name(t))
	}
	if t == reflect.TypeFor[sending.Amount]() {
		return schemaObject("type", texts("number", "string"))
	}
	return &value{Kind: object}
}

// name defines a struct that may be used in several places, or in itself.
func (s *schema) name(t reflect.Type) string {
	if name, ok := s.types[t]; ok {
		return name
	}
	name := strings.NewReplacer("[", "-", "]", "", "/", ".", "*", "").Replace(t.String())
	for i := 2; s.defined(name); i++ {
		name = fmt.Sprintf("%s-%d", t.String(), i)
	}
	s.types[t] = name
	s.define(name, &value{})
	at := len(s.defs.Members) - 1
	described := s.structure(t) // which may define others
	s.defs.Members[at].Value = described
	return name
}

func (s *schema) structure(t reflect.Type) *value {
	properties := &value{Kind: object}
	var required []string
	for _, f := range fieldsOf(t) {
		v := s.of(f.typ)
		if len(f.oneOf) > 0 {
			v = oneOf(f.oneOf)
		}
		if f.required {
			required = append(required, f.name)
		} else {
			v = nullable(v)
		}
		if f.doc != "" {
			v = documented(v, f.doc)
		}
		properties.Set(f.name, v)
	}
	v := schemaObject("type", datatree.TextValue("object"), "additionalProperties", no(), "properties", properties)
	if len(required) > 0 {
		v.Set("required", texts(required...))
	}
	return v
}

// What follows writes schemas.

// schemaObject makes an object of names and values in turn.
func schemaObject(pairs ...any) *value {
	v := &value{Kind: object}
	for i := 0; i+1 < len(pairs); i += 2 {
		name, _ := pairs[i].(string)
		inner, _ := pairs[i+1].(*value)
		v.Set(name, inner)
	}
	return v
}

func texts(list ...string) *value {
	v := items()
	for _, s := range list {
		v.Items = append(v.Items, datatree.TextValue(s))
	}
	return v
}

func items(values ...*value) *value { return &value{Kind: list, Items: values} }

func count(n int) *value { return &value{Kind: number, Text: fmt.Sprint(n)} }

func no() *value { return &value{Kind: boolean} }

func typed(name string) *value { return schemaObject("type", datatree.TextValue(name)) }

func optional(name string) *value { return schemaObject("type", texts(name, "null")) }

func ref(name string) *value {
	return schemaObject("$ref", datatree.TextValue("#/$defs/"+strings.NewReplacer("~", "~0", "/", "~1").Replace(name)))
}

func oneOf(names []string) *value { return schemaObject("enum", texts(names...)) }

func listOf(item *value) *value {
	return schemaObject("type", datatree.TextValue("array"), "items", item)
}

func duration() *value {
	return schemaObject("type", datatree.TextValue("string"), "pattern", datatree.TextValue(`^[-+]?(0|([0-9]+(\.[0-9]*)?|\.[0-9]+)(ns|us|µs|ms|s|m|h))+$`))
}

// nullable lets null stand for a value that is left out.
func nullable(v *value) *value {
	return schemaObject("anyOf", items(v, typed("null")))
}

func documented(v *value, doc string) *value {
	described := schemaObject("description", datatree.TextValue(doc))
	described.Members = append(described.Members, v.Members...)
	return described
}
