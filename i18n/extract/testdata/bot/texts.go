// Package bot says texts in all ways. A comment "text" at the end of a line is what is found in it, "unknown" why nothing is.
package bot

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/djmessenger/messenger/i18n"
	"github.com/djmessenger/messenger/i18n/extract/testdata/words"
)

// typed is a string type of the program.
type typed string

const (
	part           = "orders"
	whole          = part + ".shipped"
	kind  typed    = "typed.constant"
	paid  i18n.Key = "status.paid" // text: status.paid
)

var state = "variable.global" // text: variable.global

// counted is a choice of texts.
var counted = map[int]string{
	1: "map.one", // text: map.one
	2: "map.two", // text: map.two
}

var converted = []string{"key.converted"} // text: key.converted

var asked = map[string]bool{
	"key.of.map": true, // text: key.of.map
}

type order struct {
	Status string
	Note   string
	Secret string // not said
	Short  string
}

type decoded struct {
	Title string `json:"title"` // unknown: the field Title, which nothing here sets; it may be decoded from a file
}

func direct(ctx context.Context, n int) {
	l := i18n.From(ctx)
	l.Text("Hello, %{first_name|there}!", i18n.Args{"none": "an argument is no text"}) // text: Hello, %{first_name|there}!
	l.Text(whole)                                                                      // text: orders.shipped
	l.Text(part + ".lost")                                                             // text: orders.lost
	l.Text(string(kind))                                                               // text: typed.constant
	l.Text(`raw
text`) // the text of two lines begins in the line before
	l.Text("")
	l.Text(state)
	l.Fill("filled", nil)              // text: filled
	l.Lookup("looked up")              // text: looked up
	l.Format(i18n.Key("status.lost"))  // text: status.lost
	l.Format(paid)                     // text: status.paid
	l.Format(i18n.Key(converted[n]))   // the map says it
	l.Text(fmt.Sprintf("order.%d", n)) // unknown: the result of fmt.Sprintf
	l.Text("order." + fmt.Sprint(n))   // unknown: a text that is put together at run time
	l.Text(whole[2:n])                 // unknown: a part of a text
	l.Text(l.Text("said.twice"))       // text: said.twice
	l.Text(counted[n])
	l.Text(cmp.Or(state, "or.this")) // text: or.this
	for id := range asked {
		l.Text(id)
	}
	for _, id := range []string{"list.one", "list.two"} { // text: list.one; text: list.two
		l.Text(id)
	}
	for _, id := range slices.Backward([]string{"back.one"}) { // text: back.one
		l.Text(id)
	}
	for _, id := range slices.Concat([]string{"concat.one"}, []string{"concat.two"}) { // text: concat.one; text: concat.two
		l.Text(id)
	}
}

func indirect(ctx context.Context, o order, d decoded, n int) {
	l := i18n.From(ctx)
	local := "local.one" // text: local.one
	if n > 1 {
		local = "local.two" // text: local.two
	}
	l.Text(local)
	l.Text(o.Status)
	l.Text(d.Title)
	l.Text(chosen(n))
	first, err := two(n)
	l.Text(first)
	_ = err
	say(ctx, "by.a.function")            // text: by.a.function
	many(ctx, "many.one", "many.two")    // text: many.one; text: many.two
	list := []string{"many.list"}        // text: many.list
	list = append(list, "many.appended") // text: many.appended
	many(ctx, list...)
	literal := func(id string) { l.Text(id) }
	literal("by.a.literal")                     // text: by.a.literal
	func(id string) { l.Text(id) }("by.a.call") // text: by.a.call
	var s speaker = loud{}
	s.Speak(ctx, "by.an.interface") // text: by.an.interface
	apply(func(id string) { l.Text(id) })
	generic(ctx, typed("by.a.generic"))  // text: by.a.generic
	words.Say(ctx, "by.another.package") // text: by.another.package
	words.Greet(ctx)
	words.Called(ctx)
	pointed(ctx, &o.Note)
	texts := make(chan string, 1)
	texts <- "by.a.channel" // text: by.a.channel
	l.Text(<-texts)
	for id := range texts {
		l.Text(id)
	}
	var some any = "in.an.interface" // text: in.an.interface
	if text, ok := some.(string); ok {
		l.Text(text)
	}
	switch text := some.(type) {
	case string:
		l.Text(text)
	}
	local += "." // unknown: a text that is put together at run time
}

func orders() []order {
	return []order{
		{Status: "field.keyed", Secret: "not said"},        // text: field.keyed
		{"field.unkeyed", "field.pointed", "not said", ""}, // text: field.unkeyed; text: field.pointed
	}
}

func chosen(n int) (id string) {
	if n > 1 {
		return "result.one" // text: result.one
	}
	id = "result.named" // text: result.named
	return
}

func two(n int) (string, error) { return "result.two", nil } // text: result.two

func say(ctx context.Context, id string) { i18n.From(ctx).Text(id) }

func many(ctx context.Context, ids ...string) {
	for _, id := range ids {
		say(ctx, id)
	}
}

func pointed(ctx context.Context, id *string) { say(ctx, *id) }

func apply(f func(id string)) { f("by.a.callback") } // text: by.a.callback

func generic[T ~string](ctx context.Context, id T) { say(ctx, string(id)) }

type speaker interface {
	Speak(ctx context.Context, id string)
}

type loud struct{}

// Speak implements speaker.
func (loud) Speak(ctx context.Context, id string) { say(ctx, id) }

// Exported is for programs that this one does not know.
func Exported(ctx context.Context, id string) { say(ctx, id) } // unknown: the parameter id of a function that nothing here calls

func tree(ctx context.Context, id string, n int) { // recursion ends
	say(ctx, id)
	if n > 0 {
		tree(ctx, id, n-1)
	}
}

func init() {
	tree(context.Background(), "recursive", 3) // text: recursive
}

var _ = []any{direct, indirect, orders}

func limit(ctx context.Context, o *order) {
	shorten(ctx, &o.Short, 12)
	short := "limited.directly" // text: limited.directly
	shorten(ctx, &short, 7)
	o.Short = "limited.field" // text: limited.field
}

func shorten(ctx context.Context, id *string, most int) { cut(ctx, *id, most) }

func cut(ctx context.Context, id string, most int) string {
	l := i18n.From(ctx)
	return l.Within(l.Text(id), id, most)
}

var _ = limit
