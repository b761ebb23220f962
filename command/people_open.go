package command

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/url"
	"strconv"
	"text/tabwriter"
	"time"

	"github.com/urfave/cli/v3"
)

// mostWaiting is how much of what waits the API shows at most.
const mostWaiting = 200

// openMatters is what waits for a person, and their dead letters.
type openMatters struct {
	Waiting, Dead json.RawMessage
}

// openOf reads at most limit of each.
func openOf(ctx context.Context, api *operationsClient, cmd *cli.Command, path string, limit int) (open openMatters, err error) {
	open = openMatters{json.RawMessage(`{"events":[],"sends":[]}`), json.RawMessage(`[]`)}
	if limit == 0 {
		return open, nil
	}
	if err := api.get(ctx, path+"/waiting", url.Values{"limit": {strconv.Itoa(min(limit, mostWaiting))}}, &open.Waiting); err != nil {
		return open, err
	}
	letters := []json.RawMessage{}
	_, err = each(ctx, api, "/dead", url.Values{"page": {cmd.Args().Get(0)}, "person": {cmd.Args().Get(1)}}, func(one json.RawMessage) bool {
		letters = append(letters, one)
		return len(letters) < limit
	})
	if refused, ok := errors.AsType[*apiError](err); ok && refused.code == "unsupported" { // a store without dead letters
		err = nil
	}
	if err == nil {
		open.Dead, err = json.Marshal(letters)
	}
	return open, err
}

func (o openMatters) print(w io.Writer) error {
	var waits struct {
		Events []struct {
			Type, Text string
			ReceivedAt time.Time `json:"received_at"`
		}
		Sends []struct {
			Type, Text string
			DueAt      time.Time `json:"due_at"`
			Attempts   int
			Started    bool
		}
	}
	var letters []deadLetter
	if err := errors.Join(json.Unmarshal(o.Waiting, &waits), json.Unmarshal(o.Dead, &letters)); err != nil {
		return err
	}
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	if len(waits.Events) > 0 {
		say(table, "\nWaiting to be handled\n")
	}
	for _, e := range waits.Events {
		say(table, "%s\t%s\n", when(e.ReceivedAt), kindAndText(e.Type, e.Text))
	}
	if len(waits.Sends) > 0 {
		say(table, "\nWaiting to be sent\n")
	}
	for _, s := range waits.Sends {
		tried := ""
		if s.Attempts > 0 {
			tried = ", " + several(s.Attempts, "attempt") + " failed"
		}
		if s.Started {
			tried += ", may have been sent"
		}
		say(table, "%s\t%s%s\n", when(s.DueAt), kindAndText(s.Type, s.Text), tried)
	}
	if len(letters) > 0 {
		say(table, "\nDead letters\n")
	}
	for i := range letters {
		l := &letters[i]
		why := oneLine(l.Problem, 200)
		if len(l.Failures) > 0 {
			why = dash(oneLine(l.Failures[0].Route, 60)) + ": " + oneLine(l.Failures[0].Error, 200)
		}
		say(table, "%s\tletter %d, %s\t%s\n", when(l.At), l.ID, kindAndText(l.Type, l.Text), why)
	}
	return table.Flush()
}

// kindAndText is an event or a message in a table.
func kindAndText(kind, text string) string {
	what := dash(oneLine(kind, 60))
	if text != "" {
		what += " " + quoted(text)
	}
	return what
}
