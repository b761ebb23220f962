package receiving

import "time"

// FeedChange is something that happened on the page's feed: a post, a comment, a reaction, and their changes. Its author has
// no PSID before the page has written to them, so such events have no person. A private reply to the comment or post opens
// the conversation.
//
// https://developers.facebook.com/docs/graph-api/webhooks/reference/page
type FeedChange struct {
	// From is the author, who may be the page itself.
	From *Author `json:"from,omitempty"`
	// Item is "comment", "post", "status", "photo", "video", "share",
	// "reaction" or another of the platform's words.
	Item string `json:"item,omitempty"`
	// Verb is "add", "edit", "edited", "remove", "delete", "hide", "unhide" or
	// another of the platform's words.
	Verb string `json:"verb,omitempty"`
	// PostID and CommentID are what a private reply is addressed to.
	PostID    string `json:"post_id,omitempty"`
	CommentID string `json:"comment_id,omitempty"`
	// ParentID is the comment that a comment answers, or the post.
	ParentID     string    `json:"parent_id,omitempty"`
	CreatedTime  time.Time `json:"created_time,omitzero"`
	Message      string    `json:"message,omitempty"`
	ReactionType string    `json:"reaction_type,omitempty"`
}

// Author is who wrote something on Facebook. The ID is no PSID.
type Author struct {
	ID   string `json:"id,omitempty"`
	Name string `json:"name,omitempty"`
}

// GroupFeed is something that a person wrote in a group which the page is in. The platform documents only some of its fields;
// [Event.Raw] has all.
//
// https://developers.facebook.com/documentation/business-messaging/messenger-platform/webhooks/webhook-events/group-feed
type GroupFeed struct {
	From    *Author `json:"from,omitempty"`
	GroupID string  `json:"group_id,omitempty"`
	// PostID and CommentID are what a private reply is addressed to.
	PostID      string    `json:"post_id,omitempty"`
	CommentID   string    `json:"comment_id,omitempty"`
	ParentID    string    `json:"parent_id,omitempty"`
	CreatedTime time.Time `json:"created_time,omitzero"`
}

// InstagramComment is a comment on media of the Instagram account, live videos included.
//
// https://developers.facebook.com/docs/graph-api/webhooks/reference/instagram
type InstagramComment struct {
	// ID is what a private reply is addressed to.
	ID string `json:"id,omitempty"`
	// ParentID is the comment that this one answers.
	ParentID string `json:"parent_id,omitempty"`
	Text     string `json:"text,omitempty"`
	// From is the author, who may be the account itself.
	From  *InstagramAuthor `json:"from,omitempty"`
	Media *InstagramMedia  `json:"media,omitempty"`
	// Live reports a comment on a live video, which takes private replies
	// while it is live.
	Live bool `json:"-"`
}

// InstagramAuthor is who wrote a comment on Instagram.
type InstagramAuthor struct {
	ID       string `json:"id,omitempty"`
	Username string `json:"username,omitempty"`
}

// InstagramMedia is what a comment is about.
type InstagramMedia struct {
	ID string `json:"id,omitempty"`
	// MediaProductType is "FEED", "REELS", "AD" or another of the platform's
	// words. AdID, AdTitle and OriginalMediaID are set for an ad.
	MediaProductType string `json:"media_product_type,omitempty"`
	AdID             string `json:"ad_id,omitempty"`
	AdTitle          string `json:"ad_title,omitempty"`
	OriginalMediaID  string `json:"original_media_id,omitempty"`
}

// InstagramMention is a comment or caption that mentions the Instagram account.
//
// https://developers.facebook.com/docs/graph-api/webhooks/reference/instagram
type InstagramMention struct {
	MediaID string `json:"media_id,omitempty"`
	// CommentID is empty if the media's caption has the mention.
	CommentID string `json:"comment_id,omitempty"`
}
