package command

import (
	"context"
	"fmt"

	"github.com/urfave/cli/v3"
)

func policyCheck(config Config) *cli.Command {
	return common(config, &cli.Command{
		Name:      "check",
		Usage:     "check policy files and report all mistakes with their places",
		ArgsUsage: "FILE...",
		Description: "A file is JSON or YAML, as its name says; - is the standard input.\n" +
			"The exit code is 0 if all files are right, 1 if one is wrong, and 2 if the command line is.",
		Flags: []cli.Flag{allowUnknown(), asJSON()},
		Action: func(_ context.Context, cmd *cli.Command) error {
			if cmd.NArg() == 0 {
				return usagef(cmd, "the files to check are missing")
			}
			var files []checked
			fine := true
			for _, name := range cmd.Args().Slice() {
				c, err := check(config, name, cmd.Bool("allow-unknown"))
				if err != nil {
					return err
				}
				files = append(files, c)
				fine = fine && c.OK
			}
			if cmd.Bool("json") {
				if err := writeJSON(config.Out, map[string]any{"ok": fine, "files": files}); err != nil {
					return err
				}
			} else {
				for _, c := range files {
					c.report(config)
					if c.OK {
						say(config.Out, "%s: ok, %s under %s\n", c.File, several(c.Routes, "route"), several(c.Types, "type"))
					}
				}
			}
			if !fine {
				return reportedError{}
			}
			return nil
		},
	})
}

// several counts something: "1 route", "2 routes".
func several(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
