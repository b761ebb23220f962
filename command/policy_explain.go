package command

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/urfave/cli/v3"

	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/memory"
)

func policyExplain(config Config) *cli.Command {
	return common(config, &cli.Command{
		Name:      "explain",
		Usage:     "say which routes an event fires, and why",
		ArgsUsage: "[FILE]",
		Description: "The event is a webhook body as the platform posts it, or one element of its messaging list.\n" +
			"Without a file it explains the program's own policy, which is the built-in one for the plain command.\n" +
			"A route fires if its handler would run, and answers if its senders would answer then. What a handler\n" +
			"itself sends is not known: handlers are only asked ShouldHandle; nothing is handled, stored or sent.",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "event", Usage: "the `FILE` with the event; - is the standard input"},
			&cli.StringFlag{Name: "text", Usage: "a `TEXT` that the person writes, in place of an event"},
			&cli.StringFlag{Name: "page", Usage: "the page's `ID`, if the event has none", Value: "1234"},
			&cli.StringFlag{Name: "person", Usage: "the person's `ID`, if the event has none", Value: "42"},
			&cli.StringFlag{Name: "locale", Usage: "the person's `LOCALE`, such as de_DE"},
			&cli.StringFlag{Name: "first-name", Usage: "the person's first `NAME`"},
			&cli.StringSliceFlag{Name: "offer", Usage: "a quick reply that the person was offered, as `TITLE=PAYLOAD`, for typed taps; several are allowed"},
			allowUnknown(), asJSON(),
		},
		Action: func(ctx context.Context, cmd *cli.Command) error { return explain(ctx, config, cmd) },
	})
}

func explain(ctx context.Context, config Config, cmd *cli.Command) error {
	if cmd.NArg() > 1 {
		return usagef(cmd, "explain takes one policy file; give the event with --event")
	}
	if cmd.IsSet("text") == cmd.IsSet("event") {
		return usagef(cmd, "give either --event or --text")
	}
	if cmd.String("event") == "-" && cmd.Args().First() == "-" {
		return usagef(cmd, "the policy and the event cannot both be the standard input")
	}
	if locale := cmd.String("locale"); cmd.IsSet("locale") && (routing.Locale{locale}).Validate() != nil {
		return usagef(cmd, "--locale is %q, and has to be a locale such as de_DE", locale)
	}
	offers, err := offersOf(cmd)
	if err != nil {
		return err
	}
	policy, err := known(config, cmd, cmd.Args().First())
	if err != nil {
		return err
	}
	events, err := eventsOf(config, cmd)
	if err != nil {
		return err
	}
	ctx = routing.WithOffers(ctx, func(context.Context, *receiving.Event) ([]routing.Offer, error) { return offers, nil })
	var all []explained
	for _, ev := range events {
		all = append(all, explainOne(ctx, cmd, policy, ev))
	}
	if cmd.Bool("json") {
		return writeJSON(config.Out, map[string]any{"events": all})
	}
	for i, e := range all {
		if i > 0 {
			say(config.Out, "\n")
		}
		if err := e.print(config.Out); err != nil {
			return err
		}
	}
	return nil
}

// offersOf reads the flag --offer.
func offersOf(cmd *cli.Command) ([]routing.Offer, error) {
	var offers []routing.Offer
	for _, text := range cmd.StringSlice("offer") {
		title, payload, ok := strings.Cut(text, "=")
		if !ok || title == "" || payload == "" {
			return nil, usagef(cmd, "--offer is %q, and has to be TITLE=PAYLOAD", text)
		}
		offers = append(offers, routing.Offer{Title: title, Payload: payload, QuickReply: true})
	}
	return offers, nil
}

// eventsOf reads the events to explain.
func eventsOf(config Config, cmd *cli.Command) ([]*receiving.Event, error) {
	if cmd.IsSet("text") {
		return decode(config, cmd, map[string]any{"message": map[string]any{"mid": "m_explain", "text": cmd.String("text")}})
	}
	name := cmd.String("event")
	data, err := content(config, name, receiving.DefaultMaxBody)
	if err != nil {
		return nil, err
	}
	if len(data) > receiving.DefaultMaxBody {
		return nil, fmt.Errorf("the event in %s has more than %d bytes", name, receiving.DefaultMaxBody)
	}
	var element map[string]any
	if err := json.Unmarshal(data, &element); err != nil {
		return nil, fmt.Errorf("the event in %s is not a JSON object: %w", name, err)
	}
	if _, whole := element["entry"]; whole {
		return split(config, data)
	}
	keys := slices.Sorted(maps.Keys(element))
	events, err := decode(config, cmd, element)
	if err == nil && len(events) == 1 && events[0].Type == receiving.TypeUnknown {
		say(config.Err, "warning: the event in %s is of no kind that this library knows; a bot takes it for %s. Its keys: %s\n",
			name, receiving.TypeUnknown, cmp.Or(strings.Join(keys, ", "), "none"))
	}
	return events, err
}

// decode makes events of one element of a messaging list.
func decode(config Config, cmd *cli.Command, element map[string]any) ([]*receiving.Event, error) {
	if _, ok := element["sender"]; !ok {
		element["sender"] = map[string]string{"id": cmd.String("person")}
	}
	if _, ok := element["recipient"]; !ok {
		element["recipient"] = map[string]string{"id": cmd.String("page")}
	}
	now := time.Now().UnixMilli()
	if _, ok := element["timestamp"]; !ok {
		element["timestamp"] = now
	}
	body, err := json.Marshal(map[string]any{"object": "page", "entry": []any{
		map[string]any{"id": cmd.String("page"), "time": now, "messaging": []any{element}},
	}})
	if err != nil {
		return nil, err
	}
	return split(config, body)
}

// split makes the events of a callback. Malformed parts are reported; the bot leaves
// them out too.
func split(config Config, body []byte) ([]*receiving.Event, error) {
	callback, err := receiving.Split(body)
	if err != nil {
		return nil, err
	}
	problems := callback.Problems
	events := make([]*receiving.Event, len(callback.Envelopes))
	for i, envelope := range callback.Envelopes {
		ev, more := envelope.Event()
		events[i], problems = ev, append(problems, more...)
	}
	for _, p := range problems {
		say(config.Err, "warning: malformed: %s\n", p)
	}
	if len(events) == 0 {
		return nil, errors.New("the callback has no events")
	}
	return events, nil
}

// explained is an event with what the policy does about it.
type explained struct {
	Type    receiving.Type `json:"type"`
	Page    string         `json:"page"`
	Person  string         `json:"person,omitempty"`
	Text    string         `json:"text,omitempty"`
	Payload string         `json:"payload,omitempty"`
	Standby bool           `json:"standby,omitempty"`
	Routes  []route        `json:"routes"`
}

// route is what one route does about an event.
type route struct {
	Route   string `json:"route"`
	At      string `json:"at,omitempty"` // where it was written
	Fires   bool   `json:"fires"`
	Answers bool   `json:"answers"`
	Why     string `json:"why"`
}

func explainOne(ctx context.Context, cmd *cli.Command, policy routing.Policy, ev *receiving.Event) explained {
	person := store.Person{PageID: ev.PageID, PSID: ev.PSID, Profile: store.Profile{
		Locale: cmd.String("locale"), FirstName: cmd.String("first-name"),
	}}
	ctx = store.NewTurn(memory.New(memory.Config{}), person).Begin("explain").Context(ctx)
	e := explained{
		Type: ev.Type, Page: ev.PageID, Person: ev.PSID, Text: ev.Text(), Payload: ev.PayloadText(), Standby: ev.Standby,
		Routes: []route{},
	}
	places := placesOf(policy)
	for _, r := range routing.Explain(ctx, policy, ev) {
		e.Routes = append(e.Routes, route{Route: r.Route, At: places[r.Route], Fires: r.Fires, Answers: r.Answers, Why: r.Why})
	}
	return e
}

// placesOf returns where each route was written, by its name.
func placesOf(policy routing.Policy) map[string]string {
	places := map[string]string{}
	for t, routes := range policy {
		for i, r := range routes {
			name := r.Name
			if name == "" {
				name = fmt.Sprintf("%s/%d", t, i)
			}
			if r.Origin != nil {
				places[name] = r.Origin.String()
			}
		}
	}
	return places
}

// print writes an event and its routes for a reader.
func (e explained) print(w io.Writer) error {
	say(w, "%s", e.Type)
	if e.Text != "" {
		say(w, " %q", e.Text)
	}
	if e.Payload != "" {
		say(w, " payload %q", e.Payload)
	}
	say(w, ", page %s", e.Page)
	if e.Person != "" {
		say(w, ", person %s", e.Person)
	}
	if e.Standby {
		say(w, ", standby")
	}
	say(w, "\n")
	if len(e.Routes) == 0 {
		say(w, "  no route is for it\n")
	}
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, r := range e.Routes {
		does := "-"
		switch {
		case r.Answers:
			does = "fires, senders answer"
		case r.Fires:
			does = "fires"
		}
		say(table, "  %s\t%s\t%s\n", r.Route, does, r.Why)
	}
	return table.Flush()
}
