package command

import (
	"context"
	"fmt"
	"os/signal"
	"slices"
	"strings"
	"syscall"

	"github.com/urfave/cli/v3"

	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/secret"
	"github.com/djmessenger/messenger/threadsettings"
	"github.com/djmessenger/messenger/threadsettings/settingsfile"
)

const envGraphVersion = "MESSENGER_GRAPH_VERSION"

// profile is the commands about the Messenger Profile of a page.
func profile(config Config) *cli.Command {
	return group(config, &cli.Command{
		Name:  "profile",
		Usage: "plan, apply, delete and pull the thread settings of a page",
		Commands: []*cli.Command{
			profilePlan(config),
			profileApply(config),
			profileDelete(config),
			profilePull(config),
		},
	})
}

// whichPage describes how the commands find the page.
const whichPage = "The page is the one of the access token in " + envPageToken + ". With " + envAppSecret + " calls are signed with it;\n" +
	envGraphURL + " and " + envGraphVersion + " name another Graph API, such as a simulator. No secret is taken from the command line."

// exitCodes describes the codes of the commands that call the platform.
const exitCodes = "The exit code is 0 if all went well, 1 if settings are wrong or the platform refused something, and 2 if the command\nline is wrong."

func envFile() cli.Flag {
	return &cli.StringFlag{Name: "env-file", Usage: "read variables that are not set from `FILE`, such as .env"}
}

func platformFlag() cli.Flag {
	return &cli.StringFlag{Name: "platform", Usage: "messenger, or instagram for the account that is linked to the page", Value: string(graph.PlatformMessenger)}
}

// account is a page, or its Instagram account, and a client for it.
type account struct {
	client   *graph.Client
	platform graph.Platform
}

// interruptible lets an interrupt end the calls of an action, so that it can say what was done. A second one ends the process.
func interruptible(action func(context.Context, *cli.Command) error) cli.ActionFunc {
	return func(ctx context.Context, cmd *cli.Command) error {
		ctx, stop := signal.NotifyContext(ctx, syscall.SIGINT, syscall.SIGTERM)
		defer stop()
		context.AfterFunc(ctx, stop)
		return action(ctx, cmd)
	}
}

// clientFor makes a client with what the environment has.
func clientFor(config Config, cmd *cli.Command) (*graph.Client, error) {
	env := config.Env
	if name := cmd.String("env-file"); name != "" {
		read, err := readEnvFile(name)
		if err != nil {
			return nil, err
		}
		env = func(name string) string {
			if value := config.Env(name); value != "" {
				return value
			}
			return read[name]
		}
	}
	token := env(envPageToken)
	if token == "" {
		return nil, fmt.Errorf("%s is not set: set it to the access token of the page, or name a file that has it with --env-file", envPageToken)
	}
	made := graph.Config{BaseURL: env(envGraphURL), Tokens: graph.PageToken(token), Version: env(envGraphVersion)}
	if appSecret := env(envAppSecret); appSecret != "" {
		made.AppSecret = func(string) secret.Value { return secret.New(appSecret) }
	}
	client, err := graph.New(made)
	if err != nil {
		return nil, fmt.Errorf("%s or %s is wrong: %w", envGraphURL, envGraphVersion, err)
	}
	return client, nil
}

// accountFor is the account of a command without a settings file.
func accountFor(config Config, cmd *cli.Command) (account, error) {
	platform := graph.Platform(cmd.String("platform"))
	if !slices.Contains([]graph.Platform{graph.PlatformMessenger, graph.PlatformInstagram}, platform) {
		return account{}, usagef(cmd, "--platform is %q; there are messenger and instagram", string(platform))
	}
	client, err := clientFor(config, cmd)
	return account{client, platform}, err
}

// wantedSettings reads the settings file of a command. Mistakes are reported.
func wantedSettings(config Config, cmd *cli.Command) (threadsettings.Settings, error) {
	if cmd.NArg() != 1 {
		return threadsettings.Settings{}, usagef(cmd, "%s takes one file with settings, or - for the standard input", cmd.Name)
	}
	name := cmd.Args().First()
	data, err := content(config, name, settingsfile.MaxSize)
	if err != nil {
		return threadsettings.Settings{}, err
	}
	if name == "-" {
		name = "stdin"
	}
	settings, err := settingsfile.Parse(name, data)
	if err != nil {
		say(config.Err, "%v\n", err)
		return threadsettings.Settings{}, reportedError{}
	}
	return localized(cmd, settings)
}

// propertiesOf reads the arguments of delete.
func propertiesOf(cmd *cli.Command, platform graph.Platform) ([]threadsettings.Property, error) {
	known := threadsettings.Properties(platform)
	if cmd.Bool("all") {
		if cmd.NArg() > 0 {
			return nil, usagef(cmd, "--all is given beside %q", cmd.Args().First())
		}
		return known, nil
	}
	var named []threadsettings.Property
	for _, name := range cmd.Args().Slice() {
		property := threadsettings.Property(name)
		if !slices.Contains(known, property) {
			return nil, usagef(cmd, "%s has no property %q; there are %s", platform, name, propertyNames(known))
		}
		if !slices.Contains(named, property) {
			named = append(named, property)
		}
	}
	if len(named) == 0 {
		return nil, usagef(cmd, "name the properties to delete, or --all: there are %s", propertyNames(known))
	}
	return named, nil
}

func propertyNames(properties []threadsettings.Property) string {
	names := make([]string, len(properties))
	for i, property := range properties {
		names[i] = string(property)
	}
	return strings.Join(names, ", ")
}
