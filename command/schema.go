package command

import (
	"context"

	"github.com/urfave/cli/v3"
)

// schema is a command that writes the JSON Schema of a kind of file.
func schema(config Config, files string, made func() ([]byte, error)) *cli.Command {
	return common(config, &cli.Command{
		Name:  "schema",
		Usage: "write the JSON Schema of " + files + ", for editors",
		Action: func(_ context.Context, cmd *cli.Command) error {
			if cmd.NArg() > 0 {
				return usagef(cmd, "schema takes no arguments")
			}
			text, err := made()
			if err != nil {
				return err
			}
			_, err = config.Out.Write(text)
			return err
		},
	})
}
