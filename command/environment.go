package command

import (
	"cmp"
	"fmt"
	"net/http"
	"strings"

	"github.com/urfave/cli/v3"

	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/secret"
)

// The variables of the commands that call the platform, besides those of [simulate].
const (
	envAppID        = "MESSENGER_APP_ID"
	envGraphVersion = "MESSENGER_GRAPH_VERSION"
)

// environment returns the value of a variable, empty if it is not set.
type environment func(name string) string

// environmentOf is the environment of the process, and behind it the file of --env-file.
func environmentOf(config Config, cmd *cli.Command) (environment, error) {
	name := cmd.String("env-file")
	if name == "" {
		return config.Env, nil
	}
	read, err := readEnvFile(name)
	if err != nil {
		return nil, fmt.Errorf("--env-file: %w; name a file with lines NAME=value", err)
	}
	return func(name string) string {
		if value := config.Env(name); value != "" {
			return value
		}
		return read[name]
	}, nil
}

func envFile() cli.Flag {
	return &cli.StringFlag{Name: "env-file", Usage: "read variables that are not set from `FILE`, such as .env"}
}

// client makes a client that bears the page's token, which may be missing if each call brings its own.
func (env environment) client() (*graph.Client, error) {
	return env.clientOn(nil, env(envGraphURL), env(envAppSecret))
}

// accountClient makes a client for the calls of an account. One of Instagram Login has a host of its own, unless another Graph API
// is named, and its calls are not signed.
func (env environment) accountClient(transport http.RoundTripper, kind string) (*graph.Client, error) {
	if err := env.needsPageToken(); err != nil {
		return nil, err
	}
	if kind == ofInstagramLogin {
		return env.clientOn(transport, cmp.Or(env(envGraphURL), graph.InstagramBaseURL), "")
	}
	return env.clientOn(transport, env(envGraphURL), env(envAppSecret))
}

// appClient makes a client for the calls of the app. The host of Instagram Login has none of them.
func (env environment) appClient(transport http.RoundTripper) (*graph.Client, error) {
	base := env(envGraphURL)
	if strings.TrimRight(base, "/") == graph.InstagramBaseURL {
		base = graph.DefaultBaseURL
	}
	return env.clientOn(transport, base, env(envAppSecret))
}

// clientOn makes a client; without a transport it has one of its own, and without a secret its calls are not signed.
func (env environment) clientOn(transport http.RoundTripper, base, appSecret string) (*graph.Client, error) {
	made := graph.Config{BaseURL: base, Tokens: graph.PageToken(env(envPageToken)), Version: env(envGraphVersion)}
	if transport != nil {
		made.HTTPClient = &http.Client{Transport: transport}
	}
	if appSecret != "" {
		made.AppSecret = func(string) secret.Value { return secret.New(appSecret) }
	}
	if made.BaseURL != "" {
		if err := graph.CheckBaseURL(made.BaseURL); err != nil {
			return nil, fmt.Errorf("%s is wrong: %s; leave it out for the platform, or set it to the http or https URL of a simulator",
				envGraphURL, strings.ReplaceAll(err.Error(), "\n", ", "))
		}
	}
	client, err := graph.New(made)
	if err != nil { // nothing else can be wrong
		return nil, fmt.Errorf("%s is %s, and has to look like %s; leave it out for that version", envGraphVersion, quoted(made.Version), graph.DefaultVersion)
	}
	return client, nil
}

// clientFor makes a client for the page of the environment.
func clientFor(config Config, cmd *cli.Command) (*graph.Client, error) {
	env, err := environmentOf(config, cmd)
	if err != nil {
		return nil, err
	}
	return env.pageClient()
}

// pageClient is client, if there is a token of a page.
func (env environment) pageClient() (*graph.Client, error) { return env.accountClient(nil, ofPage) }

// needsPageToken is an error if there is no token of a page.
func (env environment) needsPageToken() error {
	if env(envPageToken) == "" {
		return fmt.Errorf("%s is not set: set it to the access token of the page, or name a file that has it with --env-file", envPageToken)
	}
	return nil
}

// app is the app of the environment, and the token by which it calls for itself.
type app struct {
	id    string
	token secret.Value
}

// app returns the app of the environment. It has no token if its id or its secret is not set.
func (env environment) app() app {
	id := env(envAppID)
	return app{id, graph.AppToken(id, secret.New(env(envAppSecret)))}
}

// errNoApp is why a call of the app cannot be made.
func errNoApp() error {
	return fmt.Errorf("%s and %s are needed: both are in the App Dashboard under Settings, Basic", envAppID, envAppSecret)
}
