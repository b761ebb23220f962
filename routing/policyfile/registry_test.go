package policyfile_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/netip"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/routing/policyfile"
	"github.com/djmessenger/messenger/sending"
)

// orderArgs has every kind of argument.
type orderArgs struct {
	Named
	Count    int                        `required:"true"`
	Small    uint8                      `json:"small"`
	Price    float64                    `doc:"What it costs."`
	Gift     bool                       `json:"gift,omitempty"`
	Size     string                     `oneof:"S,M,L"`
	Wait     time.Duration              `json:"wait"`
	Note     *string                    `json:"note"`
	Tags     []string                   `json:"tags"`
	Labels   map[string]int             `json:"labels"`
	From     netip.Addr                 `json:"from"` // by UnmarshalText
	Amount   sending.Amount             `json:"amount"`
	Anything any                        `json:"anything"`
	Raw      json.RawMessage            `json:"raw"`
	Next     *orderArgs                 `json:"next"`
	Answers  []sending.Sender           `json:"answers"`
	By       map[string]sending.Message `json:"by"`
	Inner    handling.Handler           `json:"inner"`
	If       routing.Condition          `json:"if"`
	Skipped  string                     `json:"-"`
	HTTPPort int
}

// Named is embedded.
type Named struct{ Name string }

type orderHandler struct {
	handling.TextBase
	args orderArgs
}

func (orderHandler) Handle(context.Context, *receiving.Event, *sending.Replier) error { return nil }

func withOrder() *policyfile.Registry {
	reg := policyfile.BuiltIn()
	policyfile.Handler(reg, "shop.Order", func(args orderArgs) (handling.Handler, error) {
		if args.Count == 13 {
			return nil, policyfile.ArgError("count", errors.New("brings bad luck"))
		}
		if args.Count == 14 {
			panic("14")
		}
		if args.Count == 15 {
			return nil, nil
		}
		return orderHandler{args: args}, nil
	}, policyfile.Alias("shop.handlers.OrderHandler"))
	policyfile.Condition(reg, "shop.VIP", func(args struct{ Level int }) (routing.Condition, error) {
		return routing.If("vip", func(context.Context, *receiving.Event) bool { return args.Level > 1 }), nil
	})
	return reg
}

const order = `routers:
  - type: SIMPLE_TEXT
    handlers:
      - name: shop.Order
        when: {any: [{name: shop.VIP, args: {level: 2}}]}
        args:
          name: Ada
          count: 3
          small: 0x10
          price: 1.5
          gift: true
          size: M
          wait: 1m30s
          note: call first
          tags: [a, b]
          labels: {x: 1}
          from: 10.0.0.1
          amount: 12.50
          anything: {list: [1, two, null, true]}
          raw: {a: "<b>"}
          next: {count: 1, next: null}
          answers: [{name: SimpleMessage, args: {text: hi}}, {name: Default}]
          by: {de: {text: hallo}}
          inner: {name: ThumbUp}
          if: {not: {name: shop.VIP}}
          http_port: 80
`

func TestArgumentsOfEveryType(t *testing.T) {
	t.Parallel()
	reg := withOrder()
	policy, err := reg.Parse("p.yaml", []byte(order))
	require.NoError(t, err)
	h, ok := policy[receiving.TypeSimpleText][0].Handler.(orderHandler)
	require.True(t, ok)
	note := "call first"
	not, ok := h.args.If.(routing.Not)
	require.True(t, ok)
	require.False(t, not.Condition.Match(t.Context(), text("hi")))
	h.args.If = nil
	require.Equal(t, orderArgs{
		Named: Named{"Ada"}, Count: 3, Small: 16, Price: 1.5, Gift: true, Size: "M", Wait: 90 * time.Second, Note: &note, Tags: []string{"a", "b"},
		Labels: map[string]int{"x": 1}, From: netip.MustParseAddr("10.0.0.1"), Amount: "12.50",
		Anything: map[string]any{"list": []any{1.0, "two", nil, true}}, Raw: json.RawMessage(`{"a":"<b>"}`), Next: &orderArgs{Count: 1},
		Answers: sending.List(sending.SimpleMessage{Text: "hi"}, sending.Default{}), By: map[string]sending.Message{"de": sending.Text("hallo")},
		Inner: handling.ThumbUp{}, HTTPPort: 80,
	}, h.args)

	written, err := reg.Dump(policy, policyfile.YAML)
	require.NoError(t, err, "the file's arguments are written back, of parts that cannot be compared too")
	again, err := reg.Parse("p.yaml", written)
	require.NoError(t, err, string(written))
	twice, err := reg.Dump(again, policyfile.YAML)
	require.NoError(t, err)
	require.Equal(t, string(written), string(twice))

	schema := compiled(t, reg)
	require.NoError(t, schema.Validate(instance(t, "p.yaml", []byte(order))))
	require.NoError(t, schema.Validate(instance(t, "p.yaml", written)))
}

func TestArgumentsAreStrict(t *testing.T) {
	t.Parallel()
	reg := withOrder()
	schema := compiled(t, reg)
	for args, want := range map[string]struct {
		problem string
		schema  bool // the schema finds it too
	}{
		`{}`:                                              {"1:61: routers[0].handlers[0].args.count: is missing", true},
		`{count: 1.5}`:                                    {"1:69: routers[0].handlers[0].args.count: is 1.5, and has to be a number of Go type int", true},
		`{count: "1"}`:                                    {"args.count: is a text, and has to be a number", true},
		`{count: null}`:                                   {"args.count: is missing", true},
		`{count: 99999999999999999999}`:                   {"args.count: is 99999999999999999999, and has to be a number of Go type int", false},
		`{count: 1, small: 256}`:                          {"args.small: is 256, and has to be a number of Go type uint8", false},
		`{count: 1, small: -1}`:                           {"args.small: is -1, and has to be a number of Go type uint8", false},
		`{count: 1, gift: 1}`:                             {"args.gift: is the number 1, and has to be a boolean", true},
		`{count: 1, gift: yes}`:                           {"args.gift: is a text, and has to be a boolean", true},
		`{count: 1, size: XL}`:                            {`args.size: is "XL", and has to be one of S, M, L`, true},
		`{count: 1, note: 3}`:                             {"args.note: is the number 3, and has to be a text; put it in quotes", true},
		`{count: 1, tags: a}`:                             {"args.tags: is a text, and has to be a list", true},
		`{count: 1, tags: [a, 1, null]}`:                  {"args.tags[2]: is null", true},
		`{count: 1, labels: {x: y}}`:                      {"args.labels.x: is a text, and has to be a number", true},
		`{count: 1, from: nowhere}`:                       {`args.from: ParseAddr("nowhere")`, false},
		`{count: 1, next: {}}`:                            {"args.next.count: is missing", true},
		`{count: 1, next: {count: 1, next: {count: x}}}`:  {"args.next.next.count: is a text", true},
		`{count: 1, answers: [{name: ThumbUp}]}`:          {`args.answers[0].name: "ThumbUp" is not registered as a sender, but as a handler`, true},
		`{count: 1, inner: {name: ThumbUp, senders: []}}`: {"args.inner.senders: there is no such field; there are: name, args", false},
		`{count: 1, if: {nor: []}}`:                       {"args.if.nor: there is no such field", true},
		`{count: 1, Count: 2}`:                            {"args.Count: there is no such field; the nearest is count", true},
		`{count: 1, skipped: 2}`:                          {"args.skipped: there is no such field", true},
		`{count: 13}`:                                     {"args.count: brings bad luck", false},
		`{count: 14}`:                                     {`args: the function that is registered for "shop.Order" panics: 14`, false},
		`{count: 15}`:                                     {`args: the function that is registered for "shop.Order" returns nil`, false},
		`3`:                                               {"args: is the number 3, and has to be an object", true},
		`[]`:                                              {"args: is a list, and has to be an object", true},
		`{count: 1, by: {de: {text: a, quick_replies: [{}]}}, tags: [1]}`: {"args.tags[0]: is the number 1", true},
	} {
		file := []byte("routers: [{type: IMAGE, handlers: [{name: shop.Order, args: " + args + "}]}]")
		_, err := reg.Parse("p.yaml", file)
		require.ErrorContains(t, err, want.problem, args)
		if want.schema {
			require.Error(t, schema.Validate(instance(t, "p.yaml", file)), args)
		}
	}
}

// What is registered wrongly is refused before a file is read, with both places.
func TestRegistrationsThatClash(t *testing.T) {
	t.Parallel()
	dummy := func(struct{}) (handling.Handler, error) { return handling.Dummy{}, nil }
	reg := withOrder()
	policyfile.Handler(reg, "shop.Help", dummy)
	policyfile.Handler(reg, "shop.Help", dummy)
	policyfile.Handler(reg, "shop.Order2", dummy, policyfile.Alias("shop.handlers.OrderHandler", "DummyHandler"))
	policyfile.Handler(reg, "", dummy)
	policyfile.Handler[struct{}](reg, "shop.Nil", nil)
	policyfile.Handler(reg, "shop.Chan", func(struct{ C chan int }) (handling.Handler, error) { return handling.Dummy{}, nil })
	policyfile.Handler(reg, "shop.Text", func(string) (handling.Handler, error) { return handling.Dummy{}, nil })
	policyfile.Handler(reg, "shop.Twice", func(struct {
		Named
		Other string `json:"name"`
	}) (handling.Handler, error) {
		return handling.Dummy{}, nil
	})
	policyfile.Sender(reg, "shop.Help", func(struct{}) (sending.Sender, error) { return sending.Default{}, nil })
	err := reg.Err()
	for _, want := range []string{
		`handler "shop.Help": the name "shop.Help" is taken by the handler "shop.Help" of registry_test.go:`,
		`handler "shop.Order2": the name "shop.handlers.OrderHandler" is taken by the handler "shop.Order" of registry_test.go:`,
		`handler "shop.Order2": the name "DummyHandler" is taken by the handler "djmessenger.handling.DummyHandler" of builtin_original.go:`,
		`handler "": "" is no name`,
		`handler "shop.Nil": its function is nil`,
		`handler "shop.Chan": the argument .c is a chan int, which files cannot have`,
		`handler "shop.Text": its arguments are a string; they have to be a struct`,
		`two arguments are called .name`,
		`policyfile: registry_test.go:`,
	} {
		require.ErrorContains(t, err, want)
	}
	require.NotContains(t, err.Error(), "sender", "a sender may have a handler's name")
	_, loaded := reg.Parse("p.yaml", []byte("routers: []"))
	require.Equal(t, err, loaded)
	_, dumped := reg.Dump(nil, policyfile.JSON)
	require.Equal(t, err, dumped)
	_, schema := reg.Schema()
	require.Equal(t, err, schema)
}

func TestEmptyRegistryKnowsNothing(t *testing.T) {
	t.Parallel()
	reg := policyfile.NewRegistry()
	_, err := reg.Parse("p.yaml", []byte("routers: [{type: IMAGE, handlers: [{name: Dummy}]}]"))
	require.EqualError(t, err, `p.yaml:1:43: routers[0].handlers[0].name: "Dummy" is not registered as a handler`)
	compiled(t, reg)
}

// A tool goes on with what it does not know.
func TestCheckPutsPlaceholders(t *testing.T) {
	t.Parallel()
	policy, mistakes := policyfile.BuiltIn().Check("p.yaml", []byte(order))
	require.Len(t, mistakes, 2)
	require.Equal(t, []string{"shop.Order", "shop.VIP"}, []string{mistakes[0].Unknown, mistakes[1].Unknown})
	route := policy[receiving.TypeSimpleText][0]
	require.Equal(t, policyfile.Placeholder{Name: "shop.Order"}, route.Handler)
	require.True(t, route.Handler.ShouldHandle(t.Context(), text("hi")))
	require.True(t, route.When.Match(t.Context(), text("hi")))
	require.NoError(t, route.Handler.Handle(t.Context(), text("hi"), nil))
	require.NoError(t, policy.Validate())
}
