package command

import (
	"context"

	"github.com/urfave/cli/v3"
)

func policySchema(config Config) *cli.Command {
	return common(config, &cli.Command{
		Name:  "schema",
		Usage: "write the JSON Schema of policy files, for editors",
		Action: func(_ context.Context, cmd *cli.Command) error {
			if cmd.NArg() > 0 {
				return usagef(cmd, "schema takes no arguments")
			}
			schema, err := config.Registry.Schema()
			if err != nil {
				return err
			}
			_, err = config.Out.Write(schema)
			return err
		},
	})
}
