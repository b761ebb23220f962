package graph_test

import (
	"errors"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/graph"
)

func TestProfileAsksForTheFieldsOfAPerson(t *testing.T) {
	t.Parallel()
	platform := newPlatform(t, answering(200, `{"id":"9","first_name":"Ada","last_name":"L","profile_pic":"https://x/y","locale":"en_GB","timezone":1,"gender":"female"}`))
	profile, err := platform.client(t).Profile(t.Context(), page, "9/../me")
	require.NoError(t, err)
	require.JSONEq(t, `{"id":"9","first_name":"Ada","last_name":"L","profile_pic":"https://x/y","locale":"en_GB","timezone":1,"gender":"female"}`, string(profile.Raw))
	profile.Raw = nil
	require.Equal(t, graph.Profile{FirstName: "Ada", Gender: "female", LastName: "L", Locale: "en_GB", ProfilePic: "https://x/y", Timezone: new(1.0)}, profile)
	require.Equal(t, "/prefix/v27.0/9%2F..%2Fme?appsecret_proof="+proof+
		"&fields=first_name%2Clast_name%2Cprofile_pic%2Clocale%2Ctimezone%2Cgender", platform.only(t).uri)
}

func TestProfileAsksForNamedFieldsOnly(t *testing.T) {
	t.Parallel()
	platform := newPlatform(t, answering(200, `{"name":"Ada","username":"ada","follower_count":3}`))
	profile, err := platform.client(t).Profile(t.Context(), page, "9", "name", "username")
	require.NoError(t, err)
	require.Equal(t, "Ada", profile.Name)
	require.Equal(t, "ada", profile.Username)
	require.Contains(t, string(profile.Raw), "follower_count")
	asked, err := url.Parse(platform.only(t).uri)
	require.NoError(t, err)
	require.Equal(t, "name,username", asked.Query().Get("fields"))
}

func TestProfileIsReadLeniently(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		answer   string
		timezone *float64
		name     string
	}{
		"missing":        {`{"first_name":"Ada"}`, nil, "Ada"},
		"zero":           {`{"first_name":"Ada","timezone":0}`, new(0.0), "Ada"},
		"fraction":       {`{"first_name":"Ada","timezone":5.75}`, new(5.75), "Ada"},
		"west":           {`{"first_name":"Ada","timezone":-3.5}`, new(-3.5), "Ada"},
		"word":           {`{"first_name":"Ada","timezone":"5.5"}`, new(5.5), "Ada"},
		"null":           {`{"first_name":"Ada","timezone":null}`, nil, "Ada"},
		"nonsense":       {`{"first_name":"Ada","timezone":"NaN"}`, nil, "Ada"},
		"infinite":       {`{"first_name":"Ada","timezone":"Inf"}`, nil, "Ada"},
		"object":         {`{"first_name":"Ada","timezone":{"offset":1}}`, nil, "Ada"},
		"surprises":      {`{"first_name":"Ada","surprise":{"a":[1]},"locale":["x"]}`, nil, "Ada"},
		"strange name":   {`{"first_name":{"a":"b"},"timezone":1}`, new(1.0), ""},
		"number as name": {`{"first_name":7}`, nil, "7"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			profile, err := newPlatform(t, answering(200, test.answer)).client(t).Profile(t.Context(), page, "9")
			require.NoError(t, err)
			require.Equal(t, test.timezone, profile.Timezone)
			require.Equal(t, test.name, profile.FirstName)
		})
	}
}

func TestRefusedProfile(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		status  int
		answer  string
		refused bool
	}{
		"empty object":   {200, `{}`, true},
		"id only":        {200, `{"id":"9"}`, true},
		"not an object":  {200, `[]`, true},
		"2018218":        {400, `{"error":{"code":100,"error_subcode":2018218}}`, true},
		"2018247":        {400, `{"error":{"code":10,"error_subcode":2018247}}`, true},
		"100/33":         {400, `{"error":{"code":100,"error_subcode":33}}`, true},
		"no consent":     {400, `{"error":{"code":230}}`, true},
		"bad field":      {400, `{"error":{"code":100}}`, false},
		"token":          {401, `{"error":{"code":190}}`, false},
		"page of a host": {502, `<html>`, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := newPlatform(t, answering(test.status, test.answer)).client(t).Profile(t.Context(), page, "9")
			require.Error(t, err)
			require.Equal(t, test.refused, errors.Is(err, graph.ErrProfileUnavailable))
			if test.refused {
				require.Equal(t, graph.RetryNever, graph.Classify(err))
			}
			var words *graph.Error
			require.Equal(t, test.status == 400 || test.status == 401, errors.As(err, &words), "the platform's words stay")
		})
	}
}

func TestProfileOfNobodyIsNotAsked(t *testing.T) {
	t.Parallel()
	platform := newPlatform(t, nil)
	_, err := platform.client(t).Profile(t.Context(), page, "")
	require.Equal(t, graph.RetryNever, graph.Classify(err))
	require.Empty(t, platform.received(t))
}
