package graph

import (
	"errors"
	"fmt"
	"strings"
)

// What callers branch on. errors.Is finds them in every error of this package. Each lists the platform's codes that it stands
// for: a code, a code with a subcode such as 10/2018278, or a subcode with whatever code, and as a code too, because the
// platform prints it in both places. A code stands for all its subcodes but those that are listed elsewhere, and those that
// match nothing: 4/2018354, 10/1893015, 10/2018336, 613/1893016 and 613/2018338.
var (
	// ErrNoToken says that the token source has no token for the page. It matches ErrTokenInvalid too.
	ErrNoToken = fmt.Errorf("%w: none for this page", ErrTokenInvalid)
	// ErrNotThreadOwner says that another app holds the conversation (Conversation Routing). Codes: 100/2534037; subcodes
	// 2018300, 2018321.
	ErrNotThreadOwner = errors.New("graph: another app controls the conversation")
	// ErrOutsideWindow says that the 24 hours after the person's last act are over. Codes: 10/2018065, 10/2018278,
	// 10/2534022.
	ErrOutsideWindow = errors.New("graph: outside the messaging window")
	// ErrPageRestricted says that the platform has restricted the page or the app for breach of a policy. Codes: 10/1404170,
	// 10/1893063, 368.
	ErrPageRestricted = errors.New("graph: page restricted by the platform")
	// ErrPermission says that the app or the token lacks a permission or a capability. Codes: 3, 10, 200 to 299, 10900,
	// 10903 to 10904.
	ErrPermission = errors.New("graph: permission missing")
	// ErrPersonUnavailable says that this person cannot be reached: gone, blocking the page, or not known to it. Codes:
	// 10/2018108, 100/2018001, 100/2534014, 100/2534029, 551; subcode 1545041.
	ErrPersonUnavailable = errors.New("graph: person unavailable")
	// ErrProfileUnavailable says that the platform does not show this person's profile. Subcodes 2018218, 2018247.
	ErrProfileUnavailable = errors.New("graph: profile unavailable")
	// ErrRateLimited says that the app, the page or the person's thread is throttled, which lasts minutes or hours.
	// [Client.Usage] may know until when. Codes: 4, 17, 32, 341, 613, 80001, 80002, 80006.
	ErrRateLimited = errors.New("graph: rate limited")
	// ErrTokenInvalid says that the access token is refused, or that there is none. The page needs a new one. Codes: 102,
	// 190, and 100 with a message about appsecret_proof.
	ErrTokenInvalid = errors.New("graph: access token invalid")
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

// Is reports whether target is the sentinel that lists this error's code.
func (e *Error) Is(target error) bool {
	if e.refusesProof() {
		return target == ErrTokenInvalid
	}
	meaning := meaningOf(e.Code, e.Subcode)
	return meaning.sentinel != nil && meaning.sentinel == target
}

// Retry implements what [Classify] asks for, by code and subcode. A code that this package does not know is [RetryLater] with
// status 429, [RetryUncertain] if the platform calls it transient or answers with 408 or a server error, else [RetryNever].
func (e *Error) Retry() Retry {
	if e.refusesProof() {
		return RetryNewToken
	}
	if meaning := meaningOf(e.Code, e.Subcode); meaning.known {
		return meaning.retry
	}
	switch {
	case e.HTTPStatus == 429:
		return RetryLater
	case e.Transient, e.HTTPStatus >= 500, e.HTTPStatus == 408:
		return RetryUncertain
	}
	return RetryNever
}

// refusesProof reports whether the call was refused for its appsecret_proof: the secret is not the app's, or the token is
// another app's. The platform has no code of its own for it.
func (e *Error) refusesProof() bool {
	return e.Code == 100 && strings.Contains(e.Message, "appsecret_proof")
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
