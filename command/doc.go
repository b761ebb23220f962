// Package command is the messenger command, for a program that has handlers of its own
// to embed: with its registry the command knows them.
//
//	func main() {
//		reg := policyfile.BuiltIn()
//		shop.Register(reg)
//		os.Exit(command.Main(command.Config{Registry: reg}))
//	}
//
// cmd/messenger is the command with the built-ins alone. docs/command.md and docs/platform-command.md describe it.
//
// The exit codes are [OK], [Mistakes], [Usage], [CannotListen] and [NoBot].
package command
