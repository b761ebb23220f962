package command

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/urfave/cli/v3"
)

// mostLetters is how many dead letters one request of the API is about.
const mostLetters = 500

func deadReplay(config Config) *cli.Command {
	return common(config, deadMany(config, &cli.Command{
		Name:  "replay",
		Usage: "handle the events of dead letters once more, for the routes that failed",
		Description: "Give ids, or --all with the flags that select letters. " + aboutOperations + "\n" +
			"Interrupted, it says how far it came and can be called again: what was replayed is no dead letter any more. Those that fail once more\n" +
			"are dead letters again.",
		Flags: operationsFlags(deadFlags(allLetters())...),
	}, "replay", "replayed"))
}

func deadDrop(config Config) *cli.Command {
	return common(config, deadMany(config, &cli.Command{
		Name:        "drop",
		Usage:       "erase dead letters; their events are not handled any more",
		Description: "Give ids, or --all with the flags that select letters. " + aboutOperations,
		Flags:       operationsFlags(deadFlags(allLetters(), yesFlag())...),
	}, "drop", "dropped"))
}

func allLetters() cli.Flag {
	return &cli.BoolFlag{Name: "all", Usage: "all letters that the other flags select, in place of ids"}
}

// lettersDone is the outcome of one request about several letters.
type lettersDone struct {
	Done int     `json:"done"`
	Gone []int64 `json:"gone"`
	Next string  `json:"next,omitempty"`
}

// deadMany does something with letters.
func deadMany(config Config, cmd *cli.Command, does, did string) *cli.Command {
	cmd.ArgsUsage = "[ID...]"
	cmd.Action = interruptible(func(ctx context.Context, cmd *cli.Command) error {
		ids, err := letterIDs(cmd, mostLetters)
		if err != nil {
			return err
		}
		query, err := deadQuery(cmd)
		if err != nil {
			return err
		}
		all := cmd.Bool("all")
		if all == (len(ids) > 0) {
			return usagef(cmd, "give either ids, or --all; dead list shows what the same flags select")
		}
		for name := range query {
			if !all && name != "page" {
				return usagef(cmd, "--%s goes with --all", name)
			}
		}
		api, err := operationsOf(config, cmd)
		if err != nil {
			return err
		}
		defer api.close()
		if does == "drop" {
			what := "drop " + several(len(ids), "dead letter")
			if all {
				what = "drop all dead letters that the flags select"
			}
			if err := confirmed(config, cmd, what); err != nil {
				return err
			}
		}
		total, err := lettersInSteps(ctx, config, func(after string) (done lettersDone, err error) {
			body := map[string]any{"ids": ids}
			if all {
				body = map[string]any{"all": true, "after": after}
			}
			// An interrupt waits for the answer, which says what was done.
			err = api.do(context.WithoutCancel(ctx), http.MethodPost, "/dead/"+does, query, body, &done)
			return done, err
		}, did)
		switch {
		case errors.Is(err, context.Canceled):
			return &exitError{Interrupted, fmt.Errorf("interrupted: %s %s. The same command goes on with the rest", several(total.Done, "dead letter"), did)}
		case err != nil && total.Done > 0:
			return fmt.Errorf("%s %s before it failed; the same command goes on with the rest: %w", several(total.Done, "dead letter"), did, err)
		case err != nil:
			return err
		}
		return total.report(config, cmd, did)
	})
	return cmd
}

// lettersInSteps makes requests until none remains.
func lettersInSteps(ctx context.Context, config Config, step func(after string) (lettersDone, error), did string) (total lettersDone, err error) {
	total.Gone = []int64{}
	for after := ""; ; {
		if err := ctx.Err(); err != nil {
			return total, err
		}
		done, err := step(after)
		if err != nil {
			return total, err
		}
		total.Done, total.Gone = total.Done+done.Done, append(total.Gone, done.Gone...)
		if after = done.Next; after == "" {
			return total, nil
		}
		say(config.Err, "%s %s so far\n", several(total.Done, "dead letter"), did)
	}
}

func (d lettersDone) report(config Config, cmd *cli.Command, did string) error {
	if cmd.Bool("json") {
		if err := writeJSON(config.Out, d); err != nil {
			return err
		}
	} else {
		say(config.Out, "%s %s.\n", several(d.Done, "dead letter"), did)
		if did == "replayed" && d.Done > 0 {
			say(config.Out, "The events wait to be handled again. What fails again is a dead letter again: look with dead list.\n")
		}
	}
	if len(d.Gone) == 0 {
		return nil
	}
	ids := strings.Trim(fmt.Sprint(d.Gone), "[]")
	if cmd.Bool("all") { // another operator was faster
		say(config.Err, "Meanwhile gone: %s\n", ids)
		return nil
	}
	return errors.New("there are no such dead letters: " + ids + ". They were replayed or dropped, their people were forgotten, or they are of another page")
}
