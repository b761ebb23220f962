package order_test

import (
	"context"
	"fmt"

	"github.com/djmessenger/messenger/examples/pizza/order"
)

// The kitchen gets the order once, by a key that is the same in each retry.
func ExampleDialog() {
	kitchen := map[string]order.Order{}
	orders := order.Dialog(func(_ context.Context, key string, o order.Order) error {
		kitchen[key] = o
		return nil
	})
	fmt.Println(orders, orders.Validate())
	// Output: dialog "pizza" <nil>
}
