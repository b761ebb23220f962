package routing_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/receiving/payload"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/sending"
)

// lines returns the mistakes of a policy, one each.
func lines(p routing.Policy) []string {
	err := p.Validate()
	if err == nil {
		return nil
	}
	return strings.Split(err.Error(), "\n")
}

// TestRoutesThatNeverRun: each of the mistakes has its place, and nothing else is one.
func TestRoutesThatNeverRun(t *testing.T) {
	t.Parallel()
	dummy, hi := handling.Dummy{}, handling.SimpleText{Pattern: "hi"}
	answer := sending.List(sending.Text("a"))
	when := func(c routing.Condition) []routing.Route { return []routing.Route{{When: c, Senders: answer}} }
	onText := routing.Text{Pattern: "hi"}
	hiPostback := handling.OnPayload(yes, onYes)
	for name, c := range map[string]struct {
		policy routing.Policy
		want   []string // beginnings
	}{
		"a text under POSTBACK": {routing.Policy{receiving.TypePostback: when(onText)}, []string{
			`routing: POSTBACK/0: its condition Text "hi" never matches events of this type; it matches SIMPLE_TEXT, QUICK_REPLY, IMAGE, `}},
		"a text under DELIVERED": {routing.Policy{receiving.TypeDelivered: {{When: onText, Handler: dummy}}}, []string{
			`routing: DELIVERED/0: its condition Text "hi" never matches`}},
		"a text under TAP, as a quick reply has one": {routing.Policy{receiving.TypeTap: when(onText)}, nil},
		"a payload under SIMPLE_TEXT":                {routing.Policy{receiving.TypeSimpleText: when(routing.PayloadOf(yes))}, []string{`routing: SIMPLE_TEXT/0: its condition Payload "YES" never`}},
		"a payload under taps":                       {routing.Under(routing.Types{receiving.TypeTap, receiving.TypePostback, receiving.TypeDefault}, when(routing.PayloadOf(yes))...), nil},
		"a ref under READ":                           {routing.Policy{receiving.TypeRead: {{When: routing.Ref{}, Handler: dummy}}}, []string{`routing: READ/0: its condition Ref never`}},
		"an intent under POSTBACK":                   {routing.Policy{receiving.TypePostback: when(routing.Intent{Name: "a"})}, []string{`routing: POSTBACK/0: its condition Intent a from 0.8 never`}},
		"another type": {routing.Policy{receiving.TypeImage: when(routing.Types{receiving.TypeVideo})}, []string{
			`routing: IMAGE/0: its condition Types VIDEO never matches events of this type; it matches VIDEO`}},
		"its own type":                {routing.Policy{receiving.TypeImage: when(routing.Types{receiving.TypeVideo, receiving.TypeImage})}, nil},
		"two types under DEFAULT":     {routing.Policy{receiving.TypeDefault: when(routing.All{routing.Types{receiving.TypeVideo}, routing.Types{receiving.TypeImage}})}, []string{`routing: DEFAULT/0: its condition All(Types VIDEO, Types IMAGE) never matches events of this type; it matches none`}},
		"no tap under TAP":            {routing.Policy{receiving.TypeTap: when(routing.Not{Condition: routing.Types{receiving.TypeTap}})}, []string{`routing: TAP/0: its condition Not(Types TAP) never`}},
		"what an empty Any lets pass": {routing.Policy{receiving.TypeImage: when(routing.Any{})}, []string{`routing: IMAGE/0: its condition Any() never matches events of this type; it matches none`}},
		"one part of Any fits":        {routing.Policy{receiving.TypePostback: when(routing.Any{onText, routing.PayloadOf(yes)})}, nil},
		"one part of All does not":    {routing.Policy{receiving.TypePostback: when(routing.All{says("x", true), onText})}, []string{`routing: POSTBACK/0: its condition All(If "x", Text "hi") never`}},
		"Not of what never matches":   {routing.Policy{receiving.TypePostback: when(routing.Not{Condition: onText})}, nil},
		"condition and handler disagree": {routing.Policy{receiving.TypeDefault: {{When: routing.PayloadOf(yes), Handler: handling.On(
			func(context.Context, *receiving.Event, *receiving.Read, *sending.Replier) error { return nil })}}}, []string{
			`routing: DEFAULT/0: its condition Payload "YES" and its handler handling.On(*receiving.Read) are for no event in common; they are for QUICK_REPLY, POSTBACK, `}},
		"a quick reply's handler under TAP": {routing.Policy{receiving.TypeTap: {{Handler: tapOnce{handling.QuickReplyBase[payload.None]{Kind: yes}}}}}, nil},
		"a button's handler under TAP":      {routing.Policy{receiving.TypeTap: {{Handler: pressOnce{handling.PostbackBase[payload.None]{Kind: yes}}}}}, nil},
		"a typed kind under TAP":            {routing.Policy{receiving.TypeTap: {{Handler: handling.OnPayload(yes, onYes)}}}, nil},
		"a menu's handler under TAP":        {routing.Policy{receiving.TypeTap: {{Handler: handling.On(func(context.Context, *receiving.Event, *receiving.Postback, *sending.Replier) error { return nil })}}}, nil},
		"a text's handler under TAP":        {routing.Policy{receiving.TypeTap: {{Handler: hi}}}, nil},
		"a handler of no tap under TAP": {routing.Policy{receiving.TypeTap: {{Handler: handling.Location{}}}}, []string{
			`routing: TAP/0: its handler handling.Location never handles events of this type; it handles LOCATION`}},

		"two pages": {routing.Policy{receiving.TypeImage: when(routing.All{routing.Page{"1", "3"}, routing.All{routing.Page{"2"}}})}, []string{
			`routing: IMAGE/0: When: it never matches: no event meets both Page 1, 3 and Page 2`}},
		"two pages, one in common": {routing.Policy{receiving.TypeImage: when(routing.All{routing.Page{"1", "3"}, routing.Page{"2", "3"}})}, nil},
		"one page or another":      {routing.Policy{receiving.TypeImage: when(routing.Any{routing.Page{"1"}, routing.Page{"2"}})}, nil},
		"one page and not another": {routing.Policy{receiving.TypeImage: when(routing.All{routing.Page{"1"}, routing.Not{Condition: routing.Page{"2"}}})}, nil},
		"two pages in a part": {routing.Policy{receiving.TypeImage: when(routing.Any{routing.Text{}, routing.All{routing.Page{"1"}, routing.Page{"2"}}})}, []string{
			`routing: IMAGE/0: When[1]: it never matches: no event meets both Page 1 and Page 2`}},
		"two payloads": {routing.Policy{receiving.TypeTap: when(routing.All{routing.PayloadOf(yes), routing.Payload{Names: []string{"NO"}}})}, []string{
			`routing: TAP/0: When: it never matches: no event meets both Payload "YES" and Payload "NO"`}},
		"one payload by kind and by name": {routing.Policy{receiving.TypeTap: when(routing.All{routing.PayloadOf(yes), routing.Payload{Names: []string{"YES"}}})}, nil},
		"one payload by both names": {routing.Policy{receiving.TypeTap: when(routing.All{
			routing.Payload{Names: []string{"djmessenger.payload.GetStartedPayload"}}, routing.Payload{Names: []string{"GET_STARTED_BUTTON"}}})}, nil},
		"two refs":             {routing.Policy{receiving.TypeReferral: when(routing.All{routing.Ref{Is: "a"}, routing.Ref{Is: "b"}})}, []string{`routing: REFERRAL/0: When: it never matches`}},
		"a ref without prefix": {routing.Policy{receiving.TypeReferral: when(routing.All{routing.Ref{Prefix: "b"}, routing.Ref{Is: "a"}})}, []string{`routing: REFERRAL/0: When: it never matches`}},
		"a ref of no pattern":  {routing.Policy{receiving.TypeReferral: when(routing.All{routing.Ref{Is: "a"}, routing.Ref{Pattern: "b+"}})}, []string{`routing: REFERRAL/0: When: it never matches`}},
		"two prefixes":         {routing.Policy{receiving.TypeReferral: when(routing.All{routing.Ref{Prefix: "ab"}, routing.Ref{Prefix: "ac"}})}, []string{`routing: REFERRAL/0: When: it never matches`}},
		"refs that can be one": {routing.Policy{receiving.TypeReferral: when(routing.All{routing.Ref{}, routing.Ref{Prefix: "a"}, routing.Ref{Prefix: "ab"}, routing.Ref{Is: "abc"}, routing.Ref{Pattern: "a.*"}})}, nil},
		"patterns may overlap": {routing.Policy{receiving.TypeReferral: when(routing.All{routing.Ref{Pattern: "a"}, routing.Ref{Pattern: "b"}, routing.Ref{Prefix: "c"}})}, nil},

		"a final route does not keep one from running despite silence": {routing.Policy{receiving.TypeImage: {{Handler: dummy, Final: true}, {Handler: dummy, DespiteSilence: true}}}, nil},
		"an otherwise route that runs while the bot is silent":         {routing.Policy{receiving.TypeImage: {{Handler: dummy}, {Handler: dummy, Otherwise: true, DespiteSilence: true}}}, nil},
		"otherwise for typed taps, after one of TAP": {routing.Policy{receiving.TypeTap: {
			{Handler: dummy, TypedTaps: true}, {Handler: dummy, Otherwise: true, TypedTaps: true}}}, []string{`routing: TAP/1: it never runs: it is an Otherwise route, and the route TAP/0`}},
		"a handler that names TAP alone":      {routing.Policy{receiving.TypeTap: {{Handler: only(receiving.TypeTap)}}}, nil},
		"a handler that names DEFAULT alone":  {routing.Policy{receiving.TypeDefault: {{Handler: only(receiving.TypeDefault)}}}, nil},
		"a handler that names another entry":  {routing.Policy{receiving.TypePostback: {{Handler: only(receiving.TypeTap)}}}, []string{`routing: POSTBACK/0: its handler TAP only never handles events of this type; it handles none`}},
		"a handler under TAP that names more": {routing.Policy{receiving.TypeTap: {{Handler: only(receiving.TypeTap + "," + receiving.TypeImage)}}}, []string{`routing: TAP/0: its handler TAP,IMAGE only never`}},
		"a typed tap despite silence":         {routing.Policy{receiving.TypeTap: {{Handler: dummy, TypedTaps: true, Final: true}, {Handler: dummy, TypedTaps: true, DespiteSilence: true}}}, nil},
		"after a final route that runs despite silence too": {routing.Policy{receiving.TypeImage: {{Handler: dummy, Final: true, DespiteSilence: true}, {Handler: dummy, DespiteSilence: true}}}, []string{
			`routing: IMAGE/1: it never runs: the route IMAGE/0`}},
		"despite silence after a final route under DEFAULT": {routing.Policy{receiving.TypeDefault: {{Handler: dummy, Final: true}}, receiving.TypeImage: {{Handler: dummy, DespiteSilence: true}}}, []string{
			`routing: IMAGE/0: it never runs: the route DEFAULT/0`}},
		"despite silence of what is no act": {routing.Policy{receiving.TypeRead: {{Handler: dummy, Final: true}, {Handler: dummy, DespiteSilence: true}}}, []string{
			`routing: READ/1: it never runs: the route READ/0`}},

		"after a final route": {routing.Policy{receiving.TypeImage: {{Name: "all", Handler: dummy, Final: true}, {Handler: hi}, {Handler: dummy}}}, []string{
			`routing: IMAGE/1: it never runs: the route all before it handles every event, and is Final`,
			`routing: IMAGE/2: it never runs: the route all`}},
		"after a final route with a condition": {routing.Policy{receiving.TypeImage: {{When: says("x", true), Handler: dummy, Final: true}, {Handler: dummy}}}, nil},
		"after one whose condition holds": {routing.Policy{receiving.TypeImage: {
			{When: routing.Any{onText, routing.Types{receiving.TypeImage}}, Senders: answer, Final: true}, {Handler: dummy}}}, []string{
			`routing: IMAGE/1: it never runs: the route IMAGE/0`}},
		"after one whose condition is the opposite of what never holds": {routing.Policy{receiving.TypePostback: {
			{When: routing.Not{Condition: onText}, Senders: answer, Final: true}, {Handler: dummy}}}, []string{`routing: POSTBACK/1: it never runs: the route POSTBACK/0`}},
		"after one that is broken":          {routing.Policy{receiving.TypeImage: {{}, {Handler: dummy, Otherwise: true, Final: true}, {Handler: dummy}}}, []string{`routing: IMAGE/0: its handler is nil`}},
		"after a final route that may pass": {routing.Policy{receiving.TypeImage: {{Handler: hi, Final: true}, {Handler: dummy}}}, nil},
		"after a final function":            {routing.Policy{receiving.TypeImage: {{Handler: handling.Func(func(context.Context, *receiving.Event, *sending.Replier) error { return handling.Skip }), Final: true}, {Handler: dummy}}}, nil},
		"after a final route under DEFAULT": {routing.Policy{receiving.TypeDefault: {{Handler: handling.SaveMessage{}, Final: true}}, receiving.TypeImage: {{Handler: dummy}}, receiving.TypeTap: {{Handler: dummy}}}, []string{
			`routing: IMAGE/0: it never runs: the route DEFAULT/0`, `routing: TAP/0: it never runs: the route DEFAULT/0`}},
		"after some of the types": {routing.Policy{receiving.TypeDefault: {{When: routing.Types{receiving.TypePostback}, Handler: dummy, Final: true}}, receiving.TypeTap: {{Handler: dummy}}, receiving.TypePostback: {{Handler: dummy}}}, []string{
			`routing: POSTBACK/0: it never runs: the route DEFAULT/0`}},
		"after each of the types": {routing.Join(routing.Under(routing.Types{
			receiving.TypeQuickReply, receiving.TypePostback, receiving.TypePersistentMenuOne, receiving.TypePersistentMenuTwo, receiving.TypePersistentMenuThree,
			receiving.TypePersistentMenuFour, receiving.TypePersistentMenuFive, receiving.TypeGetStartedButton,
		}, routing.Route{Handler: dummy, Final: true}), routing.Policy{receiving.TypeTap: {{Handler: dummy}}}), []string{`routing: TAP/0: it never runs: the route GET_STARTED_BUTTON/0`}},

		"otherwise after one that always handles": {routing.Policy{receiving.TypeImage: {{Handler: dummy}, {Handler: hi, Otherwise: true}}}, []string{
			`routing: IMAGE/1: it never runs: it is an Otherwise route, and the route IMAGE/0 before it handles every event`}},
		"otherwise after another otherwise": {routing.Policy{receiving.TypeImage: {{Handler: hi}, {Handler: dummy, Otherwise: true}, {Handler: dummy, Otherwise: true}}}, []string{
			`routing: IMAGE/2: it never runs: it is an Otherwise route, and the route IMAGE/1`}},
		"otherwise after one under DEFAULT":             {routing.Policy{receiving.TypeDefault: {{Handler: dummy}}, receiving.TypeImage: {{Handler: dummy, Otherwise: true}}}, nil},
		"otherwise under TAP after one of the own type": {routing.Policy{receiving.TypePostback: {{Handler: dummy}}, receiving.TypeTap: {{Handler: dummy, Otherwise: true}}}, nil},
		"otherwise under TAP after one of TAP": {routing.Policy{receiving.TypeTap: {{Handler: dummy}, {Handler: dummy, Otherwise: true}}}, []string{
			`routing: TAP/1: it never runs: it is an Otherwise route, and the route TAP/0`}},
		"a final otherwise that may be passed by": {routing.Policy{receiving.TypeImage: {{Handler: hi}, {Handler: dummy, Otherwise: true, Final: true}, {Handler: dummy}}}, nil},
		"a final otherwise that is the first":     {routing.Policy{receiving.TypeImage: {{Handler: dummy, Otherwise: true, Final: true}, {Handler: dummy}}}, []string{`routing: IMAGE/1: it never runs: the route IMAGE/0`}},
		"otherwise for typed taps": {routing.Policy{receiving.TypeTap: {
			{Handler: dummy}, {Handler: dummy, Otherwise: true, TypedTaps: true}}}, nil},

		"a fallback before TAP": {routing.Policy{
			receiving.TypeQuickReply: {{Handler: hi}, {Handler: dummy, Senders: answer, Otherwise: true}},
			receiving.TypePostback:   {{Handler: handling.Func(func(context.Context, *receiving.Event, *sending.Replier) error { return nil }), Otherwise: true}},
			receiving.TypeTap:        {{Handler: handling.OnPayload(yes, onYes)}}}, []string{
			`routing: POSTBACK/0: it is an Otherwise route that runs before the routes under TAP`,
			`routing: QUICK_REPLY/1: it is an Otherwise route that runs before the routes under TAP, also for the taps that those handle; put it under TAP, or make it Final`}},
		"a final fallback before TAP":      {routing.Policy{receiving.TypeQuickReply: {{Handler: dummy, Otherwise: true, Final: true}}, receiving.TypeTap: {{Handler: dummy}}}, nil},
		"a fallback before another's TAP":  {routing.Policy{receiving.TypePostback: {{Handler: dummy, Otherwise: true}}, receiving.TypeTap: {{Handler: hi}}}, nil},
		"a fallback beside a counter":      {routing.Policy{receiving.TypePostback: {{Handler: hiPostback, Otherwise: true}, {Handler: dummy, Otherwise: true}}, receiving.TypeTap: {{Handler: handling.SaveMessage{}}, {Handler: refuses{}}}}, nil},
		"a fallback before a condition":    {routing.Policy{receiving.TypePostback: {{Handler: dummy, Otherwise: true}}, receiving.TypeTap: when(routing.All{says("x", true), routing.Any{routing.PayloadOf(yes)}})}, []string{`routing: POSTBACK/0: it is an Otherwise route that runs before`}},
		"a fallback before other payloads": {routing.Policy{receiving.TypePostback: {{Handler: dummy, Otherwise: true}}, receiving.TypeTap: when(routing.Not{Condition: routing.PayloadOf(yes)})}, nil},
		"a fallback with a condition":      {routing.Policy{receiving.TypePostback: {{When: says("x", true), Handler: dummy, Otherwise: true}}, receiving.TypeTap: {{Handler: dummy}}}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := lines(c.policy)
			require.Len(t, got, len(c.want), "%q", got)
			for i, want := range c.want {
				require.True(t, strings.HasPrefix(got[i], want), "%s\nis not\n%s", got[i], want)
			}
		})
	}
}

// only is a handler that names some types, and not those that their entries stand for.
type only string

func (only) ShouldHandle(context.Context, *receiving.Event) bool              { return true }
func (only) Handle(context.Context, *receiving.Event, *sending.Replier) error { return nil }
func (o only) Handles(t receiving.Type) bool                                  { return strings.Contains(string(o), string(t)) }
func (o only) String() string                                                 { return string(o) + " only" }

type tapOnce struct {
	handling.QuickReplyBase[payload.None]
}

func (tapOnce) Handle(context.Context, *receiving.Event, *sending.Replier) error { return nil }

type pressOnce struct {
	handling.PostbackBase[payload.None]
}

func (pressOnce) Handle(context.Context, *receiving.Event, *sending.Replier) error { return nil }

// wrapped is a condition of the program that holds another.
type wrapped struct{ inner routing.Condition }

func (w *wrapped) Match(ctx context.Context, ev *receiving.Event) bool { return w.inner.Match(ctx, ev) }
func (w *wrapped) String() string                                      { return "wrapped " + w.inner.String() }

// nested embeds a base by pointer, below another.
type nested struct{ inner }

type inner struct{ *handling.TextBase }

func (nested) Handle(context.Context, *receiving.Event, *sending.Replier) error { return nil }

type nilCondition struct{ *routing.Text }

type nilSender struct{ *sending.SimpleMessage }

// holds is a handler of the program that calls another.
type holds struct {
	handling.Dummy

	Next handling.Handler
	Back *holds
}

// endless is made of itself without end.
type endless struct{ routing.Page }

func (endless) Parts() []routing.Condition { return []routing.Condition{endless{routing.Page{"1"}}} }

type panicking struct{ routing.Page }

func (panicking) Validate() error { panic("oh") }

func TestPartsThatAreBroken(t *testing.T) {
	t.Parallel()
	all := routing.All{says("x", true), nil}
	all[1] = routing.Any{all}
	loop := &wrapped{}
	loop.inner = routing.Not{Condition: loop}
	var typedNil *routing.Text
	self := &holds{}
	self.Next, self.Back = self, self
	typing := sending.Typing{Senders: []sending.Sender{sending.Text("a"), nil}}
	typing.Senders[1] = typing
	answer := sending.List(sending.Text("a"))
	when := func(c routing.Condition) routing.Route { return routing.Route{When: c, Senders: answer} }
	for want, route := range map[string]routing.Route{
		"":                                 {Handler: self},
		"When: the condition is nil":       when(typedNil),
		"When[1]: the condition is nil":    when(routing.All{says("x", true), nil}),
		"When[0][0]: the condition is nil": when(routing.Any{routing.Not{Condition: typedNil}}),
		"When routing.All: [1][0]: it contains itself":                                  when(all),
		"When *routing_test.wrapped: inner.Condition: it contains itself":               when(loop),
		"When routing_test.nilCondition: the embedded Text is nil":                      when(nilCondition{}),
		"When routing.All: [0]: the embedded Text is nil":                               when(routing.All{nilCondition{}}),
		"When" + strings.Repeat("[0]", 101) + ": conditions are nested deeper than 100": when(endless{routing.Page{"1"}}),
		"When routing_test.panicking: it panics when it is checked: oh":                 when(panicking{routing.Page{"1"}}),
		"handler routing_test.nested: the embedded TextBase is nil":                     {Handler: nested{}},
		"handler routing_test.holds: Next: the embedded TextBase is nil":                {Handler: holds{Next: nested{}}},
		"senders[0] routing_test.nilSender: the embedded SimpleMessage is nil":          {Handler: handling.Dummy{}, Senders: sending.List(nilSender{})},
		"senders[0] sending.Typing: Senders[1]: the embedded SimpleMessage is nil":      {Handler: handling.Dummy{}, Senders: sending.List(sending.Typing{Senders: sending.List(sending.Text("a"), nilSender{})})},
		"senders[0] sending.Delayed: Sender: the embedded SimpleMessage is nil":         {Handler: handling.Dummy{}, Senders: sending.List(sending.After(1, nilSender{}))},
		"senders[0] sending.Typing: Senders[1].Senders: it contains itself":             {Handler: handling.Dummy{}, Senders: sending.List(typing)},
		"its handler is nil; only a route with When and Senders needs none":             {Handler: handling.Func(nil), When: says("x", true), Senders: answer},
	} {
		policy := routing.Policy{receiving.TypeSimpleText: {route}}
		if want == "" {
			require.Empty(t, lines(policy))
			continue
		}
		got := lines(policy)
		require.Len(t, got, 1, want)
		require.Contains(t, got[0], "routing: SIMPLE_TEXT/0: "+want)
		require.NotPanics(t, func() { routing.Explain(t.Context(), policy, event(receiving.TypeSimpleText)) })
	}
	for _, c := range []routing.Condition{all, loop, nilCondition{}, routing.Not{}} {
		explained := routing.Explain(t.Context(), routing.Policy{receiving.TypeSimpleText: {when(c)}}, event(receiving.TypeSimpleText))
		require.False(t, explained[0].Fires)
		require.Contains(t, explained[0].Why, "a broken condition (")
	}
}

func TestTwoKindsOfOneNameInConditions(t *testing.T) {
	t.Parallel()
	other := payload.New[int]("YES")
	answer := sending.List(sending.Text("a"))
	require.Equal(t, []string{`routing: TAP/0 (route "b"): payload kind "YES" is not the kind of that name at POSTBACK/0`}, lines(routing.Policy{
		receiving.TypePostback: {{When: routing.All{routing.PayloadOf(yes)}, Senders: answer}},
		receiving.TypeTap:      {{Name: "b", Handler: handling.OnPayload(other, func(context.Context, *receiving.Event, int, *sending.Replier) error { return nil })}},
	}))
}

func TestUnderAndJoin(t *testing.T) {
	t.Parallel()
	thanks := routing.Route{Name: "thanks", Handler: handling.Dummy{}}
	p := routing.Join(
		routing.Policy{receiving.TypeImage: {{Handler: handling.Dummy{}}}},
		routing.Under(routing.Types{receiving.TypeImage, receiving.TypeVideo, receiving.TypeImage}, thanks, routing.Route{Handler: handling.Dummy{}}),
		routing.Under(routing.Types{receiving.TypeTap}, thanks),
		nil,
	)
	c := compile(t, p)
	require.Equal(t, []string{"IMAGE/0", "thanks/IMAGE", "IMAGE/2"}, names(c.Steps(event(receiving.TypeImage))))
	require.Equal(t, []string{"thanks/VIDEO", "VIDEO/1"}, names(c.Steps(event(receiving.TypeVideo))))
	require.Equal(t, []string{"thanks"}, names(c.Steps(event(receiving.TypePostback))))
}

func TestCompiledPolicyIsACopy(t *testing.T) {
	t.Parallel()
	p := routing.Policy{receiving.TypeImage: {{Name: "a", Handler: handling.Dummy{}, Senders: sending.List(sending.Text("a"))}}}
	c := compile(t, p)
	p[receiving.TypeImage][0].Senders[0] = nil
	p[receiving.TypeImage][0] = routing.Route{Name: "b"}
	p[receiving.TypeVideo] = []routing.Route{{Name: "c"}}
	steps := c.Steps(event(receiving.TypeImage))
	require.Equal(t, []string{"a"}, names(steps))
	require.NotNil(t, steps[0].Senders[0])
	require.Empty(t, c.Steps(event(receiving.TypeVideo)))
}

// TestMistakesHaveTheirPlacesForPrograms: a tool that shows a policy in its own form, such as a file, finds what a mistake is
// about without reading its words.
func TestMistakesHaveTheirPlacesForPrograms(t *testing.T) {
	t.Parallel()
	text, tap := receiving.TypeSimpleText, receiving.TypeTap
	answer := sending.List(sending.Text("Hi."))
	first := routing.Where{Type: text, Route: 0}
	for name, test := range map[string]struct {
		policy  routing.Policy
		at      routing.Where
		problem string
		never   bool
	}{
		"an entry": {
			routing.Policy{"NOPE": nil}, routing.Where{Type: "NOPE", Route: -1}, "no such receiving type; docs/events.md lists them", false,
		},
		"a route": {
			routing.Policy{text: {{When: routing.If("x", never)}}}, first, "it has neither a handler nor senders", false,
		},
		"a name": {
			routing.Policy{text: {{Name: "a", Handler: handling.SimpleText{}}, {Name: "a", Handler: handling.SimpleText{}}}},
			routing.Where{Type: text, Route: 1, Field: "Name"}, "its name is taken by {SIMPLE_TEXT 0}", false,
		},
		"a handler": {
			routing.Policy{text: {{Handler: handling.SimpleText{Pattern: "("}}}},
			routing.Where{Type: text, Route: 0, Field: "Handler"}, "", false,
		},
		"a handler that does not fit": {
			routing.Policy{tap: {{Handler: handling.Location{}}}},
			routing.Where{Type: tap, Route: 0, Field: "Handler"}, "", true,
		},
		"a part of a condition": {
			routing.Policy{text: {{When: routing.All{routing.Not{Condition: nil}}, Senders: answer}}},
			routing.Where{Type: text, Route: 0, Field: "When", Path: []int{0, 0}}, "the condition is nil", false,
		},
		"a sender": {
			routing.Policy{text: {{Handler: handling.Dummy{}, Senders: []sending.Sender{sending.Text("Hi."), nil}}}},
			routing.Where{Type: text, Route: 0, Field: "Senders", Path: []int{1}}, "is nil", false,
		},
		"a time limit": {
			routing.Policy{text: {{Handler: handling.Dummy{}, Timeout: -1}}},
			routing.Where{Type: text, Route: 0, Field: "Timeout"}, "its Timeout of -1ns is negative", false,
		},
		"a retry": {
			routing.Policy{text: {{Handler: handling.Dummy{}, Retry: handling.Retry{Tries: -1}}}},
			routing.Where{Type: text, Route: 0, Field: "Retry.Tries"}, "is negative: -1", false,
		},
		"a pause": {
			routing.Policy{text: {{Handler: handling.Dummy{}, Retry: handling.Retry{Pauses: []time.Duration{1, -1}}}}},
			routing.Where{Type: text, Route: 0, Field: "Retry.Pauses", Path: []int{1}}, "is negative: -1ns", false,
		},
		"a route after a final one": {
			routing.Policy{text: {{Name: "all", Handler: handling.Dummy{}, Final: true}, {Handler: handling.SimpleText{}}}},
			routing.Where{Type: text, Route: 1}, "it never runs: the route {SIMPLE_TEXT 0} before it handles every event, and is Final", true,
		},
		"a fallback that is never needed": {
			routing.Policy{text: {{Handler: handling.Dummy{}}, {Handler: handling.SimpleText{}, Otherwise: true}}},
			routing.Where{Type: text, Route: 1, Field: "Otherwise"},
			"it never runs: it is an Otherwise route, and the route {SIMPLE_TEXT 0} before it handles every event", true,
		},
	} {
		err := test.policy.Validate()
		m, ok := errors.AsType[*routing.Mistake](err)
		require.True(t, ok, "%s: %v", name, err)
		require.Equal(t, test.at, m.At, name)
		require.Equal(t, test.never, errors.Is(err, routing.ErrNeverRuns), name)
		problem := m.Problem(func(w routing.Where) string { return fmt.Sprintf("{%s %d}", w.Type, w.Route) })
		if test.problem != "" {
			require.Equal(t, test.problem, problem, name)
		} else {
			require.Equal(t, m.Err.Error(), problem, name)
		}
	}
}

func never(context.Context, *receiving.Event) bool { return false }
