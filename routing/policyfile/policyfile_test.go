package policyfile_test

import (
	"os"
	"regexp"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/attachment"
	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/routing/policyfile"
	"github.com/djmessenger/messenger/sending"
)

func load(t *testing.T, reg *policyfile.Registry, name string) routing.Policy {
	t.Helper()
	policy, err := reg.Load(os.DirFS("testdata"), name)
	require.NoError(t, err)
	return policy
}

// unplaced is a policy without the places of its routes, to be compared.
func unplaced(policy routing.Policy) routing.Policy {
	out := routing.Policy{}
	for t, routes := range policy {
		for _, route := range routes {
			route.Origin = nil
			out[t] = append(out[t], route)
		}
	}
	return out
}

func text(s string) *receiving.Event {
	return &receiving.Event{Type: receiving.TypeSimpleText, PageID: "1", PSID: "42", Payload: &receiving.Message{Text: s}}
}

// A policy that was written for djmessenger loads as it is.
func TestPolicyOfDjmessengerLoadsUnchanged(t *testing.T) {
	t.Parallel()
	policy := load(t, policyfile.BuiltIn(), "djmessenger.json")
	require.Len(t, policy, 5)
	require.IsType(t, handling.SaveMessage{}, policy[receiving.TypeDefault][0].Handler)
	require.IsType(t, handling.UserProfile{}, policy[receiving.TypeDefault][1].Handler)
	require.IsType(t, handling.ThumbUp{}, policy[receiving.TypeSticker][0].Handler)
	require.IsType(t, handling.Location{}, policy[receiving.TypeLocation][0].Handler)
	require.IsType(t, handling.Dummy{}, policy[receiving.TypePersistentMenuOne][0].Handler)
	require.Equal(t, sending.List(
		sending.SimpleMessage{Text: "Thanks for the thumb!"},
		sending.Multimedia{Type: attachment.Image, URL: "https://example.com/thumb.png"},
	), policy[receiving.TypeSticker][0].Senders)
	require.Equal(t, sending.List(sending.SenderAction{Action: sending.TypingOn}, sending.Default{}),
		policy[receiving.TypeSimpleText][2].Senders)

	fires := func(said string) []bool {
		var out []bool
		for _, route := range policy[receiving.TypeSimpleText] {
			out = append(out, route.Handler.ShouldHandle(t.Context(), text(said)))
		}
		return out
	}
	require.Equal(t, []bool{true, false, false}, fires("hi"))
	require.Equal(t, []bool{false, false, false}, fires("hi "), "in djmessenger the whole text counts")
	require.Equal(t, []bool{false, false, false}, fires("Hi"))
	require.Equal(t, []bool{false, true, false}, fires("你好"))
	require.Equal(t, []bool{false, false, true}, fires("Quel PRIX é?"))
	require.Equal(t, []bool{false, false, false}, fires("éprixé"), `\b is Unicode`)
}

func TestClassesOfDjmessengerAreFoundInAnyOfItsModules(t *testing.T) {
	t.Parallel()
	for name, ok := range map[string]bool{
		"DummyHandler": true, "djmessenger.handling.DummyHandler": true, "djmessenger.contrib.handlers.DummyHandler": true,
		"djmessenger.DummyHandler": true, "shop.handlers.DummyHandler": false, "djmessenger.handling.Dummy": false, "Dummy": true,
	} {
		_, err := policyfile.BuiltIn().Parse("p.yaml", []byte("routers: [{type: IMAGE, handlers: [{name: "+name+"}]}]"))
		if ok {
			require.NoError(t, err, name)
		} else {
			require.ErrorContains(t, err, "is not registered", name)
		}
	}
}

func TestFieldsOfARoute(t *testing.T) {
	t.Parallel()
	policy := load(t, policyfile.BuiltIn(), "shop.yaml")
	require.NoError(t, policy.Validate())
	order := policy[receiving.TypeSimpleText][0]
	require.Equal(t, "order status", order.Name)
	require.Equal(t, "5s", order.Timeout.String())
	require.Equal(t, handling.Retry{Tries: 6, Pauses: []time.Duration{500 * time.Millisecond, 10 * time.Second}, MaxWait: 6 * time.Hour}, order.Retry)
	require.Equal(t, "shop.yaml:11:9", order.Origin.String())
	require.Equal(t, routing.All{
		routing.Text{Pattern: "hallo|guten tag"}, routing.Any{routing.Locale{"de"}, routing.Not{Condition: routing.Page{"1234", "5678"}}},
	}, policy[receiving.TypeSimpleText][1].When)
	require.Nil(t, policy[receiving.TypeSimpleText][1].Handler, "a route that only answers")
	require.Equal(t, routing.All{routing.Trait{Name: "greetings", Confidence: 0.9}, routing.Intent{Name: "order_pizza"}, routing.Entity{Name: "datetime"}},
		policy[receiving.TypeSimpleText][2].When)
	require.Equal(t, routing.Ref{Prefix: "spring-"}, policy[receiving.TypeReferral][0].When)
	require.True(t, policy[receiving.TypeReferral][0].DespiteSilence)
	require.True(t, policy[receiving.TypeReferral][0].Typing)
	require.True(t, policy[receiving.TypeReferral][0].CancelOnNewer)
	require.Equal(t, routing.All{routing.Payload{Names: []string{"prices", "order.size"}}, routing.Types{receiving.TypeQuickReply, receiving.TypePostback}},
		policy[receiving.TypeTap][0].When)
	help := policy[receiving.TypeSimpleText][3]
	require.True(t, help.Final)
	require.True(t, help.Otherwise)
	require.Equal(t, sending.List(sending.QuickReplies{Text: "What can I do for you?"}.WithReply("Prices", "prices").WithReply("Help", "help")), help.Senders)
	require.Equal(t, "media/IMAGE", policy[receiving.TypeImage][0].Name)
	require.Equal(t, "media/VIDEO", policy[receiving.TypeVideo][0].Name)
	require.True(t, policy[receiving.TypeTap][1].TypedTaps)
	card, ok := policy[receiving.TypeTap][1].Senders[0].(sending.GenericTemplate)
	require.True(t, ok)
	require.Equal(t, []sending.Button{sending.PostbackButton("Buy", "buy"), sending.URLButton("Look", "https://example.com/shirt")}, card.Elements[0].Buttons)
}

// JSON, YAML and what they are written back as are one policy.
func TestDumpIsReadAsTheSamePolicy(t *testing.T) {
	t.Parallel()
	reg := policyfile.BuiltIn()
	for _, name := range []string{"djmessenger.json", "shop.yaml"} {
		policy := load(t, reg, name)
		for _, format := range []policyfile.Format{policyfile.JSON, policyfile.YAML} {
			written, err := reg.Dump(policy, format)
			require.NoError(t, err)
			again, err := reg.Parse("dumped."+string(format), written)
			require.NoError(t, err, string(written))
			require.Equal(t, unplaced(policy), unplaced(again))
			twice, err := reg.Dump(again, format)
			require.NoError(t, err)
			require.Equal(t, string(written), string(twice))
		}
	}
}

// What was written in Go is written to a file as far as the registry knows it.
func TestDumpOfAPolicyInGo(t *testing.T) {
	t.Parallel()
	reg := policyfile.BuiltIn()
	policy := routing.Policy{
		receiving.TypeTap: {{When: routing.All{
			routing.Payload{Names: []string{"a"}}, routing.Types{receiving.TypePostback}, routing.Locale{"de"},
			routing.Any{routing.Page{"1"}, routing.Not{Condition: routing.Ref{Is: "x"}}},
		}, Senders: sending.List(sending.Default{}), DespiteSilence: true}},
		receiving.TypeFallback: {{When: routing.Any{routing.Text{Pattern: "a", Exact: true}, routing.Intent{Name: "a"}, routing.Entity{Name: "b"}, routing.Trait{Name: "c", Value: "d"}},
			Senders: sending.List(sending.Default{})}},
		receiving.TypeDefault: {{Handler: handling.SaveMessage{}}, {Handler: handling.UserProfile{Fields: []string{"name"}}}},
		receiving.TypeSimpleText: {
			{Name: "order", Handler: handling.SimpleText{Pattern: `order (?P<number>\d+)`}, Senders: sending.List(
				sending.SimpleMessage{Text: "Looking for %{number}."}, sending.Text("plain"), sending.Default{},
				sending.Typing{Senders: sending.List(sending.LongText{Text: "%{answer}"})},
				sending.SenderAction{Action: sending.React, Emoji: "❤"},
			)},
		},
	}
	written, err := reg.Dump(policy, policyfile.YAML)
	require.NoError(t, err)
	again, err := reg.Parse("dumped.yaml", written)
	require.NoError(t, err, string(written))
	require.Equal(t, policy, unplaced(again))
}

func TestDumpNamesWhatTheRegistryDidNotMake(t *testing.T) {
	t.Parallel()
	reg := policyfile.BuiltIn()
	policy := load(t, reg, "djmessenger.json")
	routes := policy[receiving.TypeSimpleText]
	routes[0].Handler = handling.Func(nil)
	routes[1].Senders = append(routes[1].Senders, sending.Func(nil))
	routes[2].When = routing.Any{routing.If("vip", nil)}
	routes[2].Name = "price"
	_, err := reg.Dump(policy, policyfile.JSON)
	require.EqualError(t, err, `policyfile: SIMPLE_TEXT/0: handler: the registry did not make this handler, a handling.Func
policyfile: SIMPLE_TEXT/1: senders[1]: the registry did not make this sender, a sending.Func
policyfile: SIMPLE_TEXT/2 (route "price"): When[0]: the registry did not make this condition, a If "vip" (routing.predicate)`)
	_, err = reg.Dump(routing.Policy{}, "toml")
	require.ErrorContains(t, err, `"toml" is no format`)
}

// Every built-in that a file may name is written back as it was, also when nothing but
// the Go values is left of the file.
func TestDumpOfEveryBuiltIn(t *testing.T) {
	t.Parallel()
	reg := policyfile.BuiltIn()
	policy := load(t, reg, "builtin.yaml")
	for _, format := range []policyfile.Format{policyfile.JSON, policyfile.YAML} {
		for _, from := range []routing.Policy{policy, unplaced(policy)} {
			written, err := reg.Dump(from, format)
			require.NoError(t, err)
			again, err := reg.Parse("dumped."+string(format), written)
			require.NoError(t, err, string(written))
			require.Equal(t, unplaced(policy), unplaced(again), string(written))
		}
	}

	schema, err := reg.Schema()
	require.NoError(t, err)
	names := regexp.MustCompile(`"(?:handler|sender|condition):(?:djmessenger\.\w+\.)?(\w+)"`).FindAllStringSubmatch(string(schema), -1)
	require.Greater(t, len(names), 40)
	for _, name := range names {
		require.Regexp(t, `name: `+name[1]+`\b`, testdata(t, "builtin.yaml"), "the file has every built-in")
	}
}

// A part that was replaced is not written as what was there before.
func TestDumpWritesWhatIsThereNow(t *testing.T) {
	t.Parallel()
	reg := policyfile.BuiltIn()
	policy := load(t, reg, "djmessenger.json")
	policy[receiving.TypeSimpleText][0].Handler = handling.SimpleText{Pattern: "bye"}
	policy[receiving.TypeSimpleText][0].Senders = sending.List(sending.Default{}, policy[receiving.TypeSimpleText][0].Senders[0])
	written, err := reg.Dump(policy, policyfile.JSON)
	require.NoError(t, err)
	again, err := reg.Parse("p.json", written)
	require.NoError(t, err)
	require.Equal(t, unplaced(policy), unplaced(again))
}

// greeter has a function, so that it cannot be compared.
type greeter struct {
	handling.Dummy

	greeting string
	words    map[string][]string
	greet    func() string
}

// A part with functions in it that was replaced by another one is not written as the
// first.
func TestDumpSeesReplacedPartsWithFunctions(t *testing.T) {
	t.Parallel()
	reg := policyfile.NewRegistry()
	policyfile.Handler(reg, "greeter", func(args struct{ Greeting string }) (handling.Handler, error) {
		return &greeter{greeting: args.Greeting, words: map[string][]string{"a": {"b"}}, greet: func() string { return args.Greeting }}, nil
	})
	parse := func(greeting string) routing.Policy {
		policy, err := reg.Parse("p", []byte("routers: [{type: IMAGE, handlers: [{name: greeter, args: {greeting: "+greeting+"}}]}]"))
		require.NoError(t, err)
		return policy
	}
	policy := parse("hi")
	policy["IMAGE"][0].Handler = parse("hi")["IMAGE"][0].Handler
	written, err := reg.Dump(policy, policyfile.YAML)
	require.NoError(t, err, "an equal one is written")
	require.Contains(t, string(written), "greeting: hi")
	policy["IMAGE"][0].Handler = parse("hello")["IMAGE"][0].Handler
	_, err = reg.Dump(policy, policyfile.YAML)
	require.ErrorContains(t, err, "IMAGE/0: handler: the registry did not make this handler")
}

func TestLoadReadsAnyFileSystem(t *testing.T) {
	t.Parallel()
	reg := policyfile.BuiltIn()
	files := fstest.MapFS{
		"policies/shop": {Data: []byte("\ufeff{\"routers\": []}")},
		"large.yaml":    {Data: make([]byte, policyfile.MaxSize+1)},
	}
	policy, err := reg.Load(files, "policies/shop")
	require.NoError(t, err, "without an ending the content says the format; a byte order mark is passed over")
	require.Empty(t, policy)
	_, err = reg.Load(files, "none.yaml")
	require.ErrorIs(t, err, os.ErrNotExist)
	_, err = reg.Load(files, "large.yaml")
	require.EqualError(t, err, "large.yaml: the file has more than 1048576 bytes")
}

func testdata(t testing.TB, name string) string {
	t.Helper()
	content, err := os.ReadFile("testdata/" + name)
	require.NoError(t, err)
	return string(content)
}
