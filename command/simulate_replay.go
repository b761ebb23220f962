package command

import (
	"context"
	"os"
	"os/signal"
	"slices"
	"syscall"
	"time"

	"github.com/urfave/cli/v3"

	"github.com/djmessenger/messenger/simulator/scenario"
)

func simulateReplay(config Config) *cli.Command {
	return common(config, &cli.Command{
		Name:      "replay",
		Usage:     "play scenarios and transcripts on a running simulator",
		ArgsUsage: "FILE...",
		Description: "A file is a scenario, or a transcript that the command record wrote: the person does the same again, and\n" +
			"what the bot sends is compared. What was said there before is forgotten, and so are faults and the\n" +
			"clock's moves.\n" +
			"The exit code is 0 if all pass, 1 if one fails, 2 if the command line or a file is wrong, and 130\n" +
			"after an interrupt.",
		Flags: []cli.Flag{
			simulatorFlag(), junitFlag(),
			&cli.BoolFlag{Name: "strict", Usage: "of transcripts: compare the JSON too, with payloads, typing and the events that the bot got"},
			&cli.BoolFlag{Name: "update", Usage: "of transcripts: write what the bot says now into the file, instead of comparing"},
			&cli.DurationFlag{Name: "patience", Value: scenario.DefaultPatience, Usage: "of transcripts: the `TIME` to wait for each message that was recorded"},
		},
		Action: func(ctx context.Context, cmd *cli.Command) error {
			if cmd.NArg() == 0 {
				return usagef(cmd, "the files are missing")
			}
			address, err := addressOf(cmd)
			if err != nil {
				return err
			}
			patience := cmd.Duration("patience")
			if patience <= 0 || patience > scenario.MaxPatience {
				return usagef(cmd, "--patience is a time up to %v, such as 30s", scenario.MaxPatience)
			}
			s := &scenarios{out: config.Out, junit: cmd.String("junit"), start: time.Now()}
			if s.list, err = readScenarios(cmd.Args().Slice()); err != nil {
				return &exitError{Usage, err}
			}
			for _, flag := range []string{"strict", "update", "patience"} {
				if cmd.IsSet(flag) && !slices.ContainsFunc(s.list, (*scenario.Scenario).IsTranscript) {
					return usagef(cmd, "--%s is about transcripts, and there is none among the files", flag)
				}
			}
			if err := s.checkJUnit(cmd); err != nil {
				return err
			}
			ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
			defer stop()
			context.AfterFunc(ctx, stop) // a second interrupt ends the process
			return s.play(ctx, scenario.Config{
				URL: "http://" + address, Strict: cmd.Bool("strict"), Update: cmd.Bool("update"), Patience: patience,
			})
		},
	})
}
