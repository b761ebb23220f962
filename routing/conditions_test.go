package routing_test

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/internal/routes"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/receiving/payload"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/store"
)

// in returns the context of a turn for a person with that locale.
func in(t testing.TB, locale string) context.Context {
	t.Helper()
	turn := store.NewTurn(nil, store.Person{PageID: "1", PSID: "42", Profile: store.Profile{Locale: locale}})
	return turn.Begin("route").Context(t.Context())
}

func text(s string) *receiving.Event {
	return &receiving.Event{Type: receiving.TypeSimpleText, PageID: "1", PSID: "42", Payload: &receiving.Message{Text: s}}
}

// understood is a text of which the platform says that.
func understood(nlp string) *receiving.Event {
	return &receiving.Event{Type: receiving.TypeSimpleText, PSID: "42", Payload: &receiving.Message{Text: "a text", NLP: json.RawMessage(nlp)}}
}

type upper struct{}

func (upper) MatchText(s string) (map[string]string, bool) {
	return map[string]string{"s": s}, s == "UP"
}
func (upper) String() string { return "in capitals" }

func TestConditions(t *testing.T) {
	t.Parallel()
	size := payload.New[int]("order.size", payload.Alias("shop.payloads.SizePayload"))
	quickReply, postback := text("14 inches").AsQuickReply("14 inches", size.MustEncode(14)), text("x").AsPostback("14 inches", size.MustEncode(14))
	echo := &receiving.Event{Type: receiving.TypeEcho, PSID: "42", Payload: &receiving.Message{
		IsEcho: true, Text: "hi", QuickReply: &receiving.QuickReply{Payload: "YES"}, NLP: json.RawMessage(`{"intents":[{"name":"buy","confidence":1}]}`),
		Referral: &receiving.Referral{Ref: "summer"},
	}}
	from := func(ref string) map[string]*receiving.Event {
		r := &receiving.Referral{Ref: ref}
		return map[string]*receiving.Event{
			"REFERRAL":       {Type: receiving.TypeReferral, Payload: r},
			"a tap":          {Type: receiving.TypePostback, Payload: &receiving.Postback{Payload: "x", Referral: r}},
			"Get Started":    {Type: receiving.TypeGetStartedButton, Payload: &receiving.Postback{Referral: r}},
			"a message":      {Type: receiving.TypeSimpleText, Payload: &receiving.Message{Referral: r}},
			"a quick reply":  {Type: receiving.TypeQuickReply, Payload: &receiving.Message{Referral: r}},
			"a shared photo": {Type: receiving.TypeImage, Payload: &receiving.Message{Referral: r}},
			"an opt-in":      {Type: receiving.TypeAuthentication, Payload: &receiving.OptIn{Ref: ref}},
		}
	}
	buy := understood(`{"intents":[{"name":"buy","confidence":0.85},{"name":"sell","confidence":0.3}],
		"entities":{"wit$datetime:datetime":[{"body":"tomorrow","confidence":0.97},{"body":"today","confidence":0.99}],"size:big":[{"body":"14 inches","confidence":0.4}]},
		"traits":{"wit$greetings":[{"value":"true","confidence":0.9}],"wit$bye":[{"value":"false","confidence":0.9}],"wit$sentiment":[{"value":"positive","confidence":0.9},{"value":"negative","confidence":0.1}]}}`)
	en := in(t, "en_US")

	for _, c := range []struct {
		condition routing.Condition
		ctx       context.Context
		ev        *receiving.Event
		want      bool
		values    map[string]string
	}{
		{routing.Text{Pattern: `order (?P<number>\d+)`}, en, text(" order 12\n"), true, map[string]string{"number": "12"}},
		{routing.Text{Pattern: `order (?P<number>\d+)`}, en, text("my order 12"), false, nil},
		{routing.Text{Pattern: `order (?P<number>\d+)`, Exact: true}, en, text("order 12 "), false, nil},
		{routing.Text{}, en, text("anything"), true, nil},
		{routing.Text{}, en, text(""), false, nil},
		{routing.Text{Pattern: `14 (.*)`}, en, quickReply, true, map[string]string{}},
		{routing.Text{}, en, postback, false, nil},
		{routing.Text{}, en, echo, false, nil},
		{routing.Text{Matcher: upper{}}, en, text("UP"), true, map[string]string{"s": "UP"}},
		{routing.Text{Matcher: upper{}}, en, text("down"), false, nil},

		{routing.PayloadOf(size), en, quickReply, true, nil},
		{routing.PayloadOf(yes, size), en, postback, true, nil},
		{routing.PayloadOf(yes), en, postback, false, nil},
		{routing.PayloadOf(yes), en, echo, false, nil},
		{routing.Payload{Names: []string{"order.size"}}, en, postback, true, nil},
		{routing.Payload{Names: []string{"YES", "NO"}}, en, text("No").AsQuickReply("No", "NO"), true, nil},
		{routing.Payload{Names: []string{"djmessenger.payload.PersistentMenuTwoPayload"}}, en, text("x").AsPostback("Two", "PERSISTENT_MENU_TWO"), true, nil},
		{routing.Payload{Names: []string{"YES"}}, en, text("YES"), false, nil},

		{routing.Locale{"de", "en"}, en, text("hi"), true, nil},
		{routing.Locale{"de"}, en, text("hi"), false, nil},
		{routing.Locale{"zh"}, in(t, "zh_TW"), text("hi"), false, nil},
		{routing.Locale{"zh"}, in(t, "zh_CN"), text("hi"), true, nil},
		{routing.Locale{"zh_TW"}, in(t, "zh_TW"), text("hi"), true, nil},
		{routing.Locale{"en"}, in(t, ""), text("hi"), false, nil},
		{routing.Locale{"en"}, t.Context(), text("hi"), false, nil},

		{routing.Page{"2", "1"}, en, text("hi"), true, nil},
		{routing.Page{"2"}, en, text("hi"), false, nil},

		{routing.Types{receiving.TypeImage, receiving.TypeSimpleText}, en, text("hi"), true, nil},
		{routing.Types{receiving.TypeImage}, en, text("hi"), false, nil},
		{routing.Types{receiving.TypeTap}, en, postback, true, nil},
		{routing.Types{receiving.TypeTap}, en, text("hi"), false, nil},

		{routing.Intent{Name: "buy"}, en, buy, true, nil},
		{routing.Intent{Name: "buy", Confidence: 0.9}, en, buy, false, nil},
		{routing.Intent{Name: "sell"}, en, buy, false, nil},
		{routing.Intent{Name: "sell", Confidence: 0.3}, en, buy, true, nil},
		{routing.Intent{Name: "buy"}, en, echo, false, nil},
		{routing.Intent{Name: "buy"}, en, postback, false, nil},
		{routing.Trait{Name: "greetings"}, en, buy, true, nil},
		{routing.Trait{Name: "wit$greetings", Value: "true"}, en, buy, true, nil},
		{routing.Trait{Name: "bye"}, en, buy, false, nil},
		{routing.Trait{Name: "bye", Value: "false"}, en, buy, true, nil},
		{routing.Trait{Name: "sentiment", Value: "negative"}, en, buy, false, nil},
		{routing.Trait{Name: "sentiment", Value: "negative", Confidence: 0.1}, en, buy, true, nil},
		{routing.Entity{Name: "datetime"}, en, buy, true, map[string]string{"datetime": "tomorrow"}},
		{routing.Entity{Name: "wit$datetime:datetime"}, en, buy, true, map[string]string{"datetime": "tomorrow"}},
		{routing.Entity{Name: "size:big"}, en, buy, false, nil},
		{routing.Entity{Name: "size:big", Confidence: 0.4}, en, buy, true, map[string]string{"big": "14 inches"}},
		{routing.Entity{Name: "size:small", Confidence: 0.4}, en, buy, false, nil},
	} {
		require.Equal(t, c.want, c.condition.Match(c.ctx, c.ev), "%s of %s %s", c.condition, c.ev.Type, c.ev.Text())
		require.NoError(t, c.condition.(interface{ Validate() error }).Validate(), c.condition)
		if valuer, ok := c.condition.(routing.Valuer); ok && c.want {
			require.Equal(t, c.values, valuer.Values(c.ctx, c.ev), c.condition)
		}
		if limited, ok := c.condition.(interface{ Handles(t receiving.Type) bool }); ok && c.want {
			require.True(t, limited.Handles(c.ev.Type), "%s handles %s", c.condition, c.ev.Type)
			require.True(t, limited.Handles(receiving.TypeDefault), c.condition)
		}
	}

	for place, ev := range from("summer-26") {
		for _, c := range []routing.Ref{{}, {Is: "summer-26"}, {Prefix: "summer-"}, {Pattern: `summer-(?P<year>\d+)`}} {
			require.True(t, c.Match(en, ev), "%s in %s", c, place)
			require.True(t, c.Handles(ev.Type), place)
			if c.Pattern != "" {
				require.Equal(t, map[string]string{"year": "26"}, c.Values(en, ev))
			}
		}
		for _, c := range []routing.Ref{{Is: "summer"}, {Prefix: "winter"}, {Pattern: "summer"}} {
			require.False(t, c.Match(en, ev), "%s in %s", c, place)
		}
	}
	for place, ev := range from("") {
		require.False(t, routing.Ref{}.Match(en, ev), place)
		require.False(t, routing.Ref{Prefix: ""}.Match(en, ev), place)
	}
	require.False(t, routing.Ref{}.Match(en, echo))
	require.False(t, routing.Ref{}.Handles(receiving.TypeEcho))
}

func TestConditionsDescribeThemselves(t *testing.T) {
	t.Parallel()
	for want, c := range map[string]routing.Condition{
		`All(Text "hi|hello", Locale de, zh_TW)`: routing.All{routing.Text{Pattern: "hi|hello"}, routing.Locale{"de", "zh_TW"}},
		`Text`:                                   routing.Text{},
		`Text in capitals`:                       routing.Text{Matcher: upper{}},
		`Payload "YES", "NO"`:                    routing.Payload{Kinds: routing.PayloadOf(yes).Kinds, Names: []string{"NO"}},
		`Any(Ref, Ref is "a", Ref begins with "b", Ref matches "c")`: routing.Any{routing.Ref{}, routing.Ref{Is: "a"}, routing.Ref{Prefix: "b"}, routing.Ref{Pattern: "c"}},
		`Not(Page 1, 2)`:                    routing.Not{Condition: routing.Page{"1", "2"}},
		`Types IMAGE, TAP`:                  routing.Types{receiving.TypeImage, receiving.TypeTap},
		`Intent buy from 0.8`:               routing.Intent{Name: "buy"},
		`Trait sentiment positive from 0.5`: routing.Trait{Name: "sentiment", Value: "positive", Confidence: 0.5},
		`Entity datetime from 0.8`:          routing.Entity{Name: "datetime"},
		`If "at night"`:                     says("at night", true),
		`Not(nil)`:                          routing.Not{},
		`All(nil, Any(nil), All())`:         routing.All{nil, routing.Any{(*routing.Text)(nil)}, routing.All(nil)},
	} {
		require.Equal(t, want, c.String())
	}
}

func TestValuesOfCombinedConditions(t *testing.T) {
	t.Parallel()
	first, second := routing.Text{Pattern: `(?P<a>\w+) (?P<b>\w+)`}, routing.Text{Pattern: `(?P<a>.*) (?P<c>\w+)`}
	ev := text("one two")
	for _, c := range []struct {
		condition routing.Condition
		want      map[string]string
	}{
		{routing.All{first, second}, map[string]string{"a": "one", "b": "two", "c": "two"}},
		{routing.All{says("yes", true), first}, map[string]string{"a": "one", "b": "two"}},
		{routing.Any{says("no", false), routing.Text{Pattern: "no"}, second, first}, map[string]string{"a": "one", "c": "two"}},
		{routing.Not{Condition: routing.Text{Pattern: "(?P<d>no)"}}, nil},
		{nil, nil},
	} {
		step := routes.Step{When: c.condition}
		require.Equal(t, c.want, step.Values(t.Context(), ev))
	}
}

func TestConditionsRefuseBadArguments(t *testing.T) {
	t.Parallel()
	for want, c := range map[string]routing.Condition{
		`Text "(": pattern: error parsing regexp`:                              routing.Text{Pattern: "("},
		`Text in capitals: Pattern and Matcher are both set`:                   routing.Text{Pattern: "a", Matcher: upper{}},
		`Payload: it names no kind`:                                            routing.Payload{},
		`Payload "": a kind was not made by payload.New`:                       routing.PayloadOf(payload.Kind[int]{}),
		`Payload "{x": the name "{x" begins with`:                              routing.Payload{Names: []string{"{x"}},
		`Ref is "a": more than one of Is, Prefix and Pattern is set`:           routing.Ref{Is: "a", Prefix: "b"},
		`Ref matches "[": pattern: error parsing regexp`:                       routing.Ref{Pattern: "["},
		`Locale: it names no locale`:                                           routing.Locale{},
		`Locale german: "german" is not a BCP 47 language tag`:                 routing.Locale{"german"},
		`Page: it names no page`:                                               routing.Page{},
		`Types: it names no type`:                                              routing.Types{},
		`Types IMAGES: no such receiving type: "IMAGES"; the nearest is IMAGE`: routing.Types{"IMAGES"},
		`Types DEFAULT: DEFAULT is no type of an event`:                        routing.Types{receiving.TypeDefault},
		`Intent from 0.8: Name is missing`:                                     routing.Intent{},
		`Trait wit$ from 0.8: Name is missing`:                                 routing.Trait{Name: "wit$"},
		`Entity a from 1.5: a Confidence of 1.5 is not between 0 and 1`:        routing.Entity{Name: "a", Confidence: 1.5},
		`If "x": its function is nil`:                                          routing.If("x", nil),
		`If "": it has no name`:                                                says("", true),
	} {
		err := routing.Policy{receiving.TypeDefault: {{When: routing.All{routing.Not{Condition: c}}, Handler: refuses{}}}}.Validate()
		require.ErrorContains(t, err, "routing: DEFAULT/0: When[0][0] "+want)
	}
}
