package simulator

import "slices"

// Offer is something that a person could tap right now.
type Offer struct {
	// Where is OfferQuickReply, OfferButton or OfferMenu.
	Where string `json:"where"`
	// Type is the platform's word: text, user_phone_number or user_email of a
	// quick reply; postback, web_url and others of a button or a menu item.
	Type    string `json:"type"`
	Title   string `json:"title,omitempty"`
	Payload string `json:"payload,omitempty"`
	URL     string `json:"url,omitempty"` // of a link, which has no payload
}

// Where an [Offer] is found, and the method that taps it.
const (
	OfferQuickReply = "quick reply" // [Simulator.TapQuickReply]
	OfferButton     = "button"      // [Simulator.TapButton]
	OfferMenu       = "menu item"   // [Simulator.TapMenu]
)

// Offers returns what a person could tap: the quick replies under the newest
// message, the buttons of all messages of the page, the newest first, and the
// persistent menu in the person's language. An unknown person has no offers.
func (s *Simulator) Offers(psid string) []Offer {
	s.mu.Lock()
	defer s.mu.Unlock()
	pg := s.home[psid]
	if pg == nil {
		return nil
	}
	var offers []Offer
	c := pg.conversation(psid)
	if m := c.newest(); m != nil {
		for _, q := range m.QuickReplies {
			offers = append(offers, Offer{OfferQuickReply, q.ContentType, q.Title, q.Payload, ""})
		}
	}
	for _, m := range slices.Backward(c.messages) {
		if m.From == FromPage {
			for _, b := range m.buttons() {
				offers = append(offers, Offer{OfferButton, b.Type, b.Title, b.Payload, b.URL})
			}
		}
	}
	found, _ := inLocale[menu](pg.menuOf(psid), pg.people[psid].Locale)
	for _, b := range found.CallToActions {
		offers = append(offers, Offer{OfferMenu, b.Type, b.Title, b.Payload, b.URL})
	}
	return offers
}
