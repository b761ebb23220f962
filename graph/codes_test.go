package graph_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/graph"
)

// sentinels are all that an error of the platform can match.
var sentinels = []error{
	graph.ErrAlreadyDone, graph.ErrDuplicate, graph.ErrInvalidRequest, graph.ErrNoToken, graph.ErrNotForPerson, graph.ErrNotThreadOwner,
	graph.ErrOutsideWindow, graph.ErrPageRestricted, graph.ErrPermission, graph.ErrPersonUnavailable, graph.ErrProfileUnavailable,
	graph.ErrRateLimited, graph.ErrTokenInvalid, graph.ErrTooSoon, graph.ErrTransient,
}

func TestCodesOfThePlatform(t *testing.T) {
	t.Parallel()
	const never, later, uncertain, newToken = graph.RetryNever, graph.RetryLater, graph.RetryUncertain, graph.RetryNewToken
	tests := []struct {
		code, subcode int
		retry         graph.Retry
		sentinel      error
	}{
		{-1, 2018012, uncertain, nil},
		{0, 0, never, nil}, // unknown
		{1, 0, uncertain, nil},
		{1, 99, uncertain, nil},
		{1, 1357046, uncertain, nil},
		{1, 2018382, never, graph.ErrInvalidRequest},
		{2, 0, later, graph.ErrTransient},
		{2, 2018344, never, graph.ErrPermission},
		{3, 0, never, graph.ErrPermission},
		{4, 0, later, graph.ErrRateLimited},
		{4, 2018354, never, graph.ErrNotForPerson},
		{9, 2018352, later, graph.ErrTooSoon},
		{9, 0, never, nil}, // unknown
		{10, 0, never, graph.ErrPermission},
		{10, 1404170, never, graph.ErrPageRestricted},
		{10, 1893015, never, graph.ErrNotForPerson},
		{10, 1893063, never, graph.ErrPageRestricted},
		{10, 2018065, never, graph.ErrOutsideWindow},
		{10, 2018278, never, graph.ErrOutsideWindow},
		{10, 2534022, never, graph.ErrOutsideWindow},
		{10, 2018108, never, graph.ErrPersonUnavailable},
		{10, 2018336, never, graph.ErrNotForPerson},
		{10, 2534077, never, graph.ErrPermission},
		{17, 0, later, graph.ErrRateLimited},
		{32, 0, later, graph.ErrRateLimited},
		{341, 0, later, graph.ErrRateLimited},
		{100, 0, never, graph.ErrInvalidRequest},
		{100, 33, never, graph.ErrInvalidRequest},
		{100, 2018001, never, graph.ErrPersonUnavailable},
		{100, 1893060, never, graph.ErrPersonUnavailable},
		{100, 1893061, never, graph.ErrInvalidRequest},
		{100, 2018034, never, graph.ErrInvalidRequest},
		{100, 2018145, never, graph.ErrInvalidRequest},
		{100, 2018292, never, graph.ErrInvalidRequest},
		{10, 2534014, never, graph.ErrPersonUnavailable},
		{200, 2018065, never, graph.ErrOutsideWindow},
		{506, 0, never, graph.ErrDuplicate},
		{508, 2534122, never, graph.ErrPageRestricted},
		{546, 0, never, graph.ErrInvalidRequest},
		{2500, 0, never, graph.ErrInvalidRequest},
		{1609005, 0, never, graph.ErrInvalidRequest},
		{4, 2018022, later, graph.ErrRateLimited},
		{200, 2534066, never, graph.ErrPermission},
		{80004, 0, later, graph.ErrRateLimited},
		{80015, 0, never, nil}, // unknown
		{100, 2018008, later, graph.ErrTransient},
		{100, 2018047, never, graph.ErrInvalidRequest},
		{100, 2018074, never, graph.ErrInvalidRequest},
		{100, 2018109, never, graph.ErrInvalidRequest},
		{100, 2018294, later, graph.ErrTransient},
		{100, 2018014, never, graph.ErrInvalidRequest},
		{100, 2018164, never, graph.ErrInvalidRequest},
		{100, 2018320, never, graph.ErrInvalidRequest},
		{100, 2018328, never, graph.ErrInvalidRequest},
		{100, 2534013, never, graph.ErrPermission},
		{100, 2534014, never, graph.ErrPersonUnavailable},
		{100, 2534015, never, graph.ErrInvalidRequest},
		{100, 2534025, never, graph.ErrInvalidRequest},
		{100, 2534029, never, graph.ErrPersonUnavailable},
		{100, 2534037, never, graph.ErrNotThreadOwner},
		{102, 0, newToken, graph.ErrTokenInvalid},
		{190, 0, newToken, graph.ErrTokenInvalid},
		{190, 458, newToken, graph.ErrTokenInvalid},
		{190, 459, newToken, graph.ErrTokenInvalid},
		{190, 460, newToken, graph.ErrTokenInvalid},
		{190, 463, newToken, graph.ErrTokenInvalid},
		{190, 464, newToken, graph.ErrTokenInvalid},
		{190, 467, newToken, graph.ErrTokenInvalid},
		{190, 492, newToken, graph.ErrTokenInvalid},
		{190, 2069032, newToken, graph.ErrTokenInvalid}, // a subcode that no row has
		{102, 463, newToken, graph.ErrTokenInvalid},
		{104, 0, newToken, graph.ErrTokenInvalid},
		{459, 0, newToken, graph.ErrTokenInvalid},
		{1, 460, newToken, graph.ErrTokenInvalid},
		{10, 467, newToken, graph.ErrTokenInvalid},
		{199, 0, never, nil},
		{200, 0, never, graph.ErrPermission},
		{200, 2018021, never, graph.ErrPermission},
		{200, 2018027, never, graph.ErrPermission},
		{200, 2018028, never, graph.ErrPermission},
		{200, 2534041, never, graph.ErrPermission},
		{200, 1545041, never, graph.ErrPersonUnavailable},
		{230, 0, never, graph.ErrPermission},
		{299, 0, never, graph.ErrPermission},
		{300, 0, never, nil},
		{368, 0, never, graph.ErrPageRestricted},
		{551, 0, never, graph.ErrPersonUnavailable},
		{551, 1545041, never, graph.ErrPersonUnavailable},
		{613, 0, later, graph.ErrRateLimited},
		{613, 2534040, later, graph.ErrRateLimited},
		{613, 1893016, never, graph.ErrDuplicate},
		{613, 2018338, never, graph.ErrPageRestricted},
		{1200, 0, later, graph.ErrTransient},
		{2022, 0, never, graph.ErrPageRestricted},
		{10303, 0, never, graph.ErrInvalidRequest},
		{10900, 0, never, graph.ErrAlreadyDone},
		{10901, 0, never, nil}, // of the family
		{10902, 0, never, graph.ErrInvalidRequest},
		{10903, 1893049, never, graph.ErrNotForPerson},
		{10904, 1893050, never, graph.ErrPermission},
		{10999, 0, never, nil},
		{11000, 0, never, nil}, // unknown
		{10903, 0, never, graph.ErrNotForPerson},
		{10904, 0, never, graph.ErrPermission},
		{80001, 0, later, graph.ErrRateLimited},
		{80002, 0, later, graph.ErrRateLimited},
		{80006, 0, later, graph.ErrRateLimited},
		{2018218, 0, never, graph.ErrProfileUnavailable},
		{10, 2018247, never, graph.ErrProfileUnavailable},
		{2018300, 0, never, graph.ErrNotThreadOwner},
		{10, 2018300, never, graph.ErrNotThreadOwner},
		{100, 2018321, never, graph.ErrNotThreadOwner},
		{2018321, 0, never, graph.ErrNotThreadOwner},
		{2018247, 0, never, graph.ErrProfileUnavailable},
		{1545041, 0, never, graph.ErrPersonUnavailable},
		{9000001, 0, never, graph.ErrInvalidRequest},
		{100, 9000001, never, graph.ErrInvalidRequest},
		{2300052, 0, later, graph.ErrTooSoon},
		{100, 2300052, later, graph.ErrTooSoon},
		{2018389, 0, never, nil},
		{2018396, 0, never, nil},
		{424242, 0, never, nil}, // unknown
	}
	for _, test := range tests {
		t.Run(fmt.Sprintf("%d/%d", test.code, test.subcode), func(t *testing.T) {
			t.Parallel()
			err := fmt.Errorf("sending: %w", &graph.Error{Code: test.code, Subcode: test.subcode, HTTPStatus: 400})
			require.Equal(t, test.retry, graph.Classify(err))
			for _, sentinel := range sentinels {
				require.Equal(t, errors.Is(test.sentinel, sentinel), errors.Is(err, sentinel), "%v", sentinel)
			}
		})
	}
}

func TestUnknownCodesGoByWhatElseIsKnown(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		err  graph.Error
		want graph.Retry
	}{
		{graph.Error{Code: 424242, HTTPStatus: 400}, graph.RetryNever},
		{graph.Error{Code: 424242, HTTPStatus: 200}, graph.RetryNever},
		{graph.Error{Code: 424242, HTTPStatus: 408}, graph.RetryUncertain},
		{graph.Error{Code: 424242, HTTPStatus: 429}, graph.RetryLater},
		{graph.Error{Code: 424242, HTTPStatus: 429, Transient: true}, graph.RetryLater},
		{graph.Error{Code: 424242, HTTPStatus: 500}, graph.RetryUncertain},
		{graph.Error{Code: 424242, HTTPStatus: 400, Transient: true}, graph.RetryUncertain},
		{graph.Error{Code: 190, HTTPStatus: 500, Transient: true}, graph.RetryNewToken}, // a known code is the contract
	} {
		require.Equal(t, test.want, graph.Classify(&test.err), "%+v", &test.err)
	}
}

func TestClassifyOfOthersErrors(t *testing.T) {
	t.Parallel()
	require.Equal(t, graph.RetryUncertain, graph.Classify(errors.New("middleware")))
	require.Equal(t, graph.RetryNewToken, graph.Classify(fmt.Errorf("page 7: %w", graph.ErrNoToken)))
	require.Equal(t, graph.RetryLater, graph.Classify(errors.Join(errors.New("other"), &graph.Error{Code: 4})))
	require.Panics(t, func() { graph.Classify(nil) })
}

func TestRetryHasNames(t *testing.T) {
	t.Parallel()
	names := ""
	for class := graph.RetryNever; class <= graph.RetryUncertain+1; class++ {
		names += class.String() + ","
	}
	require.Equal(t, "never,safe,later,new token,uncertain,Retry(5),", names)
}

func TestErrorNamesWhatMetasSupportAsksFor(t *testing.T) {
	t.Parallel()
	err := &graph.Error{Code: 10, Subcode: 2018278, Type: "OAuthException", Message: "outside", TraceID: "Abc", HTTPStatus: 400}
	require.EqualError(t, err, "graph: error 10/2018278 OAuthException: outside (HTTP 400, trace Abc)")
	require.EqualError(t, &graph.Error{Code: 1, HTTPStatus: 500}, "graph: error 1 (HTTP 500)")
}

func TestErrorsAreReadFromAnswers(t *testing.T) {
	t.Parallel()
	full := graph.Error{
		Code: 190, Subcode: 463, Type: "OAuthException", Message: "expired", UserTitle: "Title", UserMessage: "Text", TraceID: "Abc", HTTPStatus: 401, Transient: true,
	}
	tests := map[string]struct {
		status int
		body   string
		want   graph.Error
	}{
		"full": {401, `{"error":{"message":"expired","type":"OAuthException","code":190,"error_subcode":463,"error_user_title":"Title",
			"error_user_msg":"Text","fbtrace_id":"Abc","is_transient":true,"error_data":{"x":[]}}}`, full},
		"words for numbers": {401, `{"error":{"message":"expired","type":"OAuthException","code":"190","error_subcode":"463","error_user_title":"Title",
			"error_user_msg":"Text","fbtrace_id":"Abc","is_transient":"true"}}`, full},
		"numbers with fractions": {401, `{"error":{"code":190.0,"error_subcode":4.63e2}}`, graph.Error{Code: 190, Subcode: 463, HTTPStatus: 401}},
		"numbers that are none":  {400, `{"error":{"code":10,"error_subcode":1.5}}`, graph.Error{Code: 10, HTTPStatus: 400}},
		"numbers too large":      {400, `{"error":{"code":10,"error_subcode":1e30}}`, graph.Error{Code: 10, HTTPStatus: 400}},
		"with status 200":        {200, `{"recipient_id":"9","error":{"code":10}}`, graph.Error{Code: 10, HTTPStatus: 200}},
		"strange members":        {400, `{"error":{"code":10,"message":{},"error_subcode":[],"is_transient":7}}`, graph.Error{Code: 10, HTTPStatus: 400}},
		"a message only":         {400, `{"error":{"message":"no"}}`, graph.Error{Message: "no", HTTPStatus: 400}},
		"a code with space":      {500, "\n {\"error\":{\"code\":2}} \n", graph.Error{Code: 2, HTTPStatus: 500}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := send(t.Context(), newPlatform(t, answering(test.status, test.body)).client(t))
			var refused *graph.Error
			require.ErrorAs(t, err, &refused)
			require.Equal(t, test.want, *refused)
		})
	}
}

func TestErrorsThatRepeatCredentialsAreRedacted(t *testing.T) {
	t.Parallel()
	echo, err := json.Marshal(map[string]map[string]any{"error": {
		"code": 190, "message": "Malformed access token " + token, "type": token, "error_user_title": proof, "error_user_msg": token + proof, "fbtrace_id": token,
	}})
	require.NoError(t, err)
	err = send(t.Context(), newPlatform(t, answering(400, string(echo))).client(t))
	var refused *graph.Error
	require.ErrorAs(t, err, &refused)
	require.Equal(t, "Malformed access token [redacted]", refused.Message)
	requireNoCredentials(t, err)
}

func TestRefusedProofHoldsThePage(t *testing.T) {
	t.Parallel()
	refused := &graph.Error{Code: 100, Type: "GraphMethodException", Message: "Invalid appsecret_proof provided in the API argument"}
	require.ErrorIs(t, refused, graph.ErrTokenInvalid)
	require.Equal(t, graph.RetryNewToken, graph.Classify(refused), "the secret is another app's: nothing is lost by waiting")
	require.Equal(t, graph.RetryNever, graph.Classify(&graph.Error{Code: 100, Message: "Invalid parameter"}))
}
