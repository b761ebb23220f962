package command

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"
	"unicode"

	"github.com/urfave/cli/v3"
)

// The environment of the commands that use the operations API.
const (
	envOperationsURL   = "MESSENGER_OPERATIONS_URL"
	envOperationsToken = "MESSENGER_OPERATIONS_TOKEN"
)

const (
	// operationsTime is how long the API may take to answer. It takes 30 s itself at most.
	operationsTime = 40 * time.Second
	// maxOperationsAnswer bounds an answer, which is an export of a person at most.
	maxOperationsAnswer = 256 << 20
	maxTokenFile        = 4 << 10
)

// operationsFlags are what all commands that use the operations API have.
func operationsFlags(more ...cli.Flag) []cli.Flag {
	more = append(more, databaseFlags()...)
	more = append(more, &cli.StringFlag{Name: "url", Usage: "the `URL` of the bot's operations API; without it " + envOperationsURL})
	return append(append(more, tokenFlags()...), asJSON())
}

// tokenFlags are about the token of the operations API.
func tokenFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "token-file", Usage: "the `FILE` with the token; without it the token is " + envOperationsToken},
		&cli.BoolFlag{Name: "plain-http", Usage: "send the token without TLS to another machine"},
	}
}

const aboutOperations = "It uses the operations API of a bot (docs/operations.md), or with --dsn the bots' PostgreSQL database. Neither the token nor\n" +
	"the DSN is ever a value on the command line."

// operationsClient calls the operations API of a bot.
type operationsClient struct {
	base, token string
	tokenFrom   string // where the token was found, for errors
	client      *http.Client
	closing     func() error // closes the database; nil if the API is that of another process
}

// close ends the use of the API.
func (o *operationsClient) close() {
	if o.closing != nil {
		_ = o.closing() // what was acknowledged is durable
	}
}

// operationsOf returns the API that the flags choose. The caller closes it.
func operationsOf(config Config, cmd *cli.Command) (*operationsClient, error) {
	if fromDatabase(cmd) {
		return databaseOf(config, cmd)
	}
	base := cmd.String("url")
	if base == "" {
		base = config.Env(envOperationsURL)
	}
	if base == "" {
		return nil, usagef(cmd, "give the address of the operations API by --url, or by %s; or --dsn", envOperationsURL)
	}
	u, err := url.Parse(base)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || u.RawQuery != "" || u.Fragment != "":
		return nil, usagef(cmd, "the URL has to be such as https://bot.example/operations")
	case u.User != nil:
		return nil, usagef(cmd, "the URL has a user or a password; the token belongs into %s, or into a file", envOperationsToken)
	case u.Scheme == "http" && !cmd.Bool("plain-http") && !isLoopback(u.Hostname()):
		return nil, usagef(cmd, "%s would get the token without TLS; use https, or --plain-http on a network that you trust", u.Host)
	}
	token, from, err := operationsToken(config, cmd)
	if err != nil {
		return nil, err
	}
	refuse := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse } // the token is for that address alone
	return &operationsClient{base: strings.TrimSuffix(base, "/"), token: token, tokenFrom: from, client: &http.Client{Timeout: operationsTime, CheckRedirect: refuse}}, nil
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

func operationsToken(config Config, cmd *cli.Command) (token, from string, err error) {
	token, from = config.Env(envOperationsToken), envOperationsToken
	if name := cmd.String("token-file"); name != "" {
		data, err := content(config, name, maxTokenFile)
		if err != nil {
			return "", "", fmt.Errorf("the token cannot be read: %w", err)
		}
		token, from = string(data), name
	}
	token = strings.TrimSpace(token)
	switch {
	case token == "":
		return "", "", usagef(cmd, "there is no token: set %s, or give --token-file", envOperationsToken)
	case strings.ContainsFunc(token, func(r rune) bool { return r <= ' ' || r > '~' }):
		return "", "", fmt.Errorf("what is in %s is no token: it has more than one line, or characters that no token has", from)
	}
	return token, from, nil
}

// get decodes the answer to a request.
func (o *operationsClient) get(ctx context.Context, path string, query url.Values, answer any) error {
	return o.do(ctx, http.MethodGet, path, query, nil, answer)
}

// do makes a request. An answer of *json.RawMessage is the answer as it came.
func (o *operationsClient) do(ctx context.Context, method, path string, query url.Values, body, answer any) error {
	target := o.base + path
	if len(query) > 0 {
		target += "?" + query.Encode()
	}
	var data []byte
	if body != nil {
		var err error
		if data, err = json.Marshal(body); err != nil {
			return err
		}
	}
	req, err := http.NewRequestWithContext(ctx, method, target, bytes.NewReader(data))
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+o.token)
	if method != http.MethodGet {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := o.client.Do(req)
	if err != nil {
		return &exitError{NoAPI, fmt.Errorf("the operations API cannot be reached: %w", err)}
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(io.LimitReader(resp.Body, maxOperationsAnswer+1))
	switch {
	case err != nil:
		return &exitError{NoAPI, fmt.Errorf("the answer of the operations API broke off: %w; a change may have taken effect", err)}
	case len(text) > maxOperationsAnswer:
		return fmt.Errorf("the answer has more than %d bytes", maxOperationsAnswer)
	case resp.StatusCode != http.StatusOK:
		return o.refusal(resp, text)
	}
	if err := json.Unmarshal(text, answer); err != nil {
		return &exitError{NoAPI, fmt.Errorf("what answers at %s is no operations API; the path of the API belongs to the URL", o.base)}
	}
	return nil
}

// apiError is a refusal of the API.
type apiError struct{ code, text string }

func (e *apiError) Error() string { return e.text }

// refusal is an answer of the API that is none of success.
func (o *operationsClient) refusal(resp *http.Response, text []byte) error {
	var why struct {
		Error, Code string
		ID          string `json:"request_id"`
	}
	if json.Unmarshal(text, &why) != nil || why.Code == "" {
		return &exitError{NoAPI, fmt.Errorf("what answers at %s with the status %d is no operations API; the path of the API belongs to the URL", o.base, resp.StatusCode)}
	}
	if resp.StatusCode == http.StatusUnauthorized {
		why.Error = "the token in " + o.tokenFrom + " is not accepted at " + o.base + ": it has to be one of operations.Config.Tokens of the bot"
	}
	err := &apiError{why.Code, oneLine(why.Error, 1000) + " (" + oneLine(why.Code, 100) + ", request " + oneLine(why.ID, 100) + ")"}
	if resp.StatusCode == http.StatusUnauthorized || resp.StatusCode == http.StatusForbidden {
		return &exitError{NoAPI, err}
	}
	return err
}

// each calls do with the items of the pages of a list, until that returns false. more reports that there are others.
func each[T any](ctx context.Context, o *operationsClient, path string, query url.Values, do func(T) bool) (more bool, err error) {
	for {
		var page struct {
			Items []T
			Next  string
		}
		if err := o.get(ctx, path, query, &page); err != nil {
			return false, err
		}
		for _, item := range page.Items {
			if !do(item) {
				return true, nil
			}
		}
		if page.Next == "" {
			return false, nil
		}
		query.Set("after", page.Next)
	}
}

// oneLine is a text of others in one line of a terminal: what people write must not move the cursor, nor turn the direction of text.
func oneLine(text string, most int) string {
	var out strings.Builder
	n := 0
	for _, r := range text {
		if n == most {
			out.WriteString("…")
			break
		}
		n++
		switch {
		case r == '\n' || r == '\t' || r == '\r':
			out.WriteByte(' ')
		case unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == '\u2028' || r == '\u2029':
			out.WriteRune(unicode.ReplacementChar)
		default:
			out.WriteRune(r)
		}
	}
	return out.String()
}

// when is a time in a table.
func when(at time.Time) string {
	if at.IsZero() {
		return "-"
	}
	return at.UTC().Format("2006-01-02 15:04:05Z")
}

// confirmed asks whether something that cannot be undone is meant, if there is a person to ask.
func confirmed(config Config, cmd *cli.Command, what string) error {
	if cmd.Bool("yes") {
		return nil
	}
	in, ok := config.In.(*os.File)
	if ok {
		info, err := in.Stat()
		ok = err == nil && info.Mode()&os.ModeCharDevice != 0
	}
	if !ok {
		return usagef(cmd, "%s cannot be undone: give --yes", what)
	}
	say(config.Err, "%s? It cannot be undone. Type yes: ", what)
	var answer string
	_, _ = fmt.Fscanln(in, &answer) // nothing is not yes
	if answer != "yes" {
		return &exitError{Declined, fmt.Errorf("declined: did not %s. Nothing was changed", what)}
	}
	return nil
}

func yesFlag() cli.Flag { return &cli.BoolFlag{Name: "yes", Usage: "do not ask"} }
