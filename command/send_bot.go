package command

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/urfave/cli/v3"

	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/sending"
)

const (
	// sendWait is how long the command waits for the outcome of a message, and sendPoll how often it asks.
	sendWait = 15 * time.Second
	sendPoll = 250 * time.Millisecond
)

// sendByBotFlags are those of send that are about the operations API.
func sendByBotFlags() []cli.Flag {
	return append([]cli.Flag{
		&cli.StringFlag{Name: "url", Usage: "send it by the bot, with the operations API at a `URL`; default: " + envOperationsURL},
		&cli.BoolFlag{Name: "direct", Usage: "send it by the Graph API, although " + envOperationsURL + " is set"},
		&cli.StringFlag{Name: "page", Usage: "with --url: the `ID` of the page; without it " + envPageID},
		&cli.StringFlag{Name: "key", Usage: "with --url: the `KEY` of the message, such as a case number; of all messages to the person with one key one is sent; default: a new one"},
		&cli.DurationFlag{Name: "wait", Value: sendWait, Usage: "with --url: how long to wait until it is sent"},
	}, tokenFlags()...)
}

// sendsByBot reports whether the bot is to send the message: where there is an operations API, unless --direct says otherwise.
func sendsByBot(env environment, cmd *cli.Command) (bool, error) {
	given := cmd.String("url") != ""
	if cmd.Bool("direct") {
		if given {
			return false, usagef(cmd, "give one of --url and --direct")
		}
		return false, nil
	}
	return given || env(envOperationsURL) != "", nil
}

// botSend is how far a message is that the bot sends.
type botSend struct {
	State, MID, Error string
	Attempts          int
}

// sendByBot has the bot send a message, and waits for the outcome.
func sendByBot(ctx context.Context, config Config, env environment, cmd *cli.Command, message sending.Message) error {
	config.Env = env
	page, person := cmp.Or(cmd.String("page"), env(envPageID)), cmd.Args().First()
	key := cmp.Or(cmd.String("key"), rand.Text())
	switch {
	case page == "":
		return usagef(cmd, "which page? Give --page, or set %s", envPageID)
	case strings.Trim(page, ".") == "" || strings.Trim(person, ".") == "" || strings.Trim(key, ".") == "":
		return usagef(cmd, "%q, %q or %q is no id or no key", page, person, key)
	case cmd.Duration("wait") < 0:
		return usagef(cmd, "--wait is %v, and has to be at least 0", cmd.Duration("wait"))
	}
	if cmd.String("platform") == string(graph.PlatformInstagram) { // the API knows the limits of Messenger
		if err := message.Validate(receiving.ObjectInstagram); err != nil {
			return fmt.Errorf("the message is not sent: %w", err)
		}
	}
	api, err := operationsOf(config, cmd)
	if err != nil {
		return err
	}
	defer api.close()
	path := "/pages/" + url.PathEscape(page) + "/people/" + url.PathEscape(person) + "/messages/" + url.PathEscape(key)
	var raw json.RawMessage
	if err := api.do(ctx, http.MethodPut, path, nil, map[string]any{"message": message}, &raw); err != nil {
		if exit, ok := errors.AsType[*exitError](err); ok {
			return &exitError{exit.code, fmt.Errorf("%w. To repeat it with --key %s does not send twice", exit.err, shellWord(key))}
		}
		return err
	}
	sent, raw, stopped := api.awaitSend(ctx, config, path, raw, cmd.Duration("wait"))
	if ctx.Err() != nil {
		stopped = &exitError{Interrupted, errors.New("interrupted while waiting")}
	}
	return sent.report(config, cmd, raw, stopped, page, key)
}

// awaitSend asks for a message until it does not wait any more. It returns the last answer, and why it has stopped before.
func (o *operationsClient) awaitSend(ctx context.Context, config Config, path string, raw json.RawMessage, wait time.Duration) (sent botSend, last json.RawMessage, err error) {
	for waited := time.Duration(0); ; waited += sendPoll {
		if err := json.Unmarshal(raw, &sent); err != nil {
			return sent, raw, err
		}
		if sent.State != "waiting" || waited >= wait {
			return sent, raw, nil
		}
		select {
		case <-ctx.Done():
			return sent, raw, ctx.Err()
		case <-config.after(sendPoll):
		}
		var next json.RawMessage
		if err := o.get(ctx, path, nil, &next); err != nil {
			return sent, raw, err
		}
		raw = next
	}
}

// report says what came of a message. Stopped is why the command does not wait for it any more, if that is an error.
func (s botSend) report(config Config, cmd *cli.Command, raw json.RawMessage, stopped error, page, key string) error {
	if cmd.Bool("json") {
		if err := writeJSON(config.Out, raw); err != nil {
			return err
		}
	}
	plain := !cmd.Bool("json")
	switch s.State {
	case "sent", "echoed":
		if plain {
			say(config.Out, "%s\n", strings.TrimSpace("sent "+oneLine(s.MID, 200)))
		}
		return nil
	case "waiting":
		if plain {
			say(config.Out, "queued, and not sent yet\n")
		}
		tries := ""
		if s.Attempts > 0 {
			tries = ", after " + several(s.Attempts, "attempt") + " that failed"
		}
		say(config.Err, "The bot has the message and sends it%s. To see how far it is, repeat the command with --key %s, or look with %s people show %s %s.\n",
			tries, shellWord(key), config.Name, shellWord(page), shellWord(cmd.Args().First()))
		return stopped
	case "uncertain":
		return fmt.Errorf("the outcome is not known, and the message may have arrived: look at the conversation before you send another: %s", oneLine(s.Error, 500))
	}
	return fmt.Errorf("not sent: %s: %s", oneLine(s.State, 40), oneLine(s.Error, 500))
}

// shellWord is a text as one word of a shell, in one line.
func shellWord(text string) string { return quotePOSIX(oneLine(text, 300)) }
