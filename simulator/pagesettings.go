package simulator

import (
	"encoding/json"
	"strconv"
)

// nlpModels are the languages of the platform's own reading of texts.
var nlpModels = []string{"ARABIC", "CHINESE", "CROATIAN", "CUSTOM", "DANISH", "DUTCH", "ENGLISH", "FRENCH_STANDARD", "GEORGIAN", "GERMAN_STANDARD",
	"GREEK", "HEBREW", "HUNGARIAN", "IRISH", "ITALIAN_STANDARD", "KOREAN", "NORWEGIAN_BOKMAL", "POLISH", "PORTUGUESE", "ROMANIAN", "SPANISH", "SWEDISH", "VIETNAMESE"}

// callNLP sets how the platform reads what people write, see https://developers.facebook.com/docs/messenger-platform/built-in-nlp
// The simulator reads nothing: its callbacks have no nlp.
func (s *Simulator) callNLP(c *call) (any, *GraphError) {
	var ck check
	if !c.get("nlp_enabled").present() && !c.get("model").present() && !c.get("custom_token").present() {
		ck.refuse("The parameter nlp_enabled is required.")
	}
	ck.boolean(c.get("nlp_enabled"))
	ck.boolean(c.get("verbose"))
	model := ck.oneOf(c.get("model"), nlpModels...)
	ck.text(c.get("custom_token"), 1000)
	if model == "CUSTOM" && !c.get("custom_token").present() {
		ck.refuse("Param custom_token is required for the model CUSTOM.")
	}
	if best := c.get("n_best"); best.present() {
		if n, err := strconv.Atoi(best.string()); err != nil || n < 1 || n > 8 {
			ck.refuse("Param n_best must be a whole number from 1 to 8.")
		}
	}
	if others := c.get("other_language_support").unquoted(); others.present() {
		var fields map[string]json.RawMessage
		if json.Unmarshal(others.raw, &fields) != nil {
			ck.refuse("Param other_language_support must be an object.")
		}
	}
	if ck.err != nil {
		return nil, ck.err
	}
	return successful, nil
}

// callFeatureReview lists the features that Meta reviews; the simulated page has them all. See
// https://developers.facebook.com/docs/messenger-platform/reference/messaging-feature-review-api
func (s *Simulator) callFeatureReview(*call) (any, *GraphError) {
	return map[string]any{"data": []any{
		map[string]string{"feature": "human_agent", "status": "approved"},
		map[string]string{"feature": "subscription_messaging", "status": "approved"},
	}}, nil
}

// callSecondaryReceivers lists the other apps of the page, as the Handover Protocol did.
func (s *Simulator) callSecondaryReceivers(c *call) (any, *GraphError) {
	c.warn("secondary_receivers belongs to the Handover Protocol. Meta's libraries have not had it since November 2023; Conversation Routing has no such list.")
	return map[string]any{"data": []any{map[string]string{"id": c.page.inbox(), "name": "Page Inbox"}}}, nil
}

// callNotificationTokens lists who has agreed to marketing messages: in the simulator there are none.
func (s *Simulator) callNotificationTokens(*call) (any, *GraphError) {
	return map[string]any{"data": []any{}}, nil
}

// callNotificationSupport helps developers of marketing messages. It checks the recipient, and does nothing.
func (s *Simulator) callNotificationSupport(c *call) (any, *GraphError) {
	var ck check
	ck.object(c.get("recipient"), "notification_messages_token", "id")
	if ck.oneOf(c.get("developer_action"), "ENABLE_FOLLOWUP_MESSAGE") == "" {
		ck.refuse("Param developer_action must be one of {ENABLE_FOLLOWUP_MESSAGE}.")
	}
	if ck.err != nil {
		return nil, ck.err
	}
	return successful, nil
}
