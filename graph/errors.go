package graph

import (
	"errors"
	"fmt"
	"strings"
)

// What callers branch on. errors.Is finds them in every error of this package. docs/errors.md lists the codes of the platform
// that each one stands for, with a source; [Error.Meaning] tells them apart further.
var (
	// ErrAlreadyDone says that an earlier call did this already: the comment or the post has its private reply. After a call
	// of unknown outcome it means success.
	ErrAlreadyDone = errors.New("graph: already done by an earlier call")
	// ErrDuplicate says that the same content was sent before.
	ErrDuplicate = errors.New("graph: duplicate of an earlier call")
	// ErrInvalidRequest says that the request is wrong, such as a parameter, an object or an attachment of it.
	ErrInvalidRequest = errors.New("graph: invalid request")
	// ErrNoToken says that the token source has no token for the page. It matches ErrTokenInvalid too.
	ErrNoToken = fmt.Errorf("%w: none for this page", ErrTokenInvalid)
	// ErrNotForPerson says that this message is not allowed for this person, who may get others: they stopped the topic, their
	// country excludes it, they had their share of marketing messages, or they cannot be answered privately.
	ErrNotForPerson = errors.New("graph: message not allowed for this person")
	// ErrNotThreadOwner says that another app controls the conversation (Conversation Routing).
	ErrNotThreadOwner = errors.New("graph: another app controls the conversation")
	// ErrOutsideWindow says that the messaging window is closed: 24 hours after the person's last act, or 7 days with a tag.
	ErrOutsideWindow = errors.New("graph: outside the messaging window")
	// ErrPageRestricted says that the platform restricts the page, the app or the content because of its policies.
	ErrPageRestricted = errors.New("graph: restricted by the platform's policies")
	// ErrPermission says that the app, the token or the page lacks a permission, a capability or a setting.
	ErrPermission = errors.New("graph: permission missing")
	// ErrPersonUnavailable says that this person cannot be reached: gone, blocking the page, or unknown to it.
	ErrPersonUnavailable = errors.New("graph: person unavailable")
	// ErrProfileUnavailable says that the platform does not show this person's profile.
	ErrProfileUnavailable = errors.New("graph: profile unavailable")
	// ErrRateLimited says that the app, the page or the account has made too many calls, for minutes or hours. [Client.Usage]
	// may know until when.
	ErrRateLimited = errors.New("graph: rate limited")
	// ErrTokenInvalid says that the access token is refused, or that there is none. The page needs a new one.
	ErrTokenInvalid = errors.New("graph: access token invalid")
	// ErrTooSoon says that the next message of this kind to this person must wait, for hours or days.
	ErrTooSoon = errors.New("graph: too soon for another message of this kind")
	// ErrTransient says that the call failed because of a temporary fault, and was not executed.
	ErrTransient = errors.New("graph: temporary fault")
)

// Error is a refusal that the Graph API has put into words.
//
// Texts in which the platform repeats the access token or the proof have them replaced. See
// https://developers.facebook.com/documentation/business-messaging/messenger-platform/error-codes.
type Error struct {
	Code        int    // the number that names the fault
	Subcode     int    // narrows Code; 0: none
	Type        string // such as OAuthException
	Message     string // for developers, in English
	UserTitle   string // for people, in the language of the token's owner; often empty
	UserMessage string // likewise
	TraceID     string // fbtrace_id, which Meta's support asks for
	HTTPStatus  int    // of the answer; the platform's contract is Code, not this
	Transient   bool   // the platform says that the fault will pass
}

// Error names code, subcode, type and trace, and repeats the platform's message for developers.
func (e *Error) Error() string {
	var text strings.Builder
	fmt.Fprintf(&text, "graph: error %d", e.Code)
	if e.Subcode != 0 {
		fmt.Fprintf(&text, "/%d", e.Subcode)
	}
	if e.Type != "" {
		fmt.Fprintf(&text, " %s", e.Type)
	}
	if e.Message != "" {
		fmt.Fprintf(&text, ": %s", e.Message)
	}
	fmt.Fprintf(&text, " (HTTP %d", e.HTTPStatus)
	if e.TraceID != "" {
		fmt.Fprintf(&text, ", trace %s", e.TraceID)
	}
	text.WriteByte(')')
	return text.String()
}

// Meaning returns what docs/errors.md says of the error's code, subcode and message. Few rows go by the message, which the
// platform may translate: without the English text such an error is taken for what its code means otherwise.
func (e *Error) Meaning() Meaning { return meaningOf(e.Code, e.Subcode, e.Message) }

// Is reports whether target is the error that the Meaning stands for.
func (e *Error) Is(target error) bool {
	sentinel := meanings[e.Meaning()].sentinel
	return sentinel != nil && sentinel == target
}

// Retry implements what [Classify] asks for, by the Meaning. [MeaningUnknown] is [RetryLater] with status 429,
// [RetryUncertain] if the platform calls the fault transient or answers with 408 or a server error, else [RetryNever].
func (e *Error) Retry() Retry {
	meaning := e.Meaning()
	switch {
	case meaning != MeaningUnknown:
		return meanings[meaning].retry
	case e.HTTPStatus == 429:
		return RetryLater
	case e.Transient, e.HTTPStatus >= 500, e.HTTPStatus == 408:
		return RetryUncertain
	}
	return RetryNever
}

// RequestError is a call that was not made, because what was asked for makes no sense: a body that has no JSON, a path
// that leaves the API. It is never worth a retry.
type RequestError struct {
	Err error // what is wrong
}

// Error names what is wrong.
func (e *RequestError) Error() string { return "graph: request not sent: " + e.Err.Error() }

// Unwrap returns Err.
func (e *RequestError) Unwrap() error { return e.Err }

// Retry is [RetryNever].
func (e *RequestError) Retry() Retry { return RetryNever }

// TransportError is a call without an answer: no connection, a connection that broke, a deadline, a token source that
// failed. errors.Is finds context.Canceled and context.DeadlineExceeded in it. It carries neither the URL of the call nor
// its token.
type TransportError struct {
	Err     error  // the cause
	Method  string // of the call
	Path    string // of the call, below the version
	Written bool   // the request may have reached the platform, in part or as a whole
}

// Error names the call and the cause.
func (e *TransportError) Error() string {
	state := "before the request was written"
	if e.Written {
		state = "after the request was written"
	}
	return fmt.Sprintf("graph: %s %s failed %s: %v", e.Method, e.Path, state, e.Err)
}

// Unwrap returns Err.
func (e *TransportError) Unwrap() error { return e.Err }

// Retry is [RetryUncertain] if the request may have reached the platform, else [RetrySafe].
func (e *TransportError) Retry() Retry {
	if e.Written {
		return RetryUncertain
	}
	return RetrySafe
}

// ResponseError is an answer that is not the Graph API's: a page of a gateway, half a body, a body over
// [MaxResponseBytes], a redirect, no body at all, a gap in the answer to a batch. It carries nothing of the body.
type ResponseError struct {
	Err        error  // the cause, if there is one, such as io.ErrUnexpectedEOF
	HTTPStatus int    // of the answer
	Method     string // of the call
	Path       string // of the call, below the version
	Reason     string // what is wrong with the answer
}

// Error names the call, the status and what is wrong with the answer.
func (e *ResponseError) Error() string {
	return fmt.Sprintf("graph: %s %s: unusable answer with HTTP %d: %s", e.Method, e.Path, e.HTTPStatus, e.Reason)
}

// Unwrap returns Err.
func (e *ResponseError) Unwrap() error { return e.Err }

// Retry is [RetryLater] for status 429, [RetryNever] for a redirect or any other client error but 408, and
// [RetryUncertain] for the rest, and for every answer that broke off: who stands between may have passed the call on.
func (e *ResponseError) Retry() Retry {
	switch {
	case e.Err != nil:
		return RetryUncertain
	case e.HTTPStatus == 429:
		return RetryLater
	case e.HTTPStatus >= 300 && e.HTTPStatus < 500 && e.HTTPStatus != 408:
		return RetryNever
	}
	return RetryUncertain
}
