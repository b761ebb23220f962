package command

import (
	"context"
	"fmt"
	"slices"
	"text/tabwriter"

	"github.com/urfave/cli/v3"

	"github.com/djmessenger/messenger/graph"
)

func doctor(config Config) *cli.Command {
	return common(config, &cli.Command{
		Name:      "doctor",
		Usage:     "check all that a bot needs to work: token, webhook, subscriptions, clock, database, versions",
		ArgsUsage: "[POLICY]",
		Description: "It changes nothing, and sends no message. Each finding says what to do about it. What it is not told of it skips:\n" +
			"the app without " + envAppID + " and " + envAppSecret + ", the webhook without " + envVerifyToken + ", the database\n" +
			"without " + envDatabase + ", which must be a PostgreSQL one, and the thread settings without --settings.\n" + whichPage + "\n" +
			"The exit code is 0 if there is no problem, 1 if there is one, and 2 if the command line is wrong.",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "url", Usage: "the `URL` that callbacks go to; default: the one that the app has"},
			&cli.StringFlag{Name: "settings", Usage: "the `FILE` with the thread settings that the page should have"},
			accountFlag(), allowUnknown(), catalogsFlag(), envFile(), asJSON(),
		},
		Action: interruptible(func(ctx context.Context, cmd *cli.Command) error {
			d, err := newExamination(config, cmd)
			if err != nil {
				return err
			}
			d.all(ctx)
			if err := ctx.Err(); err != nil {
				return fmt.Errorf("the checks were not finished: %w", err)
			}
			ok := !slices.ContainsFunc(d.found, func(e examined) bool { return e.Status == problem })
			if cmd.Bool("json") {
				err = writeJSON(config.Out, map[string]any{"ok": ok, "checks": d.found})
			} else {
				err = d.print()
			}
			if err == nil && !ok {
				err = reportedError{}
			}
			return err
		}),
	})
}

// examined is a finding, and the check that has it.
type examined struct {
	Check string `json:"check"`
	finding
}

// examination is one run of the checks.
type examination struct {
	config Config
	cmd    *cli.Command
	env    environment
	kind   string // of the account
	client *graph.Client
	seen   *answerHeaders

	handled []webhookField
	found   []examined
}

// newExamination reads what the command line names. That is wrong before anything is checked, or right.
func newExamination(config Config, cmd *cli.Command) (*examination, error) {
	kind, err := accountKind(cmd)
	if err != nil {
		return nil, err
	}
	handled, err := handledFields(config, cmd, kind)
	if err != nil {
		return nil, err
	}
	env, err := environmentOf(config, cmd)
	if err != nil {
		return nil, err
	}
	d := &examination{config: config, cmd: cmd, env: env, kind: kind, handled: handled, seen: &answerHeaders{now: config.now, to: config.transport}}
	d.client, err = env.accountClient(d.seen, kind)
	return d, err
}

// all runs the checks, each of which goes on if another has failed.
func (d *examination) all(ctx context.Context) {
	if d.graph(ctx) {
		d.clock()
		d.token(ctx)
		d.webhook(ctx, d.subscriptions(ctx))
		d.settings(ctx)
	}
	d.database(ctx)
}

func (d *examination) report(check, status, what, do string) {
	d.found = append(d.found, examined{check, finding{status, what, do}})
}

// failed reports a call that has failed.
func (d *examination) failed(check string, err error) {
	d.report(check, problem, err.Error(), nextStep(d.config.Name, err))
}

func (d *examination) print() error {
	table := tabwriter.NewWriter(d.config.Out, 0, 0, 2, ' ', 0)
	for _, e := range d.found {
		say(table, "%s\t%s\t%s\n", e.Status, e.Check, oneLine(e.What, 1000))
		if e.Do != "" {
			say(table, "\t\t→ %s\n", e.Do)
		}
	}
	return table.Flush()
}
