package command

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/urfave/cli/v3"

	"github.com/djmessenger/messenger/internal/atomicfile"
	"github.com/djmessenger/messenger/simulator/scenario"
)

// botWait is how long scenarios wait for the bot by default.
const botWait = 30 * time.Second

func junitFlag() cli.Flag {
	return &cli.StringFlag{Name: "junit", Local: true, Usage: "write the results to a `FILE` in JUnit's XML, which CI systems show"}
}

// scenarios are what --scenario names.
type scenarios struct {
	list  []*scenario.Scenario
	out   io.Writer
	junit string
	wait  time.Duration
	start time.Time
}

// scenariosOf reads the files; nil if there are none.
func scenariosOf(config Config, cmd *cli.Command) (*scenarios, error) {
	files := cmd.StringSlice("scenario")
	if len(files) == 0 {
		for _, flag := range []string{"junit", "wait"} {
			if cmd.IsSet(flag) {
				return nil, usagef(cmd, "--%s goes with --scenario", flag)
			}
		}
		return nil, nil
	}
	s := &scenarios{out: config.Out, junit: cmd.String("junit"), wait: cmd.Duration("wait"), start: time.Now()}
	if s.wait <= 0 {
		return nil, usagef(cmd, "--wait is a time, such as 30s")
	}
	var err error
	if s.list, err = readScenarios(files); err != nil {
		return nil, &exitError{Usage, err}
	}
	return s, s.checkJUnit(cmd)
}

// readScenarios reads files, and reports the mistakes of all.
func readScenarios(files []string) ([]*scenario.Scenario, error) {
	var all []*scenario.Scenario
	var mistakes []error
	for _, file := range files {
		list, err := scenario.ReadFile(file)
		mistakes = append(mistakes, err)
		all = append(all, list...)
	}
	return all, errors.Join(mistakes...)
}

// checkJUnit finds out before anything is played whether the results can be written: until there are others, that none was played. So
// the file is complete whatever ends the process.
func (s *scenarios) checkJUnit(cmd *cli.Command) error {
	if err := s.writeJUnit(s.without(errors.New("it was not played"))); err != nil {
		return usagef(cmd, "%v", err)
	}
	return nil
}

// without are the results if no scenario is played.
func (s *scenarios) without(why error) []scenario.Result {
	var results []scenario.Result
	for _, one := range s.list {
		results = append(results, scenario.Result{Scenario: one, Err: why})
	}
	return results
}

// play waits for the bot, and plays.
func (s *simulation) play(ctx context.Context, failed, verified <-chan error) error {
	wait := time.NewTimer(s.scenarios.wait)
	defer wait.Stop()
	select {
	case <-ctx.Done():
		return s.scenarios.unplayed(ctx.Err())
	case err := <-failed:
		return &exitError{CannotListen, err}
	case err := <-verified:
		if ctx.Err() != nil {
			return s.scenarios.unplayed(ctx.Err())
		}
		if err != nil {
			return s.scenarios.unplayed(s.notVerified("the bot could not be verified"))
		}
	case <-wait.C:
		return s.scenarios.unplayed(s.notVerified(fmt.Sprintf("the bot could not be verified within %v", s.scenarios.wait)))
	}
	return s.scenarios.play(ctx, scenario.Config{Simulator: s.sim, GraphURL: s.graph})
}

// notVerified is an error with the reason of the last try.
func (s *simulation) notVerified(text string) error {
	last := s.terminal.lastFailure()
	if last == nil {
		return errors.New(text)
	}
	if last.Advice == "" {
		return fmt.Errorf("%s: %w", text, last.Err)
	}
	return fmt.Errorf("%s: %w. %s", text, last.Err, last.Advice)
}

// unplayed reports that nothing could be played.
func (s *scenarios) unplayed(why error) error {
	if err := s.writeJUnit(s.without(why)); err != nil {
		return err
	}
	if errors.Is(why, context.Canceled) {
		return &exitError{Interrupted, errors.New("interrupted before a scenario was played")}
	}
	return &exitError{NoBot, why}
}

// play plays, shows each result, and writes all.
func (s *scenarios) play(ctx context.Context, against scenario.Config) error {
	against.Each = func(r scenario.Result) { _ = r.Write(s.out) } // the writer keeps its error
	results, err := scenario.Play(ctx, against, s.list)
	if err != nil {
		if ctx.Err() != nil {
			return s.unplayed(ctx.Err())
		}
		return errors.Join(err, s.writeJUnit(s.without(err)))
	}
	say(s.out, "%s\n", scenario.Summary(results))
	if err := s.writeJUnit(results); err != nil {
		return err
	}
	switch passed := passed(results); {
	case ctx.Err() != nil:
		return &exitError{Interrupted, errors.New("interrupted")}
	case !passed:
		return reportedError{}
	}
	return nil
}

func passed(results []scenario.Result) bool {
	for _, r := range results {
		if !r.Passed() {
			return false
		}
	}
	return true
}

// writeJUnit writes the results, if they are asked for.
func (s *scenarios) writeJUnit(results []scenario.Result) error {
	if s.junit == "" {
		return nil
	}
	var out bytes.Buffer
	err := scenario.WriteJUnit(&out, s.start, results)
	if err == nil {
		err = atomicfile.Write(s.junit, out.Bytes())
	}
	if err != nil {
		return fmt.Errorf("--junit: %w", err)
	}
	return nil
}
