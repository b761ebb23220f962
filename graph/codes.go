package graph

// A code of its own, or any code, in one row of the table.
const anyCode = -1

// row is the meaning of one code of the platform. The first row that fits counts, so exceptions stand before their rule.
type row struct {
	code     int // anyCode: the number in subcode is the meaning, wherever the platform puts it
	last     int // the row stands for code to last; 0: for code alone
	subcode  int // 0: every subcode
	retry    Retry
	sentinel error // nil: nothing that a caller branches on
}

// rows is the platform's list of error codes, read for what a bot does about them. See
// https://developers.facebook.com/documentation/business-messaging/messenger-platform/error-codes and
// https://developers.facebook.com/docs/graph-api/guides/error-handling.
var rows = []row{
	// What the platform prints as a code in one place and as a subcode in another.
	{code: anyCode, subcode: 1545041, retry: RetryNever, sentinel: ErrPersonUnavailable}, // with 551 and with 200
	{code: anyCode, subcode: 2018218, retry: RetryNever, sentinel: ErrProfileUnavailable},
	{code: anyCode, subcode: 2018247, retry: RetryNever, sentinel: ErrProfileUnavailable},
	{code: anyCode, subcode: 2018300, retry: RetryNever, sentinel: ErrNotThreadOwner},
	{code: anyCode, subcode: 2018321, retry: RetryNever, sentinel: ErrNotThreadOwner}, // Messenger's questions and answers
	{code: anyCode, subcode: 9000001, retry: RetryNever},                              // the message is deleted
	{code: anyCode, subcode: 2300052, retry: RetryLater},                              // marketing messages: gap too short

	{code: 1, subcode: 1357046, retry: RetryUncertain}, // "invalid JSON reply"; the message may have been sent
	{code: 1, subcode: 2018382, retry: RetryNever},     // form not eligible
	{code: 1, retry: RetryUncertain},
	{code: 2, subcode: 2018344, retry: RetryNever}, // terms of custom labels not accepted
	{code: 2, retry: RetryLater},
	{code: 3, retry: RetryNever, sentinel: ErrPermission},
	{code: 4, subcode: 2018354, retry: RetryNever}, // this person has had their marketing messages
	{code: 4, retry: RetryLater, sentinel: ErrRateLimited},
	{code: 9, subcode: 2018352, retry: RetryLater}, // limit of opt-in requests

	{code: 10, subcode: 2018065, retry: RetryNever, sentinel: ErrOutsideWindow},
	{code: 10, subcode: 2018278, retry: RetryNever, sentinel: ErrOutsideWindow},
	{code: 10, subcode: 2534022, retry: RetryNever, sentinel: ErrOutsideWindow},
	{code: 10, subcode: 2018108, retry: RetryNever, sentinel: ErrPersonUnavailable},
	{code: 10, subcode: 1893063, retry: RetryNever, sentinel: ErrPageRestricted},
	{code: 10, subcode: 1404170, retry: RetryNever, sentinel: ErrPageRestricted}, // from opt-in requests
	{code: 10, subcode: 1893015, retry: RetryNever},                              // the person stopped this topic
	{code: 10, subcode: 2018336, retry: RetryNever},                              // not in this person's country
	{code: 10, retry: RetryNever, sentinel: ErrPermission},

	{code: 17, retry: RetryLater, sentinel: ErrRateLimited},
	{code: 32, retry: RetryLater, sentinel: ErrRateLimited},

	{code: 100, subcode: 2018001, retry: RetryNever, sentinel: ErrPersonUnavailable},
	{code: 100, subcode: 2018008, retry: RetryLater},                                 // media could not be fetched
	{code: 100, subcode: 2018294, retry: RetryLater},                                 // video took too long to fetch
	{code: 100, subcode: 2534014, retry: RetryNever, sentinel: ErrPersonUnavailable}, // Instagram: no such person
	{code: 100, subcode: 2534029, retry: RetryNever, sentinel: ErrPersonUnavailable}, // Instagram: blocked
	{code: 100, subcode: 2534037, retry: RetryNever, sentinel: ErrNotThreadOwner},
	{code: 100, retry: RetryNever},
	{code: 102, retry: RetryNewToken, sentinel: ErrTokenInvalid},
	{code: 190, retry: RetryNewToken, sentinel: ErrTokenInvalid},
	{code: 200, last: 299, retry: RetryNever, sentinel: ErrPermission},
	{code: 341, retry: RetryLater, sentinel: ErrRateLimited},
	{code: 368, retry: RetryNever, sentinel: ErrPageRestricted},
	{code: 551, retry: RetryNever, sentinel: ErrPersonUnavailable},
	{code: 613, subcode: 1893016, retry: RetryNever}, // opt-in asked for twice
	{code: 613, subcode: 2018338, retry: RetryNever}, // warning about the abuse of tags
	{code: 613, retry: RetryLater, sentinel: ErrRateLimited},
	{code: 1200, retry: RetryLater},
	{code: 2022, retry: RetryNever}, // commerce messaging is off
	{code: 10303, retry: RetryNever},
	{code: 10900, retry: RetryNever, sentinel: ErrPermission}, // private replies, messages of the page
	{code: 10903, last: 10904, retry: RetryNever, sentinel: ErrPermission},
	{code: 80001, retry: RetryLater, sentinel: ErrRateLimited},
	{code: 80002, retry: RetryLater, sentinel: ErrRateLimited},
	{code: 80006, retry: RetryLater, sentinel: ErrRateLimited},
	{code: 2018389, last: 2018396, retry: RetryNever}, // calling
}

func (r row) fits(code, subcode int) bool {
	if r.code == anyCode {
		return code == r.subcode || subcode == r.subcode
	}
	if r.subcode != 0 && r.subcode != subcode {
		return false
	}
	return code == r.code || code > r.code && code <= r.last
}

// meaning is what the table says of an error.
type meaning struct {
	known    bool
	retry    Retry
	sentinel error
}

func meaningOf(code, subcode int) meaning {
	for _, r := range rows {
		if r.fits(code, subcode) {
			return meaning{known: true, retry: r.retry, sentinel: r.sentinel}
		}
	}
	return meaning{}
}
