package command

import (
	"fmt"
	"slices"
	"strings"

	"github.com/urfave/cli/v3"

	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/threadsettings"
	"github.com/djmessenger/messenger/threadsettings/settingsfile"
)

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
			schema(config, "settings files", func() ([]byte, error) { return settingsfile.Schema(), nil }),
		},
	})
}

// platformFlag is the flag --platform of the commands that send to people or set up what they see.
func platformFlag() cli.Flag { return flagOfAccounts(accountsOfPages) }

// platformOf is the platform of a command without a settings file.
func platformOf(cmd *cli.Command) (graph.Platform, error) {
	kind, err := chosenAccount(cmd, accountsOfPages)
	return graph.Platform(kind), err
}

// account is a page, or its Instagram account, and a client for it.
type account struct {
	client   *graph.Client
	platform graph.Platform
}

// accountFor is the account of a command without a settings file.
func accountFor(config Config, cmd *cli.Command) (account, error) {
	platform, err := platformOf(cmd)
	if err != nil {
		return account{}, err
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
		return threadsettings.Settings{}, fmt.Errorf("the settings cannot be read: %w; profile pull writes a file with those of the page", err)
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
