package payload_test

import (
	"errors"
	"fmt"

	"github.com/djmessenger/messenger/receiving/payload"
)

type Size struct {
	Inches int `json:"inches"`
}

var OrderSize = payload.New[Size]("order.size")

func ExampleNew() {
	text, err := OrderSize.Encode(Size{Inches: 14})
	fmt.Println(text, err)

	// The button was tapped and the text came back.
	choice, err := OrderSize.Decode(text)
	fmt.Println(choice.Inches, err)

	// Output:
	// {"kind":"order.size","data":{"inches":14}} <nil>
	// 14 <nil>
}

func ExampleKind_Matches() {
	yes := payload.New[payload.None]("YES")
	fmt.Println(yes.Matches("YES"), yes.Matches(`{"kind":"YES"}`), yes.Matches("NO"))

	// Output: true true false
}

func ExampleKind_Decode() {
	_, err := OrderSize.Decode(`{"kind":"order.colour","data":"red"}`)
	fmt.Println(errors.Is(err, payload.ErrOtherKind))

	// Output: true
}

func ExampleAlias() {
	size := payload.New[Size]("order.size", payload.Alias("shop.payloads.SizePayload"))

	// A button that a djmessenger bot once sent.
	choice, err := size.Decode(`{"inches":12,"payload_class":"shop.payloads.SizePayload"}`)
	fmt.Println(choice.Inches, err)

	// Output: 12 <nil>
}

// Colour is data that checks itself.
type Colour struct {
	Name string `json:"name"`
}

func (c Colour) Validate() error {
	if c.Name == "" {
		return errors.New("the name is missing")
	}
	return nil
}

func ExampleValidator() {
	colour := payload.New[Colour]("order.colour", payload.Alias("shop.payloads.ColourPayload"))

	// A button from the time when a colour was a number.
	_, err := colour.Decode(`{"number":7,"payload_class":"shop.payloads.ColourPayload"}`)
	fmt.Println(err)

	// Output: payload: order.colour: the name is missing
}

func ExampleKindOf() {
	for _, text := range []string{
		`{"kind":"order.size","data":{"inches":14}}`,
		`GET_STARTED_BUTTON`,
		`{"payload_class":"djmessenger.payload.PersistentMenuOnePayload"}`,
	} {
		name, ok := payload.KindOf(text)
		fmt.Println(name, ok)
	}

	// Output:
	// order.size true
	// GET_STARTED_BUTTON true
	// PERSISTENT_MENU_ONE true
}

func ExampleRef_Clash() {
	ours, theirs := payload.New[Size]("size"), payload.New[string]("size")
	name, clash := ours.Ref().Clash(theirs.Ref())
	fmt.Println(name, clash)

	// Output: size true
}
