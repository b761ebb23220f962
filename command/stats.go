package command

import (
	"context"
	"encoding/json"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/urfave/cli/v3"
)

// waits is what waits for a page.
type waits struct {
	Events, Sends int
	OldestEvent   time.Time `json:"oldest_event"`
}

// queueStats is what the command shows of the API's statistics.
type queueStats struct {
	Queue struct {
		Events, Timers, Sends, Dead int
		InFlight                    int `json:"in_flight"`
		Oldest                      time.Time
		Blocked                     []struct {
			Page, Person string
			Attempts     int
			Since        time.Time
			NextAt       time.Time `json:"next_at"`
			Type, Signal string
			Failures     []struct{ Route, Error string }
		}
	}
	Process struct {
		Turns, Retried, Dead int64
		Sends                map[string]int64
		Stuck                int
		Webhook              struct {
			Callbacks   uint64
			NotAccepted uint64 `json:"not_accepted"`
		}
	}
	Held []struct {
		Page, Reason, Note string
		Since              time.Time
		Waiting            waits
	}
	Unserved map[string]waits
}

func stats(config Config) *cli.Command {
	return common(config, &cli.Command{
		Name:        "stats",
		Usage:       "show what waits in a bot, what fails, and which pages are held",
		Description: aboutOperations,
		Flags:       operationsFlags(),
		Action: func(ctx context.Context, cmd *cli.Command) error {
			if cmd.NArg() > 0 {
				return usagef(cmd, "stats takes no arguments, only flags: %q", cmd.Args().First())
			}
			api, err := operationsOf(config, cmd)
			if err != nil {
				return err
			}
			defer api.close()
			if cmd.Bool("json") {
				var raw map[string]json.RawMessage
				if err := api.get(ctx, "/stats", nil, &raw); err != nil {
					return err
				}
				if fromDatabase(cmd) { // these are about this process
					delete(raw, "process")
					delete(raw, "usage")
					delete(raw, "unserved")
				}
				return writeJSON(config.Out, raw)
			}
			var s queueStats
			if err := api.get(ctx, "/stats", nil, &s); err != nil {
				return err
			}
			s.printQueue(config.Out)
			if !fromDatabase(cmd) {
				s.printProcess(config.Out)
			}
			s.printWaiting(config.Out)
			return nil
		},
	})
}

func (s queueStats) printQueue(w io.Writer) {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	say(table, "Queue, all replicas\n")
	say(table, "  events\t%d\toldest %s\n", s.Queue.Events, when(s.Queue.Oldest))
	say(table, "  timers\t%d\n", s.Queue.Timers)
	say(table, "  sends\t%d\n", s.Queue.Sends)
	say(table, "  in flight\t%d\n", s.Queue.InFlight)
	say(table, "  dead letters\t%d\n", s.Queue.Dead)
	_ = table.Flush() // the output keeps its errors
}

// printProcess shows what the process that answers has done.
func (s queueStats) printProcess(w io.Writer) {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	say(table, "\nThe process that answers, since its start\n")
	say(table, "  callbacks\t%d\t%d not stored\n", s.Process.Webhook.Callbacks, s.Process.Webhook.NotAccepted)
	say(table, "  turns\t%d\t%d retried, %d dead\n", s.Process.Turns, s.Process.Retried, s.Process.Dead)
	var sends []string
	for _, outcome := range slices.Sorted(maps.Keys(s.Process.Sends)) {
		sends = append(sends, strconv.FormatInt(s.Process.Sends[outcome], 10)+" "+oneLine(outcome, 30))
	}
	if len(sends) == 0 {
		sends = []string{"none"}
	}
	say(table, "  attempts to send\t\t%s\n", strings.Join(sends, ", "))
	say(table, "  stuck calls\t%d\n", s.Process.Stuck)
	_ = table.Flush() // as above
}

// printWaiting shows what is stuck.
func (s queueStats) printWaiting(w io.Writer) {
	if len(s.Queue.Blocked) > 0 {
		say(w, "\nBlocked: the next event has failed and waits for another try\n")
	}
	for _, b := range s.Queue.Blocked {
		what := dash(oneLine(b.Type, 60))
		if b.Signal != "" {
			what = "signal " + oneLine(b.Signal, 100)
		}
		next := "is being tried now"
		if !b.NextAt.IsZero() {
			next = "next try " + when(b.NextAt)
		}
		say(w, "  page %s, person %s: %s since %s, %s, %s\n", oneLine(b.Page, 60), oneLine(b.Person, 200), what, when(b.Since), several(b.Attempts, "failure"), next)
		for _, f := range b.Failures {
			say(w, "    %s: %s\n", dash(oneLine(f.Route, 60)), oneLine(f.Error, 300))
		}
	}
	if len(s.Held) > 0 {
		say(w, "\nHeld: nothing is sent for these pages\n")
	}
	for _, h := range s.Held {
		why := oneLine(h.Reason, 60)
		if h.Note != "" {
			why += " (" + oneLine(h.Note, 200) + ")"
		}
		say(w, "  %s, %s since %s: %s and %s wait\n", pageName(h.Page), why, when(h.Since),
			several(h.Waiting.Events, "event"), several(h.Waiting.Sends, "send"))
	}
	if len(s.Unserved) > 0 {
		say(w, "\nUnserved: the process that answers does not know these pages\n")
	}
	for _, page := range slices.Sorted(maps.Keys(s.Unserved)) {
		say(w, "  page %s: %s and %s wait\n", oneLine(page, 60), several(s.Unserved[page].Events, "event"), several(s.Unserved[page].Sends, "send"))
	}
}
