package sending

// Recipient names who gets a message. Exactly one field is set.
//
// https://developers.facebook.com/documentation/business-messaging/messenger-platform/reference/send-api
type Recipient struct {
	// ID is a PSID or IGSID.
	ID string `json:"id,omitempty"`
	// UserRef is a person who came through a checkbox plugin.
	UserRef string `json:"user_ref,omitempty"`
	// CommentID and PostID make a private reply to a comment or a post: one message
	// each, within 7 days; to a comment on an Instagram live video only while it is
	// live. It opens no messaging window: that opens when the person answers.
	CommentID string `json:"comment_id,omitempty"`
	PostID    string `json:"post_id,omitempty"`
	// NotificationMessagesToken is the token of a person who opted in to
	// recurring notifications. The platform has replaced these by its paid
	// marketing messages in all but a few countries.
	NotificationMessagesToken string `json:"notification_messages_token,omitempty"`
	// OneTimeNotifToken is the token of a person who asked for one
	// notification. The platform accepts existing tokens and no longer
	// documents the request for new ones.
	OneTimeNotifToken string `json:"one_time_notif_token,omitempty"`
}

// named returns the fields that are set.
func (r Recipient) named() []string {
	var set []string
	for _, id := range []string{r.ID, r.UserRef, r.CommentID, r.PostID, r.NotificationMessagesToken, r.OneTimeNotifToken} {
		if id != "" {
			set = append(set, id)
		}
	}
	return set
}
