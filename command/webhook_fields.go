package command

import (
	"slices"
	"strings"

	"github.com/urfave/cli/v3"

	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/routing"
)

// webhookField is a webhook field, and the entries of a policy that its events go to.
type webhookField struct {
	name  string
	types []string
}

// conversationFields are those of what people write and tap. Routes for every type need them, and dialogs.
var conversationFields = []string{"messages", "messaging_postbacks"}

// fieldsFor returns the webhook fields of the types that a policy has routes for, in the order of the types.
func fieldsFor(policy routing.Policy, kind string) []webhookField {
	var fields []webhookField
	add := func(field string, t receiving.Type) {
		at := slices.IndexFunc(fields, func(f webhookField) bool { return f.name == field })
		if at < 0 {
			at, fields = len(fields), append(fields, webhookField{name: field})
		}
		fields[at].types = append(fields[at].types, string(t))
	}
	for _, several := range []receiving.Type{receiving.TypeDefault, receiving.TypeDialog, receiving.TypeTap} {
		if len(policy[several]) > 0 {
			for _, field := range conversationFields {
				add(field, several)
			}
		}
	}
	for _, t := range receiving.Types() {
		if field := fieldOf(t, kind); field != "" && len(policy[t]) > 0 {
			add(field, t)
		}
	}
	return fields
}

// fieldOf is the webhook field of a type, empty if the account has no such events.
func fieldOf(t receiving.Type, kind string) string {
	switch {
	case kind == ofPage:
		return t.Source().Page
	case kind == ofInstagramLogin && t == receiving.TypeEcho:
		return "message_echoes" // others get echoes among the messages
	}
	return t.Source().Instagram
}

// handledFields reads the policy of a command.
func handledFields(config Config, cmd *cli.Command, kind string) ([]webhookField, error) {
	if cmd.NArg() > 1 {
		return nil, usagef(cmd, "%s takes one policy file, or none for the program's own policy", cmd.Name)
	}
	policy, err := known(config, cmd, cmd.Args().First())
	if err != nil {
		return nil, err
	}
	if cmd.NArg() == 0 && config.builtIn {
		say(config.Err, "note: no policy file was given: the fields are those of the built-in policy\n")
	}
	return fieldsFor(policy, kind), nil
}

// subscribeCommand is what subscribes to what the policy of a command line handles, with the flags that were given.
func subscribeCommand(config Config, cmd *cli.Command) string {
	words := []string{config.Name, "webhook", "subscribe"}
	if kind := cmd.String("platform"); cmd.IsSet("platform") {
		words = append(words, "--platform", shellWord(kind))
	}
	if cmd.Bool("allow-unknown") {
		words = append(words, "--allow-unknown")
	}
	if file := cmd.Args().First(); file != "" {
		words = append(words, shellWord(file))
	}
	return strings.Join(words, " ")
}

func fieldNames(fields []webhookField) []string {
	names := make([]string, len(fields))
	for i, field := range fields {
		names[i] = field.name
	}
	return names
}
