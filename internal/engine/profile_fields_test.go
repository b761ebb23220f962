package engine

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/graph"
)

// TestRefusedFieldIsAskedForAgainAfterADay: permissions change.
func TestRefusedFieldIsAskedForAgainAfterADay(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newProfileFields()
		all := []string{"first_name", "locale", "gender"}
		require.Equal(t, all, f.allowed("1", all))
		f.refuse("1", "gender")
		time.Sleep(time.Hour)
		f.refuse("1", "locale")
		require.Equal(t, []string{"first_name"}, f.allowed("1", all))
		require.Equal(t, all, f.allowed("2", all), "of another page nothing is known")
		time.Sleep(fieldRefusedFor - time.Hour - time.Second)
		require.Equal(t, []string{"first_name"}, f.allowed("1", all))
		time.Sleep(time.Second)
		require.Equal(t, []string{"first_name", "gender"}, f.allowed("1", all))
		time.Sleep(time.Hour)
		require.Equal(t, all, f.allowed("1", all))
		require.Equal(t, []string{"first_name", "locale", "gender"}, all, "the caller's fields stay as they are")
	})
}

// TestProbeEndsWithItsContext: a look-up does not wait for another beyond its own time.
func TestProbeEndsWithItsContext(t *testing.T) {
	t.Parallel()
	f := newProfileFields()
	done, ok := f.probe(t.Context(), "1")
	require.True(t, ok)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, ok = f.probe(ctx, "1")
	require.False(t, ok)
	other, ok := f.probe(t.Context(), "2")
	require.True(t, ok, "pages do not wait for each other")
	other()
	done()
	done, ok = f.probe(t.Context(), "1")
	require.True(t, ok)
	done()
}

// TestWhatRefusesFields: only a refusal that may be about some of the fields is worth asking for
// the others.
func TestWhatRefusesFields(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]bool{
		`{"code":100,"error_subcode":2018247}`: true,
		`{"code":2018247}`:                     true,
		`{"code":100,"message":"(#100) Tried accessing nonexisting field (locale)"}`:    true,
		`{"code":10,"message":"(#10) Application does not have permission"}`:            true,
		`{"code":200,"message":"(#200) Requires pages_user_locale"}`:                    true,
		`{"code":3,"message":"(#3) Application does not have the capability"}`:          true,
		`{"code":100,"error_subcode":33}`:                                               false,
		`{"code":230,"message":"(#230) Requires consent"}`:                              false,
		`{"code":100,"error_subcode":2018218}`:                                          false,
		`{"code":10,"error_subcode":2018278}`:                                           false,
		`{"code":190,"error_subcode":463}`:                                              false,
		`{"code":100,"message":"API calls from the server require an appsecret_proof"}`: false,
		`{"code":2,"message":"(#2) Service temporarily unavailable"}`:                   false,
		`{"code":4,"message":"(#4) Application request limit reached"}`:                 false,
	} {
		platform := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusBadRequest)
			_, _ = w.Write([]byte(`{"error":` + body + `}`))
		}))
		client := clientOf(t, platform.URL)
		_, err := client.Profile(t.Context(), "1", "42")
		require.Error(t, err)
		require.Equal(t, want, refusesFields(err), body)
		platform.Close()
	}
	require.False(t, refusesFields(nil))
	require.False(t, refusesFields(context.DeadlineExceeded))
}

func TestFieldsThatARefusalNames(t *testing.T) {
	t.Parallel()
	for message, want := range map[string][2]string{
		"(#100) Tried accessing nonexisting field (locale) on node type (User)": {"name gender", "locale"},
		"fields locale, gender are not allowed":                                 {"name", "locale gender"},
		"locale_code is wrong":                                                  {"name", "locale gender"},
		"(#100) No profile available for this user.":                            {"name", "locale gender"},
	} {
		likely, others := splitFields([]string{"name", "locale", "gender"}, refusal(message))
		require.Equal(t, want, [2]string{strings.Join(likely, " "), strings.Join(others, " ")}, message)
	}
}

func refusal(message string) error { return &graph.Error{Code: 100, Message: message} }

func clientOf(t *testing.T, url string) *graph.Client {
	t.Helper()
	client, err := graph.New(graph.Config{BaseURL: url, Timeout: time.Minute, Tokens: graph.PageToken("EAAG")})
	require.NoError(t, err)
	return client
}
