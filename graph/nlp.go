package graph

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/djmessenger/messenger/secret"
)

// NLPConfig says how the platform reads the texts that people write to a page, for what their events carry as nlp.
type NLPConfig struct {
	// CustomToken is the token of a Wit.ai app, for Model CUSTOM. Default: as it is.
	CustomToken secret.Value
	// Enabled turns it on. Default: off.
	Enabled bool
	// Model is the language, such as ENGLISH, or CUSTOM. Default: as it is.
	Model string
	// NBest is how many readings of each text to give. Default: as it is.
	NBest int
	// OtherLanguages is other_language_support as JSON: the models of further languages. It may carry tokens, and is no
	// less secret than they are. Default: as it is.
	OtherLanguages json.RawMessage
	// Verbose adds where in the text something was found. Default, with nil: as it is.
	Verbose *bool
}

// SetNLP sets how the platform reads texts to the page. Errors are those of [Client.Do], without the custom token, and a
// [ResponseError] for an answer that does not report success. See
// https://developers.facebook.com/docs/messenger-platform/built-in-nlp.
func (c *Client) SetNLP(ctx context.Context, pageID string, config NLPConfig) error {
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
	err := c.change(ctx, Request{Body: body, Method: http.MethodPost, PageID: pageID, Path: Me + "/nlp_configs"})
	return hideIn(err, config.CustomToken)
}
