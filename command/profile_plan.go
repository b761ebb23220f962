package command

import (
	"context"
	"encoding/json"
	"io"
	"os"
	"strings"

	"github.com/urfave/cli/v3"

	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/threadsettings"
)

func profilePlan(config Config) *cli.Command {
	return common(config, &cli.Command{
		Name:        "plan",
		Usage:       "show what apply would change on the page",
		ArgsUsage:   "FILE",
		Description: "It reads the page's settings and changes nothing.\n" + whichPage + "\n" + exitCodes,
		Flags:       []cli.Flag{catalogsFlag(), envFile(), asJSON()},
		Action: interruptible(func(ctx context.Context, cmd *cli.Command) error {
			wanted, err := wantedSettings(config, cmd)
			if err != nil {
				return err
			}
			client, err := clientFor(config, cmd)
			if err != nil {
				return err
			}
			plan, err := threadsettings.ReadPlan(ctx, client, graph.Me, wanted)
			if err != nil {
				return err
			}
			if cmd.Bool("json") {
				return writeJSON(config.Out, plannedOf(plan))
			}
			say(config.Out, "%s", coloured(config, plan.String()))
			return nil
		}),
	})
}

// planned is a plan in JSON.
type planned struct {
	Changes []change `json:"changes"`
}

// change is a change in JSON, and how it ended if it was tried.
type change struct {
	Property threadsettings.Property `json:"property"`
	Action   string                  `json:"action"`
	From     json.RawMessage         `json:"from,omitempty"`
	To       json.RawMessage         `json:"to,omitempty"`
	Status   threadsettings.Status   `json:"status,omitempty"`
	Error    string                  `json:"error,omitempty"`
}

func plannedOf(plan threadsettings.Plan) planned {
	p := planned{Changes: []change{}}
	for _, c := range plan.Changes {
		p.Changes = append(p.Changes, changeOf(c))
	}
	return p
}

func changeOf(c threadsettings.Change) change {
	return change{Property: c.Property, Action: c.Action(), From: c.From, To: c.To}
}

// coloured colours the lines of a plan that go and come, if a terminal shows it and NO_COLOR is not set.
func coloured(config Config, plan string) string {
	if config.Env("NO_COLOR") != "" || !isTerminal(config.Out) {
		return plan
	}
	lines := strings.SplitAfter(plan, "\n")
	for i, line := range lines {
		body, end := strings.CutSuffix(line, "\n")
		colour := ""
		switch trimmed := strings.TrimLeft(body, " "); {
		case strings.HasPrefix(trimmed, "+ "):
			colour = "\x1b[32m"
		case strings.HasPrefix(trimmed, "- "):
			colour = "\x1b[31m"
		}
		if colour != "" && end {
			lines[i] = colour + body + "\x1b[0m\n"
		}
	}
	return strings.Join(lines, "")
}

// isTerminal reports whether a writer is a terminal.
func isTerminal(w io.Writer) bool {
	if out, ok := w.(*output); ok {
		w = out.to
	}
	file, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
