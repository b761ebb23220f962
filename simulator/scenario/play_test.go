package scenario_test

import (
	"bytes"
	"context"
	"encoding/xml"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/simulator"
	"github.com/djmessenger/messenger/simulator/scenario"
)

func read(t *testing.T, text string) []*scenario.Scenario {
	t.Helper()
	all, err := scenario.Read("bot.yaml", []byte(text))
	require.NoError(t, err)
	return all
}

func (p *platform) plays(t *testing.T, text string) []scenario.Result {
	t.Helper()
	results, err := scenario.Play(t.Context(), scenario.Config{Simulator: p}, read(t, text))
	require.NoError(t, err)
	return results
}

// passes plays steps, of which each has to pass.
func (p *platform) passes(t *testing.T, text string) {
	t.Helper()
	for _, r := range p.plays(t, text) {
		require.True(t, r.Passed(), "%v\n%s", r.Err, r.Explanation())
	}
}

// fails plays a scenario that fails, and returns the report.
func (p *platform) fails(t *testing.T, text string) string {
	t.Helper()
	results := p.plays(t, text)
	require.Len(t, results, 1)
	require.NoError(t, results[0].Err)
	require.NotNil(t, results[0].Failure, results[0].Conversation)
	return results[0].Explanation()
}

// TestPlaysTheSpecification in this process and over HTTP, twice: each scenario begins anew.
func TestPlaysTheSpecification(t *testing.T) {
	t.Parallel()
	p := start(t, simulator.Config{DefaultApp: "1000000000000001"})
	all, err := scenario.ReadFile("testdata/greeting.yaml")
	require.NoError(t, err)
	for _, config := range []scenario.Config{{Simulator: p}, {URL: p.url}} {
		var seen []string
		config.Each = func(r scenario.Result) { seen = append(seen, r.Scenario.Name) }
		results, err := scenario.Play(t.Context(), config, all)
		require.NoError(t, err)
		for _, r := range results {
			require.True(t, r.Passed(), "%s: %v\n%s", r.Scenario.Name, r.Err, r.Explanation())
		}
		require.Equal(t, []string{"Greeting and a choice", "A busy platform", "A human takes over and the window closes"}, seen)
	}
}

// TestEveryVerb: a step of each passes.
func TestEveryVerb(t *testing.T) {
	t.Parallel()
	p := start(t, simulator.Config{})
	p.passes(t, `
vars: {drink: tea}
patience: 20s
people: {eve: {first_name: Eve, phone: "+15555550199"}}
steps:
  - ada says: "I like {{drink}}"
    keep: first
  - ada sees: you said I like tea
    keep: answer
  - ada replies: why?
  - ada sees: { text: you said why?, quick_replies: [], reply_to: null }
  - ada replies: { text: and?, to: "{{answer}}" }
  - ada sees: { matches: "^you said (?P<what>.*)\\?$" }
  - ada says: "{{what}}"
  - ada sees: you said and
  - ada edits: { text: or, to: "{{first}}" }
  - ada reacts: ❤
  - ada sees: you said reaction ❤
  - ada unreacts:
  - ada sees: you said reaction ❤
  - ada reads:
  - ada sends: thumb
  - ada sends: { image: "https://example.com/cat.png" }
  - ada sends: { location: { latitude: 1.5, longitude: 2 } }
  - ada opens link: shop
  - ada sees: you said referral SHORTLINK shop
  - ada clicks ad: { ref: shop, ad_id: "6" }
  - ada sees: you said referral ADS6 shop
  - ada opts in: news
  - ada links account: code
  - ada unlinks account
  - ada comments: nice
  - ada posts: hello
  - ada taps: Help
  - ada sees: you said  HELP
  - ada does: { type: old_button, title: Old, payload: OLD }
  - ada sees: { contains: OLD }
  - ada taps: { title: Older, payload: OLDER, old: true }
  - ada sees: { contains: OLDER }
  - ada says: type
  - ada sees typing:
  - ada says: long
  - ada is refused: 100
  - ada says: long
  - ada is refused: { code: 100, message: { contains: text } }
  - agent to eve: { text: hi }
  - eve says: cards
  - eve sees:
      template: generic
      cards: [One, { title: Two, subtitle: { contains: sec }, buttons: [Buy] }]
      buttons: { has: [{ title: See, url: "https://example.com/1", type: web_url }, Buy] }
      raw: { message: { attachment: { payload: { elements: { any: true } } } } }
  - eve taps: { title: Buy, card: 2 }
  - eve sees: { text: { equals: "you said  BUY2" } }
  - eve blocks:
  - send: { body: { recipient: { id: "{{eve}}" }, message: { text: x } }, refused: { code: 551 }, status: 400 }
  - eve unblocks:
  - send: { body: { recipient: { id: "{{eve}}" }, message: { text: x } }, answer: { recipient_id: "{{eve}}" } }
  - eve sees: x
  - fault: 613
  - fault: { refusal: calls limit }
  - eve says: late
  - eve sees: you said late
  - post: { sender: { id: "{{eve}}" }, recipient: { id: "100000000000001" }, timestamp: 1, message: { mid: m_x, text: posted } }
  - eve sees: you said posted
  - disorder: { duplicate: 1 }
  - eve says: twice
  - eve sees: you said twice
  - eve sees: you said twice
  - disorder: {}
  - page: { lenient: true }
  - clock: 1m
  - clock: { frozen: true }
  - flush:
  - callbacks: { of: eve, field: messages, count: { at least: 4, at most: 20 }, status: 200 }
  - calls: { to: "POST /me/messages", of: eve, body: { message: { text: you said late } }, status: 200, count: 1 }
  - no warnings:
`)
}

// TestFailuresExplainThemselves: the place, what was wanted and what there was, the conversation and the last call.
func TestFailuresExplainThemselves(t *testing.T) {
	t.Parallel()
	p := start(t, simulator.Config{})
	got := p.fails(t, "scenario: A busy platform\npeople: {bo: {first_name: Bo}}\nsteps:\n  - fault: {preset: rate_limit, times: 2}\n  - bo says: order\n"+
		"  - bo sees:\n      receipt: {total_cost: 12, order_number: {any: true}}\n      text: Receipt\n")
	require.Regexp(t, `^  bot\.yaml:6  bo sees
      receipt\.total_cost   want 12   got 12\.50?
      text                 want "Receipt"   got ""
  Conversation
      Bo    order
      Page  \[receipt\] \(refused: 613: \(#613\) Calls to this api have exceeded the rate limit\.\)  x2
      Page  \[receipt\] \{.*   <- this one
  Last call  POST messages  \[receipt\] 200  \(log \d+\)
$`, got)
	for steps, want := range map[string]string{
		"[ada says: hi, ada sees: Hi]":                                           `text   want "Hi"   got "you said hi"`,
		"[ada says: no, ada sees: {quick_replies: [Red]}]":                       `quick_replies   want ["Red"]   got ["Red", "Blue"]`,
		"[ada says: no, ada sees: {quick_replies: [Red, Green]}]":                `quick_replies[2]   want "Green"   got "Blue"`,
		"[ada says: no, ada sees: {quick_replies: {has: [Green]}}]":              `quick_replies   want one that is "Green"   got ["Red", "Blue"]`,
		"[ada says: no, ada sees: {any: true}, {ada taps: Green, within: 1ms}]":  `there is no "Green" to tap`,
		"[{ada taps: Buy, within: 1ms}]":                                         `on offer: menu item "Help", payload "HELP"`,
		"[{ada sees: {any: true}, within: 1ms}]":                                 `nothing came within 1ms`,
		"[ada says: cards, ada sees: {any: true}, {ada taps: Bye, within: 1ms}]": `on offer: button "See", https://example.com/1`,
		"[ada says: hi, ada sees nothing: 10s]":                                  `want nothing   got "you said hi"`,
		"[ad says: hi]":                                                          `there is no person ad; the nearest is ada; the simulator has ada, 小美, josé, and people of the scenario adds others`,
		"[control: {of: ada, is: inbox}]\npatience: 1ms":                         `want inbox   got none`,
		"[{callbacks: {field: messages}, within: 1ms}]":                          `callbacks   want {"at least":1}   got 0`,
		"[ada says: long, calls: {status: 400}, no warnings: ]":                  `call POST messages: 100`,
		"[ada does: {type: dance}]":                                              `no act of type "dance"`,
		"[ada reacts: x]":                                                        `there is no message yet that ada reacts could be about`,
		"[send: {body: {recipient: {id: '1'}, message: {text: x}}}]":             `answer   want success   got {`,
		"[send: {path: /me, method: GET, refused: {code: 1}}]":                   `refused   want {"code":1}   got {`,
		"[ada is refused: ]\npatience: 1ms":                                      `nothing was refused within 1ms`,
		"[ada sees typing: ]\npatience: 1ms":                                     `the bot did not type within 1ms`,
		"[ada reads: , fault: {refusal: '{{ada}}'}]":                             `no refusal is named`,
	} {
		require.Contains(t, p.fails(t, "steps: "+steps), want, steps)
	}
}

// TestBotsThatFail are told apart from bots that say something else.
func TestBotsThatFail(t *testing.T) {
	t.Parallel()
	p := start(t, simulator.Config{RetryPauses: []time.Duration{}})
	p.bot.set(500, nil)
	for _, step := range []string{"ada sees: hi", "ada is refused: ", "ada sees typing: ", "calls: {of: ada}"} {
		require.Contains(t, p.fails(t, "steps: [ada says: hi, flush: , {"+step+", within: 200ms}]"), "callback messages: the bot answered 500", step)
	}
	p.bot.set(0, nil)
	silent := p.fails(t, "steps: [ada says: thanks, flush: , {ada sees: hi, within: 1ms}]")
	require.Contains(t, silent, "The bot took the callback, and no call reached the simulator. Is MESSENGER_GRAPH_URL set to it?")
	p.bot.set(0, func(_, _, _ string) []string { // a flood
		return strings.Split(strings.Repeat(`{"text":"again"};`, 100)+`{"text":"end"}`, ";")
	})
	got := p.fails(t, "steps: [ada says: hi, ada sees: again, ada sees: end]")
	require.Contains(t, got, `text   want "end"   got "again"`)
	require.Less(t, len(got), 4000, "a flood is told in few lines")
}

// TestABotThatHangs: no step waits longer than it may.
func TestABotThatHangs(t *testing.T) {
	t.Parallel()
	p := start(t, simulator.Config{})
	hold := make(chan struct{})
	defer close(hold)
	p.bot.set(0, func(_, _, _ string) []string { <-hold; return nil })
	require.Contains(t, p.fails(t, "patience: 100ms\nsteps: [ada says: hi, ada sees: hi]"), "nothing came within 100ms")
}

// TestAWebhookThatHangs: a step fails while the simulator waits for the bot.
func TestAWebhookThatHangs(t *testing.T) {
	t.Parallel()
	for step, want := range map[string]string{
		"clock: 1h":                            "the bot did not answer its callbacks in time, so the simulator could not do it: PUT /simulator/clock",
		"clock: {now: '2100-01-01T00:00:00Z'}": "the bot did not answer its callbacks in time",
		"flush: ":                              "the bot did not answer its callbacks within 100ms",
		"ada sees nothing: 1ms":                "the bot did not answer its callbacks within 100ms",
		"callbacks: {field: message_reads, count: 0}": "the bot did not answer its callbacks within 100ms",
		"no warnings: ": "the bot did not answer its callbacks within 100ms",
	} {
		p := start(t, simulator.Config{})
		hold := make(chan struct{})
		t.Cleanup(func() { close(hold) })
		p.bot.hold = hold
		require.Contains(t, p.fails(t, "steps:\n  - disorder: {retries: platform}\n  - ada says: hi\n  - "+step+"\n    within: 100ms\n"), want, step)
	}
}

// TestAnInterruptedPlay has a result for each scenario, and valid JUnit.
func TestAnInterruptedPlay(t *testing.T) {
	t.Parallel()
	p := start(t, simulator.Config{})
	ctx, cancel := context.WithCancel(t.Context())
	all := read(t, "scenario: \"one \\x01\"\nsteps: [ada says: hi, ada sees: Hi]\n---\nscenario: two\nsteps: [ada sees: {any: true}]\n---\nscenario: three\nsteps: [ada says: hi]\n")
	results, err := scenario.Play(ctx, scenario.Config{Simulator: p, Each: func(scenario.Result) { cancel() }}, all)
	require.NoError(t, err)
	require.Len(t, results, 3)
	require.NotNil(t, results[0].Failure)
	require.ErrorIs(t, results[2].Err, context.Canceled)
	var out bytes.Buffer
	require.NoError(t, scenario.WriteJUnit(&out, time.Unix(0, 0), results))
	var suites struct {
		Suites []struct {
			Tests, Failures, Errors int    `xml:",attr"`
			Name                    string `xml:"name,attr"`
			Cases                   []struct {
				Name      string `xml:"name,attr"`
				Classname string `xml:"classname,attr"`
				Failure   struct {
					Message string `xml:"message,attr"`
					Type    string `xml:"type,attr"`
				} `xml:"failure"`
				Error *struct {
					Type string `xml:"type,attr"`
				} `xml:"error"`
				Out string `xml:"system-out"`
			} `xml:"testcase"`
		} `xml:"testsuite"`
	}
	require.NoError(t, xml.Unmarshal(out.Bytes(), &suites), out.String())
	s := suites.Suites[0]
	require.Equal(t, "bot.yaml", s.Name)
	require.Len(t, s.Cases, 3)
	require.Equal(t, "one \uFFFD", s.Cases[0].Name)
	require.Equal(t, "bot", s.Cases[0].Classname)
	require.Equal(t, "sees", s.Cases[0].Failure.Type)
	require.Equal(t, `bot.yaml:2 ada sees: text   want "Hi"   got "you said hi"`, s.Cases[0].Failure.Message)
	require.Contains(t, s.Cases[0].Out, "you said hi")
	require.Equal(t, "interrupted", s.Cases[2].Error.Type)
	require.Contains(t, out.String(), `tests="3" failures="1" errors="2"`)
}

// TestAPlayThatHasNotBegunChangesNothing: one that is interrupted removes no page.
func TestAPlayThatHasNotBegunChangesNothing(t *testing.T) {
	t.Parallel()
	p := start(t, simulator.Config{})
	before := p.Pages()
	ctx, cancel := context.WithCancel(t.Context())
	results, err := scenario.Play(ctx, scenario.Config{Simulator: p, Each: func(scenario.Result) { cancel() }},
		read(t, "fields: [messages]\nsteps: [ada reads: ]\n---\nfields: [messages]\npages: [{id: '77'}]\nsteps: [page: {lenient: true}]"))
	require.NoError(t, err)
	require.ErrorIs(t, results[1].Err, context.Canceled)
	require.Equal(t, before, p.Pages(), "those that there were, with their fields")
}

// TestNamedGroupsAreKept wherever a pattern can stand.
func TestNamedGroupsAreKept(t *testing.T) {
	t.Parallel()
	p := start(t, simulator.Config{})
	p.passes(t, `
steps:
  - ada says: no
  - ada sees: { quick_replies: { has: [{ payload: { matches: "^(?P<colour>B.*)$" } }] } }
  - ada says: "{{colour}}"
  - ada sees: you said BLUE
  - ada says: long
  - ada is refused: { message: { matches: "(?P<param>[a-z]+ has|text)" } }
  - ada says: "{{param}}"
  - ada sees: { contains: you said }
  - send: { body: { recipient: { id: "1" }, message: { text: x } }, refused: { message: { matches: "(?P<word>[a-z]+)" } } }
  - send: { method: get, path: /me, answer: { id: { matches: "^(?P<page>[0-9]+)$" } } }
  - ada says: "{{word}} {{page}}"
  - ada sees: { matches: "you said [a-z]+ [0-9]+" }
`)
}

// TestPeopleWithIDs: a person who is there already is as they are.
func TestPeopleWithIDs(t *testing.T) {
	t.Parallel()
	p := start(t, simulator.Config{})
	require.Contains(t, p.fails(t, "people:\n  ada: {id: '7100000000000001', locale: fr_FR}\nsteps: [ada says: hi]"),
		"bot.yaml:2  people\n      person 7100000000000001 is there already, with the locale \"en_US\", not \"fr_FR\"; give ada another id, or leave the locale out")
	p.passes(t, "people:\n  bo: {id: '7100000000000001', locale: en_US}\nsteps: [bo says: hi, bo sees: you said hi]")
	require.Len(t, p.Messages("7100000000000001"), 2)
	got := p.fails(t, "steps:\n  - ada reads\n  - bob says: hi")
	require.Contains(t, got, "bot.yaml:3  bob says\n      there is no person bob", "the step that names the person")
	require.Contains(t, p.fails(t, "people:\n  bo: {id: x}\nsteps: [ada reads]"), "bot.yaml:2  people\n      person id \"x\" is not digits")
}

// TestTheIDsOfThePeople of a simulator are known also to a scenario in which they do nothing.
func TestTheIDsOfThePeople(t *testing.T) {
	t.Parallel()
	p := start(t, simulator.Config{})
	p.passes(t, `
steps:
  - post: { sender: { id: "{{ada}}" }, recipient: { id: "100000000000001" }, timestamp: 1, message: { mid: m_1, text: posted } }
  - send: { body: { recipient: { id: "{{ada}}" }, message: { text: x } }, answer: { recipient_id: "{{ada}}" } }
`)
}

// TestExpectedRefusals: send expects its own call to be refused, and none of the bot.
func TestExpectedRefusals(t *testing.T) {
	t.Parallel()
	p := start(t, simulator.Config{})
	const byHand = "send: {body: {recipient: {id: '1'}, message: {text: x}}, refused: 100}"
	p.passes(t, "steps: ["+byHand+", no warnings: ]")
	p.passes(t, "steps: [send: {body: {recipient: {id: '1'}, message: {text: x}}, refused: }]")
	require.Contains(t, p.fails(t, "steps: ["+strings.Replace(byHand, "100", "613", 1)+"]"), "refused.code   want 613   got 100")

	beside := &besideCalls{Simulator: p.Simulator, bot: p.bot}
	results, err := scenario.Play(t.Context(), scenario.Config{Simulator: beside}, read(t, "steps: ["+byHand+", no warnings: ]"))
	require.NoError(t, err)
	require.NotNil(t, results[0].Failure)
	require.Len(t, results[0].Failure.Differences, 1)
	require.Contains(t, results[0].Failure.Differences[0], "message[text]", "the call of the bot that came after it")
}

// besideCalls is a simulator at which the bot makes a call that is refused, after each one that comes by hand.
type besideCalls struct {
	*simulator.Simulator
	bot *bot
}

func (b *besideCalls) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b.Simulator.ServeHTTP(w, r)
	if r.URL.Path == "/me/messages" {
		b.bot.call("messages", `{"recipient":{"id":"{}"},"message":{"text":""}}`)
	}
}

// TestThePeopleOfAScenarioAreNew: a bot that remembers people meets others each time, and keeps what it has set up.
func TestThePeopleOfAScenarioAreNew(t *testing.T) {
	t.Parallel()
	p := start(t, simulator.Config{Seed: 7})
	before := len(p.People())
	seen := map[string]bool{}
	for range 3 {
		p.passes(t, "steps: [ada gets started: , ada sees: 'Hello, Ada!']")
		people := p.People()
		require.Len(t, people, before+1)
		require.Equal(t, "Byron", people[before].LastName)
		require.False(t, seen[people[before].ID])
		seen[people[before].ID] = true
	}
	p.passes(t, "people: {ada: {id: '7100000000000001'}, zoe: {id: '42', locale: fr_FR}}\nsteps: [ada says: hi, ada sees: you said hi, zoe says: hi]")
	require.Len(t, p.Messages("7100000000000001"), 2)
	require.Equal(t, "Zoe", p.People()[before].FirstName)
}

func TestPlayNeedsASimulator(t *testing.T) {
	t.Parallel()
	_, err := scenario.Play(t.Context(), scenario.Config{}, nil)
	require.Error(t, err)
	_, err = scenario.Play(t.Context(), scenario.Config{URL: "http://127.0.0.1:1"}, nil)
	require.ErrorContains(t, err, "the simulator at http://127.0.0.1:1 does not answer")
}
