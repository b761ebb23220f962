package routing_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/receiving/payload"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/sending"
)

// taker takes the signals of its key.
type taker struct {
	handling.TextBase
	key string
}

func (h taker) TakesSignal(ev *receiving.Event) bool {
	signal, ok := ev.Payload.(*receiving.Signal)
	return ok && signal.Key == h.key
}

func (taker) Handle(context.Context, *receiving.Event, *sending.Replier) error { return nil }

func signalOf(key, payload string) *receiving.Event {
	return &receiving.Event{Type: receiving.TypeSignal, PageID: "1", PSID: "42", Payload: &receiving.Signal{Key: key, Payload: payload}}
}

var paid = payload.New[payload.None]("paid")

// answering returns the routes that fire, and those of them that answer.
func answering(explained []routing.Explanation) (fires, answers []string) {
	for _, e := range explained {
		if e.Answers {
			answers = append(answers, e.Route)
		}
	}
	return fired(explained), answers
}

// TestRoutesOfSignals: which routes run for a signal, in which order, and which may answer.
func TestRoutesOfSignals(t *testing.T) {
	t.Parallel()

	says := sending.List(sending.Text("a"))
	mine := func(key string) handling.Handler { return taker{key: key} }
	no := routing.If("no", func(context.Context, *receiving.Event) bool { return false })
	policy := compile(t, routing.Policy{
		receiving.TypeDefault: {
			{Name: "all", Handler: handling.Dummy{}, Senders: says},
			{Name: "signals too", Handler: handling.Dummy{}, Senders: says, Signals: true},
			{Name: "default's own", Handler: mine("default"), Senders: says},
		},
		receiving.TypeSignal: {
			{Name: "paid", Handler: handling.OnPayload(paid, onYes), Senders: says},
			{Name: "rest", Handler: handling.Dummy{}, Senders: says, Otherwise: true},
		},
		receiving.TypeSimpleText: {{Name: "text's own", When: no, Handler: mine("text"), Senders: says}},
		receiving.TypeImage:      {{Name: "image's own", When: routing.Types{receiving.TypeImage}, Handler: handling.Handler(&taker{key: "text"}), Senders: says}},
		receiving.TypeComment:    {{Name: "comment's own", Handler: ownSignals{"comment"}, Senders: says}},
		receiving.TypeTap:        {{Name: "tap", Handler: handling.OnPayload(yes, onYes), Senders: says}, {Name: "tap's own", Handler: ownSignals{"tap"}, Senders: says}},
	})
	for name, c := range map[string]struct {
		ev    *receiving.Event
		fires []string
	}{
		"of a kind":                       {signalOf("k", "paid"), []string{"paid"}},
		"with the payload of a tap":       {signalOf("k", "YES"), []string{"rest"}},
		"without a payload":               {signalOf("k", ""), []string{"rest"}},
		"raised by a handler of a type":   {signalOf("text", "paid"), []string{"text's own"}},
		"raised by one under DEFAULT":     {signalOf("default", "paid"), []string{"default's own"}},
		"raised by one under TAP":         {signalOf("tap", "YES"), []string{"tap's own"}},
		"raised by one of no text at all": {signalOf("comment", ""), []string{"comment's own"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			explained := policy.Explain(t.Context(), c.ev)
			fires, answers := answering(explained)
			require.Equal(t, append([]string{"signals too"}, c.fires...), fires)
			require.Equal(t, c.fires, answers, "what is under DEFAULT may not answer a signal")
			require.NotContains(t, tried(explained), "all")
			require.NotContains(t, tried(explained), "tap")
		})
	}
	fires, _ := answering(policy.Explain(t.Context(), tapOf("paid")))
	require.Equal(t, []string{"all", "signals too"}, fires[:2])
	require.NotContains(t, fires, "paid", "a tap with the payload of a signal is none")

	alone := signalOf("k", "paid")
	alone.PSID = ""
	fires, answers := answering(policy.Explain(t.Context(), alone))
	require.Equal(t, []string{"signals too", "paid"}, fires)
	require.Empty(t, answers, "there is no person")
}

// ownSignals takes events of every type, and its own signals.
type ownSignals struct{ key string }

func (ownSignals) ShouldHandle(context.Context, *receiving.Event) bool              { return true }
func (ownSignals) Handle(context.Context, *receiving.Event, *sending.Replier) error { return nil }
func (h ownSignals) TakesSignal(ev *receiving.Event) bool                           { return taker{key: h.key}.TakesSignal(ev) }

func tapOf(payload string) *receiving.Event {
	text := &receiving.Event{Type: receiving.TypeSimpleText, PSID: "42", Payload: &receiving.Message{Text: "Yes"}}
	return text.AsPostback("Yes", payload)
}

func tried(explained []routing.Explanation) []string {
	var all []string
	for _, e := range explained {
		all = append(all, e.Route)
	}
	return all
}

// TestSignalsWithoutRoutes: a policy that knows nothing of signals runs nothing for one, however many routes it has.
func TestSignalsWithoutRoutes(t *testing.T) {
	t.Parallel()

	for _, policy := range []routing.Policy{
		{}, routing.BuiltIn(),
		{receiving.TypeDefault: {{Handler: handling.Dummy{}}, {Handler: handling.Dummy{}, Final: true}}},
	} {
		require.Empty(t, compile(t, policy).Explain(t.Context(), signalOf("k", "paid")))
	}
}

// TestExplainOfSignals says why.
func TestExplainOfSignals(t *testing.T) {
	t.Parallel()

	policy := compile(t, routing.Policy{
		receiving.TypeSimpleText: {{Name: "own", Handler: taker{key: "k"}}},
		receiving.TypeSignal:     {{Name: "rest", Handler: handling.Dummy{}}},
	})
	explained := policy.Explain(t.Context(), signalOf("k", ""))
	require.Equal(t, "routing_test.taker.TakesSignal says yes", explained[0].Why)
	require.Equal(t, "a route before it has raised the signal and handles it", explained[1].Why)
	explained = policy.Explain(t.Context(), signalOf("other", ""))
	require.Equal(t, "routing_test.taker.TakesSignal says no", explained[0].Why)
	require.Equal(t, "handling.Dummy.ShouldHandle says yes", explained[1].Why)
}

// TestMistakesWithSignals: routes that can never run, or have Signals for nothing, are refused; what runs only for signals is not.
func TestMistakesWithSignals(t *testing.T) {
	t.Parallel()

	dummy := handling.Dummy{}
	onSignal := handling.On(func(context.Context, *receiving.Event, *receiving.Signal, *sending.Replier) error { return nil })
	for want, policy := range map[string]routing.Policy{
		"SIGNAL/0: it has Signals, but it is not under DEFAULT":                     {receiving.TypeSignal: {{Handler: dummy, Signals: true}}},
		"DEFAULT/0: it has Signals, but its handler takes its own signals":          {receiving.TypeDefault: {{Handler: ownSignals{"k"}, Signals: true}}},
		"DEFAULT/0: it is for signals, and runs for none: it is under DEFAULT with": {receiving.TypeDefault: {{Handler: onSignal}}},
		"DEFAULT/1: it is for signals, and runs for none":                           {receiving.TypeDefault: {{Handler: dummy}, {Handler: dummy, When: routing.Types{receiving.TypeSignal}}}},
		"SIGNAL/0: its handler routing_test.textOnly never handles":                 {receiving.TypeSignal: {{Handler: textOnly{}}}},
		"SIMPLE_TEXT/1: it never runs":                                              {receiving.TypeSimpleText: {{Handler: dummy, Final: true}, {Handler: taker{key: "k"}}}},
		"SIGNAL/1: it never runs":                                                   {receiving.TypeSignal: {{Handler: dummy, Final: true}, {Handler: dummy}}},
		"hide each other's TakesSignal":                                             {receiving.TypeImage: {{Handler: twoTakers{firstTaker{}, secondTaker{}}}}},
	} {
		err := policy.Validate()
		require.ErrorContains(t, err, want)
	}
	for _, policy := range []routing.Policy{
		{receiving.TypeSignal: {{Handler: onSignal}, {Handler: handling.OnPayload(paid, onYes)}, {When: routing.PayloadOf(paid), Senders: sending.List(sending.Text("a"))}}},
		{receiving.TypeDefault: {{Handler: onSignal, Signals: true}}},
		{receiving.TypeSignal: {{Handler: taker{key: "k"}}}, receiving.TypeDefault: {{Handler: dummy, Final: true}}},
		{receiving.TypeDefault: {{Handler: dummy, Final: true, Signals: true}}},
	} {
		require.NoError(t, policy.Validate())
	}
	final := routing.Policy{receiving.TypeDefault: {{Handler: dummy, Final: true, Signals: true}}, receiving.TypeSignal: {{Handler: dummy}}}
	require.ErrorContains(t, final.Validate(), "SIGNAL/0: it never runs")
}

type textOnly struct{ handling.TextBase }

func (textOnly) Handle(context.Context, *receiving.Event, *sending.Replier) error { return nil }

type (
	firstTaker  struct{ ownSignals }
	secondTaker struct{ ownSignals }
	twoTakers   struct {
		firstTaker
		secondTaker
	}
)

func (twoTakers) ShouldHandle(context.Context, *receiving.Event) bool              { return true }
func (twoTakers) Handle(context.Context, *receiving.Event, *sending.Replier) error { return nil }
