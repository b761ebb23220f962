package command

import (
	"context"

	"github.com/urfave/cli/v3"
)

func policyDump(config Config) *cli.Command {
	return common(config, &cli.Command{
		Name:      "dump",
		Usage:     "write a policy as JSON or YAML",
		ArgsUsage: "[FILE]",
		Description: "Without a file it writes the program's own policy, which is the built-in one for the plain command.\n" +
			"Comments are lost, and what a YAML file repeats by aliases is written out.",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "format", Usage: "json or yaml", Value: "yaml"},
			allowUnknown(),
		},
		Action: func(_ context.Context, cmd *cli.Command) error {
			if cmd.NArg() > 1 {
				return usagef(cmd, "dump takes one file")
			}
			format, err := formatOf(cmd)
			if err != nil {
				return err
			}
			policy, err := known(config, cmd, cmd.Args().First())
			if err != nil {
				return err
			}
			written, err := config.Registry.Dump(policy, format)
			if err != nil {
				return err
			}
			_, err = config.Out.Write(written)
			return err
		},
	})
}
