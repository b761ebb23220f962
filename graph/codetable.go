package graph

// Where a row comes from: Meta's documentation, Meta's own SDKs, or a public client or report that met the code.
const (
	messengerErrors  = "https://developers.facebook.com/documentation/business-messaging/messenger-platform/error-codes"
	messengerChanges = "https://developers.facebook.com/documentation/business-messaging/messenger-platform/changelog"
	graphErrors      = "https://developers.facebook.com/docs/graph-api/guides/error-handling"
	graphMessages    = "https://developers.facebook.com/docs/graph-api/reference/page/messages"
	graphUser        = "https://developers.facebook.com/docs/graph-api/reference/user"
	rateLimits       = "https://developers.facebook.com/docs/graph-api/overview/rate-limiting"
	secureRequests   = "https://developers.facebook.com/docs/graph-api/guides/secure-requests"
	sendErrorsOld    = "https://developers.facebook.com/docs/messenger-platform/reference/send-api/error-codes"
	phpSDK           = "https://github.com/facebookarchive/php-graph-sdk/blob/5.x/src/Facebook/Exceptions/FacebookResponseException.php"
	rubyClient       = "https://github.com/jgorset/facebook-messenger/blob/master/lib/facebook/messenger/bot/error_parser.rb"
	nodeClient       = "https://github.com/rickydunlop/fbmessenger-node/blob/master/src/Messenger.js"
	jawab24          = "https://github.com/aliahdab2/jawab24"
	zernio           = "https://github.com/zernio-dev/zernio-dotnet"
	publicCode       = "no page; clients in public repositories handle this message"
	instantDM        = "https://instantdm.com/instagram-api-error-codes-for-dm-automation"
)

// rows is the one place where a refusal gets its meaning. docs/errors.md is made of it.
var rows = []row{
	// The access token, or the proof. These come first: whatever else such an answer says, a new token is what helps.
	{code: 190, meaning: MeaningToken, note: "access token expired, revoked or malformed; every subcode", source: graphErrors},
	{code: 102, meaning: MeaningToken, note: "session key invalid or no longer valid; every subcode", source: graphErrors},
	{code: anyCode, subcode: 458, meaning: MeaningToken, note: "the app was removed", source: graphErrors},
	{code: anyCode, subcode: 459, meaning: MeaningToken, note: "the account must pass a check at facebook.com; printed as a code, too", source: graphUser},
	{code: anyCode, subcode: 460, meaning: MeaningToken, note: "the password was changed", source: graphErrors},
	{code: anyCode, subcode: 463, meaning: MeaningToken, note: "the token has expired", source: graphErrors},
	{code: anyCode, subcode: 464, meaning: MeaningToken, note: "the account is not confirmed", source: graphErrors},
	{code: anyCode, subcode: 467, meaning: MeaningToken, note: "the token was invalidated", source: graphErrors},
	{code: anyCode, subcode: 492, meaning: MeaningToken, note: "the token's person has no role on the page any more", source: graphErrors},
	{code: anyCode, subcode: 493, meaning: MeaningToken, note: "the person has not used the app for 90 days", source: "https://github.com/MrSwitch/hello.js/issues/548"},
	{code: 104, meaning: MeaningToken, note: "an access token is required", source: "https://github.com/spring-guides/gs-consuming-rest/issues/10"},
	{code: 2500, text: "access token", meaning: MeaningToken, note: "an active access token must be used", source: "https://github.com/fbsamples/messenger-platform-samples/issues/125"},
	{code: 200, text: "provide valid app id", meaning: MeaningToken, note: "the token names no valid app", source: publicCode},
	{code: 210, text: "page access token is required", meaning: MeaningToken, note: "the token is a person's, not the page's", source: "https://github.com/facebookarchive/react-native-fbsdk/issues/504"},
	{code: 101, text: "validating application", meaning: MeaningToken, note: "the token's app does not exist or was deleted", source: publicCode},
	{code: 15, text: "requires session", meaning: MeaningToken, note: "the token is the app's, not the page's", source: "https://github.com/restfb/restfb/issues/1002"},
	{code: 100, text: "appsecret_proof", meaning: MeaningToken, note: "the proof is missing or not made of this token and this app's secret", source: secureRequests},
	{code: 0, text: "access token", meaning: MeaningToken, note: "an OAuthException without a code", source: graphErrors},

	// The person, the conversation and the window.
	{code: 10, subcode: 2018065, meaning: MeaningWindowClosed, note: "outside of the allowed window", source: messengerErrors},
	{code: 10, subcode: 2018278, meaning: MeaningWindowClosed, note: "outside of the allowed window", source: messengerErrors},
	{code: 10, subcode: 2534022, meaning: MeaningWindowClosed, note: "outside of the allowed window (Instagram)", source: messengerErrors},
	{code: 10, text: "outside of allowed window", meaning: MeaningWindowClosed, note: "the same without a subcode", source: "https://github.com/home-assistant/core/issues/32507"},
	{code: 551, subcode: 1545041, meaning: MeaningPersonUnavailable, note: "this person isn't available right now; with code 200, too", source: messengerErrors},
	{code: 551, meaning: MeaningPersonUnavailable, note: "this person isn't available right now", source: messengerErrors},
	{code: 10, subcode: 2018108, meaning: MeaningPersonUnavailable, note: "this person isn't receiving messages right now", source: messengerErrors},
	{code: 100, subcode: 2018001, meaning: MeaningPersonUnavailable, note: "no matching user found", source: messengerErrors},
	{code: 100, subcode: 1893060, meaning: MeaningPersonUnavailable, note: "no matching user for the field user", source: jawab24},
	{code: 100, subcode: 2534014, meaning: MeaningPersonUnavailable, note: "the requested user cannot be found (Instagram); with code 10, too", source: messengerErrors},
	{code: 100, subcode: 2534029, meaning: MeaningPersonUnavailable, note: "the account is blocked (Instagram)", source: messengerErrors},
	{code: 4, subcode: 2018354, meaning: MeaningNotForPerson, note: "this person has had their marketing messages", source: messengerErrors},
	{code: 10, subcode: 1893015, meaning: MeaningNotForPerson, note: "the person stopped this topic", source: messengerErrors},
	{code: 10, subcode: 2018336, meaning: MeaningNotForPerson, note: "the rules of the EU or Japan forbid it in this thread", source: messengerErrors},
	{code: 9, subcode: 2018352, meaning: MeaningTooSoon, note: "limit of opt-in requests", source: messengerErrors},
	{code: anyCode, subcode: 2300052, meaning: MeaningTooSoon, note: "marketing messages: too short a gap between two", source: messengerErrors},
	{code: anyCode, subcode: 2018218, meaning: MeaningProfileUnavailable, note: "no profile available for this person", source: messengerErrors},
	{code: anyCode, subcode: 2018247, meaning: MeaningProfileUnavailable, note: "no permission for a field of the profile", source: messengerErrors},
	{code: anyCode, subcode: 2018300, meaning: MeaningNotThreadOwner, note: "another app controls this thread", source: messengerErrors},
	{code: anyCode, subcode: 2018321, meaning: MeaningNotThreadOwner, note: "Messenger's questions and answers control this thread", source: messengerErrors},
	{code: 100, subcode: 2534037, meaning: MeaningNotThreadOwner, note: "not the thread owner (Instagram)", source: messengerErrors},

	// Private replies.
	{code: 10900, meaning: MeaningAlreadyDone, note: "activity already replied to", source: graphMessages},
	{code: 10902, meaning: MeaningNotReplyable, note: "this is not a replyable activity", source: "https://github.com/facebookarchive/php-graph-sdk/issues/568"},
	{code: 10903, meaning: MeaningNotForPerson, note: "this user can't reply to this activity; subcodes 1893049, 1893062", source: graphMessages},
	{code: 10904, meaning: MeaningPermission, note: "the page has messages disabled; subcode 1893050", source: graphMessages},
	{code: 10901, last: 10999, meaning: MeaningRefused, note: "the rest of the family: a private reply is refused", source: graphMessages},
	{code: 100, subcode: 2018292, meaning: MeaningNotReplyable, note: "invalid comment_id, or the comment was deleted", source: "https://github.com/restfb/restfb/issues/1165"},
	{code: 100, subcode: 2534025, meaning: MeaningNotReplyable, note: "the comment is invalid for a private reply: deleted, over 7 days old, or already replied to (Instagram)", source: messengerErrors},
	{code: 200, subcode: 2534066, meaning: MeaningPermission, note: "no permission for private replies (Instagram)", source: instantDM},

	// Policy.
	{code: 368, meaning: MeaningPolicy, note: "temporarily blocked for policy violations", source: graphErrors},
	{code: 10, subcode: 1893063, meaning: MeaningPolicy, note: "the page is temporarily restricted from sending messages", source: messengerErrors},
	{code: 10, subcode: 1404170, meaning: MeaningPolicy, note: "the page is restricted from opt-in requests", source: messengerErrors},
	{code: 613, subcode: 2018338, meaning: MeaningPolicy, note: "a warning about the abuse of message tags", source: messengerErrors},
	{code: 2022, meaning: MeaningPolicy, note: "commerce messages are disabled after a policy violation", source: sendErrorsOld},
	{code: 508, subcode: 2534122, meaning: MeaningPolicy, note: "the link in the message cannot be shared", source: zernio},

	// Permissions and settings.
	{code: 3, meaning: MeaningPermission, note: "the app lacks the capability", source: graphErrors},
	{code: 2, subcode: 2018344, meaning: MeaningPermission, note: "the page has not accepted the terms of custom labels", source: messengerErrors},
	{code: 10, subcode: 2534077, meaning: MeaningPermission, note: "the Instagram account's link to the page, or two-factor authentication", source: messengerErrors},
	{code: 100, subcode: 2534013, meaning: MeaningPermission, note: "the page is not linked to a professional Instagram account", source: messengerErrors},
	{code: 200, subcode: 2018021, meaning: MeaningPermission, note: "the fee for phone matching is not paid", source: nodeClient},
	{code: 200, subcode: 2018027, meaning: MeaningPermission, note: "pages_messaging_phone_number is not approved", source: rubyClient},
	{code: 200, subcode: 2018028, meaning: MeaningPermission, note: "pages_messaging is not approved, and the person has no role in the app", source: messengerErrors},
	{code: 200, subcode: 2534041, meaning: MeaningPermission, note: "the account does not allow access to its messages (Instagram)", source: messengerErrors},
	{code: 10, meaning: MeaningPermission, note: "permission not granted, or removed", source: graphErrors},

	// Rate limits.
	{code: 613, subcode: 1893016, meaning: MeaningDuplicate, note: "the opt-in was requested already", source: messengerErrors},
	{code: 613, subcode: 2534040, meaning: MeaningRateLimitPage, note: "too many calls (Instagram)", source: messengerErrors},
	{code: 4, subcode: 2018022, meaning: MeaningRateLimitApp, note: "too many sends to phone numbers", source: rubyClient},
	{code: 4, meaning: MeaningRateLimitApp, note: "the app's request limit is reached", source: rateLimits},
	{code: 17, meaning: MeaningRateLimitAccount, note: "the person's request limit is reached", source: rateLimits},
	{code: 32, meaning: MeaningRateLimitPage, note: "the page's request limit is reached", source: rateLimits},
	{code: 341, meaning: MeaningRateLimitApp, note: "the application's limit is reached", source: graphErrors},
	{code: 613, meaning: MeaningRateLimitAccount, note: "calls to this API have exceeded the rate limit", source: rateLimits},
	{code: 80001, meaning: MeaningRateLimitPage, note: "too many calls to this page", source: rateLimits},
	{code: 80002, meaning: MeaningRateLimitPage, note: "too many calls to this Instagram account", source: rateLimits},
	{code: 80006, meaning: MeaningRateLimitPage, note: "too many Messenger calls to this page", source: rateLimits},
	{code: 80000, last: 80014, meaning: MeaningRateLimitAccount, note: "too many calls of another business use case", source: rateLimits},

	// The request.
	{code: 1, subcode: 2018382, meaning: MeaningInvalid, note: "the form does not exist or is not eligible", source: messengerErrors},
	{code: 100, subcode: 33, meaning: MeaningInvalid, note: "the object does not exist, or the token may not see it", source: graphErrors},
	{code: 100, subcode: 1893061, meaning: MeaningInvalid, note: "the message tag is deprecated", source: messengerChanges},
	{code: 100, subcode: 2018008, meaning: MeaningTransient, note: "the media could not be fetched", source: messengerErrors},
	{code: 100, subcode: 2018294, meaning: MeaningTransient, note: "the video took too long to fetch", source: messengerErrors},
	{code: 100, subcode: 2018014, meaning: MeaningInvalid, note: "message and sender_action together", source: messengerErrors},
	{code: 100, subcode: 2018034, meaning: MeaningInvalid, note: "the message is empty", source: "https://github.com/rickydunlop/fbmessenger-node/pull/24"},
	{code: 100, subcode: 2018047, meaning: MeaningInvalid, note: "the attachment's type does not fit its content", source: messengerErrors},
	{code: 100, subcode: 2018074, meaning: MeaningInvalid, note: "the attachment id is not the page's, or has expired", source: messengerErrors},
	{code: 100, subcode: 2018109, meaning: MeaningInvalid, note: "the attachment is too large", source: messengerErrors},
	{code: 100, subcode: 2018145, meaning: MeaningInvalid, note: "a persistent menu needs a get-started button", source: "https://github.com/pimax/fb-messenger-php/issues/90"},
	{code: 100, subcode: 2018164, meaning: MeaningInvalid, note: "incorrect app id", source: messengerErrors},
	{code: 100, subcode: 2018320, meaning: MeaningInvalid, note: "invalid product id", source: messengerErrors},
	{code: 100, subcode: 2018328, meaning: MeaningInvalid, note: "the product template needs version 8 or later", source: messengerErrors},
	{code: 100, subcode: 2534015, meaning: MeaningInvalid, note: "invalid message data (Instagram)", source: messengerErrors},
	{code: 100, meaning: MeaningInvalid, note: "invalid parameter", source: graphErrors},
	{code: 506, meaning: MeaningDuplicate, note: "duplicate post", source: graphErrors},
	{code: 546, meaning: MeaningInvalid, note: "this type of file is not allowed", source: "https://github.com/jgorset/facebook-messenger/issues/221"},
	{code: 2500, meaning: MeaningInvalid, note: "unknown path components, and other malformed requests", source: graphErrors},
	{code: 10303, meaning: MeaningInvalid, note: "invalid account_linking_token", source: messengerErrors},
	{code: 1609005, meaning: MeaningInvalid, note: "the link could not be read", source: graphErrors},
	{code: anyCode, subcode: 9000001, meaning: MeaningInvalid, note: "the message was deleted", source: messengerErrors},
	{code: 11, meaning: MeaningInvalid, note: "the call is deprecated in this version", source: "https://github.com/fbsamples/original-coast-clothing/issues/65"},
	{code: 2018389, last: 2018396, meaning: MeaningRefused, note: "calling", source: messengerErrors},

	// Faults of the platform.
	{code: -1, meaning: MeaningUnclear, note: "unexpected internal error; subcode 2018012", source: "https://github.com/chatwoot/chatwoot/issues/8409"},
	{code: 1, subcode: 1357046, meaning: MeaningUnclear, note: "invalid JSON reply; the message may have been sent", source: messengerErrors},
	{code: 1, meaning: MeaningUnclear, note: "an unknown error; subcode 99: a permission may be missing", source: messengerErrors},
	{code: 2, meaning: MeaningTransient, note: "service temporarily unavailable", source: graphErrors},
	{code: 1200, meaning: MeaningTransient, note: "temporary send message failure", source: sendErrorsOld},
	{code: 200, last: 299, meaning: MeaningPermission, note: "permission not granted, or removed", source: graphErrors},
}
