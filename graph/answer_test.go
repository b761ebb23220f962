package graph_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/graph"
)

func TestAnswersThatAreNoneOfTheGraphAPI(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		status int
		body   string
		want   graph.Retry
	}{
		"page of a gateway":     {502, "<html>Bad Gateway secretly</html>", graph.RetryUncertain},
		"gateway timeout":       {504, "", graph.RetryUncertain},
		"empty 500":             {500, "", graph.RetryUncertain},
		"empty 200":             {200, "", graph.RetryUncertain},
		"blank 200":             {200, " \n", graph.RetryUncertain},
		"page with 200":         {200, "<html>secretly</html>", graph.RetryUncertain},
		"half a JSON text":      {200, `{"recipient_id":"9"`, graph.RetryUncertain},
		"two JSON texts":        {200, `{}{}`, graph.RetryUncertain},
		"500 without an error":  {500, `{"recipient_id":"9"}`, graph.RetryUncertain},
		"error of words":        {200, `{"error":"secretly"}`, graph.RetryUncertain},
		"error of nothing":      {200, `{"error":{}}`, graph.RetryUncertain},
		"404 of a proxy":        {404, "secretly not found", graph.RetryNever},
		"401 of a proxy":        {401, "", graph.RetryNever},
		"404 without an error":  {404, `{"detail":"secretly"}`, graph.RetryNever},
		"timeout of a proxy":    {408, "", graph.RetryUncertain},
		"throttle of a proxy":   {429, "slow down", graph.RetryLater},
		"over the cap":          {200, `{"a":"` + strings.Repeat("x", graph.MaxResponseBytes) + `"}`, graph.RetryUncertain},
		"over the cap, refused": {400, `{"error":{"code":190,"message":"` + strings.Repeat("x", graph.MaxResponseBytes) + `"}}`, graph.RetryNever},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := send(t.Context(), newPlatform(t, answering(test.status, test.body)).client(t))
			var unusable *graph.ResponseError
			require.ErrorAs(t, err, &unusable)
			require.Equal(t, test.status, unusable.HTTPStatus)
			require.Equal(t, test.want, graph.Classify(err))
			require.NotContains(t, err.Error(), "secretly", "no body in an error text")
			requireNoCredentials(t, err)
		})
	}
}

func TestAnswerAtTheCapIsRead(t *testing.T) {
	t.Parallel()
	body := `{"recipient_id":"9","a":"` + strings.Repeat("x", graph.MaxResponseBytes-27) + `"}`
	require.Len(t, body, graph.MaxResponseBytes)
	require.NoError(t, send(t.Context(), newPlatform(t, answering(200, body)).client(t)))
}

func TestEndlessAnswerIsCutOff(t *testing.T) {
	t.Parallel()
	platform := newPlatform(t, func(w http.ResponseWriter, _ *http.Request) {
		for {
			if _, err := w.Write(make([]byte, 64<<10)); err != nil {
				return // the client has gone
			}
		}
	})
	var unusable *graph.ResponseError
	require.ErrorAs(t, send(t.Context(), platform.client(t)), &unusable)
}

func TestAnswerOfAnotherShapeThanAskedFor(t *testing.T) {
	t.Parallel()
	var out struct{ ID int }
	err := newPlatform(t, answering(200, `{"id":"seven"}`)).client(t).Do(t.Context(), graph.Request{Path: "me"}, &out)
	var unusable *graph.ResponseError
	require.ErrorAs(t, err, &unusable)
}

func FuzzAnswer(f *testing.F) {
	for _, seed := range []string{
		`{"recipient_id":"9","message_id":"m_1"}`, `{"error":{"code":190,"error_subcode":463}}`, `{"error":"x"}`, `{"error":{}}`, `{"error":null}`,
		`{"recipient":{"id":1}}`, `{"timezone":"5.5","first_name":1}`, `[]`, `null`, ``, `<html>`, `{"a":`, "\ufeff{}", `{"data":[{"call_to_actions":[]}]}`,
	} {
		f.Add(200, []byte(seed))
		f.Add(400, []byte(seed))
		f.Add(503, []byte(seed))
	}
	f.Fuzz(func(t *testing.T, status int, body []byte) {
		content, err := graph.DecodeAnswer(status, body, token, proof)
		if err == nil {
			require.NotEmpty(t, content)
			require.True(t, status >= 200 && status <= 299)
			return
		}
		require.Empty(t, content)
		var refused *graph.Error
		var unusable *graph.ResponseError
		require.NotEqual(t, errors.As(err, &refused), errors.As(err, &unusable), "%T", err)
		require.NotContains(t, err.Error(), token)
		class := graph.Classify(err)
		if refused != nil && errors.Is(err, graph.ErrTokenInvalid) {
			require.Equal(t, graph.RetryNewToken, class)
		}
	})
}
