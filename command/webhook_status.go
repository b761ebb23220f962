package command

import (
	"context"
	"slices"
	"text/tabwriter"

	"github.com/urfave/cli/v3"

	"github.com/djmessenger/messenger/graph"
)

func webhookStatus(config Config) *cli.Command {
	return common(config, &cli.Command{
		Name:      "status",
		Usage:     "compare what a policy handles with what is subscribed",
		ArgsUsage: "[FILE]",
		Description: aboutSubscriptions + "\n" +
			"The exit code is 0 if all that the policy handles arrives, 1 if something does not or the platform refused a call, and 2\n" +
			"if the command line is wrong. Where the app's side is not known, only the page's counts: deployments give --require-app.",
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: "require-app", Usage: "fail if the app's side is not known"},
			accountFlag(), allowUnknown(), envFile(), asJSON(),
		},
		Action: interruptible(func(ctx context.Context, cmd *cli.Command) error {
			kind, err := accountKind(cmd)
			if err != nil {
				return err
			}
			handled, err := handledFields(config, cmd, kind)
			if err != nil {
				return err
			}
			env, err := environmentOf(config, cmd)
			if err != nil {
				return err
			}
			s, err := subscriptionOf(ctx, config, env, kind)
			if err != nil {
				return err
			}
			switch {
			case !cmd.Bool("require-app") || s.appKnown():
			case kind == ofInstagramLogin:
				return usagef(cmd, "--require-app cannot be met: %s", s.whereApp())
			default:
				return errNoApp()
			}
			status := s.status(handled)
			if cmd.Bool("json") {
				err = writeJSON(config.Out, status)
			} else {
				err = status.print(config, s.whereApp())
			}
			if err != nil || status.OK {
				return err
			}
			switch {
			case cmd.Bool("json"):
			case len(status.Missing) == 0:
				say(config.Err, "%s: callbacks are off; the policy handles no event of this platform\n", config.Name)
			default:
				say(config.Err, "%s: no events of %s arrive: run %s\n", config.Name, joined(status.Missing), subscribeCommand(config, cmd))
			}
			return reportedError{}
		}),
	})
}

// webhookState is the answer of webhook status.
type webhookState struct {
	OK       bool         `json:"ok"`      // what is handled arrives, as far as is known
	Missing  []string     `json:"missing"` // fields that do not
	AppKnown bool         `json:"app_known"`
	App      *appState    `json:"app,omitempty"`
	Page     pageState    `json:"page"`
	Fields   []fieldState `json:"fields"`
}

// appState is the app's side. It is left out if the app is not known.
type appState struct {
	ID          string   `json:"id"`
	Active      bool     `json:"active"`
	CallbackURL string   `json:"callback_url,omitempty"`
	Fields      []string `json:"fields"`
}

type pageState struct {
	Subscribed bool     `json:"subscribed"` // to any field
	Fields     []string `json:"fields"`
}

type fieldState struct {
	Field   string   `json:"field"`
	App     bool     `json:"app"`
	Page    bool     `json:"page"`
	Handled []string `json:"handled"` // entries of the policy
}

func (s *subscription) status(handled []webhookField) webhookState {
	state := webhookState{Missing: []string{}, AppKnown: s.appKnown(), Page: pageState{s.attached, slices.Concat([]string{}, s.fields)}, Fields: []fieldState{}}
	if s.appKnown() {
		sent := graph.AppSubscription{}
		if s.sent != nil {
			sent = *s.sent
		}
		state.App = &appState{s.app.id, sent.Active, sent.CallbackURL, slices.Concat([]string{}, sent.Fields)}
	}
	shown := func(field string, types []string) {
		state.Fields = append(state.Fields, fieldState{field, s.appHas(field), s.pageHas(field), slices.Concat([]string{}, types)})
	}
	for _, field := range handled {
		shown(field.name, field.types)
		if !s.arrives(field.name) {
			state.Missing = append(state.Missing, field.name)
		}
	}
	for _, field := range s.subscribed() {
		if !slices.Contains(fieldNames(handled), field) {
			shown(field, nil)
		}
	}
	state.OK = len(state.Missing) == 0 && (state.App == nil || state.App.Active)
	if state.App != nil && !state.App.Active {
		state.Missing = fieldNames(handled)
	}
	return state
}

// subscribed are the fields of the account on either side.
func (s *subscription) subscribed() []string {
	var fields []string
	if s.sent != nil {
		fields = append(fields, s.sent.Fields...)
	}
	if !s.linked() {
		fields = append(fields, s.fields...)
	}
	slices.Sort(fields)
	return slices.Compact(fields)
}

func (w webhookState) print(config Config, whereApp string) error {
	table := tabwriter.NewWriter(config.Out, 0, 0, 2, ' ', 0)
	say(table, "FIELD\tAPP\tPAGE\tHANDLED AS\n")
	for _, field := range w.Fields {
		appHas := "?"
		if w.App != nil {
			appHas = yesNo(field.App)
		}
		say(table, "%s\t%s\t%s\t%s\n", oneLine(field.Field, 60), appHas, yesNo(field.Page), dash(joined(field.Handled)))
	}
	if err := table.Flush(); err != nil {
		return err
	}
	switch {
	case w.App == nil:
		say(config.Err, "note: what the app is subscribed to is not known here: %s\n", whereApp)
	case w.App.CallbackURL == "":
		say(config.Out, "\nthe app has no callback URL\n")
	case !w.App.Active:
		say(config.Out, "\ncallbacks to %s are off\n", oneLine(w.App.CallbackURL, 500))
	default:
		say(config.Out, "\ncallbacks go to %s\n", oneLine(w.App.CallbackURL, 500))
	}
	return nil
}

func yesNo(yes bool) string {
	if yes {
		return "yes"
	}
	return "no"
}
