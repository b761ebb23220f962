package graph

import "strconv"

// Meaning is what a refusal of the platform means for a bot. docs/errors.md lists the code, the subcode and the text that each
// one stands for, with a source.
type Meaning int

// The meanings. errors.Is finds the error in parentheses.
const (
	// MeaningUnknown: the code is not in the table.
	MeaningUnknown Meaning = iota
	// MeaningUnclear: the platform failed and does not say whether the call was executed.
	MeaningUnclear
	// MeaningTransient: a temporary fault; the call was not executed ([ErrTransient]).
	MeaningTransient
	// MeaningRateLimitApp: the app has used up its calls ([ErrRateLimited]).
	MeaningRateLimitApp
	// MeaningRateLimitPage: the page or the Instagram account has used up its calls ([ErrRateLimited]).
	MeaningRateLimitPage
	// MeaningRateLimitAccount: the person whose token it is, or the conversation, has used up its calls ([ErrRateLimited]).
	MeaningRateLimitAccount
	// MeaningTooSoon: this person, or this topic, must wait before the next message of this kind ([ErrTooSoon]).
	MeaningTooSoon
	// MeaningToken: the access token, or the proof made of it, is refused ([ErrTokenInvalid]).
	MeaningToken
	// MeaningPermission: the app, the token or the page lacks a permission or a setting ([ErrPermission]).
	MeaningPermission
	// MeaningWindowClosed: the messaging window is closed ([ErrOutsideWindow]).
	MeaningWindowClosed
	// MeaningPersonUnavailable: the person cannot be reached ([ErrPersonUnavailable]).
	MeaningPersonUnavailable
	// MeaningNotForPerson: this message is not allowed for this person; others may be ([ErrNotForPerson]).
	MeaningNotForPerson
	// MeaningProfileUnavailable: the platform does not show the profile ([ErrProfileUnavailable]).
	MeaningProfileUnavailable
	// MeaningNotThreadOwner: another app controls the conversation ([ErrNotThreadOwner]).
	MeaningNotThreadOwner
	// MeaningPolicy: the platform has restricted the page, the app or the content ([ErrPageRestricted]).
	MeaningPolicy
	// MeaningInvalid: the request is wrong: a parameter, an object, an attachment ([ErrInvalidRequest]).
	MeaningInvalid
	// MeaningNotReplyable: the comment or the post cannot be answered privately: gone, too old, answered already
	// ([ErrInvalidRequest]).
	MeaningNotReplyable
	// MeaningAlreadyDone: an earlier call did this already ([ErrAlreadyDone]).
	MeaningAlreadyDone
	// MeaningDuplicate: the same content was sent before ([ErrDuplicate]).
	MeaningDuplicate
	// MeaningRefused: refused, for a reason that messaging does not need to tell apart.
	MeaningRefused
)

// meanings holds what is said of each Meaning, in the order of the constants.
var meanings = [...]struct {
	name     string
	retry    Retry // of MeaningUnknown: see Error.Retry
	sentinel error // nil: nothing that a caller branches on
	bot      string
	scope    string // whom it concerns, if that is more than the message
	operator string // what the operator does about it; empty: nothing
}{
	MeaningUnknown: {"unknown", RetryNever, nil, "decides by the HTTP status and `is_transient`: 429 as a rate limit without a scope; 408, a server error or " +
		"`is_transient` as unclear; everything else is refused", "", "looks up the code at Meta, if it comes often"},
	MeaningUnclear: {"unclear", RetryUncertain, nil, "sends again, at most three times, and waits for its own echo first where the page gets echoes; " +
		"with `AtMostOnce` reports `sending.ErrUncertain` instead", "", ""},
	MeaningTransient:          {"transient", RetryLater, ErrTransient, "sends again after about 5, 10 and 20 s, then reports it", "", ""},
	MeaningRateLimitApp:       {"rate limit (app)", RetryLater, ErrRateLimited, "lets the conversation rest and sends again, for a day at most", "the app", "lowers the traffic, or asks Meta for more, if it lasts"},
	MeaningRateLimitPage:      {"rate limit (page)", RetryLater, ErrRateLimited, "lets the conversation rest and sends again, for a day at most", "the page", "lowers the traffic, if it lasts"},
	MeaningRateLimitAccount:   {"rate limit (account)", RetryLater, ErrRateLimited, "lets the conversation rest and sends again, for a day at most", "the token", "lowers the traffic, if it lasts"},
	MeaningTooSoon:            {"too soon", RetryLater, ErrTooSoon, "sends again after about 5, 10 and 20 s, then reports it", "", ""},
	MeaningToken:              {"token", RetryNewToken, ErrTokenInvalid, "holds the page's messages, calls `OnTokenInvalid` once for the token, and resumes with a new one", "the page", "makes a new token, or corrects the app secret; with a fixed token, restarts the bot"},
	MeaningPermission:         {"permission", RetryNever, ErrPermission, "reports it", "the page, mostly", "grants the permission, switches the app to live mode, or passes App Review, as the code says; the messages are not repeated"},
	MeaningWindowClosed:       {"window closed", RetryNever, ErrOutsideWindow, "reports it, and does not try what follows in the same turn", "the person", ""},
	MeaningPersonUnavailable:  {"person unavailable", RetryNever, ErrPersonUnavailable, "reports it, and sends nothing to the person until they write again", "the person", ""},
	MeaningNotForPerson:       {"not for this person", RetryNever, ErrNotForPerson, "reports it", "the person", "changes the message, if it comes often"},
	MeaningProfileUnavailable: {"profile unavailable", RetryNever, ErrProfileUnavailable, "does without the profile", "", ""},
	MeaningNotThreadOwner:     {"not thread owner", RetryNever, ErrNotThreadOwner, "reports it", "the conversation", "checks conversation routing of the page"},
	MeaningPolicy:             {"policy block", RetryNever, ErrPageRestricted, "reports it", "the page or the app, mostly", "reads the restriction in the page's Support Inbox or the app's alerts, and appeals or removes its cause"},
	MeaningInvalid:            {"invalid request", RetryNever, ErrInvalidRequest, "reports it", "", "corrects the message in the policy or the program"},
	MeaningNotReplyable: {"not replyable", RetryNever, ErrInvalidRequest, "reports it; after an attempt of unknown outcome as " +
		"`sending.ErrUncertain`, since the reply may be what makes the comment not replyable", "", ""},
	MeaningAlreadyDone: {"already done", RetryNever, ErrAlreadyDone, "counts the message as delivered if an earlier attempt at it had an unknown outcome, " +
		"else reports it", "", ""},
	MeaningDuplicate: {"duplicate", RetryNever, ErrDuplicate, "reports it", "", "does not send it twice"},
	MeaningRefused:   {"refused", RetryNever, nil, "reports it", "", "looks up the code"},
}

// String returns the name of the meaning, as docs/errors.md has it.
func (m Meaning) String() string {
	if m < 0 || int(m) >= len(meanings) {
		return "Meaning(" + strconv.Itoa(int(m)) + ")"
	}
	return meanings[m].name
}
