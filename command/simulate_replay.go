package command

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/urfave/cli/v3"

	"github.com/djmessenger/messenger/simulator/scenario"
)

func simulateReplay(config Config) *cli.Command {
	return common(config, &cli.Command{
		Name:      "replay",
		Usage:     "play scenarios on a running simulator",
		ArgsUsage: "FILE...",
		Description: "What was said there before is forgotten, and so are faults and the clock's moves.\n" +
			"The exit code is 0 if all pass, 1 if one fails, 2 if the command line or a file is wrong, and 130\n" +
			"after an interrupt.",
		Flags: []cli.Flag{simulatorFlag(), junitFlag()},
		Action: func(ctx context.Context, cmd *cli.Command) error {
			if cmd.NArg() == 0 {
				return usagef(cmd, "the files are missing")
			}
			address, err := addressOf(cmd)
			if err != nil {
				return err
			}
			s := &scenarios{out: config.Out, junit: cmd.String("junit"), start: time.Now()}
			if s.list, err = readScenarios(cmd.Args().Slice()); err != nil {
				return &exitError{Usage, err}
			}
			if err := s.checkJUnit(cmd); err != nil {
				return err
			}
			ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
			defer stop()
			return s.play(ctx, scenario.Config{URL: "http://" + address})
		},
	})
}
