package command

import (
	"context"
	"fmt"
	"text/tabwriter"

	"github.com/urfave/cli/v3"
)

// pages is the commands about the pages of a person.
func pages(config Config) *cli.Command {
	return group(config, &cli.Command{
		Name:     "pages",
		Usage:    "list the pages of a person",
		Commands: []*cli.Command{pagesList(config)},
	})
}

// listedPage is a page without its token.
type listedPage struct {
	ID       string   `json:"id"`
	Name     string   `json:"name"`
	Category string   `json:"category,omitempty"`
	Tasks    []string `json:"tasks"`
	MaySend  bool     `json:"may_send"`
}

func pagesList(config Config) *cli.Command {
	return common(config, &cli.Command{
		Name:  "list",
		Usage: "list the pages on which the person of a token has a role",
		Description: "The token is " + envUserToken + ", for the app whose secret is in " + envAppSecret + ". No token is shown: token exchange\n" +
			"writes them to a file.\n" + exitCodes,
		Flags: []cli.Flag{envFile(), asJSON()},
		Action: interruptible(func(ctx context.Context, cmd *cli.Command) error {
			if cmd.NArg() > 0 {
				return usagef(cmd, "list takes no arguments")
			}
			env, err := environmentOf(config, cmd)
			if err != nil {
				return err
			}
			token, err := env.userToken()
			if err != nil {
				return err
			}
			client, err := env.client()
			if err != nil {
				return err
			}
			listed := []listedPage{}
			for account, err := range client.Accounts(ctx, token) {
				if err != nil {
					return fmt.Errorf("the pages cannot be listed: %w", err)
				}
				listed = append(listed, listedPage{account.ID, account.Name, account.Category, append([]string{}, account.Tasks...), maySend(account)})
			}
			if cmd.Bool("json") {
				return writeJSON(config.Out, map[string]any{"pages": listed})
			}
			return printPages(config, listed)
		}),
	})
}

func printPages(config Config, listed []listedPage) error {
	if len(listed) == 0 {
		say(config.Err, "The app sees no page of the person: when you make the token, choose the pages, and grant pages_show_list.\n")
		return nil
	}
	table := tabwriter.NewWriter(config.Out, 0, 0, 2, ' ', 0)
	say(table, "ID\tNAME\tMAY SEND\tTASKS\n")
	for _, page := range listed {
		say(table, "%s\t%s\t%s\t%s\n", oneLine(page.ID, 40), oneLine(page.Name, 60), yesNo(page.MaySend), dash(oneLine(joined(page.Tasks), 200)))
	}
	return table.Flush()
}
