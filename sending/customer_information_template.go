package sending

import (
	"context"
	"maps"
	"slices"

	"github.com/djmessenger/messenger/i18n"
	"github.com/djmessenger/messenger/receiving"
)

// CustomerInformationTemplate asks for the address that an order goes to. The
// answer is an event of its own. Messenger only.
//
// As a sender it translates the labels. A custom sender embeds it and adds to
// it; see [QuickReplies].
//
// https://developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages/templates/structured-information-template
type CustomerInformationTemplate struct {
	// Countries are those that the business delivers to: "US". Default: all
	// that the platform has.
	Countries []string `json:"countries,omitempty"`
	// PrivacyURL is the business's privacy policy.
	PrivacyURL string `json:"privacy_url,omitempty"`
	// ExpiresInDays is how many days it can be answered, 1 to 7. Default: 1.
	ExpiresInDays int `json:"expires_in_days,omitempty"`
	// AddressOverrides change the fields of the address, for each country.
	AddressOverrides []AddressOverride `json:"address_overrides,omitempty"`
	// ContactOverrides change the fields about the person, by their names.
	ContactOverrides map[string]FieldOverride `json:"contact_overrides,omitempty"`
	// Purpose is PurposeShipping. Default: the platform's.
	Purpose string `json:"purpose,omitempty"`
}

// PurposeShipping is what a [CustomerInformationTemplate] asks for an address for.
const PurposeShipping = "SHIPPING"

// AddressOverride changes the fields of a country's addresses, by their names.
type AddressOverride struct {
	Country   string                   `json:"country"`
	Overrides map[string]FieldOverride `json:"overrides"`
}

// FieldOverride changes a field of a form.
type FieldOverride struct {
	// Label is what stands beside it. Default: the platform's.
	Label string `json:"label,omitempty"`
	// Required says whether it must be filled in. Default: the platform's.
	Required *bool `json:"required,omitempty"`
}

// WithCountries returns a copy that delivers to more countries.
func (t CustomerInformationTemplate) WithCountries(countries ...string) CustomerInformationTemplate {
	t.Countries = slices.Concat(t.Countries, countries)
	return t
}

// WithPrivacy returns a copy that names the business's privacy policy.
func (t CustomerInformationTemplate) WithPrivacy(url string) CustomerInformationTemplate {
	t.PrivacyURL = url
	return t
}

// WithExpiry returns a copy that can be answered for that many days, 1 to 7.
func (t CustomerInformationTemplate) WithExpiry(days int) CustomerInformationTemplate {
	t.ExpiresInDays = days
	return t
}

// WithAddressOverrides returns a copy that changes the fields of more countries'
// addresses.
func (t CustomerInformationTemplate) WithAddressOverrides(overrides ...AddressOverride) CustomerInformationTemplate {
	t.AddressOverrides = slices.Concat(t.AddressOverrides, overrides)
	return t
}

// WithContactOverride returns a copy that changes a field about the person.
func (t CustomerInformationTemplate) WithContactOverride(field string, override FieldOverride) CustomerInformationTemplate {
	contact := maps.Clone(t.ContactOverrides)
	if contact == nil {
		contact = map[string]FieldOverride{}
	}
	contact[field] = override
	t.ContactOverrides = contact
	return t
}

// WithPurpose returns a copy that says what the address is for.
func (t CustomerInformationTemplate) WithPurpose(purpose string) CustomerInformationTemplate {
	t.Purpose = purpose
	return t
}

// Message makes the message as it is, without translation.
func (t CustomerInformationTemplate) Message() Message { return t.message() }

// Compose makes the message.
func (t CustomerInformationTemplate) Compose(ctx context.Context, _ *receiving.Event) ([]Message, error) {
	e := expander{ctx: ctx}
	return e.composed(t.expand(&e).message())
}

// TextRefs returns the texts that it translates.
func (t CustomerInformationTemplate) TextRefs() []i18n.TextRef {
	return textRefs(func(e *expander) { t.expand(e) })
}

func (t CustomerInformationTemplate) expand(e *expander) CustomerInformationTemplate {
	e.url("business_privacy.url", &t.PrivacyURL)
	t.AddressOverrides = slices.Clone(t.AddressOverrides)
	for i, o := range t.AddressOverrides {
		t.AddressOverrides[i].Overrides = e.labels(entry("address_overrides", i)+".overrides", o.Overrides)
	}
	t.ContactOverrides = e.labels("contact_overrides", t.ContactOverrides)
	return t
}

func (e *expander) labels(at string, overrides map[string]FieldOverride) map[string]FieldOverride {
	overrides = maps.Clone(overrides)
	for _, field := range slices.Sorted(maps.Keys(overrides)) {
		o := overrides[field]
		e.text(at+"."+field+".label", &o.Label, 0)
		overrides[field] = o
	}
	return overrides
}

// Validate reports what exceeds a limit before translation. Missing parts are
// allowed: an embedding sender may add them.
func (t CustomerInformationTemplate) Validate() error {
	return validateDraft(t.payload(), node.checkCustomerInformation)
}

func (t CustomerInformationTemplate) message() Message {
	return template("customer_information", t.payload())
}

type informationPayload struct {
	Countries        []string                 `json:"countries,omitempty"`
	BusinessPrivacy  *businessPrivacy         `json:"business_privacy,omitempty"`
	ExpiresInDays    int                      `json:"expires_in_days,omitempty"`
	AddressOverrides []AddressOverride        `json:"address_overrides,omitempty"`
	ContactOverrides map[string]FieldOverride `json:"contact_overrides,omitempty"`
	Purpose          string                   `json:"purpose,omitempty"`
}

func (t CustomerInformationTemplate) payload() informationPayload {
	return informationPayload{
		Countries:        t.Countries,
		BusinessPrivacy:  privacy(t.PrivacyURL),
		ExpiresInDays:    t.ExpiresInDays,
		AddressOverrides: t.AddressOverrides,
		ContactOverrides: t.ContactOverrides,
		Purpose:          t.Purpose,
	}
}

func (n node) checkCustomerInformation() {
	for _, country := range n.get("countries").list(0, 0) {
		country.needText(0)
	}
	n.checkPrivacy()
	n.get("expires_in_days").days()
	for _, override := range n.get("address_overrides").list(0, 0) {
		if override.isObject() {
			override.get("country").needText(0)
		}
	}
}
