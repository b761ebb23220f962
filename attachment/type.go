package attachment

// Type is the platform's name of a kind of attachment. A message can have a type that is not listed here: the platform
// adds them without notice.
type Type string

// What a message of either side can have, and graph.Client.Upload keeps for reuse.
const (
	Image Type = "image"
	Audio Type = "audio"
	Video Type = "video"
	File  Type = "file"
)

// What is composed, by package sending.
const (
	// Template is a structured message: buttons, cards, a receipt.
	Template Type = "template"
	// LikeHeart is the heart sticker, on Instagram.
	LikeHeart Type = "like_heart"
	// MediaShare is a post of the page's Instagram account.
	MediaShare Type = "MEDIA_SHARE"
)

// What is only received.
const (
	Sticker  Type = "sticker"
	Location Type = "location"
	Fallback Type = "fallback"
	Reel     Type = "reel"
	IGReel   Type = "ig_reel"
	Post     Type = "post"
	IGPost   Type = "ig_post"
	// AppointmentBooking is an appointment that was requested or changed; since 2026-03-03.
	AppointmentBooking Type = "appointment_booking"
	// Share is something that was shared on Instagram, or a link; its type does not say which. Posts come as [IGPost]
	// since 2026-04-27.
	Share Type = "share"
	// Media is a post that was shared on Instagram.
	Media Type = "media"
	// Story and IGStory are a story that was shared on Instagram.
	Story   Type = "story"
	IGStory Type = "ig_story"
	// Unsupported is what the platform does not pass on.
	Unsupported Type = "unsupported_type"
	// StoryMention is an Instagram story that mentions the account.
	StoryMention Type = "story_mention"
)
