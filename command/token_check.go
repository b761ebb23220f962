package command

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/urfave/cli/v3"

	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/secret"
)

// soon is how long before the end of a token it is worth a warning.
const soon = 14 * 24 * time.Hour

func tokenCheck(config Config) *cli.Command {
	return common(config, &cli.Command{
		Name:  "check",
		Usage: "say whose token the bot has, what it may do, and until when",
		Description: "It asks the platform about the token in " + envPageToken + ", or with --user about the one in " + envUserToken + ".\n" +
			"The question is asked by the app: " + envAppID + " and " + envAppSecret + " are needed. No secret is shown.\n" +
			"The exit code is 0 if a bot can work with the token, 1 if it cannot or the platform refused a call, and 2 if the command\n" +
			"line is wrong.",
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: "user", Usage: "check the token of the person"},
			accountFlag(), envFile(), asJSON(),
		},
		Action: interruptible(func(ctx context.Context, cmd *cli.Command) error {
			if cmd.NArg() > 0 {
				return usagef(cmd, "check takes no arguments: tokens are in the environment")
			}
			kind, err := accountKind(cmd)
			if err != nil {
				return err
			}
			env, err := environmentOf(config, cmd)
			if err != nil {
				return err
			}
			state, err := env.tokenState(ctx, config, kind, cmd.Bool("user"))
			if err != nil {
				return err
			}
			if cmd.Bool("json") {
				err = writeJSON(config.Out, state)
			} else {
				err = state.print(config)
			}
			if err == nil && !state.OK {
				err = reportedError{}
			}
			return err
		}),
	})
}

// tokenState is what the platform says of a token.
type tokenState struct {
	OK                bool      `json:"ok"`
	Type              string    `json:"type,omitempty"`
	Valid             bool      `json:"valid"`
	App               string    `json:"app,omitempty"`
	AppName           string    `json:"app_name,omitempty"`
	Page              string    `json:"page,omitempty"`
	Person            string    `json:"person,omitempty"`
	Scopes            []string  `json:"scopes"`
	Expires           time.Time `json:"expires,omitzero"`             // left out: never
	DataAccessExpires time.Time `json:"data_access_expires,omitzero"` // left out: never
	Findings          []finding `json:"findings"`
}

// tokenState asks about the page's or the person's token.
func (env environment) tokenState(ctx context.Context, config Config, kind string, ofPerson bool) (tokenState, error) {
	app := env.app()
	if app.token.IsZero() {
		return tokenState{}, errNoApp()
	}
	asked, err := secret.New(env(envPageToken)), env.needsPageToken()
	if ofPerson {
		asked, err = env.userToken()
	}
	if err != nil {
		return tokenState{}, err
	}
	client, err := env.appClient(config.transport)
	if err != nil {
		return tokenState{}, err
	}
	info, err := client.DebugToken(ctx, app.token, asked)
	if err != nil {
		return tokenState{}, fmt.Errorf("the platform does not answer what the token is: %w", ofApp(err))
	}
	state := tokenState{
		Type: info.Type, Valid: info.Valid, App: info.AppID, AppName: info.Application, Page: info.ProfileID, Person: info.UserID,
		Scopes: slices.Concat([]string{}, info.Scopes), Expires: info.Expires, DataAccessExpires: info.DataAccessExpires,
		Findings: tokenFindings(info, kind, ofPerson, config.now()),
	}
	state.OK = !slices.ContainsFunc(state.Findings, func(f finding) bool { return f.Status == problem })
	return state, nil
}

// scopesFor are the permissions that a bot needs, and for what.
func scopesFor(kind string, ofPerson bool) [][2]string {
	switch {
	case ofPerson:
		return [][2]string{{"pages_show_list", "to list the pages"}, {"pages_messaging", "to send"}, {"pages_manage_metadata", "to subscribe, and for thread settings"}}
	case kind == ofLinkedAccount:
		return [][2]string{{"instagram_basic", "to see the account"}, {"instagram_manage_messages", "to send"}, {"pages_manage_metadata", "to subscribe, and for thread settings"}}
	case kind == ofInstagramLogin:
		return [][2]string{{"instagram_business_basic", "to see the account"}, {"instagram_business_manage_messages", "to send"}}
	}
	return [][2]string{{"pages_messaging", "to send"}, {"pages_manage_metadata", "to subscribe, and for thread settings"}}
}

// tokenFindings says what is wrong with a token.
func tokenFindings(info graph.TokenInfo, kind string, ofPerson bool, now time.Time) []finding {
	renew := "get a new one: token exchange, or the App Dashboard"
	if kind == ofInstagramLogin && !ofPerson {
		renew = "get a new one: the owner of the account connects it again"
	}
	findings := []finding{}
	found := func(status, what, do string) { findings = append(findings, finding{status, what, do}) }
	switch {
	case !info.Valid && info.Reason != "":
		found(problem, fmt.Sprintf("the token is not valid: error %d/%d: %s", info.Code, info.Subcode, info.Reason), renew)
	case !info.Valid:
		found(problem, "the token is not valid", renew)
	case !ofPerson && kind != ofInstagramLogin && info.Type != "PAGE":
		found(problem, "it is the token of "+strings.ToLower(info.Type)+", and the bot needs that of a page", "token exchange gets it by the token of a person")
	}
	if !info.Valid {
		return findings
	}
	for _, scope := range scopesFor(kind, ofPerson) {
		if !slices.Contains(info.Scopes, scope[0]) {
			found(problem, "the permission "+scope[0]+" is missing: it is needed "+scope[1], "grant it to the app when you make the token")
		}
	}
	for _, end := range []struct {
		at   time.Time
		what string
	}{{info.Expires, "the token"}, {info.DataAccessExpires, "the app's access to data"}} {
		if !end.at.IsZero() && end.at.Before(now.Add(soon)) {
			found(warning, end.what+" ends at "+when(end.at), renew)
		}
	}
	return findings
}

func (s tokenState) print(config Config) error {
	valid := "valid"
	if !s.Valid {
		valid = "not valid"
	}
	ends := func(at time.Time) string {
		if at.IsZero() {
			return "never"
		}
		return when(at)
	}
	rows := [][2]string{
		{"token", strings.TrimPrefix(strings.ToLower(oneLine(s.Type, 40))+", "+valid, ", ")},
		{"app", strings.TrimSpace(oneLine(s.App, 40) + " " + oneLine(s.AppName, 100))},
		{"page", oneLine(s.Page, 40)},
		{"person", oneLine(s.Person, 40)},
		{"may", oneLine(joined(s.Scopes), 2000)},
	}
	if s.Valid {
		rows = append(rows, [2]string{"expires", ends(s.Expires)}, [2]string{"data access until", ends(s.DataAccessExpires)})
	}
	table := tabwriter.NewWriter(config.Out, 0, 0, 2, ' ', 0)
	for _, row := range rows {
		if row[1] != "" {
			say(table, "%s\t%s\n", row[0], row[1])
		}
	}
	if err := table.Flush(); err != nil {
		return err
	}
	for _, f := range s.Findings {
		say(config.Err, "%s: %s; %s\n", f.Status, oneLine(f.What, 1000), f.Do)
	}
	return nil
}
