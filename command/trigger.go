package command

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/urfave/cli/v3"

	"github.com/djmessenger/messenger/internal/nearest"
	"github.com/djmessenger/messenger/internal/printable"
	"github.com/djmessenger/messenger/internal/simclient"
	"github.com/djmessenger/messenger/simulator"
)

// triggerMost is how large a body of --body may be, as the simulator has it.
const triggerMost = 16 << 20

func trigger(config Config) *cli.Command {
	return common(config, &cli.Command{
		Name: "trigger", ShellComplete: suggest(kindNames),
		Usage:     "post one signed callback of any kind to a bot, without a simulator",
		ArgsUsage: "KIND",
		Description: "It makes a sample of that kind, signs it with the app secret of the environment (" + envAppSecret + ")\n" +
			"or the public default, posts it once, and shows what the bot answers. What the bot sends goes to its\n" +
			"own Graph API. The exit code is 0 if the bot takes it, 1 if it does not, 2 if the command line is\n" +
			"wrong, and 4 if the bot cannot be reached.",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "webhook", Usage: "the `URL` that the bot listens on; default: $" + envWebhook},
			&cli.BoolFlag{Name: "list", Usage: "show the kinds"},
			&cli.StringSliceFlag{Name: "set", Usage: "`PATH=TEXT` replaces a value of the event, such as message.text=hi; PATH:=JSON sets other values; repeatable"},
			&cli.StringFlag{Name: "body", Usage: "post these bytes in place of a sample: JSON, or @`FILE` (@- is the standard input)"},
			&cli.StringFlag{Name: "page", Usage: "the `ID` of the page; default: $" + envPageID},
			&cli.StringFlag{Name: "person", Usage: "the `ID` of the person; default: the simulator's first one"},
			&cli.BoolFlag{Name: "bad-signature", Usage: "sign it with another secret: the bot must refuse it"},
			&cli.BoolFlag{Name: "print", Usage: "write the callback in place of posting it"},
		},
		Action: func(ctx context.Context, cmd *cli.Command) error {
			if cmd.Bool("list") {
				return listKinds(config, cmd)
			}
			order, err := triggerOf(config, cmd)
			if err != nil {
				return err
			}
			if cmd.Bool("print") {
				say(config.Out, "%s\n", order.body)
				return nil
			}
			return order.post(ctx, config)
		},
	})
}

// listKinds writes the kinds, one a line.
func listKinds(config Config, cmd *cli.Command) error {
	if cmd.NArg() > 0 {
		return usagef(cmd, "--list takes no kind")
	}
	for _, kind := range simulator.Kinds() {
		about := kind.Description
		if kind.Platform == simulator.PlatformInstagram {
			about += " (Instagram)"
		}
		say(config.Out, "%-28s  %s\n", kind.Kind, about)
	}
	return nil
}

// triggered is a callback that is to be posted.
type triggered struct {
	settings simulator.Config
	name     string // of the kind
	body     []byte
	bad      bool // the signature
}

// triggerOf makes the callback of flags and environment.
func triggerOf(config Config, cmd *cli.Command) (*triggered, error) {
	kind := cmd.Args().First()
	switch body := cmd.String("body"); {
	case cmd.NArg() > 1:
		return nil, usagef(cmd, "trigger takes one kind of callback, and flags before it or behind: %q", cmd.Args().Get(1))
	case kind == "" && body == "":
		return nil, usagef(cmd, "the kind of callback is missing; --list shows the kinds")
	case kind != "" && body != "":
		return nil, usagef(cmd, "a kind and --body do not go together: the body has its kind")
	case body != "" && (len(cmd.StringSlice("set")) > 0 || cmd.IsSet("page") || cmd.IsSet("person")):
		return nil, usagef(cmd, "--set, --page and --person do not go with --body: the body has all that")
	}
	webhook := cmd.String("webhook")
	if webhook == "" {
		webhook = config.Env(envWebhook)
	}
	if !beginsWithHTTP(webhook) {
		return nil, usagef(cmd, "--webhook: must begin with http:// or https://, such as http://localhost:3000/webhook")
	}
	var sample simulator.Kind
	if kind != "" {
		var err error
		if sample, err = kindNamed(cmd, kind); err != nil {
			return nil, err
		}
	}
	if webhook == "" && !cmd.Bool("print") {
		return nil, usagef(cmd, "--webhook is missing")
	}
	order := &triggered{name: kind, bad: cmd.Bool("bad-signature"), settings: simulator.Config{
		AppSecret: config.Env(envAppSecret), WebhookURL: webhook,
	}}
	if kind == "" {
		var err error
		order.name = "body"
		order.body, err = triggerBody(config, cmd)
		return order, err
	}
	order.populate(config, cmd, sample)
	sim, err := simulator.New(order.settings)
	if err != nil {
		return nil, usagef(cmd, "%s", strings.ReplaceAll(err.Error(), "simulator: ", ""))
	}
	defer sim.Close()
	set, err := valuesOf(cmd)
	if err != nil {
		return nil, err
	}
	pages := sim.Pages()
	order.body, err = sampleOf(config, cmd, sim, sample, simulator.Trigger{PageID: pages[len(pages)-1].ID, Set: set})
	return order, err
}

// triggerBody reads --body.
func triggerBody(config Config, cmd *cli.Command) ([]byte, error) {
	path, isFile := strings.CutPrefix(cmd.String("body"), "@")
	if !isFile {
		return []byte(cmd.String("body")), nil
	}
	data, err := content(config, path, triggerMost)
	if err != nil {
		return nil, usagef(cmd, "--body: %v", err)
	}
	if len(data) > triggerMost {
		return nil, usagef(cmd, "--body: a callback can have %d MiB at most", triggerMost>>20)
	}
	return data, nil
}

// usualKind are the kinds of callbacks that people mean by the names of webhook fields and of their parts.
var usualKind = map[string]string{
	"message": "simple_text", "messages": "simple_text", "text": "simple_text", "message_deliveries": "delivered", "message_echoes": "echo", "message_edits": "message_edit",
	"message_reactions": "reaction", "message_reads": "read", "messaging_account_linking": "account_linking", "messaging_handovers": "thread_control",
	"messaging_postbacks": "postback", "messaging_referrals": "referral",
}

// kindNamed finds a kind.
func kindNamed(cmd *cli.Command, name string) (simulator.Kind, error) {
	var names []string
	for _, kind := range simulator.Kinds() {
		if kind.Kind == name {
			return kind, nil
		}
		names = append(names, kind.Kind)
	}
	hint := "--list shows the kinds"
	if usual := usualKind[name]; usual != "" {
		hint = "the usual one is " + usual + "; " + hint
	} else if near := nearest.Name(name, names); near != "" {
		hint = "the nearest is " + near + "; " + hint
	}
	return simulator.Kind{}, usagef(cmd, "there is no kind of callback %q; %s", name, hint)
}

// populate adds the page and the person. The page of the kind's platform is the last one.
func (o *triggered) populate(config Config, cmd *cli.Command, sample simulator.Kind) {
	page := cmd.String("page")
	if page == "" {
		page = config.Env(envPageID)
	}
	person := simulator.Person{ID: cmd.String("person"), FirstName: "Ada", Locale: "en_US"}
	if person.ID == "" {
		person.ID = simulator.DefaultPeople()[0].ID
	}
	if sample.Platform == simulator.PlatformInstagram {
		if page == "" {
			page = "17841400000000001"
		}
		o.settings.Pages = []simulator.Page{{ID: page, Platform: simulator.PlatformInstagram}}
		o.settings.PageID = "1" + page[:min(len(page), 18)]
		person.PageID = page
	} else {
		o.settings.PageID = page
	}
	o.settings.People = []simulator.Person{person}
}

// valuesOf reads --set.
func valuesOf(cmd *cli.Command) (map[string]any, error) {
	set := map[string]any{}
	for _, one := range cmd.StringSlice("set") {
		path, text, found := strings.Cut(one, "=")
		path, isJSON := strings.CutSuffix(path, ":")
		if !found || path == "" {
			return nil, usagef(cmd, "--set is PATH=TEXT or PATH:=JSON, not %q", one)
		}
		if _, twice := set[path]; twice {
			return nil, usagef(cmd, "--set has %s twice", path)
		}
		set[path] = text
		if !isJSON {
			continue
		}
		if !json.Valid([]byte(text)) {
			return nil, usagef(cmd, "--set %s: %q is not JSON; %s=%s sets a text", path, text, path, text)
		}
		set[path] = json.RawMessage(text)
	}
	return set, nil
}

// sampleOf makes a callback. It says on the standard error which values are new in the event, because that may be a typing error.
func sampleOf(config Config, cmd *cli.Command, sim *simulator.Simulator, kind simulator.Kind, t simulator.Trigger) ([]byte, error) {
	plain, err := sim.Sample(kind.Kind, simulator.Trigger{PageID: t.PageID})
	if err != nil {
		return nil, usagef(cmd, "%s", strings.TrimPrefix(err.Error(), "simulator: "))
	}
	known := pathsOf(plain)
	named := slices.DeleteFunc(slices.Clone(known), func(path string) bool { return strings.Trim(path[strings.LastIndex(path, ".")+1:], "0123456789") == "" })
	var fresh []string
	for path := range t.Set {
		if slices.Contains(known, path) {
			continue
		}
		if near := nearest.Name(path, named); near != "" {
			fresh = append(fresh, fmt.Sprintf("%s is new in this event; the nearest that it has is %s", path, near))
		}
	}
	slices.Sort(fresh)
	body, err := sim.Sample(kind.Kind, t)
	if err != nil {
		return nil, usagef(cmd, "%s", strings.Join(append([]string{strings.TrimPrefix(err.Error(), "simulator: ")}, fresh...), "; "))
	}
	for _, note := range fresh {
		say(config.Err, "%s: note: %s\n", config.Name, note)
	}
	return body, nil
}

// post posts the callback and shows the answer.
func (o *triggered) post(ctx context.Context, config Config) error {
	o.settings.People, o.settings.Pages = []simulator.Person{}, nil
	sim, err := simulator.New(o.settings)
	if err != nil {
		return err
	}
	defer sim.Close()
	path := "/simulator/callbacks/raw"
	if o.bad {
		path += "?signature=bad"
	}
	status, answer, err := simclient.In(sim).Raw(ctx, http.MethodPost, path, "application/json", o.body)
	if err != nil {
		return err
	}
	var attempt simulator.Attempt
	if status != http.StatusOK || json.Unmarshal(answer, &attempt) != nil {
		return fmt.Errorf("%s", answer)
	}
	if attempt.Status == 0 {
		say(config.Out, "%s to %s: %s after %d ms\n", o.name, o.settings.WebhookURL, attempt.Error, attempt.DurationMS)
	} else {
		say(config.Out, "%s to %s: %d in %d ms\n", o.name, o.settings.WebhookURL, attempt.Status, attempt.DurationMS)
	}
	for line := range strings.Lines(attempt.Answer) {
		say(config.Out, "  %s\n", printable.Text(strings.TrimRight(line, "\r\n")))
	}
	if attempt.Advice != "" && !o.bad {
		say(config.Out, "  !  %s\n", attempt.Advice)
	}
	return o.outcome(attempt)
}

// outcome is the exit code: what is signed rightly has to be taken, what is not has to be refused.
func (o *triggered) outcome(attempt simulator.Attempt) error {
	taken := attempt.Error == "" && attempt.Status/100 == 2
	switch {
	case attempt.Status == 0:
		return &exitError{NoBot, errors.New("the bot did not answer")}
	case o.bad && taken:
		return errors.New("the bot took a callback with a bad signature: anyone can write to it in the name of any person")
	case o.bad && attempt.Status != http.StatusForbidden && attempt.Status != http.StatusUnauthorized:
		return fmt.Errorf("the bot should refuse a bad signature with 403, not %d", attempt.Status)
	case !o.bad && !taken:
		return errors.New("the bot did not take the callback")
	}
	return nil
}
