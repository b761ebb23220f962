package command

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/urfave/cli/v3"

	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/threadsettings"
)

func profileApply(config Config) *cli.Command {
	return common(config, &cli.Command{
		Name:      "apply",
		Usage:     "change what differs on the page",
		ArgsUsage: "FILE",
		Description: "Each property that differs is one call, in the order that the platform needs. Applied again, it changes nothing.\n" +
			"If something fails, or after an interrupt, the report says what was applied and what was not; apply goes on with\n" +
			"the rest. A refused greeting is a warning.\n" + whichPage + "\n" + exitCodes,
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: "wait", Usage: "if the page has used up its 10 calls in 10 minutes, wait and go on"},
			catalogsFlag(), envFile(), asJSON(),
		},
		Action: interruptible(func(ctx context.Context, cmd *cli.Command) error {
			wanted, err := wantedSettings(config, cmd)
			if err != nil {
				return err
			}
			client, err := clientFor(config, cmd)
			if err != nil {
				return err
			}
			var all threadsettings.Report // of all passes
			for {
				report, err := threadsettings.Apply(ctx, client, graph.Me, wanted)
				if err == nil || len(report.Outcomes) > 0 {
					all = withOutcomes(all, report)
				} else if len(all.Outcomes) > 0 { // its report says why else
					say(config.Err, "%v\n", err)
				}
				if !cmd.Bool("wait") || !errors.Is(err, graph.ErrRateLimited) {
					return reportApplied(config, cmd, all, err)
				}
				if err := waitForCalls(ctx, config, report); err != nil {
					return reportApplied(config, cmd, all, err)
				}
			}
		}),
	})
}

// withOutcomes adds the outcomes of a later pass, which has tried again what the earlier ones have not applied and still differs.
func withOutcomes(earlier, later threadsettings.Report) threadsettings.Report {
	stays := func(earlier threadsettings.Outcome) bool {
		return earlier.Status == threadsettings.Applied && !slices.ContainsFunc(later.Outcomes, func(o threadsettings.Outcome) bool { return o.Property == earlier.Property })
	}
	var all threadsettings.Report
	for _, outcome := range earlier.Outcomes {
		if stays(outcome) {
			all.Outcomes = append(all.Outcomes, outcome)
		}
	}
	all.Outcomes = append(all.Outcomes, later.Outcomes...)
	return all
}

// waitForCalls waits until the page has calls again, or ctx ends.
func waitForCalls(ctx context.Context, config Config, report threadsettings.Report) error {
	if len(report.Outcomes) > 0 {
		say(config.Err, "%s", report)
	}
	say(config.Err, "The page has used up its calls; going on at %s. An interrupt ends the waiting.\n",
		time.Now().Add(threadsettings.CallsPeriod).Format(time.TimeOnly))
	select {
	case <-config.after(threadsettings.CallsPeriod):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// reportApplied says how the changes ended, also if some or all have failed.
func reportApplied(config Config, cmd *cli.Command, report threadsettings.Report, failed error) error {
	if failed != nil && len(report.Outcomes) == 0 {
		return failed
	}
	if cmd.Bool("json") {
		applied := planned{Changes: []change{}}
		for _, outcome := range report.Outcomes {
			one := changeOf(outcome.Change)
			one.Status = outcome.Status
			if outcome.Err != nil {
				one.Error = outcome.Err.Error()
			}
			applied.Changes = append(applied.Changes, one)
		}
		if err := writeJSON(config.Out, applied); err != nil {
			return err
		}
	} else {
		say(config.Out, "%s", report)
	}
	if failed != nil {
		say(config.Err, "%s: %s; run it again to go on with the rest\n", cmd.FullName(), several(len(report.Outcomes)-report.Changed()-len(report.Warnings()), "change")+" not made")
		return reportedError{}
	}
	return nil
}
