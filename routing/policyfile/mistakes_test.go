package policyfile_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/routing/policyfile"
	"github.com/djmessenger/messenger/sending"
)

// All mistakes of a file are reported together, each with its line, its column, its
// place in the tree, and what was probably meant.
func TestMistakesHaveTheirPlaces(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ file, want string }{
		"names and arguments": {`routers:
  - type: SIMPLE_TEXTT
    handlers: []
  - type: SIMPLE_TEXT
    handlers:
      - name: SimpelText
        args: {pattern: hi}
        senders:
          - {name: SimpleMessage, args: {tex: hi}}
          - {name: SimpleText}
          - {name: djmessenger.sending.SimpleMesageSender, args: {text: hi}}
      - {name: UserProfile, args: {fields: name, wait: 3, refresh_after: soon, psid_only: "yes"}}
      - {name: Dummy, args: {x: 1}, sender: []}
      - {args: {}}
`, `2:11: routers[0].type: no such receiving type: "SIMPLE_TEXTT"; the nearest is SIMPLE_TEXT
6:15: routers[1].handlers[0].name: "SimpelText" is not registered as a handler; the nearest is SimpleText
9:41: routers[1].handlers[0].senders[0].args.text: is missing
9:42: routers[1].handlers[0].senders[0].args.tex: there is no such field; there are: text
10:20: routers[1].handlers[0].senders[1].name: "SimpleText" is not registered as a sender, but as a handler
11:20: routers[1].handlers[0].senders[2].name: "djmessenger.sending.SimpleMesageSender" is not registered as a sender; the nearest is djmessenger.sending.SimpleMessageSender
12:44: routers[1].handlers[1].args.fields: is a text, and has to be a list
12:56: routers[1].handlers[1].args.wait: is the number 3, and has to be a duration such as "30s" or "1h30m"
12:74: routers[1].handlers[1].args.refresh_after: is "soon", and has to be a duration such as "30s" or "1h30m"
12:91: routers[1].handlers[1].args.psid_only: is a text, and has to be a boolean; write true, without quotes
13:30: routers[1].handlers[2].args.x: there is no such field here; there are none
13:37: routers[1].handlers[2].sender: there is no such field; the nearest is senders
14:9: routers[1].handlers[3].name: is missing: the name of a handler`},

		"what the parts themselves refuse": {`{
	"routers": [{"type": "SIMPLE_TEXT", "handlers": [
		{"name": "SimpleText", "args": {"pattern": "("}},
		{"name": "SimpleTextBaseHandler", "args": {"regex": "^(?!no)"}},
		{"name": "Dummy", "senders": [
			{"name": "QuickReplies", "args": {"text": "hi", "replies": [{"title": "no", "payload": "no"}, {"title": "this title is too long", "payload": "x"}]}},
			{"name": "Buttons", "args": {"text": "hi", "buttons": [{"title": "Look", "url": "example"}]}},
			{"name": "SenderActionSender", "args": {"action": "dance"}},
			{"name": "MultimediaSender", "args": {"sending_type": "gif", "url": "https://example.com"}},
			{"name": "BaseButtonSender", "args": {"text": "hi"}},
			{"name": "GenericTemplateSender"},
			{"name": "Message", "args": {"text": ""}},
			{"name": "SenderAction", "args": {"action": "typing"}}
		]},
		{"name": "djmessenger.handling.MultimediaBaseHandler"}
	]}]
}`, `3:46: routers[0].handlers[0].args.pattern: pattern: error parsing regexp: missing closing ): ` + "`(`" + `
4:55: routers[0].handlers[1].args.regex: pattern, character 2: negative look-ahead (?!…), which RE2 does not have; docs/policy.md says what to write instead
6:108: routers[0].handlers[2].senders[0].args.replies[1].title: 22 characters, limit 20
7:84: routers[0].handlers[2].senders[1].args.buttons[0].url: is not an absolute http or https URL
8:54: routers[0].handlers[2].senders[2].args.action: is "dance", and has to be one of mark_seen, typing_on, typing_off
9:58: routers[0].handlers[2].senders[3].args.sending_type: is "gif", and has to be one of image, audio, video, file
10:41: routers[0].handlers[2].senders[4].args: buttons are missing, which a subclass added in djmessenger: write them here, or register the port of your subclass by its own name
11:13: routers[0].handlers[2].senders[5].name: GenericTemplateSender was never written in djmessenger, or was its base class; use GenericTemplate
12:41: routers[0].handlers[2].senders[6].args.text: a message needs a text, an attachment, images, a sticker, a utility template or a sender action
13:48: routers[0].handlers[2].senders[7].args.action: is "typing", and has to be one of typing_on, typing_off, mark_seen, react, unreact
15:12: routers[0].handlers[3].name: MultimediaBaseHandler is a base class of djmessenger, which its users subclassed: register the port of your subclass by its own name, or use Dummy if only the senders matter; in Go: handling.MultimediaBase`},

		"slips that are likely": {`routers:
  - type: sticker
    handlers:
      - {name: thumbup}
      - {name: shop.ChooseSize}
      - {name: SimpelTextHandler}
      - {name: Dummy, typed_taps: yes, senders: [{name: shop.Sizes}]}
      - {name: Dummy, senders: [{name: MultimediaSender, args: {sending_type: image, url: "https://example.com/a b.png"}}]}
      - {name: SimpleTextBaseHandler, args: {regex: '(\w+)++ \1'}}
      - {when: {name: Locales}, senders: [{name: Default}]}
      - {name: Dummy, answers: 1}
  - type: PHOTO
    handlers: []
`, `2:11: routers[0].type: no such receiving type: "sticker"; the nearest is STICKER
4:16: routers[0].handlers[0].name: "thumbup" is not registered as a handler; the nearest is ThumbUp
5:16: routers[0].handlers[1].name: "shop.ChooseSize" is not registered as a handler; if it is one of your own, port and register it (docs/policy.md)
6:16: routers[0].handlers[2].name: "SimpelTextHandler" is not registered as a handler; if it is one of your own, port and register it (docs/policy.md)
7:35: routers[0].handlers[3].typed_taps: is a text, and has to be a boolean; write true, without quotes
7:57: routers[0].handlers[3].senders[0].name: "shop.Sizes" is not registered as a sender; if it is one of your own, port and register it (docs/policy.md)
8:91: routers[0].handlers[4].senders[0].args.url: has a space; write "%20"
9:53: routers[0].handlers[5].args.regex: pattern, character 6: a possessive quantifier (++), which RE2 does not have; docs/policy.md says what to write instead
10:23: routers[0].handlers[6].when.name: "Locales" is not registered as a condition; the nearest is Locale
11:23: routers[0].handlers[7].answers: there is no such field; there are: name, args, senders, route, when, timeout, retry, typing, cancel_on_newer, final, otherwise, typed_taps, signals, despite_silence
12:11: routers[1].type: no such receiving type: "PHOTO"; docs/events.md lists them`},

		"what routing refuses": {`routers:
  - type: STICKER
    handlers:
      - {name: Dummy, route: a}
      - {name: Dummy, route: a}
      - {name: Location}
      - {name: Dummy, timeout: -5s}
      - {name: Dummy, typed_taps: true}
      - {name: Dummy, route: STICKER/0}
      - {name: Dummy, signals: true}
  - type: READ
    handlers:
      - {name: Dummy, senders: [{name: Default}]}
`, `5:30: routers[0].handlers[1].route: its name is taken by routers[0].handlers[0] (p:4:9)
6:16: routers[0].handlers[2].name: "Location" never handles events of this type; it handles LOCATION
7:32: routers[0].handlers[3].timeout: its Timeout of -5s is negative
8:35: routers[0].handlers[4].typed_taps: it has TypedTaps, but it is not under TAP or the type of a tap
10:32: routers[0].handlers[6].signals: it has Signals, but it is not under DEFAULT; a route under SIGNAL needs none
13:32: routers[1].handlers[0].senders: it has senders, but nothing may answer READ`},

		"retries": {`routers:
  - type: STICKER
    handlers:
      - {name: Dummy, retry: 5}
      - {name: Dummy, retry: {tries: many, pause: 1s, pauses: [1s, soon], max_wait: 3}}
      - {name: Dummy, retry: {tries: -1, pauses: [1s, -1s, 2h], max_wait: 25h}}
      - name: Dummy
        retry:
          tries: 2
          pauses: [1s, 5s]
      - {name: Dummy, retry: null}
      - {name: Dummy, retry: {tries: 99999999999999999999, pauses: null}}
  - types: [IMAGE, VIDEO]
    handlers:
      - {name: Dummy, retry: {tries: 101}}
`, `4:30: routers[0].handlers[0].retry: is the number 5, and has to be an object
5:38: routers[0].handlers[1].retry.tries: is a text, and has to be a number
5:44: routers[0].handlers[1].retry.pause: there is no such field; there are: tries, pauses, max_wait
5:68: routers[0].handlers[1].retry.pauses[1]: is "soon", and has to be a duration such as "30s" or "1h30m"
5:85: routers[0].handlers[1].retry.max_wait: is the number 3, and has to be a duration such as "30s" or "1h30m"
6:38: routers[0].handlers[2].retry.tries: is negative: -1
6:55: routers[0].handlers[2].retry.pauses[1]: is negative: -1s
6:60: routers[0].handlers[2].retry.pauses[2]: is 2h0m0s, and at most 1h0m0s
6:75: routers[0].handlers[2].retry.max_wait: is 25h0m0s, and at most 24h0m0s
10:19: routers[0].handlers[3].retry.pauses: has 2 pauses, and there are 1 between 2 tries
12:38: routers[0].handlers[5].retry.tries: is 99999999999999999999, and has to be a number of Go type int
15:38: routers[1].handlers[0].retry.tries: is 101, and at most 100`},

		"routers": {`routers:
  - type: IMAGE
    handlers: []
  - {types: [VIDEO, IMAGE], handlers: []}
  - {type: VIDEO, types: [], handlers: []}
  - {types: [], handlers: 3}
  - {type: 3}
  - nonsense
  - {handlers: [Dummy]}
router: 3
`, `4:21: routers[1].types[1]: IMAGE has a router already: routers[0].type (p:2:11)
5:26: routers[2].types: type and types are both there
6:13: routers[3].types: is empty
6:27: routers[3].handlers: is the number 3, and has to be a list
7:5: routers[4].handlers: is missing
7:12: routers[4].type: is the number 3, and has to be a text; put it in quotes
8:5: routers[5]: is a text, and has to be an object
9:5: routers[6].type: is missing
9:17: routers[6].handlers[0]: is a text, and has to be an object
10:1: router: there is no such field; there are: routers, $schema`},

		"conditions": {`routers:
  - type: DEFAULT
    handlers:
      - {when: {any: []}, senders: [{name: Default}]}
      - {when: {name: Nonsense}, senders: [{name: Default}]}
      - {when: {all: [{not: {name: Nonsense}}, 3], any: []}, senders: [{name: Default}]}
      - {when: [{not: {name: Nonsense}}, 3, {}, {alle: []}], senders: [{name: Default}]}
      - {when: {not: {any: [{name: Dummy}]}, args: {}}, senders: [{name: Default}]}
      - {when: {all: null, name: Text}, senders: [{name: Default}]}
`, `4:22: routers[0].handlers[0].when.any: has no conditions
5:23: routers[0].handlers[1].when.name: "Nonsense" is not registered as a condition; if it is one of your own, port and register it (docs/policy.md)
6:16: routers[0].handlers[2].when: a condition has only one of all, any, not and name; this has all and any
7:30: routers[0].handlers[3].when[0].not.name: "Nonsense" is not registered as a condition; if it is one of your own, port and register it (docs/policy.md)
7:42: routers[0].handlers[3].when[1]: is the number 3, and has to be an object with one of all, any, not and name, or a list
7:45: routers[0].handlers[3].when[2]: a condition has one of all, any, not and name
7:50: routers[0].handlers[3].when[3].alle: there is no such field; there are: all, any, not, name, args
8:36: routers[0].handlers[4].when.not.any[0].name: "Dummy" is not registered as a condition, but as a handler
8:52: routers[0].handlers[4].when.args: args go with a name
9:22: routers[0].handlers[5].when.all: is null`},

		"arguments of conditions": {`routers:
  - type: DEFAULT
    handlers:
      - {when: {name: Text, args: {pattern: "("}}, senders: [{name: Default}]}
      - {when: {name: Locale, args: {locales: [english]}}, senders: [{name: Default}]}
      - {when: {name: Types, args: {types: [STIKER]}}, senders: [{name: Default}]}
      - {when: {name: Intent, args: {confidence: 2, name: a}}, senders: [{name: Default}]}
      - {when: {name: Payload, args: {kinds: []}}, senders: [{name: Default}]}
      - {when: {name: Ref, args: {is: a, prefix: a}}, senders: [{name: Default}]}
      - {when: {name: Payload, args: {kind: a}}, senders: [{name: Default}]}
`, `4:45: routers[0].handlers[0].when.args.pattern: pattern: error parsing regexp: missing closing ): ` + "`(`" + `
5:47: routers[0].handlers[1].when.args.locales: i18n: "english" is not a BCP 47 language tag: language: tag is not well-formed
6:44: routers[0].handlers[2].when.args.types: no such receiving type: "STIKER"; the nearest is STICKER
7:37: routers[0].handlers[3].when.args: a Confidence of 2 is not between 0 and 1
8:46: routers[0].handlers[4].when.args.kinds: it names no kind
9:34: routers[0].handlers[5].when.args: more than one of Is, Prefix and Pattern is set
10:38: routers[0].handlers[6].when.args.kinds: is missing
10:39: routers[0].handlers[6].when.args.kind: there is no such field; there are: kinds`},

		"conditions that never match": {`routers:
  - type: IMAGE
    handlers:
      - {when: {name: Payload, args: {kinds: [a]}}, senders: [{name: Default}]}
  - type: STICKER
    handlers:
      - {name: Dummy, final: true}
      - {name: ThumbUp, route: late}
`, `4:16: routers[0].handlers[0].when: its condition Payload "a" never matches events of this type; it matches QUICK_REPLY, POSTBACK, PERSISTENT_MENU_ONE, PERSISTENT_MENU_TWO, PERSISTENT_MENU_THREE, PERSISTENT_MENU_FOUR, PERSISTENT_MENU_FIVE, GET_STARTED_BUTTON, SIGNAL
8:16: routers[1].handlers[1].name: it never runs: the route routers[1].handlers[0] (p:7:9) before it handles every event, and is Final`},

		"no object":  {`[]`, `1:1: is a list, and has to be an object`},
		"no routers": {`{}`, `1:1: routers: is missing`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := policyfile.BuiltIn().Parse("p", []byte(c.file))
			require.Equal(t, "p:"+strings.ReplaceAll(c.want, "\n", "\np:"), fmt.Sprint(err))
			var mistakes policyfile.Mistakes
			require.ErrorAs(t, err, &mistakes)
			var first *policyfile.Mistake
			require.ErrorAs(t, err, &first)
		})
	}
}

func TestSyntaxErrorsHaveTheirPlaces(t *testing.T) {
	t.Parallel()
	deep := strings.Repeat("[", 65) + strings.Repeat("]", 65)
	for name, c := range map[string]struct{ file, content, want string }{
		"JSON that ends":         {"p.json", "{\n  \"routers\": [", "p.json:2:15: not valid JSON: the file ends in the middle"},
		"no JSON":                {"p.json", "{\n  \"routers\": [],\n}", "p.json:2:16: not valid JSON: a comma with nothing after it"},
		"JSON and more":          {"p.json", "{}\n{}", "p.json:2:1: not valid JSON: something after the end of the policy"},
		"empty JSON":             {"p.json", "", "p.json: the file is empty"},
		"characters, not bytes":  {"p.json", `{"é你": x}`, "p.json:1:8: not valid JSON: "},
		"a key twice in JSON":    {"p.json", "{\"routers\": [],\n \"routers\": []}", "p.json:2:2: the key \"routers\" is there twice; the first is in line 1, column 2"},
		"a key twice in YAML":    {"p.yaml", "routers: []\nrouters: []", "p.yaml:2:1: the key \"routers\" is there twice; the first is in line 1, column 1"},
		"no YAML":                {"p.yaml", "routers:\n  - type: [\n", "p.yaml:3:1: not valid YAML: "},
		"tabs in YAML":           {"p.yaml", "routers:\n\t- type: IMAGE", "p.yaml:2:"},
		"empty YAML":             {"p.yaml", "# nothing\n", "p.yaml: the file is empty"},
		"two documents":          {"p.yaml", "routers: []\n---\nrouters: []", "a second document"},
		"a tag":                  {"p.yaml", "routers: !!binary aGk=", "p.yaml:1:10: the tag !!binary, which policy files do not have"},
		"no number of JSON":      {"p.yaml", "routers: .inf", `p.yaml:1:10: ".inf" is not a finite number`},
		"a key that is a list":   {"p.yaml", "? [a]\n: b\nrouters: []", "p.yaml:1:3: a key that is not a text"},
		"a merge of a text":      {"p.yaml", "<<: a\nrouters: []", "the merge key << needs an object"},
		"deep JSON":              {"p.json", `{"routers": ` + deep + `}`, "more than 64 lists and objects in one another"},
		"deep YAML":              {"p.yaml", `routers: ` + deep, "more than 64 lists and objects in one another"},
		"an alias of itself":     {"p.yaml", "routers: &a [*a]", "p.yaml:1:10: more than 64 lists and objects in one another"},
		"a tagged list":          {"p.yaml", "routers: !!str []", "p.yaml:1:10: the tag !!str, which policy files do not have"},
		"a tagged object":        {"p.yaml", "!!python/object:os.system {routers: []}", "p.yaml:1:1: the tag !!python/object:os.system, which policy files do not have"},
		"bytes that are no text": {"p.yaml", "routers:\n  é: [\"\xff\"]", "p.yaml:2:8: not valid YAML: "},
		"a control character":    {"p.yaml", "routers:\n  é: [\"\x01\"]", "p.yaml:2:8: not valid YAML: control characters are not allowed"},
		"the same in JSON":       {"p.json", "{\n\"é\": \"\xff\"}", "p.json:2:7: not valid JSON: invalid UTF-8"},
		"a key twice, escaped":   {"p.json", `{"routers": [], "r\u006futers": []}`, "p.json:1:17: the key \"routers\" is there twice"},
		"half a surrogate pair":  {"p.json", `{"routers": "\ud800"}`, "p.json:1:14: not valid JSON: "},
		"comments in JSON":       {"p.json", "{} // no", "p.json:1:4: not valid JSON: invalid character '/'"},
		"an unknown alias":       {"p.yaml", "routers: *a", "not valid YAML: "},
		"many values":            {"p.json", `{"routers": [` + strings.Repeat("0,", 100_000) + "0]}", "more than 100000 values"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := policyfile.BuiltIn().Parse(c.file, []byte(c.content))
			require.ErrorContains(t, err, c.want)
			require.NotContains(t, err.Error(), "is missing", "what was not read is not missing")
			require.Less(t, len(err.Error()), 5000)
		})
	}
}

// A file that repeats itself by aliases costs no more than one that is written out.
func TestAliasesDoNotMultiplyWithoutEnd(t *testing.T) {
	t.Parallel()
	var bomb strings.Builder
	bomb.WriteString("a0: &a0 [x, x, x]\n")
	for i := range 20 {
		fmt.Fprintf(&bomb, "a%d: &a%d [%s]\n", i+1, i+1, strings.Repeat(fmt.Sprintf("*a%d, ", i), 9))
	}
	_, err := policyfile.BuiltIn().Parse("p.yaml", []byte(bomb.String()))
	require.Error(t, err)
	require.Contains(t, err.Error(), "aliases")
}

func TestYAMLMergesAndRepeats(t *testing.T) {
	t.Parallel()
	policy, err := policyfile.BuiltIn().Parse("p.yaml", []byte(`
routers:
  - type: IMAGE
    handlers:
      - &answer
        name: Dummy
        senders: [{name: SimpleMessage, args: {text: An image}}]
  - type: VIDEO
    handlers:
      - <<: *answer
        route: video
      - *answer
`))
	require.NoError(t, err)
	image := policy["IMAGE"][0]
	require.Equal(t, sending.List(sending.SimpleMessage{Text: "An image"}), image.Senders)
	require.Equal(t, image.Senders, policy["VIDEO"][0].Senders)
	require.Equal(t, "video", policy["VIDEO"][0].Name)
	require.Equal(t, image.Senders, policy["VIDEO"][1].Senders)
}

func TestManyMistakesAreCut(t *testing.T) {
	t.Parallel()
	_, err := policyfile.BuiltIn().Parse("p.yaml", []byte("routers: ["+strings.Repeat("3, ", 150)+"]"))
	require.Equal(t, 100, strings.Count(err.Error(), "\n"))
	require.True(t, strings.HasSuffix(err.Error(), "and 50 more"))
	mistakes, ok := errors.AsType[policyfile.Mistakes](err)
	require.True(t, ok)
	require.Len(t, mistakes, 150)
}

func FuzzParse(f *testing.F) {
	for _, name := range []string{"djmessenger.json", "shop.yaml"} {
		f.Add(testdata(f, name))
	}
	f.Add("routers: [{types: [IMAGE, VIDEO], handlers: [{when: {not: {any: [{name: x}]}}, senders: [&a {name: Default}, *a]}]}]")
	f.Add("{\"routers\": [{\"type\": \"TAP\", \"handlers\": [{\"name\": \"SimpleTextBaseHandler\", \"args\": {\"regex\": \"\\\\bé\\\\b\"}}]}]}")
	f.Add("<<: [{routers: []}]\n? *a\n: 0x1F")
	reg := policyfile.BuiltIn()
	f.Fuzz(func(t *testing.T, content string) {
		policy, err := reg.Parse("p", []byte(content))
		if err != nil {
			for _, m := range err.(policyfile.Mistakes) { //nolint:errorlint // it is always one
				if m.File != "p" || m.Line < 0 || m.Problem == "" {
					t.Errorf("%#v", m)
				}
			}
			return
		}
		for _, format := range []policyfile.Format{policyfile.JSON, policyfile.YAML} {
			written, err := reg.Dump(policy, format)
			require.NoError(t, err)
			again, err := reg.Parse("p."+string(format), written)
			require.NoError(t, err, string(written))
			require.Equal(t, unplaced(policy), unplaced(again))
		}
	})
}

// An error about one argument may be several.
func TestArgErrorOfSeveral(t *testing.T) {
	t.Parallel()
	reg := policyfile.BuiltIn()
	policyfile.Sender(reg, "shop.Photo", func(struct{ Photo string }) (sending.Sender, error) {
		return nil, policyfile.ArgError("photo", errors.Join(
			&sending.FieldError{Field: "attachment.payload.photo", Problem: "is too dark"}, errors.New("shows no shop")))
	})
	_, err := reg.Parse("p", []byte("routers: [{type: IMAGE, handlers: [{name: Dummy, senders: [{name: shop.Photo, args: {photo: x}}]}]}]"))
	require.EqualError(t, err, "p:1:93: routers[0].handlers[0].senders[0].args.photo: is too dark\n"+
		"p:1:93: routers[0].handlers[0].senders[0].args.photo: shows no shop")
}
