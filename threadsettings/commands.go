package threadsettings

import (
	"cmp"
	"slices"
)

// Commands are what is offered to a person who types "/", in one locale. See
// https://developers.facebook.com/documentation/business-messaging/messenger-platform/messenger-profile.
type Commands struct {
	Items  []Command // 1 to 100
	Locale string    // such as zh_TW; default: [DefaultLocale]
}

// Command is one command. The message in which a person sends it has its name in the event's commands.
type Command struct {
	Description string // 1 to 64 characters
	Name        string // 1 to 32 characters, without the slash
}

// CommandsOf returns the commands of a bot with one language.
func CommandsOf(items ...Command) []Commands {
	return []Commands{{Items: items, Locale: DefaultLocale}}
}

func commandsWithDefaults(blocks []Commands) []Commands {
	blocks = slices.Clone(blocks)
	for i := range blocks {
		blocks[i].Items = slices.Clone(blocks[i].Items)
		blocks[i].Locale = cmp.Or(blocks[i].Locale, DefaultLocale)
	}
	return blocks
}

type wireCommands struct {
	Locale   string        `json:"locale"`
	Commands []wireCommand `json:"commands"`
}

type wireCommand struct {
	Name        string `json:"name"`
	Description string `json:"description"`
}

func encodeCommands(blocks []Commands) []wireCommands {
	encoded := make([]wireCommands, len(blocks))
	for i, block := range blocks {
		encoded[i] = wireCommands{Locale: block.Locale}
		for _, command := range block.Items {
			encoded[i].Commands = append(encoded[i].Commands, wireCommand{Description: command.Description, Name: command.Name})
		}
	}
	slices.SortStableFunc(encoded, func(a, b wireCommands) int { return byLocale(a.Locale, b.Locale) })
	return encoded
}

func decodeCommands(wire []wireCommands) []Commands {
	var blocks []Commands
	for _, w := range wire {
		block := Commands{Locale: cmp.Or(w.Locale, DefaultLocale)}
		for _, command := range w.Commands {
			block.Items = append(block.Items, Command{Description: command.Description, Name: command.Name})
		}
		blocks = append(blocks, block)
	}
	return blocks
}
