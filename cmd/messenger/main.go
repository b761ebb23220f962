// Messenger is a command with tools for a bot: it checks, explains and writes routing
// policies, plans and applies thread settings, and simulates the Messenger Platform. docs/command.md describes it. It knows the handlers of this library; a
// program with handlers of its own embeds package command.
package main

import (
	"os"

	"github.com/djmessenger/messenger/command"
)

func main() { os.Exit(command.Main(command.Config{})) }
