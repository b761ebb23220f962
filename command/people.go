package command

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/urfave/cli/v3"
)

// people is the commands about people.
func people(config Config) *cli.Command {
	return group(config, &cli.Command{
		Name:  "people",
		Usage: "show, export and forget people that a bot knows",
		Commands: []*cli.Command{
			peopleShow(config),
			peopleExport(config),
			peopleForget(config),
		},
	})
}

// personPath reads the arguments PAGE and PERSON.
func personPath(cmd *cli.Command) (path string, err error) {
	page, person := cmd.Args().Get(0), cmd.Args().Get(1)
	if cmd.NArg() != 2 || page == "" || person == "" {
		return "", usagef(cmd, "%s takes the id of a page and the id of a person with that page", cmd.Name)
	}
	if strings.Trim(page, ".") == "" || strings.Trim(person, ".") == "" {
		return "", usagef(cmd, "%q and %q are no ids", page, person)
	}
	return "/pages/" + url.PathEscape(page) + "/people/" + url.PathEscape(person), nil
}

// knownPerson is what the command shows of a person.
type knownPerson struct {
	Page, Person string
	Known        bool
	Profile      struct {
		Name, Locale, Gender string
		First                string `json:"first_name"`
		Last                 string `json:"last_name"`
	}
	FirstSeen        time.Time `json:"first_seen"`
	LastAct          time.Time `json:"last_act"`
	WindowUntil      time.Time `json:"window_until"`
	UnavailableSince time.Time `json:"unavailable_since"`
	HumanAt          time.Time `json:"human_at"`
	ThreadOwner      string    `json:"thread_owner"`
	Language         string
	Dialog           *struct {
		Dialog, Step string
		Asked        time.Time
	}
	Waiting map[string]int
}

// saidEntry is what the command shows of a conversation.
type saidEntry struct {
	At              time.Time
	Direction, Type string
	Text, Outcome   string
	Status          int
	Error           string
}

func peopleShow(config Config) *cli.Command {
	return common(config, &cli.Command{
		Name:        "show",
		Usage:       "show a person, what was said last with the outcome of each message, what waits, and dead letters",
		ArgsUsage:   "PAGE PERSON",
		Description: aboutOperations,
		Flags:       operationsFlags(&cli.IntFlag{Name: "limit", Value: 20, Usage: "show the last `N` entries of the conversation, and at most as many of each other list"}),
		Action: func(ctx context.Context, cmd *cli.Command) error {
			path, err := personPath(cmd)
			if err != nil {
				return err
			}
			limit := cmd.Int("limit")
			if limit < 0 {
				return usagef(cmd, "--limit is %d, and has to be at least 0", limit)
			}
			api, err := operationsOf(config, cmd)
			if err != nil {
				return err
			}
			defer api.close()
			var person json.RawMessage
			if err := api.get(ctx, path, nil, &person); err != nil {
				return err
			}
			said := []json.RawMessage{}
			if limit > 0 {
				_, err = each(ctx, api, path+"/conversation", url.Values{}, func(one json.RawMessage) bool {
					said = append(said, one)
					return len(said) < limit
				})
			}
			if err != nil {
				return err
			}
			slices.Reverse(said)
			open, err := openOf(ctx, api, cmd, path, limit)
			if err != nil {
				return err
			}
			if cmd.Bool("json") {
				return writeJSON(config.Out, map[string]any{"person": person, "conversation": said, "waiting": open.Waiting, "dead": open.Dead})
			}
			if err := printPerson(config.Out, person, said); err != nil {
				return err
			}
			return open.print(config.Out)
		},
	})
}

func printPerson(w io.Writer, raw json.RawMessage, said []json.RawMessage) error {
	var p knownPerson
	if err := json.Unmarshal(raw, &p); err != nil {
		return err
	}
	name := strings.TrimSpace(p.Profile.First + " " + p.Profile.Last)
	if p.Profile.Name != "" {
		name = p.Profile.Name
	}
	rows := [][2]string{{"page", oneLine(p.Page, 100)}, {"person", oneLine(p.Person, 200)}, {"name", oneLine(name, 200)}, {"language", oneLine(p.Language, 100)}, {"locale", oneLine(p.Profile.Locale, 100)}}
	if !p.Known {
		rows = append(rows, [2]string{"known", "no: only what waits is there"})
	}
	for _, t := range []struct {
		name string
		at   time.Time
	}{
		{"first seen", p.FirstSeen}, {"last act", p.LastAct}, {"writable until", p.WindowUntil}, {"unavailable since", p.UnavailableSince}, {"a human wrote", p.HumanAt},
	} {
		if !t.at.IsZero() {
			rows = append(rows, [2]string{t.name, when(t.at)})
		}
	}
	if p.ThreadOwner != "" {
		rows = append(rows, [2]string{"controlled by", "app " + oneLine(p.ThreadOwner, 100)})
	}
	if p.Dialog != nil {
		rows = append(rows, [2]string{"in dialog", oneLine(p.Dialog.Dialog, 100) + ", step " + oneLine(p.Dialog.Step, 100) + ", asked " + when(p.Dialog.Asked)})
	}
	rows = append(rows, [2]string{"waiting", several(p.Waiting["events"], "event") + ", " + several(p.Waiting["sends"], "send") + ", " + several(p.Waiting["timers"], "timer")})
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, row := range rows {
		if row[1] != "" {
			say(table, "%s\t%s\n", row[0], row[1])
		}
	}
	if err := table.Flush(); err != nil || len(said) == 0 {
		return err
	}
	say(w, "\n")
	table = tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, raw := range said {
		var e saidEntry
		if err := json.Unmarshal(raw, &e); err != nil {
			return err
		}
		say(table, "%s\t%s\t%s\n", when(e.At), e.how(), e.what())
	}
	return table.Flush()
}

// how says which way an entry went, and what came of it.
func (e saidEntry) how() string {
	if e.Direction == "received" {
		return "person"
	}
	return "bot, " + oneLine(e.Outcome, 40)
}

func (e saidEntry) what() string {
	what := kindAndText(e.Type, e.Text)
	if e.Error != "" {
		what += ": " + oneLine(e.Error, 200)
	}
	return what
}

func quoted(text string) string { return `"` + oneLine(text, 200) + `"` }

func peopleExport(config Config) *cli.Command {
	return common(config, &cli.Command{
		Name:        "export",
		Usage:       "write all that a bot has of a person as JSON",
		ArgsUsage:   "PAGE PERSON",
		Description: aboutOperations + "\nIf something is left out, it says so and the exit code is 1. Nothing is written before all of it is there.",
		Flags:       operationsFlags(),
		Action: interruptible(func(ctx context.Context, cmd *cli.Command) error {
			path, err := personPath(cmd)
			if err != nil {
				return err
			}
			api, err := operationsOf(config, cmd)
			if err != nil {
				return err
			}
			defer api.close()
			if isTerminal(config.Err) {
				say(config.Err, "Reading all that the bot has of the person …\n")
			}
			var raw json.RawMessage
			err = api.get(ctx, path+"/export", nil, &raw)
			switch {
			case ctx.Err() != nil:
				return &exitError{Interrupted, errors.New("interrupted: nothing was written; the same command begins anew")}
			case err != nil:
				return err
			}
			if err := writeJSON(config.Out, raw); err != nil {
				return err
			}
			var left struct{ Incomplete []string }
			if err := json.Unmarshal(raw, &left); err != nil {
				return err
			}
			if len(left.Incomplete) > 0 {
				say(config.Err, "%s: the export is not complete; too long, or not shown by the store: %s\n", config.Name, oneLine(strings.Join(left.Incomplete, ", "), 500))
				return reportedError{}
			}
			return nil
		}),
	})
}

func peopleForget(config Config) *cli.Command {
	return common(config, &cli.Command{
		Name:        "forget",
		Usage:       "erase all that a bot has of a person",
		ArgsUsage:   "PAGE PERSON",
		Description: aboutOperations + "\nTo forget a person again is no mistake. Export first what must be kept.",
		Flags:       operationsFlags(yesFlag()),
		Action: func(ctx context.Context, cmd *cli.Command) error {
			path, err := personPath(cmd)
			if err != nil {
				return err
			}
			api, err := operationsOf(config, cmd)
			if err != nil {
				return err
			}
			defer api.close()
			if err := confirmed(config, cmd, "forget person "+oneLine(cmd.Args().Get(1), 100)+" of page "+oneLine(cmd.Args().Get(0), 100)); err != nil {
				return err
			}
			var answer json.RawMessage
			if err := api.do(ctx, http.MethodDelete, path, nil, nil, &answer); err != nil {
				return err
			}
			if cmd.Bool("json") {
				return writeJSON(config.Out, answer)
			}
			say(config.Out, "Nothing of the person is left.\n")
			return nil
		},
	})
}
