package receiving

import "time"

// FeedChange is something that happened on the page's feed: a post, a comment, a reaction, and their changes. Its author has
// no PSID before the page has written to them, so such events have no person. A private reply to the comment or post opens
// the conversation.
//
// https://developers.facebook.com/docs/graph-api/webhooks/reference/page
type FeedChange struct {
	// From is the author, who may be the page itself; also from sender_id and
	// sender_name, as the platform calls it in older notifications. The platform
	// leaves it out of some of the page's own posts and comments.
	From *Author `json:"from,omitempty"`
	// Item is "comment", "post", "status", "photo", "video", "share",
	// "reaction" or another of the platform's words.
	Item string `json:"item,omitempty"`
	// Verb is "add", "edit", "edited", "remove", "delete", "hide", "unhide" or
	// another of the platform's words.
	Verb   string `json:"verb,omitempty"`
	Action string `json:"action,omitempty"`

	// PostID and CommentID are what a private reply is addressed to.
	PostID    string `json:"post_id,omitempty"`
	CommentID string `json:"comment_id,omitempty"`
	// ParentID is the comment that a comment answers, or the post.
	ParentID         string `json:"parent_id,omitempty"`
	RecipientID      string `json:"recipient_id,omitempty"`
	AlbumID          string `json:"album_id,omitempty"`
	EventID          string `json:"event_id,omitempty"`
	ShareID          string `json:"share_id,omitempty"`
	OpenGraphStoryID string `json:"open_graph_story_id,omitempty"`

	CreatedTime  time.Time `json:"created_time,omitzero"`
	EditedTime   time.Time `json:"edited_time,omitzero"`
	Message      string    `json:"message,omitempty"`
	ReactionType string    `json:"reaction_type,omitempty"`
	// Story and Title belong to milestones.
	Story string `json:"story,omitempty"`
	Title string `json:"title,omitempty"`

	// Link, Photo, Photos and Video are URLs of what is attached.
	Link     string   `json:"link,omitempty"`
	Photo    string   `json:"photo,omitempty"`
	PhotoID  string   `json:"photo_id,omitempty"`
	PhotoIDs []string `json:"photo_ids,omitempty"`
	Photos   []string `json:"photos,omitempty"`
	Video    string   `json:"video,omitempty"`
	VideoID  string   `json:"video_id,omitempty"`
	// VideoFlagReason is the platform's code for why it blocked or muted a video.
	VideoFlagReason string `json:"video_flag_reason,omitempty"`

	// Published reports whether the post is public yet. It is nil if the
	// platform did not say.
	Published *bool `json:"published,omitempty"`
	IsHidden  bool  `json:"is_hidden,omitempty"`
	// Post describes the post that the change is about.
	Post *FeedPost `json:"post,omitempty"`
}

// FeedPost describes the post that a [FeedChange] is about.
type FeedPost struct {
	ID   string `json:"id,omitempty"`
	Type string `json:"type,omitempty"`
	// StatusType is "added_photos", "mobile_status_update" or another of the
	// platform's words.
	StatusType   string `json:"status_type,omitempty"`
	PermalinkURL string `json:"permalink_url,omitempty"`
	// PromotionStatus is "inactive", "extendable" or another of the platform's
	// words.
	PromotionStatus string `json:"promotion_status,omitempty"`
	// IsPublished is nil if the platform did not say.
	IsPublished *bool     `json:"is_published,omitempty"`
	UpdatedTime time.Time `json:"updated_time,omitzero"`
}

// Mention is a comment or post anywhere on Facebook that mentions the page, or a change of it. It has the fields of a [FeedChange],
// but the platform sends few of them: Item, Verb, PostID and, for a comment, CommentID and Message. From is often missing; the
// platform also calls it sender_id and sender_name. The page may not be allowed to read what the ids name. What
// else the platform sends, such as message_tags, is in [Event.Raw].
//
// https://developers.facebook.com/docs/graph-api/webhooks/reference/page/#mention
type Mention FeedChange

// Author is who wrote something on Facebook. The ID is no PSID.
type Author struct {
	ID   string `json:"id,omitempty"`
	Name string `json:"name,omitempty"`
}

// GroupFeed is something that was written in a group which the page is in, or a change of it. The platform documents only some of
// its fields; [Event.Raw] has all.
//
// https://developers.facebook.com/documentation/business-messaging/messenger-platform/webhooks/webhook-events/group-feed
type GroupFeed struct {
	// From is the author, who may be the page itself.
	From    *Author `json:"from,omitempty"`
	GroupID string  `json:"group_id,omitempty"`
	// Item and Verb are as in [FeedChange]. They may be missing.
	Item string `json:"item,omitempty"`
	Verb string `json:"verb,omitempty"`
	// PostID and CommentID are what a private reply is addressed to.
	PostID      string    `json:"post_id,omitempty"`
	CommentID   string    `json:"comment_id,omitempty"`
	ParentID    string    `json:"parent_id,omitempty"`
	CreatedTime time.Time `json:"created_time,omitzero"`
	Message     string    `json:"message,omitempty"`
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
	// SelfIGScopedID is set on comments of the account itself: its id as a
	// person, who can be written to. [Event.PSID] is the same.
	SelfIGScopedID string `json:"self_ig_scoped_id,omitempty"`
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
