package command

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/urfave/cli/v3"

	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/secret"
)

func webhookSubscribe(config Config) *cli.Command {
	return common(config, &cli.Command{
		Name:      "subscribe",
		Usage:     "subscribe the app and the page to what a policy handles",
		ArgsUsage: "[FILE]",
		Description: aboutSubscriptions + "\n" +
			"Fields that are subscribed already stay, unless --exact is given. When the app's side changes, the platform verifies the\n" +
			"callback URL by the verify token in " + envVerifyToken + ", so that the bot has to run. Repeated, it changes nothing.\n" + exitCodes,
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "url", Usage: "the https `URL` that callbacks go to; default: the one that the app has"},
			&cli.StringSliceFlag{Name: "field", Usage: "a webhook `FIELD` besides, such as message_echoes; repeatable"},
			&cli.BoolFlag{Name: "exact", Usage: "end the subscriptions to all other fields"},
			accountFlag(), allowUnknown(), envFile(), asJSON(),
		},
		Action: interruptible(func(ctx context.Context, cmd *cli.Command) error {
			kind, err := accountKind(cmd)
			if err != nil {
				return err
			}
			handled, err := handledFields(config, cmd, kind)
			if err != nil {
				return err
			}
			wanted := fieldNames(handled)
			for _, field := range cmd.StringSlice("field") {
				if !slices.Contains(wanted, field) {
					wanted = append(wanted, field)
				}
			}
			if len(wanted) == 0 {
				return errors.New("the policy handles no event of this platform, and no --field is given")
			}
			env, err := environmentOf(config, cmd)
			if err != nil {
				return err
			}
			s, err := subscriptionOf(ctx, config, env, kind)
			if err != nil {
				return err
			}
			if cmd.String("url") != "" && !s.appKnown() {
				return usagef(cmd, "--url is of the app: %s", s.whereApp())
			}
			return s.subscribe(ctx, config, cmd, wanted, secret.New(env(envVerifyToken)))
		}),
	})
}

// sideChange is what became of one side of a subscription.
type sideChange struct {
	Changed     bool     `json:"changed"`
	Fields      []string `json:"fields"`
	CallbackURL string   `json:"callback_url,omitempty"`
	Kept        []string `json:"kept,omitempty"` // beyond what was asked for
}

// subscribe changes the app's side, if it is known, and then the page's. What was done is reported also if the rest fails.
func (s *subscription) subscribe(ctx context.Context, config Config, cmd *cli.Command, wanted []string, verify secret.Value) error {
	done := map[string]sideChange{}
	err := func() error {
		if s.appKnown() {
			change, err := s.subscribeApp(ctx, cmd, wanted, verify)
			if err != nil {
				return err
			}
			done["app"] = change
		}
		change, err := s.subscribePage(ctx, wanted, cmd.Bool("exact"))
		if err != nil {
			return fmt.Errorf("the page is not subscribed: %w", err)
		}
		done["page"] = change
		return nil
	}()
	if cmd.Bool("json") {
		return errors.Join(err, writeJSON(config.Out, done))
	}
	for _, side := range []string{"app", "page"} {
		if change, is := done[side]; is {
			change.print(config, side)
		}
	}
	if err == nil && !s.appKnown() {
		say(config.Err, "note: subscribe the app to the same fields, too: %s\n", s.whereApp())
	}
	return err
}

func (c sideChange) print(config Config, side string) {
	verb := "has been subscribed to"
	if c.Changed {
		verb = "is now subscribed to"
	}
	say(config.Out, "the %s %s %s", side, verb, oneLine(joined(c.Fields), 2000))
	if c.CallbackURL != "" {
		say(config.Out, "; callbacks go to %s", oneLine(c.CallbackURL, 500))
	}
	say(config.Out, "\n")
	if len(c.Kept) > 0 {
		say(config.Err, "note: the %s keeps %s, which the policy does not handle; --exact ends it\n", side, oneLine(joined(c.Kept), 2000))
	}
}

// subscribeApp has the platform send the fields of the app.
func (s *subscription) subscribeApp(ctx context.Context, cmd *cli.Command, wanted []string, verify secret.Value) (sideChange, error) {
	was := graph.AppSubscription{}
	if s.sent != nil {
		was = *s.sent
	}
	change := changeOfFields(was.Fields, wanted, cmd.Bool("exact"))
	change.CallbackURL = cmd.String("url")
	switch {
	case change.CallbackURL == "":
		change.CallbackURL = was.CallbackURL
	case change.CallbackURL != was.CallbackURL:
		change.Changed = true
	}
	change.Changed = change.Changed || !was.Active
	switch {
	case !change.Changed:
		return change, nil
	case change.CallbackURL == "":
		return change, usagef(cmd, "the app has no callback URL yet: give --url, such as https://bot.example/webhook")
	case verify.IsZero():
		return change, fmt.Errorf("%s is not set: the platform verifies the callback URL by it", envVerifyToken)
	}
	err := s.client.SubscribeApp(ctx, s.app.token, s.app.id, graph.AppSubscription{
		CallbackURL: change.CallbackURL, Fields: change.Fields, Object: s.object(), VerifyToken: verify,
	})
	if err != nil {
		return change, fmt.Errorf("the app is not subscribed: %w", ofApp(err))
	}
	return change, nil
}

// subscribePage has the page's events sent to the app.
func (s *subscription) subscribePage(ctx context.Context, wanted []string, exact bool) (sideChange, error) {
	change := changeOfFields(s.fields, wanted, exact)
	if s.linked() { // any field of the page will do; the app's fields decide
		change = changeOfFields(s.fields, conversationFields[:1], false)
		change.Kept = nil
		if s.attached {
			change.Changed, change.Fields = false, s.fields
		}
	}
	if !change.Changed {
		return change, nil
	}
	return change, s.client.Subscribe(ctx, graph.Me, change.Fields...)
}

// changeOfFields adds what is wanted to what was there, or replaces it.
func changeOfFields(was, wanted []string, exact bool) sideChange {
	change := sideChange{Fields: slices.Clone(wanted)}
	for _, field := range was {
		switch {
		case slices.Contains(wanted, field):
		case exact:
			change.Changed = true
		default:
			change.Fields, change.Kept = append(change.Fields, field), append(change.Kept, field)
		}
	}
	for _, field := range wanted {
		change.Changed = change.Changed || !slices.Contains(was, field)
	}
	return change
}
