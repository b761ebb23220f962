package command

import (
	"context"
	"fmt"

	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/threadsettings"
	"github.com/djmessenger/messenger/threadsettings/settingsfile"
)

// token checks the page's token.
func (d *examination) token(ctx context.Context) {
	const check = "token"
	if d.env.app().token.IsZero() {
		d.report(check, skipped, "the app is not known", errNoApp().Error())
		return
	}
	state, err := d.env.tokenState(ctx, d.config, d.kind, false)
	if err != nil {
		d.failed(check, err)
		return
	}
	for _, f := range state.Findings {
		d.report(check, f.Status, f.What, f.Do)
	}
	if len(state.Findings) == 0 {
		ends := "does not expire"
		if !state.Expires.IsZero() {
			ends = "is valid until " + when(state.Expires)
		}
		d.report(check, fine, "it "+ends+", and has the permissions", "")
	}
}

// subscriptions compares what the policy handles with what arrives. It returns where callbacks go, if that is known.
func (d *examination) subscriptions(ctx context.Context) (callback string) {
	const check = "events"
	s, err := readSubscription(ctx, d.client, d.env.app(), d.kind)
	if err != nil {
		d.failed(check, err)
		return d.cmd.String("url")
	}
	state := s.status(d.handled)
	command := subscribeCommand(d.config, d.cmd)
	switch {
	case len(state.Missing) > 0:
		d.report(check, problem, "the policy handles events that do not arrive: "+joined(state.Missing), command)
	case !state.OK:
		d.report(check, problem, "the platform has switched callbacks off, and the policy handles no event of this platform", command+" --field messages")
	case state.App == nil:
		d.report(check, warning, "the page is subscribed to what the policy handles; the app's side is not known", s.whereApp())
	default:
		d.report(check, fine, "all that the policy handles arrives: "+joined(fieldNames(d.handled)), "")
	}
	if d.cmd.String("url") == "" && state.App != nil {
		return state.App.CallbackURL
	}
	return d.cmd.String("url")
}

// settings compares the thread settings with those of a file.
func (d *examination) settings(ctx context.Context) {
	const check = "settings"
	name := d.cmd.String("settings")
	if name == "" {
		d.report(check, skipped, "no file with thread settings is given", "give --settings FILE")
		return
	}
	data, err := content(d.config, name, settingsfile.MaxSize)
	if err != nil {
		d.report(check, problem, err.Error(), "")
		return
	}
	wanted, err := settingsfile.Parse(name, data)
	if err == nil {
		wanted, err = localized(d.cmd, wanted)
	}
	if err != nil {
		d.report(check, problem, err.Error(), "correct "+name)
		return
	}
	plan, err := threadsettings.ReadPlan(ctx, d.client, graph.Me, wanted)
	switch {
	case err != nil:
		d.failed(check, err)
	case len(plan.Changes) > 0:
		var names []string
		for _, change := range plan.Changes {
			names = append(names, string(change.Property))
		}
		d.report(check, warning, "the page differs from "+name+": "+joined(names), fmt.Sprintf("%s profile plan %s, then profile apply", d.config.Name, name))
	default:
		d.report(check, fine, "the page is as "+name+" says", "")
	}
}
