package graph

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/djmessenger/messenger/secret"
)

// NLPConfig configures the NLP of a page, whose results the events carry as nlp.
type NLPConfig struct {
	// CustomToken is the token of a Wit.ai app, for Model CUSTOM. Default: unchanged.
	CustomToken secret.Value
	// Enabled turns NLP on. Default: off.
	Enabled bool
	// Model is the language, such as ENGLISH, or CUSTOM. Default: unchanged.
	Model string
	// NBest is the number of interpretations of each text. Default: unchanged.
	NBest int
	// OtherLanguages is other_language_support as JSON: the models of further languages. It may contain tokens, so treat
	// it as a secret. Default: unchanged.
	OtherLanguages json.RawMessage
	// Verbose adds the position of each result in the text. nil: unchanged.
	Verbose *bool
}

// SetNLP configures the NLP of the page. Errors are those of [Client.Do], without the custom token, and a
// [ResponseError] for an answer that does not report success. See
// https://developers.facebook.com/docs/messenger-platform/built-in-nlp.
func (c *Client) SetNLP(ctx context.Context, page string, config NLPConfig) error {
	if config.NBest < 0 {
		return refuse("nlp: NBest is negative")
	}
	body := map[string]any{"nlp_enabled": config.Enabled}
	if !config.CustomToken.IsZero() {
		body["custom_token"] = config.CustomToken.Reveal()
	}
	if config.Model != "" {
		body["model"] = config.Model
	}
	if config.NBest > 0 {
		body["n_best"] = config.NBest
	}
	if config.OtherLanguages != nil {
		body["other_language_support"] = config.OtherLanguages
	}
	if config.Verbose != nil {
		body["verbose"] = *config.Verbose
	}
	err := c.change(ctx, Request{Body: body, Method: http.MethodPost, Page: page, Path: Me + "/nlp_configs"})
	return hideIn(err, config.CustomToken)
}
