package command

import (
	"context"

	"github.com/urfave/cli/v3"

	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/threadsettings"
	"github.com/djmessenger/messenger/threadsettings/settingsfile"
)

func profilePull(config Config) *cli.Command {
	return common(config, &cli.Command{
		Name:  "pull",
		Usage: "write the page's settings as a file for plan and apply",
		Description: "It writes to the standard output. What a file cannot express is named on the standard error.\n" +
			whichPage + "\n" + exitCodes,
		Flags: []cli.Flag{&cli.StringFlag{Name: "format", Usage: "json or yaml", Value: "yaml"}, platformFlag(), envFile()},
		Action: interruptible(func(ctx context.Context, cmd *cli.Command) error {
			if cmd.NArg() > 0 {
				return usagef(cmd, "pull takes no arguments, only flags: %q", cmd.Args().First())
			}
			format := settingsfile.Format(cmd.String("format"))
			if format != settingsfile.YAML && format != settingsfile.JSON {
				return usagef(cmd, "--format is %q; there are json and yaml", string(format))
			}
			of, err := accountFor(config, cmd)
			if err != nil {
				return err
			}
			current, err := threadsettings.Read(ctx, of.client, graph.Me, of.platform)
			if err != nil {
				return err
			}
			for _, what := range current.LeftOut {
				say(config.Err, "warning: left out: %s\n", what)
			}
			if of.platform == graph.PlatformMessenger {
				current.Settings.Platform = "" // which is the default
			}
			written, err := settingsfile.Write(current.Settings, format)
			if err != nil {
				return err
			}
			_, err = config.Out.Write(written)
			return err
		}),
	})
}
