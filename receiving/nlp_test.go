package receiving_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/receiving"
)

func TestNLP(t *testing.T) {
	t.Parallel()
	message := func(file string) *receiving.Message {
		ev, problems := onlyEnvelope(t, file).Event()
		require.Empty(t, problems)
		return ev.Payload.(*receiving.Message)
	}
	first, second := message("nlp/nlp").NLP, message("nlp/nlpv2").NLPV2

	n := (&receiving.Message{NLP: first}).ReadNLP()
	require.Equal(t, []receiving.NLPIntent{{ID: "101", Name: "order_pizza", Confidence: 0.9987}, {ID: "102", Name: "order_status", Confidence: 0.41}}, n.Intents)
	require.Equal(t, []string{"positive", "neutral"}, []string{n.Traits["sentiment"][0].Value, n.Traits["sentiment"][1].Value})
	require.Equal(t, []receiving.NLPLocale{{Locale: "en_XX", Confidence: 0.9}}, n.Locales)
	when := n.Entities["datetime:datetime"][0]
	require.JSONEq(t, `"hour"`, string(rawField(t, when.Raw, "grain")))
	when.Raw = nil
	require.Equal(t, receiving.NLPEntity{
		ID: "340464963587159", Name: "datetime", Role: "datetime", Body: "tomorrow at 4pm", Value: "2026-11-28T16:00:00.000-08:00", Confidence: 0.9704,
	}, when)
	require.Equal(t, "14", n.Entities["size:size"][0].Value)
	require.InDelta(t, 0.8, n.Entities["size:size"][0].Confidence, 0)
	require.Equal(t, "7", n.Entities["size:size"][0].ID)

	n = (&receiving.Message{NLPV2: second}).ReadNLP()
	require.Equal(t, map[string][]receiving.NLPTrait{
		"greetings": {{ID: "5900cc2d-41b7-45b2-b21f-b950d3ae3c5c", Value: "true", Confidence: 0.9998}},
		"sentiment": {{ID: "5ac2b50a", Value: "negative", Confidence: 0.6}},
	}, n.Traits)
	require.Equal(t, "nl_XX", n.Locales[0].Locale, "the most certain first")

	both := (&receiving.Message{NLP: first, NLPV2: second}).ReadNLP()
	require.Equal(t, "negative", both.Traits["sentiment"][0].Value, "the newer form counts")
	require.Equal(t, "order_pizza", both.Intents[0].Name, "the older has what the newer lacks")
}

func rawField(t *testing.T, raw json.RawMessage, field string) json.RawMessage {
	t.Helper()
	var fields map[string]json.RawMessage
	require.NoError(t, json.Unmarshal(raw, &fields))
	return fields[field]
}

func TestNLPIsLenient(t *testing.T) {
	t.Parallel()
	good := receiving.NLP{Intents: []receiving.NLPIntent{{Name: "buy", Confidence: 1}}}
	for body, want := range map[string]receiving.NLP{
		``: {}, `null`: {}, `7`: {}, `[]`: {}, `{}`: {}, `{"intents":null,"traits":[],"entities":"x","detected_locales":{}}`: {},
		`{"intents":[null,7,{"name":null},{"name":"buy","confidence":5}],"traits":7}`: good,
		`{"intents":{"name":"wit$buy","confidence":"1.0"}}`:                           good,
		`{"intents":[{"name":"buy","confidence":"NaN"}]}`:                             {Intents: []receiving.NLPIntent{{Name: "buy"}}},
		`{"intents":[{"name":"buy","confidence":-1,"id":{}}]}`:                        {Intents: []receiving.NLPIntent{{Name: "buy"}}},
		`{"traits":{"greetings":"true"}}`:                                             {},
	} {
		require.Equal(t, want, (&receiving.Message{NLP: json.RawMessage(body)}).ReadNLP(), body)
	}
}

func FuzzNLP(f *testing.F) {
	f.Add([]byte(`{"intents":[{"name":"a","confidence":1}],"entities":{"a:b":[{}]},"traits":{"c":{}}}`), []byte(`{"traits":{"c":[1]}}`))
	f.Fuzz(func(t *testing.T, first, second []byte) {
		n := (&receiving.Message{NLP: first, NLPV2: second}).ReadNLP()
		for _, i := range n.Intents {
			require.NotEmpty(t, i.Name)
			require.True(t, i.Confidence >= 0 && i.Confidence <= 1)
		}
	})
}

func TestRef(t *testing.T) {
	t.Parallel()
	from := &receiving.Referral{Ref: "summer"}
	for name, ev := range map[string]*receiving.Event{
		"a referral": {Type: receiving.TypeReferral, Payload: from},
		"a tap":      {Type: receiving.TypeGetStartedButton, Payload: &receiving.Postback{Referral: from}},
		"a message":  {Type: receiving.TypeSimpleText, Payload: &receiving.Message{Referral: from}},
		"an opt-in":  {Type: receiving.TypeAuthentication, Payload: &receiving.OptIn{Ref: "summer"}},
	} {
		require.Equal(t, "summer", ev.Ref(), name)
	}
	for _, p := range []receiving.Payload{&receiving.Message{}, &receiving.Postback{}, &receiving.Read{}, &receiving.Message{IsEcho: true, Referral: from}} {
		require.Empty(t, (&receiving.Event{Payload: p}).Ref())
	}
}
