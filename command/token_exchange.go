package command

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v3"

	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/internal/atomicfile"
	"github.com/djmessenger/messenger/secret"
)

func tokenExchange(config Config) *cli.Command {
	return common(config, &cli.Command{
		Name:  "exchange",
		Usage: "exchange the token of a person for page tokens that do not expire",
		Description: "The token in " + envUserToken + ", which may be a short-lived one, is exchanged for a long-lived one by the app of\n" +
			envAppID + " and " + envAppSecret + ", and that for a token of each page on which the person may send messages.\n" +
			"They are written to a file that only you can read: as JSON, or for one page as lines NAME=value if the file is called\n" +
			".env; with --force its other lines stay. Nothing secret is shown on a terminal, unless the file is - for the standard output.\n" + exitCodes,
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "out", Usage: "write to `FILE`, which must not exist; - is the standard output"},
			&cli.StringFlag{Name: "page", Usage: "only the page with this `ID`"},
			&cli.BoolFlag{Name: "force", Usage: "replace the file if it exists, or in an .env file the lines of the page"},
			envFile(),
		},
		Action: interruptible(func(ctx context.Context, cmd *cli.Command) error {
			out := cmd.String("out")
			if cmd.NArg() > 0 || out == "" {
				return usagef(cmd, "exchange takes the file to write by --out, and no arguments: tokens are in the environment")
			}
			force := cmd.Bool("force")
			if _, err := os.Lstat(out); err == nil && !force {
				return errExists(out)
			}
			if sameFile(out, cmd.String("env-file")) && !isEnvFile(out) {
				return usagef(cmd, "--out would replace the variables of --env-file by JSON: give another name")
			}
			env, err := environmentOf(config, cmd)
			if err != nil {
				return err
			}
			got, err := env.exchange(ctx, cmd.String("page"), config.now())
			if err != nil {
				return err
			}
			text, err := got.written(out)
			if err != nil {
				return err
			}
			if out == "-" {
				_, err = config.Out.Write(text)
				return err
			}
			if err := writeTokens(out, text, force); err != nil {
				return err
			}
			for _, page := range got.Pages {
				say(config.Out, "page %s %s\n", oneLine(page.ID, 40), quoted(page.Name))
			}
			say(config.Out, "%s written to %s\n", several(len(got.Pages), "token"), out)
			return nil
		}),
	})
}

// exchanged is what token exchange writes. It has secrets.
type exchanged struct {
	UserToken string          `json:"user_token"`
	Expires   time.Time       `json:"expires,omitzero"` // of the person's token
	Pages     []exchangedPage `json:"pages"`
}

type exchangedPage struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Token string `json:"token"`
}

func (env environment) exchange(ctx context.Context, only string, now time.Time) (exchanged, error) {
	app := env.app()
	short, err := env.userToken()
	switch {
	case err != nil:
		return exchanged{}, err
	case app.token.IsZero():
		return exchanged{}, errNoApp()
	}
	client, err := env.client()
	if err != nil {
		return exchanged{}, err
	}
	long, err := client.ExchangeUserToken(ctx, app.id, secret.New(env(envAppSecret)), short)
	if err != nil {
		return exchanged{}, fmt.Errorf("%s is not exchanged: %w", envUserToken, err)
	}
	got := exchanged{UserToken: long.Token.Reveal(), Pages: []exchangedPage{}}
	if long.Expires > 0 {
		got.Expires = now.Add(long.Expires).UTC().Truncate(time.Second)
	}
	var others []string
	for account, err := range client.Accounts(ctx, long.Token) {
		switch {
		case err != nil:
			return exchanged{}, fmt.Errorf("the pages cannot be listed: %w", err)
		case only != "" && account.ID != only || !maySend(account):
			others = append(others, account.ID)
		default:
			got.Pages = append(got.Pages, exchangedPage{account.ID, account.Name, account.AccessToken.Reveal()})
		}
	}
	switch {
	case len(got.Pages) > 0:
		return got, nil
	case len(others) > 0 && only == "":
		return exchanged{}, fmt.Errorf("the person cannot send for any of their pages, %s: see pages list", joined(others))
	case len(others) > 0:
		return exchanged{}, fmt.Errorf("the person cannot send for the page that is asked for; there are %s: see pages list", joined(others))
	}
	return exchanged{}, errors.New("the app sees no page of the person: when you make the token, choose the pages, and grant pages_show_list")
}

// maySend reports whether there is a token with which messages can be sent.
func maySend(account graph.Account) bool {
	for _, task := range account.Tasks {
		if task == "MESSAGING" || task == "MANAGE" {
			return !account.AccessToken.IsZero()
		}
	}
	return false
}

// envName are the names of files that have lines NAME=value.
var envName = regexp.MustCompile(`(^|\.)env(\..*)?$`)

func isEnvFile(name string) bool { return envName.MatchString(filepath.Base(name)) }

// sameFile reports whether two names are those of one file.
func sameFile(a, b string) bool {
	infoA, err := os.Stat(a)
	if err != nil {
		return false
	}
	infoB, err := os.Stat(b)
	return err == nil && os.SameFile(infoA, infoB)
}

func errExists(name string) error {
	return fmt.Errorf("%s exists: give another name, or --force to replace it", name)
}

// writeTokens makes a file with tokens. With force it replaces one, but for the other variables of an .env file.
func writeTokens(name string, text []byte, force bool) error {
	if !force {
		err := atomicfile.Create(name, text, 0o600)
		if errors.Is(err, fs.ErrExist) {
			return errExists(name)
		}
		return notWritten(err)
	}
	if isEnvFile(name) {
		was, err := os.ReadFile(name)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return notWritten(err)
		}
		text = withVariables(was, text)
	}
	return notWritten(atomicfile.WriteMode(name, text, 0o600))
}

func notWritten(err error) error {
	if err != nil {
		return fmt.Errorf("the tokens are not written: %w", err)
	}
	return nil
}

// withVariables is a file of variables with some replaced, where they were, and the others as they are. What is new is added at
// the end.
func withVariables(was, lines []byte) []byte {
	var text strings.Builder
	fresh := slices.Collect(strings.Lines(string(lines)))
	given := map[string]string{}
	for _, line := range fresh {
		name, _, _ := strings.Cut(line, "=")
		given[name] = line
	}
	wrote := map[string]bool{}
	for line := range strings.Lines(string(was)) {
		found := envLine.FindStringSubmatch(strings.TrimSpace(strings.TrimPrefix(line, "\ufeff")))
		switch {
		case found == nil || given[found[1]] == "":
			text.WriteString(strings.TrimSuffix(line, "\n") + "\n")
		case !wrote[found[1]]:
			wrote[found[1]] = true
			text.WriteString(given[found[1]])
		}
	}
	for _, line := range fresh {
		if name, _, _ := strings.Cut(line, "="); !wrote[name] {
			text.WriteString(line)
		}
	}
	return []byte(text.String())
}

// written is the content of a file with the tokens.
func (e exchanged) written(name string) ([]byte, error) {
	if !isEnvFile(name) {
		text, err := json.MarshalIndent(e, "", "  ")
		return append(text, '\n'), err
	}
	if len(e.Pages) != 1 {
		return nil, fmt.Errorf("%s can have one page, and there are %d: name one by --page (pages list shows them), or write a .json file", name, len(e.Pages))
	}
	var text strings.Builder
	say(&text, "%s=%s\n%s=%s\n", envPageID, e.Pages[0].ID, envPageToken, e.Pages[0].Token)
	return []byte(text.String()), nil
}
