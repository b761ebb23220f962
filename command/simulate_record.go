package command

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/urfave/cli/v3"

	"github.com/djmessenger/messenger/internal/atomicfile"
	"github.com/djmessenger/messenger/internal/nearest"
	"github.com/djmessenger/messenger/internal/simclient"
	"github.com/djmessenger/messenger/simulator"
)

// Forms of what is recorded.
const (
	formTranscript = "transcript"
	formScenario   = "scenario"
	formGo         = "go"
)

func simulateRecord(config Config) *cli.Command {
	return common(config, &cli.Command{
		Name:      "record",
		Usage:     "write a conversation of a running simulator to a file",
		ArgsUsage: "PERSON",
		Description: "PERSON is the id or the name of someone who has talked with the bot. The file is a transcript, which\n" +
			"the command replay plays again and compares, a scenario, to be changed by hand, or a Go test, for the\n" +
			"author's own configuration of the bot. What was in the file is replaced once all is there.\n" +
			"The exit code is 0 if it is written, 1 if there is nothing to record or the simulator does not answer,\n" +
			"2 if the command line is wrong, and 130 after an interrupt.",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "output", Aliases: []string{"o"}, Value: "-", Usage: "the `FILE` to write; -: the standard output"},
			&cli.StringFlag{Name: "format", Value: formTranscript, Usage: "the `FORM`: " + formTranscript + ", " + formScenario + " or " + formGo},
			simulatorFlag(),
		},
		Action: func(ctx context.Context, cmd *cli.Command) error {
			form := cmd.String("format")
			switch {
			case cmd.NArg() == 0:
				return usagef(cmd, "the person is missing: an id, or a name such as Ada")
			case cmd.NArg() > 1:
				return usagef(cmd, "record takes one person; put a name of several words into quotation marks")
			case form != formTranscript && form != formScenario && form != formGo:
				return usagef(cmd, "--format is %s, %s or %s, not %q", formTranscript, formScenario, formGo, form)
			}
			address, err := addressOf(cmd)
			if err != nil {
				return err
			}
			ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
			defer stop()
			text, err := recording(ctx, simclient.At("http://"+address), cmd.Args().First(), form)
			if ctx.Err() != nil {
				return &exitError{Interrupted, errors.New("interrupted; nothing is written")}
			}
			if err != nil {
				return err
			}
			if output := cmd.String("output"); output != "-" {
				return atomicfile.Write(output, text)
			}
			say(config.Out, "%s", text)
			return nil
		},
	})
}

// recording is the conversation of a person as a file has it.
func recording(ctx context.Context, c *simclient.Client, who, form string) ([]byte, error) {
	person, t, err := talkOf(ctx, c, who)
	if err != nil {
		return nil, err
	}
	if len(t.Entries) == 0 {
		return nil, fmt.Errorf("%s has done nothing yet, so there is nothing to record", person.FirstName)
	}
	switch form {
	case formTranscript:
		return t.Encode(), nil
	case formGo:
		test, err := t.GoTest()
		return []byte(test), err
	}
	status, text, err := c.Raw(ctx, http.MethodGet, transcriptOf(person)+"?format=scenario", "", nil)
	if err == nil && (status != http.StatusOK || !bytes.HasPrefix(text, []byte("scenario:"))) {
		err = fmt.Errorf("what answers at %s is no Messenger simulator: it answered %d", c.Base(), status)
	}
	return text, err
}

func transcriptOf(p simulator.Person) string { return "/simulator/people/" + p.ID + "/transcript" }

// talkOf is the conversation of a person with an id or a name. Of several with this name it takes the only one who has talked: each
// replay meets another one.
func talkOf(ctx context.Context, c *simclient.Client, who string) (simulator.Person, simulator.Transcript, error) {
	found, err := peopleNamed(ctx, c, who)
	if err != nil {
		return simulator.Person{}, simulator.Transcript{}, err
	}
	var (
		person simulator.Person
		talk   simulator.Transcript
		ids    []string
	)
	for _, p := range found {
		var t simulator.Transcript
		if err := c.Get(ctx, transcriptOf(p), nil, &t); err != nil {
			return p, t, err
		}
		if len(t.Entries) > 0 || len(found) == 1 {
			person, talk, ids = p, t, append(ids, p.ID)
		}
	}
	switch len(ids) {
	case 0:
		return person, talk, fmt.Errorf("%d people are named %s, and none of them has done anything yet, so there is nothing to record", len(found), who)
	case 1:
		return person, talk, nil
	}
	return person, talk, fmt.Errorf("%d people who have talked with the bot are named %s: give the id, one of %s", len(ids), who, strings.Join(ids, ", "))
}

// peopleNamed finds people by their id, their first name or their whole name, in whatever case. There is one at least.
func peopleNamed(ctx context.Context, c *simclient.Client, who string) ([]simulator.Person, error) {
	var people, found []simulator.Person
	if err := c.Get(ctx, "/simulator/people", nil, &people); err != nil {
		return nil, err
	}
	var names []string
	for _, p := range people {
		if p.ID == who {
			return []simulator.Person{p}, nil
		}
		names = append(names, p.FirstName)
		if strings.EqualFold(p.FirstName, who) || strings.EqualFold(strings.TrimSpace(p.FirstName+" "+p.LastName), who) {
			found = append(found, p)
		}
	}
	if len(found) > 0 {
		return found, nil
	}
	hint := "the simulator has " + strings.Join(names, ", ")
	if near := nearest.Name(who, names); near != "" {
		hint = "the nearest is " + near
	}
	return nil, fmt.Errorf("no person is named %s; %s", who, hint)
}
