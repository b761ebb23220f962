package graph_test

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/graph"
)

const profileURI = "/prefix/v27.0/me/messenger_profile?appsecret_proof=" + proof

func TestMessengerProfile(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ answer, want string }{
		"properties":       {`{"data":[{"get_started":{"payload":"G"},"greeting":[]}]}`, `{"get_started":{"payload":"G"},"greeting":[]}`},
		"several":          {`{"data":[{"get_started":{"payload":"G"}},{"greeting":[]}]}`, `{"get_started":{"payload":"G"},"greeting":[]}`},
		"nothing set":      {`{"data":[]}`, `{}`},
		"nothing at all":   {`{}`, `{}`},
		"bare ice breaker": {`{"data":[{"call_to_actions":[{"question":"q"}],"locale":"default"}]}`, `{"ice_breakers":[{"call_to_actions":[{"question":"q"}],"locale":"default"}]}`},
		"bare question":    {`{"data":[{"question":"q","payload":"p"},{"question":"r","payload":"s"}]}`, `{"ice_breakers":[{"payload":"p","question":"q"},{"payload":"s","question":"r"}]}`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			platform := newPlatform(t, answering(200, test.answer))
			profile, err := platform.client(t).MessengerProfile(t.Context(), page, "", "get_started", "greeting", "ice_breakers")
			require.NoError(t, err)
			got, err := json.Marshal(profile)
			require.NoError(t, err)
			require.JSONEq(t, test.want, string(got))
			require.Equal(t, profileURI+"&fields=get_started%2Cgreeting%2Cice_breakers", platform.only(t).uri)
		})
	}
}

func TestChangesOfTheMessengerProfile(t *testing.T) {
	t.Parallel()
	platform := newPlatform(t, answering(200, `{"result":"success"}`))
	client := platform.client(t)
	require.NoError(t, client.SetMessengerProfile(t.Context(), page, "", graph.MessengerProfile{"get_started": json.RawMessage(`{"payload":"G"}`)}))
	require.NoError(t, client.DeleteMessengerProfile(t.Context(), page, "", "persistent_menu", "get_started"))
	calls := platform.received(t)
	require.Equal(t, "POST "+profileURI, calls[0].method+" "+calls[0].uri)
	require.Equal(t, `{"get_started":{"payload":"G"}}`, calls[0].body)
	require.Equal(t, "DELETE "+profileURI, calls[1].method+" "+calls[1].uri)
	require.Equal(t, `{"fields":["persistent_menu","get_started"]}`, calls[1].body)
}

func TestSuccessOfAChange(t *testing.T) {
	t.Parallel()
	for answer, success := range map[string]bool{
		`{"result":"success"}`: true, `{"success":"true"}`: true, `{"success":true}`: true,
		`{"result":"failure"}`: false, `{"success":false}`: false, `{"success":"false"}`: false, `{}`: false, `[]`: false, `"success"`: false,
	} {
		err := newPlatform(t, answering(200, answer)).client(t).DeleteMessengerProfile(t.Context(), page, "", "greeting")
		require.Equal(t, success, err == nil, answer)
		var unusable *graph.ResponseError
		require.Equal(t, !success, errors.As(err, &unusable), answer)
	}
}

func TestMessengerProfileOfNothingIsNotCalled(t *testing.T) {
	t.Parallel()
	platform := newPlatform(t, nil)
	client := platform.client(t)
	_, err := client.MessengerProfile(t.Context(), page, "")
	for _, err := range []error{err, client.SetMessengerProfile(t.Context(), page, "", nil), client.DeleteMessengerProfile(t.Context(), page, "")} {
		require.Equal(t, graph.RetryNever, graph.Classify(err))
	}
	require.Empty(t, platform.received(t))
}

func TestProfileOfAnInstagramAccountNamesThePlatform(t *testing.T) {
	t.Parallel()
	platform := newPlatform(t, answering(200, `{"result":"success","data":[]}`))
	client := platform.client(t)
	_, err := client.MessengerProfile(t.Context(), page, graph.PlatformInstagram, "ice_breakers")
	require.NoError(t, err)
	require.NoError(t, client.SetMessengerProfile(t.Context(), page, graph.PlatformInstagram, graph.MessengerProfile{"ice_breakers": json.RawMessage(`[]`)}))
	require.NoError(t, client.DeleteMessengerProfile(t.Context(), page, graph.PlatformInstagram, "ice_breakers"))
	require.NoError(t, client.DeleteMessengerProfile(t.Context(), page, graph.PlatformMessenger, "ice_breakers"))
	calls := platform.received(t)
	require.Equal(t, profileURI+"&fields=ice_breakers&platform=instagram", calls[0].uri)
	require.Equal(t, profileURI+"&platform=instagram", calls[1].uri)
	require.Equal(t, profileURI+"&platform=instagram", calls[2].uri)
	require.Equal(t, profileURI, calls[3].uri)
}
