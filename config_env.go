package messenger

import (
	"errors"
	"fmt"
	"os"
	"regexp"
	"strings"

	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/secret"
)

var onlyDigits = regexp.MustCompile(`^[0-9]+$`)

// ConfigFromEnv reads a Config from the environment: MESSENGER_APP_SECRET,
// MESSENGER_VERIFY_TOKEN and MESSENGER_PAGE_TOKEN, which are required, and
// MESSENGER_APP_ID, MESSENGER_GRAPH_URL and MESSENGER_GRAPH_VERSION. The error
// names every variable that is missing or malformed, and shows no secret.
func ConfigFromEnv() (Config, error) {
	var missing []string
	need := func(name string) string {
		value := os.Getenv(name)
		if value == "" {
			missing = append(missing, name)
		}
		return value
	}
	cfg := Config{
		Apps:         App(need("MESSENGER_APP_SECRET")),
		VerifyToken:  secret.New(need("MESSENGER_VERIFY_TOKEN")),
		Tokens:       graph.PageToken(need("MESSENGER_PAGE_TOKEN")),
		GraphURL:     os.Getenv("MESSENGER_GRAPH_URL"),
		GraphVersion: os.Getenv("MESSENGER_GRAPH_VERSION"),
	}
	cfg.Apps[0].ID = os.Getenv("MESSENGER_APP_ID")
	var errs []error
	if len(missing) > 0 {
		errs = append(errs, fmt.Errorf("messenger: not set in the environment: %s", strings.Join(missing, ", ")))
	}
	if id := cfg.Apps[0].ID; id != "" && !onlyDigits.MatchString(id) {
		// The value is left out: it may be the app secret, in the wrong variable.
		errs = append(errs, errors.New("messenger: MESSENGER_APP_ID is not a number"))
	}
	errs = append(errs,
		tryGraph("MESSENGER_GRAPH_URL", cfg.GraphURL, graph.Config{BaseURL: cfg.GraphURL}),
		tryGraph("MESSENGER_GRAPH_VERSION", cfg.GraphVersion, graph.Config{Version: cfg.GraphVersion}),
	)
	if err := errors.Join(errs...); err != nil {
		return Config{}, err
	}
	return cfg, nil
}

// tryGraph returns what package graph says against the value of an environment variable.
func tryGraph(name, value string, config graph.Config) error {
	config.Tokens = graph.TokenMap{}
	_, err := graph.New(config)
	switch {
	case err == nil:
		return nil
	case strings.ContainsAny(value, "@?#"): // what may be a password or a token is not shown
		return fmt.Errorf("messenger: %s is malformed: %w", name, err)
	}
	return fmt.Errorf("messenger: %s=%q is malformed: %w", name, value, err)
}
