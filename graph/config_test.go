package graph_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/secret"
)

func TestNewReportsEveryMistakeByItsField(t *testing.T) {
	t.Parallel()
	client, err := graph.New(graph.Config{BaseURL: "ftp://", Timeout: -1, UploadTimeout: -1, Version: "26"})
	require.Nil(t, client)
	for _, field := range []string{"BaseURL: scheme", "BaseURL: host", "Timeout: must", "Tokens: is required", "UploadTimeout: must", "Version: must"} {
		require.ErrorContains(t, err, "graph: Config."+field)
	}
}

func TestNewRefusesANilTokenSource(t *testing.T) {
	t.Parallel()
	type source struct{ graph.TokenMap }
	_, err := graph.New(graph.Config{Tokens: (*source)(nil)})
	require.EqualError(t, err, "graph: Config.Tokens: is a nil *graph_test.source")
	_, err = graph.New(graph.Config{Tokens: graph.TokenFunc(nil)})
	require.EqualError(t, err, "graph: Config.Tokens: is a nil graph.TokenFunc")
}

func TestNewChecksTheBaseURL(t *testing.T) {
	t.Parallel()
	for base, fine := range map[string]bool{
		"":                              true,
		"https://graph.facebook.com":    true,
		"https://graph.facebook.com/":   true,
		"http://127.0.0.1:8080/prefix":  true,
		"graph.facebook.com":            false,
		"https://":                      false,
		"https://h/?a=b":                false,
		"https://h/?":                   false,
		"https://h/#a":                  false,
		"https://user:hunter2@h/prefix": false,
		"https://h\x7f/hunter2":         false,
		"https://h/a b/hunter2":         false,
		"https://h/é/hunter2":           false,
		"https://h/%zz/hunter2":         false,
		"https://h h/hunter2":           false,
	} {
		_, err := graph.New(graph.Config{BaseURL: base, Tokens: graph.PageToken(token)})
		if fine {
			require.NoError(t, err, base)
			continue
		}
		require.ErrorContains(t, err, "Config.BaseURL", base)
		require.NotContains(t, err.Error(), "hunter2", base)
	}
}

func TestNewChecksTheVersion(t *testing.T) {
	t.Parallel()
	for version, fine := range map[string]bool{
		"": true, "v27.0": true, "v9.0": true, "27.0": false, "v27": false, "v27.0/": false, "v27.0\n": false, "../v27.0": false, "V27.0": false,
	} {
		_, err := graph.New(graph.Config{Tokens: graph.PageToken(token), Version: version})
		require.Equal(t, fine, err == nil, "%q: %v", version, err)
	}
}

func TestWithDefaultsIsWhatTheCommentsSay(t *testing.T) {
	t.Parallel()
	config := graph.Config{}.WithDefaults()
	require.Equal(t, "https://graph.facebook.com", config.BaseURL)
	require.Equal(t, "v27.0", config.Version)
	require.Equal(t, 2, config.Retries)
	require.Equal(t, 10*time.Second, config.Timeout)
	require.Equal(t, 2*time.Minute, config.UploadTimeout)
	require.NotSame(t, http.DefaultClient, config.HTTPClient)
	require.NotSame(t, http.DefaultTransport, config.HTTPClient.Transport)
	require.True(t, config.AppSecret(page).IsZero())
	require.Nil(t, config.Tokens)

	own := graph.Config{
		AppSecret: func(string) secret.Value { return secret.New(appSecret) }, BaseURL: "http://h", HTTPClient: http.DefaultClient,
		Retries: -1, Timeout: 1, UploadTimeout: 2, Version: "v25.0",
	}
	kept := own.WithDefaults()
	require.Equal(t, appSecret, kept.AppSecret(page).Reveal())
	require.Same(t, http.DefaultClient, kept.HTTPClient)
	kept.AppSecret, own.AppSecret = nil, nil
	require.Equal(t, own, kept)
}

func TestNewLeavesTheUsersHTTPClientAlone(t *testing.T) {
	t.Parallel()
	own := &http.Client{Timeout: time.Minute}
	_, err := graph.New(graph.Config{HTTPClient: own, Tokens: graph.PageToken(token)})
	require.NoError(t, err)
	require.Equal(t, &http.Client{Timeout: time.Minute}, own)
}
