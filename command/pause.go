package command

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"text/tabwriter"
	"time"

	"github.com/urfave/cli/v3"
)

// pauseFlags say for what sending is paused.
func pauseFlags(more ...cli.Flag) []cli.Flag {
	return append([]cli.Flag{
		&cli.StringFlag{Name: "page", Usage: "the `ID` of the page"},
		&cli.BoolFlag{Name: "all", Usage: "all pages"},
	}, more...)
}

// pausePath is the path of what the flags of [pauseFlags] say, and what that is called.
func pausePath(cmd *cli.Command) (path, of string, err error) {
	page, all := cmd.String("page"), cmd.Bool("all")
	switch {
	case cmd.NArg() > 0:
		return "", "", usagef(cmd, "%s takes no arguments, only flags: %q", cmd.Name, cmd.Args().First())
	case all == (page != ""):
		return "", "", usagef(cmd, "give either --page, or --all")
	case all:
		return "/pause", "all pages", nil
	case page == "*" || page == "." || page == "..":
		return "", "", usagef(cmd, "%q is no id of a page; --all is for all pages", page)
	}
	return "/pages/" + url.PathEscape(page) + "/pause", "page " + oneLine(page, 60), nil
}

func pause(config Config) *cli.Command {
	return common(config, &cli.Command{
		Name:  "pause",
		Usage: "stop all sending for a page, or for all pages; messages wait",
		Description: "It holds on all replicas within about a second, and after restarts, until resume. Nothing is lost or reordered, and what\n" +
			"is on its way to the platform is not called back. To pause again changes the note. " + aboutOperations,
		Flags: operationsFlags(pauseFlags(&cli.StringFlag{Name: "note", Usage: "why, for other operators: one line of `TEXT`"})...),
		Action: func(ctx context.Context, cmd *cli.Command) error {
			path, of, err := pausePath(cmd)
			if err != nil {
				return err
			}
			return pauseOrResume(ctx, config, cmd, http.MethodPut, path, map[string]string{"note": cmd.String("note")}, "Sending is paused for "+of)
		},
	})
}

func resume(config Config) *cli.Command {
	return common(config, &cli.Command{
		Name:        "resume",
		Usage:       "end a pause; what waits is sent, in order",
		Description: "A page that was paused by itself stays paused when all are resumed, and the opposite. " + aboutOperations,
		Flags:       operationsFlags(pauseFlags()...),
		Action: func(ctx context.Context, cmd *cli.Command) error {
			path, of, err := pausePath(cmd)
			if err != nil {
				return err
			}
			return pauseOrResume(ctx, config, cmd, http.MethodDelete, path, nil, "The pause of "+of+" is over")
		},
	})
}

// pauseOrResume makes a request, and says what it has done.
func pauseOrResume(ctx context.Context, config Config, cmd *cli.Command, method, path string, body any, done string) error {
	api, err := operationsOf(config, cmd)
	if err != nil {
		return err
	}
	defer api.close()
	var raw json.RawMessage
	if err := api.do(ctx, method, path, nil, body, &raw); err != nil {
		return err
	}
	if cmd.Bool("json") {
		return writeJSON(config.Out, raw)
	}
	say(config.Out, "%s.\n", done)
	var answer struct {
		WithoutPeople bool `json:"without_people"`
	}
	if json.Unmarshal(raw, &answer) == nil && answer.WithoutPeople {
		say(config.Err, "This page has no people: check its id. messenger resume ends the pause.\n")
	}
	return nil
}

func paused(config Config) *cli.Command {
	return common(config, &cli.Command{
		Name:        "paused",
		Usage:       "list for which pages sending is paused, since when and why",
		Description: "With --page it lists what holds that page back: its own pause, and that of all pages. " + aboutOperations,
		Flags:       operationsFlags(&cli.StringFlag{Name: "page", Usage: "only what holds back the page with this `ID`"}),
		Action: func(ctx context.Context, cmd *cli.Command) error {
			if cmd.NArg() > 0 {
				return usagef(cmd, "paused takes no arguments, only flags: %q", cmd.Args().First())
			}
			api, err := operationsOf(config, cmd)
			if err != nil {
				return err
			}
			defer api.close()
			query := url.Values{}
			if page := cmd.String("page"); page != "" {
				query.Set("page", page)
			}
			var raw json.RawMessage
			if err := api.get(ctx, "/paused", query, &raw); err != nil {
				return err
			}
			if cmd.Bool("json") {
				return writeJSON(config.Out, raw)
			}
			return printPauses(config.Out, raw)
		},
	})
}

func printPauses(w io.Writer, raw json.RawMessage) error {
	var list struct {
		Items []struct {
			Page, Note string
			Since      time.Time
		}
	}
	if err := json.Unmarshal(raw, &list); err != nil {
		return err
	}
	if len(list.Items) == 0 {
		say(w, "Nothing is paused.\n")
		return nil
	}
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	say(table, "SENDING OF\tSINCE\tNOTE\n")
	for _, p := range list.Items {
		note := oneLine(p.Note, 200)
		if note == "" {
			note = "-"
		}
		say(table, "%s\t%s\t%s\n", pageName(p.Page), when(p.Since), note)
	}
	return table.Flush()
}

// pageName is a page in a table.
func pageName(page string) string {
	if page == "*" {
		return "all pages"
	}
	return "page " + oneLine(page, 60)
}
