package command

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/url"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/urfave/cli/v3"
)

// dead is the commands about dead letters.
func dead(config Config) *cli.Command {
	return group(config, &cli.Command{
		Name:  "dead",
		Usage: "list, show, replay and drop a bot's dead letters",
		Commands: []*cli.Command{
			deadList(config),
			deadShow(config),
			deadReplay(config),
			deadDrop(config),
		},
	})
}

// deadFlags select dead letters.
func deadFlags(more ...cli.Flag) []cli.Flag {
	return append([]cli.Flag{
		&cli.StringFlag{Name: "page", Usage: "only letters of the page with this `ID`"},
		&cli.StringFlag{Name: "person", Usage: "only those of the person with this `ID`; it needs --page"},
		&cli.StringFlag{Name: "type", Usage: "only events of this `TYPE`, such as SIMPLE_TEXT"},
		&cli.StringFlag{Name: "route", Usage: "only those in which the route of this `NAME` failed"},
		&cli.StringFlag{Name: "reason", Usage: "only those with an error that contains this `TEXT`"},
		&cli.StringFlag{Name: "since", Usage: "only those made since a `TIME` such as 2026-11-27T12:00:00Z, or for a duration such as 2h"},
		&cli.StringFlag{Name: "until", Usage: "only those made before a `TIME`, or longer ago than a duration"},
	}, more...)
}

// deadQuery reads the flags of [deadFlags].
func deadQuery(cmd *cli.Command) (url.Values, error) {
	query := url.Values{}
	for _, name := range []string{"page", "person", "type", "route", "reason"} {
		if value := cmd.String(name); value != "" {
			query.Set(name, value)
		}
	}
	if query.Has("person") && !query.Has("page") {
		return nil, usagef(cmd, "--person needs --page: an id is that of a person with one page")
	}
	for _, name := range []string{"since", "until"} {
		value := cmd.String(name)
		if value == "" {
			continue
		}
		if ago, err := time.ParseDuration(value); err == nil && ago > 0 {
			value = time.Now().Add(-ago).UTC().Format(time.RFC3339)
		} else if _, err := time.Parse(time.RFC3339, value); err != nil {
			return nil, usagef(cmd, "--%s is %q, and has to be a time such as 2026-11-27T12:00:00Z or a duration such as 2h", name, value)
		}
		query.Set(name, value)
	}
	return query, nil
}

// deadLetter is what the commands show of a dead letter.
type deadLetter struct {
	ID                int64
	Page, Person, Key string
	Type              string
	At                time.Time
	EventAt           time.Time `json:"event_at"`
	Attempts          int
	Failures          []struct{ Route, Error string }
	Text, Payload     string
	Signal, Problem   string
	Event             json.RawMessage
}

func deadList(config Config) *cli.Command {
	return common(config, &cli.Command{
		Name:        "list",
		Usage:       "list dead letters, the oldest first",
		Description: aboutOperations,
		Flags:       operationsFlags(deadFlags(&cli.IntFlag{Name: "limit", Value: 50, Usage: "list at most `N`"})...),
		Action: func(ctx context.Context, cmd *cli.Command) error {
			if cmd.NArg() > 0 {
				return usagef(cmd, "list takes no arguments, only flags: %q", cmd.Args().First())
			}
			limit := cmd.Int("limit")
			if limit < 1 {
				return usagef(cmd, "--limit is %d, and has to be at least 1", limit)
			}
			query, err := deadQuery(cmd)
			if err != nil {
				return err
			}
			api, err := operationsOf(config, cmd)
			if err != nil {
				return err
			}
			defer api.close()
			all := []json.RawMessage{}
			more, err := each(ctx, api, "/dead", query, func(one json.RawMessage) bool {
				if len(all) == limit {
					return false
				}
				all = append(all, one)
				return true
			})
			if err != nil {
				return err
			}
			if more {
				defer say(config.Err, "%s: there are more; --limit lists more than %d\n", config.Name, limit)
			}
			if cmd.Bool("json") {
				return writeJSON(config.Out, map[string]any{"items": all})
			}
			return printLetters(config.Out, all)
		},
	})
}

func printLetters(w io.Writer, all []json.RawMessage) error {
	if len(all) == 0 {
		say(w, "There are no such dead letters.\n")
		return nil
	}
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	say(table, "ID\tMADE AT\tPAGE\tPERSON\tTYPE\tROUTE\tERROR\n")
	for _, raw := range all {
		var l deadLetter
		if err := json.Unmarshal(raw, &l); err != nil {
			return err
		}
		route, reason := "-", "-"
		if len(l.Failures) > 0 {
			route, reason = oneLine(l.Failures[0].Route, 40), oneLine(l.Failures[0].Error, 80)
		}
		if n := len(l.Failures) - 1; n > 0 {
			reason += " (and " + several(n, "other") + ")"
		}
		say(table, "%d\t%s\t%s\t%s\t%s\t%s\t%s\n", l.ID, when(l.At), oneLine(l.Page, 40), oneLine(l.Person, 60), dash(oneLine(l.Type, 40)), dash(route), reason)
	}
	return table.Flush()
}

func dash(text string) string {
	if text == "" {
		return "-"
	}
	return text
}

func deadShow(config Config) *cli.Command {
	return common(config, &cli.Command{
		Name:        "show",
		Usage:       "show a dead letter with its event and its failures",
		ArgsUsage:   "ID",
		Description: aboutOperations,
		Flags:       operationsFlags(),
		Action: func(ctx context.Context, cmd *cli.Command) error {
			ids, err := letterIDs(cmd, 1)
			if err != nil {
				return err
			}
			if len(ids) != 1 {
				return usagef(cmd, "show takes the id of one dead letter; dead list has the ids")
			}
			api, err := operationsOf(config, cmd)
			if err != nil {
				return err
			}
			defer api.close()
			var raw json.RawMessage
			if err := api.get(ctx, "/dead/"+strconv.FormatInt(ids[0], 10), nil, &raw); err != nil {
				return err
			}
			if cmd.Bool("json") {
				return writeJSON(config.Out, raw)
			}
			var l deadLetter
			if err := json.Unmarshal(raw, &l); err != nil {
				return err
			}
			return l.print(config.Out)
		},
	})
}

// letterIDs reads ids of dead letters.
func letterIDs(cmd *cli.Command, most int) ([]int64, error) {
	var ids []int64
	for _, arg := range cmd.Args().Slice() {
		id, err := strconv.ParseInt(arg, 10, 64)
		if err != nil || id < 1 {
			return nil, usagef(cmd, "%q is no id of a dead letter, which is a number; dead list has the ids", arg)
		}
		ids = append(ids, id)
	}
	if len(ids) > most {
		return nil, usagef(cmd, "%d ids are too many: at most %d", len(ids), most)
	}
	return ids, nil
}

func (l deadLetter) print(w io.Writer) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, row := range [][2]string{
		{"letter", strconv.FormatInt(l.ID, 10)},
		{"page", oneLine(l.Page, 100)},
		{"person", oneLine(l.Person, 200)},
		{"type", oneLine(l.Type, 100)},
		{"signal", oneLine(l.Signal, 200)},
		{"text", oneLine(l.Text, 2000)},
		{"payload", oneLine(l.Payload, 1000)},
		{"happened", when(l.EventAt)},
		{"made", when(l.At) + ", after " + several(l.Attempts, "attempt")},
		{"key", oneLine(l.Key, 200)},
		{"problem", oneLine(l.Problem, 500)},
	} {
		if row[1] != "" {
			say(table, "%s\t%s\n", row[0], row[1])
		}
	}
	if err := table.Flush(); err != nil {
		return err
	}
	for _, f := range l.Failures {
		say(w, "\nfailed: %s\n  %s\n", dash(oneLine(f.Route, 100)), strings.Join(lines(f.Error), "\n  "))
	}
	if len(l.Event) > 0 {
		var event bytes.Buffer
		if err := json.Indent(&event, l.Event, "  ", "  "); err != nil {
			return err
		}
		say(w, "\nevent:\n  %s\n", strings.Join(lines(event.String()), "\n"))
	}
	return nil
}

// lines are the lines of a text of others, each of them plain.
func lines(text string) []string {
	all := strings.Split(text, "\n")
	for i := range all {
		indent := len(all[i]) - len(strings.TrimLeft(all[i], " "))
		all[i] = all[i][:indent] + oneLine(all[i][indent:], 4000)
	}
	return all
}
