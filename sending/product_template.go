package sending

import (
	"context"
	"slices"

	"github.com/djmessenger/messenger/receiving"
)

// ProductTemplate is one to ten products of the page's catalog; the platform
// takes images, titles and prices from there. The app needs the permission
// catalog_management.
//
// A custom sender embeds it and adds to it; see [QuickReplies].
//
// https://developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages/template/product
type ProductTemplate struct {
	// ProductIDs are the products' ids in the catalog.
	ProductIDs []string `json:"product_ids"`
}

// WithProducts returns a copy with more products.
func (t ProductTemplate) WithProducts(ids ...string) ProductTemplate {
	t.ProductIDs = slices.Concat(t.ProductIDs, ids)
	return t
}

// Message makes the message.
func (t ProductTemplate) Message() Message { return t.message() }

// Compose makes the message.
func (t ProductTemplate) Compose(context.Context, *receiving.Event) ([]Message, error) {
	return []Message{t.message()}, nil
}

// Validate reports what breaks a limit. An empty list of products is allowed:
// an embedding sender may add them.
func (t ProductTemplate) Validate() error { return validateDraft(t.payload(), node.checkProduct) }

func (t ProductTemplate) message() Message { return template("product", t.payload()) }

type productPayload struct {
	Elements []productElement `json:"elements"`
}

type productElement struct {
	ID string `json:"id"`
}

func (t ProductTemplate) payload() productPayload {
	elements := make([]productElement, len(t.ProductIDs))
	for i, id := range t.ProductIDs {
		elements[i].ID = id
	}
	return productPayload{elements}
}

func (n node) checkProduct() {
	for _, element := range n.get("elements").list(1, 10) {
		if id := element.get("id"); element.isObject() && id.need() {
			id.id()
		}
	}
}
