package command

import (
	"fmt"

	"github.com/urfave/cli/v3"

	"github.com/djmessenger/messenger/secret"
)

// envUserToken is the access token of a person who has a role on pages.
const envUserToken = "MESSENGER_USER_TOKEN"

// token is the commands about access tokens.
func token(config Config) *cli.Command {
	return group(config, &cli.Command{
		Name:     "token",
		Usage:    "check access tokens, and get those of pages",
		Commands: []*cli.Command{tokenCheck(config), tokenExchange(config)},
	})
}

// userToken is the token of the person of the environment.
func (env environment) userToken() (secret.Value, error) {
	token := env(envUserToken)
	if token == "" {
		return secret.Value{}, fmt.Errorf("%s is not set: it is the access token of a person who works on the pages, for this app; "+
			"the Graph API Explorer makes one, with the permissions pages_show_list, pages_messaging and pages_manage_metadata", envUserToken)
	}
	return secret.New(token), nil
}
