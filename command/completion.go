package command

import (
	"bytes"
	"context"
	"slices"
	"strings"

	"github.com/urfave/cli/v3"

	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/simulator"
	"github.com/djmessenger/messenger/threadsettings"
)

// completion makes the command that writes the scripts for shells. The library has the scripts; what they ask for is answered
// by [suggest], and else by the commands and flags.
func completion(config Config) cli.ConfigureShellCompletionCommand {
	return func(cmd *cli.Command) {
		cmd.Hidden = false
		cmd.Category = "Set up your shell"
		cmd.Usage = "write the script that completes the command in bash, zsh, fish or PowerShell"
		for _, shell := range cmd.Commands {
			common(config, shell)
			shell.Usage = "write the script for " + shell.Name
			switch shell.Name {
			case "pwsh":
				shell.Aliases = []string{"powershell"}
			case "fish":
				shell.Action = withFiles(shell.Action)
			}
		}
		group(config, cmd)
	}
}

// withFiles lets fish complete names of files too, as the other scripts do where nothing else is suggested.
func withFiles(write cli.ActionFunc) cli.ActionFunc {
	return func(ctx context.Context, cmd *cli.Command) error {
		out := cmd.Root().Writer
		var script bytes.Buffer
		cmd.Root().Writer = &script
		err := write(ctx, cmd)
		cmd.Root().Writer = out
		if err != nil {
			return err
		}
		_, err = out.Write(bytes.ReplaceAll(script.Bytes(), []byte(" -f -a "), []byte(" -a ")))
		return err
	}
}

// suggest completes the arguments of a command by names. Flags are completed by the library.
func suggest(names func(cmd *cli.Command) []string) cli.ShellCompleteFunc {
	return func(ctx context.Context, cmd *cli.Command) {
		given := cmd.Args().Slice()
		if len(given) > 0 && strings.HasPrefix(given[len(given)-1], "-") {
			cli.DefaultCompleteWithFlags(ctx, cmd)
			return
		}
		for _, name := range names(cmd) {
			if !slices.Contains(given, name) {
				say(cmd.Root().Writer, "%s\n", name)
			}
		}
	}
}

// kindNames are the kinds of callbacks, of which trigger takes one.
func kindNames(cmd *cli.Command) (names []string) {
	if cmd.NArg() > 0 {
		return nil
	}
	for _, kind := range simulator.Kinds() {
		names = append(names, kind.Kind)
	}
	return names
}

// settingNames are the properties of the thread settings of a platform.
func settingNames(cmd *cli.Command) (names []string) {
	for _, property := range threadsettings.Properties(graph.Platform(cmd.String("platform"))) {
		names = append(names, string(property))
	}
	return names
}
