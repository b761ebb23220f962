package command

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/urfave/cli/v3"

	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/sending"
)

// maxMessageFile is the most bytes of a file with a message.
const maxMessageFile = 1 << 16

func send(config Config) *cli.Command {
	return common(config, &cli.Command{
		Name:      "send",
		Usage:     "send one message to a person, by the bot or by the Graph API",
		ArgsUsage: "PERSON [TEXT]",
		Description: "PERSON is the person's id with the page. With --url or " + envOperationsURL + " the bot sends it, by its operations API\n" +
			"(docs/operations.md): in order, at the page's rate and with a record; the command waits until it is sent. With neither, or\n" +
			"with --direct, the message goes to the platform at once and does not pass the bot, which has no record of it but the echo,\n" +
			"and whose pauses do not hold it. Within 24 hours of the person's last act anything may be sent; a human may answer within 7\n" +
			"days with --tag HUMAN_AGENT. Limits are checked before the call.\n" + whichPage + "\n" +
			"The exit code is 0 if the platform took the message or, with --url, the bot has it and it waits, 1 if the message is wrong\n" +
			"or was refused, 2 if the command line is wrong, and 5 if the operations API cannot be used. If the outcome is not known, it\n" +
			"says so: the message may have arrived.",
		Flags: append([]cli.Flag{
			&cli.StringFlag{Name: "file", Usage: "a `FILE` with the message as JSON, as package sending has it: {\"text\": …, \"quick_replies\": …}; - is the standard input"},
			&cli.StringFlag{Name: "image", Usage: "send the image at a `URL` in place of a text"},
			&cli.StringFlag{Name: "type", Usage: "the messaging `TYPE`: RESPONSE or UPDATE; default: RESPONSE"},
			&cli.StringFlag{Name: "tag", Usage: "a `TAG`, such as HUMAN_AGENT, for a message after the 24 hours"},
			&cli.BoolFlag{Name: "silent", Usage: "no sound and no vibration"},
			platformFlag(), envFile(), asJSON(),
		}, sendByBotFlags()...),
		Action: interruptible(func(ctx context.Context, cmd *cli.Command) error {
			message, err := messageOf(config, cmd)
			if err != nil {
				return err
			}
			env, err := environmentOf(config, cmd)
			if err != nil {
				return err
			}
			byBot, err := sendsByBot(env, cmd)
			if err != nil {
				return err
			}
			if byBot {
				return sendByBot(ctx, config, env, cmd, message)
			}
			for _, name := range []string{"page", "key", "wait", "token-file", "plain-http"} {
				if cmd.IsSet(name) {
					return usagef(cmd, "--%s goes with --url", name)
				}
			}
			account, err := accountFor(config, cmd)
			if err != nil {
				return err
			}
			object := receiving.ObjectPage
			if account.platform == graph.PlatformInstagram {
				object = receiving.ObjectInstagram
			}
			if err := message.Validate(object); err != nil {
				return fmt.Errorf("the message is not sent: %w", err)
			}
			body, err := message.Request(sending.Recipient{ID: cmd.Args().First()}, "")
			if err != nil {
				return fmt.Errorf("the message is not sent: %w", err)
			}
			sent, err := account.client.SendMessage(ctx, graph.Me, body)
			if err != nil {
				return whyNotSent(err, message)
			}
			if cmd.Bool("json") {
				return writeJSON(config.Out, map[string]string{"person": sent.PSID, "mid": sent.MID})
			}
			say(config.Out, "sent %s\n", oneLine(sent.MID, 200))
			return nil
		}),
	})
}

// messageOf reads the message of the command line.
func messageOf(config Config, cmd *cli.Command) (sending.Message, error) {
	var message sending.Message
	given := 0
	for _, is := range []bool{cmd.NArg() > 1, cmd.String("file") != "", cmd.String("image") != ""} {
		if is {
			given++
		}
	}
	switch {
	case cmd.NArg() == 0 || cmd.NArg() > 2 || cmd.Args().First() == "":
		return message, usagef(cmd, "send takes the id of a person, and a text in quotation marks")
	case given != 1:
		return message, usagef(cmd, "give one of a text, --file and --image")
	case cmd.String("image") != "":
		message = sending.Image(cmd.String("image"))
	case cmd.String("file") != "":
		var err error
		if message, err = messageFile(config, cmd.String("file")); err != nil {
			return message, err
		}
	default:
		message = sending.Text(cmd.Args().Get(1))
	}
	if kind := sending.MessagingType(cmd.String("type")); kind != "" {
		if !slices.Contains([]sending.MessagingType{sending.MessagingResponse, sending.MessagingUpdate}, kind) {
			return message, usagef(cmd, "--type is %q; there are %s and %s, and --tag", kind, sending.MessagingResponse, sending.MessagingUpdate)
		}
		message = message.WithMessagingType(kind)
	}
	if tag := cmd.String("tag"); tag != "" {
		message = message.WithTag(tag)
	}
	if cmd.Bool("silent") {
		message = message.WithNotification(sending.NotifySilent)
	}
	return message, nil
}

// messageFile reads a message that is written as JSON.
func messageFile(config Config, name string) (message sending.Message, err error) {
	data, err := content(config, name, maxMessageFile)
	if err != nil {
		return message, err
	}
	if len(data) > maxMessageFile {
		return message, fmt.Errorf("%s has more than %d bytes", name, maxMessageFile)
	}
	if err := strictly(data, &message); err != nil {
		return message, fmt.Errorf("%s is no message: %w", name, err)
	}
	if message.Recipient != nil || message.Public != nil || message.Delay != 0 || message.Key != "" {
		return message, fmt.Errorf("%s has a recipient, a public target, a delay or a key: the person is an argument, and the rest is the bot's", name)
	}
	return message, nil
}

// whyNotSent says what a refusal means for an operator.
func whyNotSent(err error, message sending.Message) error {
	switch {
	case errors.Is(err, graph.ErrOutsideWindow) && message.Tag == "":
		return fmt.Errorf("not sent: the person's last act is more than 24 hours ago; a human may answer within 7 days with --tag HUMAN_AGENT, and an approved utility template may go out at any time: %w", err)
	case errors.Is(err, graph.ErrOutsideWindow):
		return fmt.Errorf("not sent: the tag does not allow it, or the person's last act is more than 7 days ago; the person has to write first: %w", err)
	case errors.Is(err, graph.ErrPersonUnavailable):
		return fmt.Errorf("not sent: the person has blocked the page or is gone, or the id is not that of a person with this page: %w", err)
	case errors.Is(err, graph.ErrNotThreadOwner):
		return fmt.Errorf("not sent: another app controls the conversation; it has to give it back first: %w", err)
	case graph.Classify(err) == graph.RetryUncertain:
		return fmt.Errorf("the outcome is not known, and the message may have arrived: look at the conversation before you repeat it: %w", err)
	}
	return fmt.Errorf("not sent: %w", err)
}

// strictly decodes one JSON value without fields that are not known.
func strictly(data []byte, v any) error {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(v); err != nil {
		return err
	}
	if decoder.More() {
		return errors.New("there is more behind it")
	}
	return nil
}
