package command

import (
	"context"

	"github.com/urfave/cli/v3"

	"github.com/djmessenger/messenger/threadsettings/settingsfile"
)

func profileSchema(config Config) *cli.Command {
	return common(config, &cli.Command{
		Name:  "schema",
		Usage: "write the JSON Schema of settings files, for editors",
		Action: func(_ context.Context, cmd *cli.Command) error {
			if cmd.NArg() > 0 {
				return usagef(cmd, "schema takes no arguments")
			}
			_, err := config.Out.Write(settingsfile.Schema())
			return err
		},
	})
}
