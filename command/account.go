package command

import (
	"slices"
	"strings"

	"github.com/urfave/cli/v3"

	"github.com/djmessenger/messenger/graph"
)

// The kinds of accounts that a bot may have, as --platform names them.
const (
	ofPage           = string(graph.PlatformMessenger)
	ofLinkedAccount  = string(graph.PlatformInstagram)
	ofInstagramLogin = "instagram-login"
)

// The kinds that commands take: those that a page's token serves, or all.
var (
	accountsOfPages = []string{ofPage, ofLinkedAccount}
	allAccounts     = []string{ofPage, ofLinkedAccount, ofInstagramLogin}
)

// flagOfAccounts is the flag --platform of a command that takes some kinds.
func flagOfAccounts(kinds []string) cli.Flag {
	meant := map[string]string{
		ofPage: "", ofLinkedAccount: " for the account that is linked to the page", ofInstagramLogin: " for an account with a token of its own",
	}
	described := make([]string, len(kinds))
	for i, kind := range kinds {
		described[i] = kind + meant[kind]
	}
	return &cli.StringFlag{Name: "platform", Value: ofPage, Usage: strings.Join(described, "; ")}
}

// chosenAccount reads the flag of [flagOfAccounts].
func chosenAccount(cmd *cli.Command, kinds []string) (string, error) {
	kind := cmd.String("platform")
	if !slices.Contains(kinds, kind) {
		last := len(kinds) - 1
		return "", usagef(cmd, "--platform is %q; there are %s and %s", kind, joined(kinds[:last]), kinds[last])
	}
	return kind, nil
}
