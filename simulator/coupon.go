package simulator

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// eventTemplate is the event of a coupon whose code a person has revealed.
type eventTemplate struct {
	Type       string `json:"type"`
	Payload    string `json:"payload,omitempty"`
	CouponCode string `json:"coupon_code"`
}

// RevealCoupon lets a person reveal the code of a coupon, in the message with this mid, or if it is empty in the newest one that has a
// coupon. The event comes under the field messages and has no message. A coupon that has only a link reveals none.
func (s *Simulator) RevealCoupon(ctx context.Context, psid, mid string) error {
	_, err := s.act(ctx, psid, Act{Type: ActCoupon, MID: mid}, func(c *conversation, _ time.Time) (doing, error) {
		if s.home[psid].instagram {
			return doing{}, errNotOnInstagram("a coupon")
		}
		var coupon struct {
			Code    string `json:"coupon_code"`
			Payload string `json:"payload"`
		}
		if err := c.template(mid, &coupon, "coupon"); err != nil {
			return doing{}, err
		}
		if coupon.Code == "" {
			return doing{}, fmt.Errorf("the coupon: %w", ErrOpensLink)
		}
		return doing{
			field: "messages", opens: true,
			event: element{Template: &eventTemplate{Type: "coupon", Payload: coupon.Payload, CouponCode: coupon.Code}},
		}, nil
	})
	return err
}

// template reads the newest template of one of these types that the page has sent, or that of the message with that mid.
func (c *conversation) template(mid string, into any, types ...string) error {
	for _, m := range slices.Backward(c.messages) {
		if m.From != FromPage || mid != "" && m.ID != mid {
			continue
		}
		for _, a := range m.Attachments {
			if a.Template != nil && slices.Contains(types, a.Template.Type) {
				return json.Unmarshal(a.Template.Raw, into)
			}
		}
	}
	if mid != "" {
		return notOfferedError(fmt.Sprintf("simulator: message %q has no template of the type %s", mid, types[0]))
	}
	return notOfferedError(fmt.Sprintf("simulator: no template of the type %s in this conversation", types[0]))
}
