package command_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/command"
	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/routing/policyfile"
	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/threadsettings/settingsfile"
)

// result is what a command has said.
type result struct {
	code     int
	out, err string
}

func run(t *testing.T, config command.Config, args ...string) result {
	t.Helper()
	var out, errs bytes.Buffer
	config.Out, config.Err = &out, &errs
	if config.In == nil {
		config.In = strings.NewReader("")
	}
	code := command.Run(t.Context(), config, args)
	return result{code, out.String(), errs.String()}
}

func file(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
	return path
}

const (
	good    = "routers: [{type: SIMPLE_TEXT, handlers: [{name: SimpleText, args: {pattern: hi}, route: greet, senders: [{name: Default}]}]}]"
	broken  = "routers:\n  - type: STIKER\n    handlers: []\n  - {type: IMAGE, handlers: [{name: Dumy}]}\n"
	unknown = "routers: [{type: IMAGE, handlers: [{name: shop.Photo, args: {size: 3}, senders: [{name: Default}]}]}]"
)

func TestCheck(t *testing.T) {
	t.Parallel()
	path := file(t, "good.yaml", good)
	require.Equal(t, result{0, path + ": ok, 1 route under 1 type\n", ""}, run(t, command.Config{}, "policy", "check", path))

	bad := file(t, "broken.yaml", broken)
	got := run(t, command.Config{}, "policy", "check", path, bad)
	require.Equal(t, 1, got.code)
	require.Equal(t, path+": ok, 1 route under 1 type\n", got.out)
	require.Equal(t, bad+`:2:11: routers[0].type: no such receiving type: "STIKER"; the nearest is STICKER
`+bad+`:4:37: routers[1].handlers[0].name: "Dumy" is not registered as a handler; the nearest is Dummy
`+bad+": names that only the bot's own program knows are warnings with --allow-unknown\n", got.err)

	in := command.Config{In: strings.NewReader(good)}
	require.Equal(t, result{0, "stdin: ok, 1 route under 1 type\n", ""}, run(t, in, "policy", "check", "-"))
}

func TestCheckAllowsUnknownNames(t *testing.T) {
	t.Parallel()
	path := file(t, "p.yaml", unknown)
	require.Equal(t, 1, run(t, command.Config{}, "policy", "check", path).code)
	got := run(t, command.Config{}, "policy", "check", "--allow-unknown", path)
	require.Equal(t, 0, got.code)
	require.Equal(t, path+": ok, 1 route under 1 type\n", got.out)
	require.Regexp(t, `^warning: .*"shop.Photo" is not registered as a handler; if it is one of your own, port and register it .*\n$`, got.err)

	for _, args := range [][]string{{"explain", "--text", "x"}, {"dump"}} {
		got = run(t, command.Config{}, append(append([]string{"policy"}, args...), "--allow-unknown", path)...)
		require.Equal(t, path+": 1 warning; policy check lists them\n", got.err, "each warning is shown once, by check")
	}

	got = run(t, command.Config{}, "policy", "check", "--allow-unknown", file(t, "b.yaml", broken))
	require.Equal(t, 1, got.code, "other mistakes stay mistakes")

	reg := policyfile.BuiltIn()
	policyfile.Handler(reg, "shop.Photo", func(struct{ Size int }) (handling.Handler, error) { return handling.Dummy{}, nil })
	require.Equal(t, 0, run(t, command.Config{Registry: reg}, "policy", "check", path).code, "a program's own command knows its names")
	own := run(t, command.Config{Registry: policyfile.BuiltIn()}, "policy", "check", path)
	require.Equal(t, 1, own.code)
	require.NotContains(t, own.err, "--allow-unknown", "no other program knows more names than the bot's own")
}

func TestCheckInJSON(t *testing.T) {
	t.Parallel()
	path := file(t, "p.yaml", unknown)
	for _, allow := range []bool{false, true} {
		got := run(t, command.Config{}, "policy", "check", "--json", fmt.Sprintf("--allow-unknown=%t", allow), path)
		require.Empty(t, got.err)
		var report struct {
			OK    bool
			Files []struct {
				File     string
				OK       bool
				Mistakes []struct {
					Line, Column   int
					Place, Unknown string
					Warning        bool
				}
			}
		}
		require.NoError(t, json.Unmarshal([]byte(got.out), &report))
		require.Equal(t, allow, report.OK)
		require.Equal(t, allow, got.code == 0)
		require.Equal(t, path, report.Files[0].File)
		require.Len(t, report.Files[0].Mistakes, 1)
		m := report.Files[0].Mistakes[0]
		require.Equal(t, []any{1, 43, "routers[0].handlers[0].name", "shop.Photo", allow}, []any{m.Line, m.Column, m.Place, m.Unknown, m.Warning})
	}
}

// A policy without routes may be meant, and is more likely a slip.
func TestCheckWarnsOfNoRoutes(t *testing.T) {
	t.Parallel()
	for _, content := range []string{"routers: []", "routers: [{type: IMAGE, handlers: []}]"} {
		path := file(t, "p.yaml", content)
		got := run(t, command.Config{}, "policy", "check", path)
		require.Equal(t, 0, got.code)
		require.Equal(t, "warning: "+path+": the policy has no routes: a bot with it does nothing\n", got.err)
		got = run(t, command.Config{}, "policy", "check", "--json", path)
		require.Equal(t, 0, got.code)
		require.Contains(t, got.out, `"warning": true`)
	}
	none := file(t, "none.yaml", "routers: [{type: STIKER, handlers: []}]")
	require.NotContains(t, run(t, command.Config{}, "policy", "check", none).err, "no routes", "a broken file says what is broken")
}

const callback = `{"object":"page","entry":[{"id":"9","time":1,"messaging":[
{"sender":{"id":"7"},"recipient":{"id":"9"},"timestamp":1,"message":{"mid":"m1","text":"hi"}},
{"sender":{"id":"7"},"recipient":{"id":"9"},"timestamp":2,"postback":{"mid":"m2","title":"Buy","payload":"buy"}}]}]}`

func TestExplain(t *testing.T) {
	t.Parallel()
	path := file(t, "good.yaml", good)
	got := run(t, command.Config{In: strings.NewReader(callback)}, "policy", "explain", path, "--event", "-")
	require.Equal(t, result{0, `SIMPLE_TEXT "hi", page 9, person 7
  greet  fires, senders answer  handling.SimpleText.ShouldHandle says yes

POSTBACK payload "buy", page 9, person 7
  no route is for it
`, ""}, got)

	got = run(t, command.Config{}, "policy", "explain", "--event", file(t, "event.json", callback), "--json", path)
	require.Equal(t, 0, got.code)
	require.Contains(t, got.out, `"at": "`+path+`:1:42"`)
	require.Contains(t, got.out, `"answers": true`)

	element := file(t, "element.json", `{"message": {"mid": "m", "attachments": [{"type": "image", "payload": {"url": "https://example.com/i.png"}}]}}`)
	got = run(t, command.Config{}, "policy", "explain", "--allow-unknown", file(t, "u.yaml", unknown), "--event", element)
	require.Equal(t, 0, got.code)
	require.Equal(t, "IMAGE, page 1234, person 42\n  IMAGE/0  fires, senders answer  shop.Photo (not known here) is taken to say yes\n", got.out)
}

// What the bot would leave out of an event is said.
func TestExplainReportsMalformedParts(t *testing.T) {
	t.Parallel()
	in := strings.NewReader(`{"entry":[{"id":"9","messaging":[null,{"sender":{"id":"7"},"recipient":{"id":"9"},"timestamp":1,"message":{"mid":"m1","text":["hi"]}}]}]}`)
	got := run(t, command.Config{In: in}, "policy", "explain", "--event", "-")
	require.Equal(t, 0, got.code)
	require.Equal(t, 2, strings.Count(got.err, "warning: malformed: "), got.err)
}

// An event that no type fits is routed as UNKNOWN, and is more likely a slip.
func TestExplainSaysWhatItDoesNotKnow(t *testing.T) {
	t.Parallel()
	for in, keys := range map[string]string{`{"foo": 1, "bar": {}}`: "bar, foo", `{}`: "none"} {
		got := run(t, command.Config{In: strings.NewReader(in)}, "policy", "explain", "--event", "-")
		require.Equal(t, 0, got.code)
		require.Equal(t, "warning: the event in - is of no kind that this library knows; a bot takes it for UNKNOWN. Its keys: "+keys+"\n", got.err)
	}
	conditions := file(t, "c.yaml", "routers: [{type: SIMPLE_TEXT, handlers: [{name: Dummy, when: {name: shop.Open}}, "+
		"{when: {name: shop.Open}, senders: [{name: Default}]}, {name: shop.Greet, when: {not: {name: shop.Open}}}]}]")
	got := run(t, command.Config{}, "policy", "explain", "--allow-unknown", "--text", "hi", conditions)
	require.Equal(t, `SIMPLE_TEXT "hi", page 1234, person 42
  SIMPLE_TEXT/0  fires                  When shop.Open (not known here) is taken to match, and handling.Dummy.ShouldHandle says yes
  SIMPLE_TEXT/1  fires, senders answer  When shop.Open (not known here) is taken to match
  SIMPLE_TEXT/2  fires                  When a condition (not known here) is taken to match, and shop.Greet (not known here) is taken to say yes
`, got.out, "a supposition is worded as one")
}

// The person of the flags is who the handlers and conditions see.
func TestExplainForAPerson(t *testing.T) {
	t.Parallel()
	german := func(ctx context.Context, _ *receiving.Event) bool {
		return store.PersonFrom(ctx).Profile.Locale == "de_DE"
	}
	config := command.Config{Policy: routing.Policy{receiving.TypeSimpleText: {
		{Name: "german", When: routing.If("german", german), Handler: handling.Dummy{}},
	}}}
	require.Contains(t, run(t, config, "policy", "explain", "--text", "hallo", "--locale", "de_DE").out, "german  fires ")
	require.Contains(t, run(t, config, "policy", "explain", "--text", "hallo", "--locale", "fr_FR").out, "german  -  ")
}

func TestExplainTypedTaps(t *testing.T) {
	t.Parallel()
	typed := file(t, "t.yaml", "routers: [{type: TAP, handlers: [{when: {name: Payload, args: {kinds: [pizza.size]}}, typed_taps: true, senders: [{name: Default}]}]}]")
	for _, text := range []string{"Medium", "Large, please"} {
		got := run(t, command.Config{}, "policy", "explain", typed, "--text", text,
			"--offer", `Medium={"kind":"pizza.size","data":{"size":"M"}}`, "--offer", `Large, please={"kind":"pizza.size","data":{"size":"L","extra":[1,2]}}`)
		require.Contains(t, got.out, "fires, senders answer", "%s: commas are part of a value:\n%s", text, got.err)
	}
	path := file(t, "p.yaml", "routers: [{type: TAP, handlers: [{name: Dummy, route: taps, typed_taps: true}]}]")
	require.Contains(t, run(t, command.Config{}, "policy", "explain", path, "--text", "help", "--offer", "Help=h").out, "the text counts as a QUICK_REPLY")
	require.Contains(t, run(t, command.Config{}, "policy", "explain", path, "--text", "help").out, "no route is for it")
}

func TestSchema(t *testing.T) {
	t.Parallel()
	want, err := policyfile.BuiltIn().Schema()
	require.NoError(t, err)
	require.Equal(t, result{0, string(want), ""}, run(t, command.Config{}, "policy", "schema"))
	require.Equal(t, result{0, string(settingsfile.Schema()), ""}, run(t, command.Config{}, "profile", "schema"))
}

func TestDump(t *testing.T) {
	t.Parallel()
	yaml := run(t, command.Config{}, "policy", "dump", file(t, "good.yaml", good), "--format", "json")
	require.Equal(t, 0, yaml.code)
	again := run(t, command.Config{}, "policy", "dump", file(t, "p.json", yaml.out), "--format", "json")
	require.Equal(t, yaml.out, again.out)

	builtIn := run(t, command.Config{}, "policy", "dump")
	require.Equal(t, 0, builtIn.code, builtIn.err)
	policy, err := policyfile.BuiltIn().Parse("p.yaml", []byte(builtIn.out))
	require.NoError(t, err)
	require.Len(t, policy, len(routing.BuiltIn()))

	kept := run(t, command.Config{}, "policy", "dump", "--allow-unknown", file(t, "u.yaml", unknown))
	require.Equal(t, 0, kept.code)
	require.Contains(t, kept.out, "shop.Photo", "what is not known is written back as it was")
	require.Contains(t, kept.out, "size: 3")

	got := run(t, command.Config{Policy: routing.Policy{receiving.TypeImage: {{Handler: handling.Func(nil)}}}}, "policy", "dump")
	require.Equal(t, 1, got.code)
	require.Contains(t, got.err, "IMAGE/0: handler: the registry did not make this handler")
}

func TestWrongUsage(t *testing.T) {
	t.Parallel()
	for want, args := range map[string][]string{
		"a command is missing: one of completion, dead, doctor, i18n, new":                            {},
		`"polcy" is no command; the nearest is policy; there are completion, dead, doctor, i18n, new`: {"polcy"},
		"one of check, dump, explain, schema":                                                         {"policy"},
		`"chekc" is no command; the nearest is check`:                                                 {"policy", "chekc"},
		"the files to check are missing":                                                              {"policy", "check"},
		"flag provided but not defined: -nope\n":                                                      {"policy", "check", "--nope", "x"},
		"not defined: -formt; the nearest is --format":                                                {"policy", "dump", "--formt", "json"},
		"--locale is \"german\", and has to be a locale":                                              {"policy", "explain", "--text", "x", "--locale", "german"},
		"--locale is \"\"":                            {"policy", "explain", "--text", "x", "--locale", ""},
		"give either --event or --text":               {"policy", "explain"},
		"cannot both be the standard input":           {"policy", "explain", "-", "--event", "-"},
		`--offer is "x", and has to be TITLE=PAYLOAD`: {"policy", "explain", "--text", "x", "--offer", "x"},
		`--format is "toml"; there are json and yaml`: {"policy", "dump", "--format", "toml"},
		"dump takes one file":                         {"policy", "dump", "a", "b"},
		"explain takes one policy file":               {"policy", "explain", "a", "b", "--text", "x"},
		"schema takes no arguments":                   {"policy", "schema", "x"},
	} {
		got := run(t, command.Config{Name: "shopbot"}, args...)
		require.Equal(t, 2, got.code, want)
		require.Empty(t, got.out, want)
		require.Contains(t, got.err, want)
		require.Regexp(t, `Run shopbot.* --help for how it is used.\n$`, got.err)
	}
}

// Every command is listed by the help under a heading, once.
func TestHelpListsCommandsByPurpose(t *testing.T) {
	t.Parallel()
	help := run(t, command.Config{}, "--help").out
	_, list, found := strings.Cut(help, "COMMANDS:\n")
	require.True(t, found, help)
	list, _, _ = strings.Cut(list, "GLOBAL OPTIONS:")
	var headings, commands []string
	for line := range strings.Lines(list) {
		switch name := strings.TrimSpace(line); {
		case name == "":
		case strings.HasPrefix(line, "     "):
			require.NotEmpty(t, headings, "%s has no heading", name)
			commands = append(commands, strings.Fields(name)[0])
		default:
			headings = append(headings, name)
		}
	}
	require.Equal(t, []string{"Begin a bot:", "Connect it to the platform:", "Develop and test it:", "Operate it:", "Set up your shell:"}, headings)
	slices.Sort(commands)
	_, all, found := strings.Cut(run(t, command.Config{}).err, "one of ")
	require.True(t, found)
	all, _, _ = strings.Cut(all, "\n")
	require.Equal(t, strings.Split(all, ", "), commands)
}

func TestWhatCannotBeRead(t *testing.T) {
	t.Parallel()
	reg := policyfile.BuiltIn()
	policyfile.Handler[struct{}](reg, "shop.Nil", nil)
	path := file(t, "good.yaml", good)
	for want, got := range map[string]result{
		"no such file":                   run(t, command.Config{}, "policy", "check", "none.yaml"),
		"is not a JSON object":           run(t, command.Config{}, "policy", "explain", path, "--event", path),
		"the callback has no events":     run(t, command.Config{In: strings.NewReader(`{"entry":[]}`)}, "policy", "explain", path, "--event", "-"),
		"shop.Nil":                       run(t, command.Config{Registry: reg}, "policy", "check", path),
		"its function is nil":            run(t, command.Config{Registry: reg}, "policy", "schema"),
		"is not registered as a handler": run(t, command.Config{}, "policy", "dump", file(t, "u.yaml", unknown)),
	} {
		require.Equal(t, 1, got.code, want)
		require.Contains(t, got.err, want)
		require.Empty(t, got.out, want)
	}
}

func TestHelp(t *testing.T) {
	t.Parallel()
	got := run(t, command.Config{}, "policy", "check", "--help")
	require.Equal(t, 0, got.code)
	require.Contains(t, got.out, "messenger policy check [options] FILE...")
	require.Contains(t, got.out, "--allow-unknown")
}

func ExampleRun() {
	reg := policyfile.BuiltIn() // and what the program registers
	code := command.Run(context.Background(), command.Config{Registry: reg, Out: os.Stdout, Err: os.Stdout}, []string{"policy", "explain", "--text", "hi"})
	fmt.Println("exit code", code)
	// Output:
	// SIMPLE_TEXT "hi", page 1234, person 42
	//   DEFAULT/1      fires                  handling.UserProfile.ShouldHandle says yes
	//   DEFAULT/0      fires                  handling.SaveMessage.ShouldHandle says yes
	//   SIMPLE_TEXT/0  fires, senders answer  handling.SimpleText.ShouldHandle says yes
	//   SIMPLE_TEXT/1  -                      handling.SimpleText.ShouldHandle says no
	// exit code 0
}
