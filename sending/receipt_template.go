package sending

import (
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/djmessenger/messenger/i18n"
	"github.com/djmessenger/messenger/receiving"
)

// ReceiptTemplate is the receipt of an order. Messenger only.
//
// As a sender it translates names and titles; an order is known when it is
// sent, so a custom sender embeds it, fills it in and calls its Compose.
//
// https://developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages/template/receipt
type ReceiptTemplate struct {
	RecipientName string `json:"recipient_name"`
	// MerchantName is shown as the logo's text.
	MerchantName string `json:"merchant_name,omitempty"`
	// OrderNumber is one that no other receipt has.
	OrderNumber string `json:"order_number"`
	// Currency is the one of all amounts, such as "USD".
	Currency string `json:"currency"`
	// PaymentMethod is any text: "Visa 1234".
	PaymentMethod string `json:"payment_method"`
	OrderURL      string `json:"order_url,omitempty"`
	// Timestamp is when the order was made. Default: none.
	Timestamp time.Time `json:"timestamp,omitzero"`
	// Address is where the order goes. Default: none.
	Address *ReceiptAddress `json:"address,omitempty"`
	Summary ReceiptSummary  `json:"summary"`
	// Adjustments are discounts, each with a positive amount.
	Adjustments []ReceiptAdjustment `json:"adjustments,omitempty"`
	// Elements are what was ordered, at most 100.
	Elements []ReceiptElement `json:"elements,omitempty"`
	// Sharable lets the person share the message. Default: false.
	Sharable bool `json:"sharable,omitempty"`
}

// ReceiptSummary is what an order costs. The total is needed.
type ReceiptSummary struct {
	Subtotal     Amount `json:"subtotal,omitempty"`
	ShippingCost Amount `json:"shipping_cost,omitempty"`
	TotalTax     Amount `json:"total_tax,omitempty"`
	TotalCost    Amount `json:"total_cost,omitempty"`
}

// ReceiptElement is one line of a receipt. Title and price are needed; what was
// free costs "0".
type ReceiptElement struct {
	Title    string `json:"title"`
	Subtitle string `json:"subtitle,omitempty"`
	Quantity int    `json:"quantity,omitempty"`
	Price    Amount `json:"price,omitempty"`
	Currency string `json:"currency,omitempty"`
	ImageURL string `json:"image_url,omitempty"`
}

// ReceiptAddress is where an order goes.
type ReceiptAddress struct {
	Street1    string `json:"street_1"`
	Street2    string `json:"street_2,omitempty"`
	City       string `json:"city"`
	PostalCode string `json:"postal_code"`
	State      string `json:"state"`
	Country    string `json:"country"`
}

// ReceiptAdjustment is a discount. A fee is an element, or a part of the
// shipping cost or the tax.
//
// https://developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages/template/receipt
type ReceiptAdjustment struct {
	Name string `json:"name,omitempty"`
	// Amount is what the discount takes off: a positive amount, "20" for 20
	// off. In the example of the platform's page a subtotal of 75.00, shipping of
	// 4.95, tax of 6.19 and adjustments of 20 and 10 make a total of 56.14. A
	// negative amount is refused.
	Amount Amount `json:"amount,omitempty"`
}

// WithOrder returns a copy for an order: its number, which no other receipt
// has, the currency, such as "USD", and the payment method, which is any text.
func (t ReceiptTemplate) WithOrder(number, currency, paymentMethod string) ReceiptTemplate {
	t.OrderNumber, t.Currency, t.PaymentMethod = number, currency, paymentMethod
	return t
}

// WithRecipientName returns a copy for another person.
func (t ReceiptTemplate) WithRecipientName(name string) ReceiptTemplate {
	t.RecipientName = name
	return t
}

// WithMerchantName returns a copy with another text of the logo.
func (t ReceiptTemplate) WithMerchantName(name string) ReceiptTemplate {
	t.MerchantName = name
	return t
}

// WithOrderURL returns a copy that leads to the order's page.
func (t ReceiptTemplate) WithOrderURL(url string) ReceiptTemplate {
	t.OrderURL = url
	return t
}

// WithTimestamp returns a copy that says when the order was made.
func (t ReceiptTemplate) WithTimestamp(at time.Time) ReceiptTemplate {
	t.Timestamp = at
	return t
}

// WithAddress returns a copy that says where the order goes.
func (t ReceiptTemplate) WithAddress(address ReceiptAddress) ReceiptTemplate {
	t.Address = &address
	return t
}

// WithElements returns a copy with more lines.
func (t ReceiptTemplate) WithElements(elements ...ReceiptElement) ReceiptTemplate {
	t.Elements = slices.Concat(t.Elements, elements)
	return t
}

// WithAdjustment returns a copy with one more discount: a positive amount, which
// the total is less by.
func (t ReceiptTemplate) WithAdjustment(name string, amount Amount) ReceiptTemplate {
	t.Adjustments = slices.Concat(t.Adjustments, []ReceiptAdjustment{{Name: name, Amount: amount}})
	return t
}

// WithSummary returns a copy with another sum.
func (t ReceiptTemplate) WithSummary(summary ReceiptSummary) ReceiptTemplate {
	t.Summary = summary
	return t
}

// WithSharable returns a copy that the person may share, or may not.
func (t ReceiptTemplate) WithSharable(sharable bool) ReceiptTemplate {
	t.Sharable = sharable
	return t
}

// Message makes the message as it is, without translation.
func (t ReceiptTemplate) Message() Message { return t.message() }

// Compose makes the message.
func (t ReceiptTemplate) Compose(ctx context.Context, _ *receiving.Event) ([]Message, error) {
	e := expander{ctx: ctx}
	return e.composed(t.expand(&e).message())
}

// TextRefs returns the texts that it translates.
func (t ReceiptTemplate) TextRefs() []i18n.TextRef {
	return textRefs(func(e *expander) { t.expand(e) })
}

func (t ReceiptTemplate) expand(e *expander) ReceiptTemplate {
	e.text("recipient_name", &t.RecipientName, 0)
	e.text("merchant_name", &t.MerchantName, 0)
	e.text("payment_method", &t.PaymentMethod, 0)
	e.url("order_url", &t.OrderURL)
	t.Elements, t.Adjustments = slices.Clone(t.Elements), slices.Clone(t.Adjustments)
	for i := range t.Elements {
		at := entry("elements", i)
		e.text(at+".title", &t.Elements[i].Title, 0)
		e.text(at+".subtitle", &t.Elements[i].Subtitle, 0)
		e.url(at+".image_url", &t.Elements[i].ImageURL)
	}
	for i := range t.Adjustments {
		e.text(entry("adjustments", i)+".name", &t.Adjustments[i].Name, 0)
	}
	return t
}

// Validate reports mistakes that later additions cannot correct. Missing parts
// are allowed: an embedding sender may add them.
func (t ReceiptTemplate) Validate() error { return validateDraft(t.payload(), node.checkReceipt) }

func (t ReceiptTemplate) message() Message { return template("receipt", t.payload()) }

type receiptPayload struct {
	ReceiptTemplate

	// Timestamp is in seconds, as a string. It hides the template's own.
	Timestamp string `json:"timestamp,omitempty"`
}

func (t ReceiptTemplate) payload() receiptPayload {
	payload := receiptPayload{ReceiptTemplate: t}
	if !t.Timestamp.IsZero() {
		payload.Timestamp = strconv.FormatInt(t.Timestamp.Unix(), 10)
	}
	return payload
}

func (n node) checkReceipt() {
	for _, name := range []string{"recipient_name", "order_number", "currency", "payment_method"} {
		n.get(name).needText(0)
	}
	n.get("order_url").url()
	summary := n.get("summary")
	if summary.isObject() {
		for _, name := range []string{"subtotal", "shipping_cost", "total_tax"} {
			summary.get(name).amount()
		}
		summary.get("total_cost").needAmount()
	}
	for _, adjustment := range n.get("adjustments").list(0, 0) {
		if adjustment.isObject() {
			adjustment.get("amount").discount()
		}
	}
	for _, element := range n.get("elements").list(0, 100) {
		if element.isObject() {
			element.get("title").needText(0)
			element.get("price").needAmount()
			element.get("image_url").url()
		}
	}
}
