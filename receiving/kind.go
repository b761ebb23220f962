package receiving

import (
	"cmp"
	"strings"
)

// kind is a kind of messaging element. The platform does not name it: the key that is there identifies it.
type kind struct {
	// key is that key.
	key string
	// name is what the kind is called; the key, if that is empty.
	name string
	// flat reports that the event is the whole element, of which key is but one of the fields.
	flat bool
	// rank decides if an element has several kinds: the lowest wins.
	rank int
	// carries says what of the value Split reads.
	carries carried
	// decode reads the value, or if flat the element. It returns nil if that is not an object.
	decode func(*decoder) Payload
}

// carried is what Split reads from a kind's value.
type carried int

const (
	carriesNothing carried = iota
	carriesMID
	carriesMessage // its mid, and whether it is an echo or deleted
	carriesEdit    // the mid of the message that was edited
	carriesUserRef
)

var kinds = byKey(
	kind{key: kindMessage, carries: carriesMessage, decode: (*decoder).message},
	kind{key: kindPostback, carries: carriesMID, decode: (*decoder).postback},
	kind{key: "optin", carries: carriesUserRef, decode: (*decoder).optin},
	kind{key: "account_linking", decode: (*decoder).accountLinking},
	kind{key: "delivery", decode: (*decoder).delivery},
	kind{key: "read", decode: (*decoder).read},
	kind{key: "reaction", decode: (*decoder).reaction},
	kind{key: kindEdit, carries: carriesEdit, decode: (*decoder).messageEdit},
	kind{key: "referral", decode: (*decoder).referralEvent},
	kind{key: ThreadPassed, decode: threadControl(ThreadPassed)},
	kind{key: ThreadTaken, decode: threadControl(ThreadTaken)},
	kind{key: ThreadRequested, decode: threadControl(ThreadRequested)},
	kind{key: ThreadRoles, decode: (*decoder).appRoles},
	kind{key: "policy_enforcement", decode: (*decoder).policyEnforcement},
	kind{key: "policy-enforcement", name: "policy_enforcement", decode: (*decoder).policyEnforcement}, // as old documentation has it
	kind{key: "template", decode: (*decoder).couponReveal},
	kind{key: "messaging_customer_information", decode: (*decoder).customerInformation},
	kind{key: "messaging_feedback", decode: (*decoder).feedback},
	kind{key: "response_feedback", decode: (*decoder).responseFeedback},
	kind{key: "order", decode: (*decoder).order},
	kind{key: "form", decode: (*decoder).leadForm},
	kind{key: "game_play", decode: (*decoder).gamePlay},
	kind{key: "call_permission_reply", decode: (*decoder).callPermissionReply},
	kind{key: "group_id", name: kindGroupFeed, flat: true, decode: (*decoder).groupFeed},
)

// byKey ranks the kinds in the order given.
func byKey(list ...kind) map[string]*kind {
	index := make(map[string]*kind, len(list))
	for rank := range list {
		list[rank].rank = rank
		list[rank].name = cmp.Or(list[rank].name, list[rank].key)
		index[list[rank].key] = &list[rank]
	}
	return index
}

// isFrame reports whether a key of a messaging element, or of an entry, belongs to every kind of event and so identifies none.
func isFrame(key string) bool {
	switch key {
	case "sender", "recipient", "timestamp", "hop_context", "lead", "prior_message", "is_self", "id", "time":
		return true
	}
	return false
}

// isMessagingField reports whether a webhook field comes as elements of "messaging". The dashboard's test button sends such
// an element as the value of a change.
func isMessagingField(field string) bool {
	switch field {
	case "messages", "message", "message_echoes", "message_deliveries", "message_reads", "message_reactions",
		"message_edits", "message_edit", "message_mention", "message_context",
		"response_feedback", "send_cart", "call_permission_reply", "group_feed", "standby":
		return true
	}
	return strings.HasPrefix(field, "messaging_")
}
