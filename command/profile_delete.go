package command

import (
	"context"

	"github.com/urfave/cli/v3"

	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/threadsettings"
)

func profileDelete(config Config) *cli.Command {
	return common(config, &cli.Command{
		Name: "delete", ShellComplete: suggest(settingNames),
		Usage:     "remove properties of the page",
		ArgsUsage: "PROPERTY...",
		Description: "What is not there is not deleted. The menu goes before the get-started button that it needs.\n" +
			whichPage + "\n" + exitCodes,
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: "all", Usage: "delete all properties"},
			platformFlag(), envFile(), asJSON(),
		},
		Action: interruptible(func(ctx context.Context, cmd *cli.Command) error {
			platform, err := platformOf(cmd)
			if err != nil {
				return err
			}
			properties, err := propertiesOf(cmd, platform)
			if err != nil {
				return err
			}
			client, err := clientFor(config, cmd)
			if err != nil {
				return err
			}
			report, err := threadsettings.Delete(ctx, client, graph.Me, platform, properties...)
			return reportApplied(config, cmd, report, err)
		}),
	})
}
