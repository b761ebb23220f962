package command

import (
	"context"
	"slices"
	"strings"

	"github.com/urfave/cli/v3"

	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/sending"
)

// flagValues are the values of a flag that has few, or of which the environment names the one that is probably meant.
func flagValues(config Config, cmd *cli.Command, flag string) []string {
	switch flag {
	case "format":
		if cmd.Name == "record" {
			return []string{formTranscript, formScenario}
		}
		return []string{"yaml", "json"}
	case "log":
		return []string{"text", "json", "none"}
	case "platform":
		if cmd.Name == "check" || cmd.Name == "doctor" || strings.Contains(cmd.FullName(), " webhook ") { // these have [accountFlag]
			return []string{ofPage, ofLinkedAccount, ofInstagramLogin}
		}
		return []string{ofPage, ofLinkedAccount}
	case "shell":
		return shellNames()
	case "tag":
		return []string{sending.TagHumanAgent}
	case "type":
		if cmd.Name == "send" {
			return []string{string(sending.MessagingResponse), string(sending.MessagingUpdate)}
		}
		return typeNames()
	case "page":
		if page := config.Env(envPageID); page != "" {
			return []string{page}
		}
	}
	return nil
}

func typeNames() (names []string) {
	for _, one := range receiving.Types() {
		names = append(names, string(one))
	}
	return names
}

type argsKey struct{}

// withArgs keeps the arguments for completion: a flag without its value is no argument that a command has parsed.
func withArgs(ctx context.Context, args []string) context.Context {
	return context.WithValue(ctx, argsKey{}, args)
}

// completeValues completes the value of a flag behind its name, and everything else as before. What the shells ask is the same for
// a flag and for its value, so names of flags that go on are suggested too; the shell takes those that fit.
func completeValues(config Config, before cli.ShellCompleteFunc) cli.ShellCompleteFunc {
	return func(ctx context.Context, cmd *cli.Command) {
		args, _ := ctx.Value(argsKey{}).([]string)
		if len(args) < 2 {
			before(ctx, cmd)
			return
		}
		last := args[len(args)-2] // the last one asks to complete
		flag := flagOf(cmd, last)
		if flag == "" {
			before(ctx, cmd)
			return
		}
		for _, value := range flagValues(config, cmd, flag) {
			say(cmd.Root().Writer, "%s\n", value)
		}
		for _, longer := range flagNames(cmd) {
			if longer != flag && strings.HasPrefix(longer, flag) {
				say(cmd.Root().Writer, "--%s\n", longer)
			}
		}
	}
}

// flagOf is the name of the flag that an argument is, if that takes a value; otherwise it is empty.
func flagOf(cmd *cli.Command, arg string) string {
	name, is := strings.CutPrefix(arg, "--")
	if !is {
		return ""
	}
	for _, f := range cmd.Flags {
		if _, switches := f.(*cli.BoolFlag); !switches && slices.Contains(f.Names(), name) {
			return name
		}
	}
	return ""
}

func flagNames(cmd *cli.Command) (names []string) {
	for _, f := range cmd.Flags {
		for _, name := range f.Names() {
			if len(name) > 1 {
				names = append(names, name)
			}
		}
	}
	return names
}
