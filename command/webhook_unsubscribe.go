package command

import (
	"context"
	"fmt"
	"slices"

	"github.com/urfave/cli/v3"

	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/internal/nearest"
)

func webhookUnsubscribe(config Config) *cli.Command {
	return common(config, &cli.Command{
		Name:      "unsubscribe",
		Usage:     "end the events of a page, or of the app with all its pages",
		ArgsUsage: "[FIELD...]",
		Description: "Without fields it ends all of them. The events that happen until the next webhook subscribe are never sent.\n" +
			whichPage + "\n" + exitCodes,
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: "app", Usage: "end the app's side, for all pages; it needs " + envAppID + " and " + envAppSecret},
			accountFlag(), envFile(), asJSON(),
		},
		Action: interruptible(func(ctx context.Context, cmd *cli.Command) error {
			kind, err := accountKind(cmd)
			if err != nil {
				return err
			}
			env, err := environmentOf(config, cmd)
			if err != nil {
				return err
			}
			s, err := subscriptionOf(ctx, config, env, kind)
			if err != nil {
				return err
			}
			side := "page"
			if cmd.Bool("app") {
				side = "app"
			}
			change, err := s.unsubscribe(ctx, cmd, side)
			if err != nil {
				return err
			}
			if cmd.Bool("json") {
				return writeJSON(config.Out, map[string]sideChange{side: change})
			}
			switch {
			case !change.Changed:
				say(config.Out, "the %s was not subscribed\n", side)
			case len(change.Fields) == 0:
				say(config.Out, "the %s is no longer subscribed\n", side)
			default:
				say(config.Out, "the %s is now subscribed to %s\n", side, oneLine(joined(change.Fields), 2000))
			}
			return nil
		}),
	})
}

// unsubscribe ends fields of one side.
func (s *subscription) unsubscribe(ctx context.Context, cmd *cli.Command, side string) (sideChange, error) {
	was := s.fields
	switch {
	case side == "page" && s.linked():
		return sideChange{}, usagef(cmd, "what the linked account sends is chosen by the app: give --app")
	case side == "app" && s.kind == ofInstagramLogin:
		return sideChange{}, usagef(cmd, "%s", s.whereApp())
	case side == "app" && !s.appKnown():
		return sideChange{}, errNoApp()
	case side == "app" && s.sent == nil:
		was = nil
	case side == "app":
		was = s.sent.Fields
	}
	gone := cmd.Args().Slice()
	for _, field := range gone {
		if !slices.Contains(was, field) {
			hint := ""
			if near := nearest.Name(field, was); near != "" {
				hint = "; the nearest is " + near
			}
			return sideChange{}, fmt.Errorf("the %s is not subscribed to %q%s", side, field, hint)
		}
	}
	change := sideChange{Fields: []string{}, Changed: len(was) > 0 || side == "page" && s.attached}
	if len(gone) > 0 {
		change.Fields = slices.DeleteFunc(slices.Concat([]string{}, was), func(field string) bool { return slices.Contains(gone, field) })
	}
	switch {
	case !change.Changed:
		return change, nil
	case side == "app":
		return change, ofApp(s.client.UnsubscribeApp(ctx, s.app.token, s.app.id, s.object(), gone...))
	case len(change.Fields) > 0:
		return change, s.client.Subscribe(ctx, graph.Me, change.Fields...)
	}
	return change, s.client.Unsubscribe(ctx, graph.Me)
}
