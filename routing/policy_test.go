package routing_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/internal/routes"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/receiving/payload"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/sending"
)

func event(typ receiving.Type) *receiving.Event {
	return &receiving.Event{Type: typ, PSID: "42", Payload: &receiving.Message{Text: "hi"}}
}

func names(steps []routes.Step) []string {
	var out []string
	for _, s := range steps {
		out = append(out, s.Name)
	}
	return out
}

// compiled is a policy and what the engine runs of it.
type compiled struct {
	*routes.Table

	policy routing.Policy
}

// Explain is routing.Explain.
func (c compiled) Explain(ctx context.Context, ev *receiving.Event) []routing.Explanation {
	return routing.Explain(ctx, c.policy, ev)
}

func compile(t testing.TB, p routing.Policy) compiled {
	t.Helper()
	table, err := routes.Compile(p)
	require.NoError(t, err)
	return compiled{table, p}
}

// profileOfOurs shows that an embedding handler goes first too.
type profileOfOurs struct{ handling.UserProfile }

func TestDefaultRunsFirstAndProfileBeforeAll(t *testing.T) {
	t.Parallel()
	policy := routing.Policy{
		receiving.TypeSimpleText: {{Handler: handling.Dummy{}}, {Handler: handling.Dummy{}, Name: "greet"}},
		receiving.TypeDefault:    {{Handler: handling.SaveMessage{}}, {Handler: profileOfOurs{}}, {Handler: handling.Dummy{}}},
	}
	require.Equal(t, []string{"DEFAULT/1", "DEFAULT/0", "DEFAULT/2", "SIMPLE_TEXT/0", "greet"},
		names(compile(t, policy).Steps(event(receiving.TypeSimpleText))))
	require.Equal(t, []string{"DEFAULT/1", "DEFAULT/0", "DEFAULT/2"}, names(compile(t, policy).Steps(event(receiving.TypeImage))),
		"a type without routes gets the default ones")
	standby := event(receiving.TypeSimpleText)
	standby.Standby = true
	require.Equal(t, []string{"DEFAULT/1", "DEFAULT/0", "DEFAULT/2"}, names(compile(t, policy).Steps(standby)))
}

func TestProfilesKeepTheOrderOfTheOthers(t *testing.T) {
	t.Parallel()
	var routes []routing.Route
	var others []string
	for i := range 40 {
		r := routing.Route{Name: fmt.Sprint(i), Handler: handling.Dummy{}}
		if i%10 == 9 {
			r.Handler = handling.UserProfile{}
		} else {
			others = append(others, r.Name)
		}
		routes = append(routes, r)
	}
	c := compile(t, routing.Policy{receiving.TypeDefault: routes})
	require.Equal(t, append([]string{"9", "19", "29", "39"}, others...), names(c.Steps(event(receiving.TypeImage))))
}

func TestWhatMayBeAnswered(t *testing.T) {
	t.Parallel()
	under := func(typ receiving.Type) routes.Step { return routes.Step{Type: typ} }
	standby := event(receiving.TypeSimpleText)
	standby.Standby = true
	nobody := event(receiving.TypePolicyEnforcement)
	nobody.PSID = ""
	for name, c := range map[string]struct {
		ev   *receiving.Event
		step routes.Step
		own  bool
		want bool
	}{
		"text, by its type":         {event(receiving.TypeSimpleText), under(receiving.TypeSimpleText), false, true},
		"text, by default":          {event(receiving.TypeSimpleText), under(receiving.TypeDefault), false, true},
		"hand-over, by its type":    {event(receiving.TypeThreadControl), under(receiving.TypeThreadControl), false, true},
		"hand-over, by default":     {event(receiving.TypeThreadControl), under(receiving.TypeDefault), false, false},
		"human's echo, by its type": {event(receiving.TypeEcho), under(receiving.TypeEcho), false, true},
		"human's echo, by default":  {event(receiving.TypeEcho), under(receiving.TypeDefault), false, false},
		"own echo, by its type":     {event(receiving.TypeEcho), under(receiving.TypeEcho), true, false},
		"read, by its type":         {event(receiving.TypeRead), under(receiving.TypeRead), false, false},
		"delivery, by its type":     {event(receiving.TypeDelivered), under(receiving.TypeDelivered), false, false},
		"standby":                   {standby, under(receiving.TypeDefault), false, false},
		"standby, by its type":      {standby, under(receiving.TypeSimpleText), false, false},
		"nobody":                    {nobody, under(receiving.TypePolicyEnforcement), false, false},
	} {
		require.Equal(t, c.want, c.step.Answers(c.ev, c.own), name)
	}
}

func TestFinalAndOtherwise(t *testing.T) {
	t.Parallel()
	no, hi := handling.SimpleText{Pattern: "bye"}, handling.SimpleText{Pattern: "hi"}
	policy := routing.Policy{
		receiving.TypeDefault: {{Handler: handling.Dummy{}, Name: "default"}},
		receiving.TypeSimpleText: {
			{Handler: no, Name: "no"},
			{Handler: hi, Name: "fallback 1", Otherwise: true},
			{Handler: handling.Dummy{}, Name: "fallback 2", Otherwise: true},
			{Handler: no, Name: "no final", Final: true},
			{Handler: hi, Name: "last", Final: true},
			{Handler: handling.Dummy{}, Name: "never"},
		},
	}
	require.NoError(t, policy.Validate())
	got := map[string]bool{}
	for _, e := range routing.Explain(t.Context(), policy, event(receiving.TypeSimpleText)) {
		got[e.Route] = e.Fires
		require.NotEmpty(t, e.Why)
	}
	require.Equal(t, map[string]bool{
		"default": true, "no": false, "fallback 1": true, "fallback 2": false, "no final": false, "last": true, "never": false,
	}, got)
}

func TestExplainTellsWhoAnswers(t *testing.T) {
	t.Parallel()
	policy := routing.Policy{receiving.TypeDefault: {
		{Handler: handling.Dummy{}, Senders: sending.List(sending.Default{})}, {Handler: handling.Dummy{}},
	}}
	got := routing.Explain(t.Context(), policy, event(receiving.TypeEcho))
	require.True(t, got[0].Fires)
	require.False(t, got[0].Answers)
	require.Contains(t, got[0].Why, "silent")
	got = routing.Explain(t.Context(), policy, event(receiving.TypeImage))
	require.True(t, got[0].Answers)
	require.False(t, got[1].Answers)
}

// twoBases embeds two bases that both validate, which hides both.
type twoBases struct {
	handling.TextBase
	handling.PostbackBase[payload.None]
}

func (twoBases) ShouldHandle(context.Context, *receiving.Event) bool { return true }
func (twoBases) Handle(context.Context, *receiving.Event, *sending.Replier) error {
	return nil
}

// ownValidate embeds the same and writes what they hide.
type ownValidate struct{ twoBases }

func (ownValidate) Validate() error { return nil }

func (h ownValidate) Handles(t receiving.Type) bool {
	return h.TextBase.Handles(t) || h.PostbackBase.Handles(t)
}

// nilBase embeds a pointer that nobody sets.
type nilBase struct{ *handling.TextBase }

func (nilBase) Handle(context.Context, *receiving.Event, *sending.Replier) error { return nil }

func TestValidateReportsAllMistakesWithTheirPlaces(t *testing.T) {
	t.Parallel()
	var none *handling.SimpleText
	a, b := payload.New[int]("order.size"), payload.New[string]("order.size")
	on := func(context.Context, *receiving.Event, int, *sending.Replier) error { return nil }
	policy := routing.Policy{
		"SIMPLE_TEKST": {{Handler: handling.Dummy{}}},
		receiving.TypeSimpleText: {
			{Handler: handling.SimpleText{Pattern: "("}},
			{},
			{Handler: none},
			{Handler: handling.Dummy{}, Senders: []sending.Sender{nil, sending.SimpleMessage{}, sending.Text(""),
				sending.GenericTemplate{}.WithElements(sending.Element{}, sending.Element{Subtitle: "s"}),
				sending.After(time.Hour, sending.SimpleMessage{}),
				sending.Typing{Senders: sending.List(sending.SimpleMessage{}, sending.Text(""))},
			}},
			{Handler: handling.Dummy{}, Name: "SIMPLE_TEXT/0"},
			{Handler: twoBases{}},
			{Handler: nilBase{}},
		},
		receiving.TypeRead: {{Handler: handling.Dummy{}, Senders: sending.List(sending.Default{})}},
		receiving.TypeQuickReply: {
			{Handler: handling.OnPayload(a, on)},
			{Handler: handling.OnPayload(b, func(context.Context, *receiving.Event, string, *sending.Replier) error { return nil })},
			{Handler: handling.OnPayload(a, on)},
		},
		receiving.TypePostback: {{Handler: handling.SimpleText{}}},
		receiving.TypeImage: {
			{Handler: handling.OnPayload(a, on)},
			{Handler: handling.On(func(context.Context, *receiving.Event, *receiving.Postback, *sending.Replier) error { return nil })},
		},
	}
	err := policy.Validate()
	require.Error(t, err)
	var got []string
	for _, e := range err.(interface{ Unwrap() []error }).Unwrap() {
		got = append(got, e.Error())
	}
	require.Len(t, got, 21, "%v", err)
	for _, want := range []string{
		`SIMPLE_TEKST: no such receiving type; the nearest is SIMPLE_TEXT`,
		`SIMPLE_TEXT/0: handler handling.SimpleText: pattern: `,
		`SIMPLE_TEXT/1: its handler is nil`,
		`SIMPLE_TEXT/2: its handler is nil`,
		`SIMPLE_TEXT/3: senders[0]: is nil`,
		`SIMPLE_TEXT/3: senders[1] sending.SimpleMessage: text: is missing`,
		`SIMPLE_TEXT/3: senders[2] sending.Message: text: `,
		`SIMPLE_TEXT/3: senders[3] sending.GenericTemplate: elements[0].title: is missing`,
		`SIMPLE_TEXT/3: senders[3] sending.GenericTemplate: elements[0]: has a title only`,
		`SIMPLE_TEXT/3: senders[3] sending.GenericTemplate: elements[1].title: is missing`,
		`SIMPLE_TEXT/3: senders[4] sending.After(1h0m0s, sending.SimpleMessage): text: is missing`,
		`SIMPLE_TEXT/3: senders[5] sending.Typing: senders[0].text: is missing`,
		`SIMPLE_TEXT/3: senders[5] sending.Typing: senders[1].text: `,
		`SIMPLE_TEXT/4 (route "SIMPLE_TEXT/0"): its name is taken by SIMPLE_TEXT/0`,
		`SIMPLE_TEXT/5: handler routing_test.twoBases: the embedded TextBase and another embedded type hide each other's Validate, Handles; write each method`,
		`SIMPLE_TEXT/6: handler routing_test.nilBase: the embedded TextBase is nil`,
		`READ/0: it has senders, but nothing may answer READ`,
		`POSTBACK/0: its handler handling.SimpleText never handles events of this type; it handles SIMPLE_TEXT, QUICK_REPLY`,
		`IMAGE/0: its handler handling.OnPayload("order.size") never handles events of this type; it handles QUICK_REPLY, POSTBACK, PERSISTENT_MENU_ONE`,
		`IMAGE/1: its handler handling.On(*receiving.Postback) never handles events of this type; it handles POSTBACK, `,
		`QUICK_REPLY/1: payload kind "order.size" is not the kind of that name at IMAGE/0`,
	} {
		require.True(t, slices.ContainsFunc(got, func(s string) bool { return strings.Contains(s, want) }), "%s\nin %q", want, got)
	}
}

// fussy is a handler whose arguments are wrong in ways of its own.
type fussy struct {
	handling.Dummy

	err error
}

func (f fussy) Validate() error { return f.err }

func TestEveryLineOfAMistakeHasItsPlace(t *testing.T) {
	t.Parallel()
	a, b := errors.New("a"), errors.New("b")
	for want, err := range map[string]error{
		"routing: IMAGE/0: handler routing_test.fussy: a\nrouting: IMAGE/0: handler routing_test.fussy: b":       errors.Join(a, errors.Join(b)),
		"routing: IMAGE/0: handler routing_test.fussy: a: b":                                                     fmt.Errorf("%w: %w", a, b),
		"routing: IMAGE/0: handler routing_test.fussy: both: a\nrouting: IMAGE/0: handler routing_test.fussy: b": fmt.Errorf("both: %w", errors.Join(a, b)),
	} {
		got := routing.Policy{receiving.TypeImage: {{Handler: fussy{err: err}}}}.Validate()
		require.EqualError(t, got, want)
		require.ErrorIs(t, got, a)
		require.ErrorIs(t, got, b)
	}
}

func TestExplainNamesHandlersReadably(t *testing.T) {
	t.Parallel()
	buy := payload.New[int]("order.buy")
	policy := routing.Policy{receiving.TypePostback: {
		{Handler: handling.OnPayload(buy, func(context.Context, *receiving.Event, int, *sending.Replier) error { return nil })},
		{Handler: handling.On(func(context.Context, *receiving.Event, *receiving.Postback, *sending.Replier) error { return nil })},
	}}
	ev := &receiving.Event{Type: receiving.TypePostback, PSID: "42", Payload: &receiving.Postback{Payload: "other"}}
	got := routing.Explain(t.Context(), policy, ev)
	require.Equal(t, `handling.OnPayload("order.buy").ShouldHandle says no`, got[0].Why)
	require.Equal(t, `handling.On(*receiving.Postback).ShouldHandle says yes`, got[1].Why)
}

func TestValidateTakesWhatIsMeant(t *testing.T) {
	t.Parallel()
	require.NoError(t, routing.BuiltIn().Validate())
	require.NoError(t, routing.Policy(nil).Validate())
	require.NoError(t, routing.Policy{receiving.TypeSimpleText: {
		{Handler: ownValidate{}},
		{Handler: &handling.SimpleText{Pattern: "a"}, Senders: sending.List(sending.Text("hi"), sending.Func(
			func(context.Context, *receiving.Event) ([]sending.Message, error) { return nil, nil }))},
		{Handler: handling.Func(func(context.Context, *receiving.Event, *sending.Replier) error { return nil })},
	}}.Validate())
}

func TestBuiltInPolicyAnswersWhatTheOriginalDid(t *testing.T) {
	t.Parallel()
	fires := func(ev *receiving.Event) []string {
		var out []string
		for _, e := range routing.Explain(t.Context(), routing.BuiltIn(), ev) {
			if e.Fires {
				out = append(out, e.Route)
			}
		}
		return out
	}
	says := func(text string) *receiving.Event {
		return &receiving.Event{Type: receiving.TypeSimpleText, PSID: "42", Payload: &receiving.Message{Text: text}}
	}
	thumb := &receiving.Event{Type: receiving.TypeSticker, PSID: "42", Payload: &receiving.Message{
		Attachments: []receiving.Attachment{{Type: "sticker", Payload: &receiving.AttachmentPayload{StickerID: "369239263222822"}}},
	}}
	require.Equal(t, []string{"DEFAULT/1", "DEFAULT/0", "SIMPLE_TEXT/0"}, fires(says("hi")))
	require.Equal(t, []string{"DEFAULT/1", "DEFAULT/0", "SIMPLE_TEXT/1"}, fires(says("你好")))
	require.Equal(t, []string{"DEFAULT/1", "DEFAULT/0"}, fires(says("hi there")))
	require.Equal(t, []string{"DEFAULT/1", "DEFAULT/0", "STICKER/0", "STICKER/1"}, fires(thumb))
}
