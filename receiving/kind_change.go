package receiving

// changeKind is a kind of change, which the platform names by its webhook field.
type changeKind struct {
	// person says where the value has the person.
	person personPlace
	// identity says what makes two values the same.
	identity identityBy
	// time is the key of the value's time; empty if it has none.
	time string
	// flat reports that the value's fields may stand in the place of the value.
	flat bool
	// decode reads the value. It returns nil if that is not an object.
	decode func(d *decoder, field string) Payload
}

// personPlace is a place for a person's id in the value of a change.
type personPlace int

const (
	personNowhere   personPlace = iota // the event has none
	personUser                         // "user": {"id"}
	personRecipient                    // "recipient_id"
	personSelf                         // "from": {"self_ig_scoped_id"}
	personCaller                       // "from" and "to", of which one is the page; or "recipient_id"
)

var (
	comments         = &changeKind{person: personSelf, identity: identityComment, decode: (*decoder).instagramComment}
	marketingMessage = &changeKind{person: personRecipient, time: "timestamp", flat: true, decode: (*decoder).marketingMessage}
	groupFeeds       = &changeKind{identity: identityFeed} // which come as messaging elements
	templateStatus   = &changeKind{decode: (*decoder).messageTemplateStatus}
)

var changes = map[string]*changeKind{
	"feed":                              {identity: identityFeed, time: "created_time", decode: (*decoder).feedChange},
	"comments":                          comments,
	"live_comments":                     comments,
	"mention":                           {identity: identityPageMention, time: "created_time", decode: (*decoder).mention},
	"mentions":                          {identity: identityMention, decode: (*decoder).instagramMention},
	"inbox_labels":                      {person: personUser, decode: (*decoder).inboxLabel},
	fieldCalls:                          {person: personCaller, time: "timestamp", flat: true, decode: (*decoder).call},
	"marketing_message_echoes":          marketingMessage,
	"marketing_message_deliveries":      marketingMessage,
	"marketing_message_reads":           marketingMessage,
	"marketing_message_clicks":          marketingMessage,
	"marketing_message_delivery_failed": marketingMessage,
	"message_template_status_update":    templateStatus,
	"messenger_template_status_update":  templateStatus, // so called in one place of the documentation
	"business_integrity":                {time: "timestamp", decode: (*decoder).businessIntegrity},
}

// fieldCalls is the webhook field of calls, which come in a list of their own, and as changes from the dashboard.
const fieldCalls = "calls"
