package command

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/urfave/cli/v3"

	"github.com/djmessenger/messenger/simulator"
)

// askTime is how long a running simulator may take to answer.
const askTime = 5 * time.Second

func simulatorFlag() cli.Flag {
	return &cli.StringFlag{Name: "simulator", Value: defaultListen, Usage: "the `ADDRESS` of a running simulator"}
}

func simulateHealth(config Config) *cli.Command {
	return common(config, &cli.Command{
		Name:        "health",
		Usage:       "ask a running simulator whether it works",
		Description: "For the health check of a container. The exit code is 0 if it answers, and 1 if not.",
		Flags:       []cli.Flag{simulatorFlag()},
		Action: func(ctx context.Context, cmd *cli.Command) error {
			if cmd.NArg() > 0 {
				return usagef(cmd, "health takes no arguments, only flags: %q", cmd.Args().First())
			}
			address, err := addressOf(cmd)
			if err != nil {
				return err
			}
			if _, err := askAbout(ctx, http.DefaultClient, "http://"+address); err != nil {
				return err
			}
			say(config.Out, "The simulator at %s works.\n", address)
			return nil
		},
	})
}

// addressOf reads --simulator: host and port, also as a URL.
func addressOf(cmd *cli.Command) (string, error) {
	given := cmd.String("simulator")
	address := strings.TrimSuffix(strings.TrimPrefix(strings.TrimPrefix(given, "http://"), "https://"), "/")
	if problem := checkListen(address, true); problem != "" {
		return "", usagef(cmd, "--simulator: %s", problem)
	}
	return address, nil
}

// about is what a simulator says of itself.
type about struct {
	Name               string `json:"name"`
	DefaultAppSecret   bool   `json:"default_app_secret"`
	DefaultVerifyToken bool   `json:"default_verify_token"`
}

// askAbout asks a simulator for its name, and whether it has the public secrets.
func askAbout(ctx context.Context, client *http.Client, base string) (about, error) {
	var got about
	if err := ask(ctx, client, base, "/simulator/", &got); err != nil {
		return about{}, err
	}
	if got.Name != "messenger simulator" {
		return about{}, fmt.Errorf("what answers at %s is no Messenger simulator", base)
	}
	return got, nil
}

// askPage asks a simulator for its first page.
func askPage(ctx context.Context, client *http.Client, base string) (simulator.Page, error) {
	var pages []simulator.Page
	if err := ask(ctx, client, base, "/simulator/pages", &pages); err != nil {
		return simulator.Page{}, err
	}
	if len(pages) == 0 {
		return simulator.Page{}, fmt.Errorf("the simulator at %s has no page", base)
	}
	return pages[0], nil
}

func ask(ctx context.Context, client *http.Client, base, path string, answer any) error {
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, base+path, nil)
	if err != nil {
		return err
	}
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	if err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK || json.Unmarshal(data, answer) != nil {
		return fmt.Errorf("what answers at %s is no Messenger simulator: it answered %d", base, resp.StatusCode)
	}
	return nil
}
