package settingsfile_test

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"testing/fstest"
	"unicode"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/threadsettings"
	"github.com/djmessenger/messenger/threadsettings/settingsfile"
)

// everything has a value for every field.
func everything() threadsettings.Settings {
	return threadsettings.Settings{
		AccountLinkingURL: "https://shop.example/login",
		Commands:          threadsettings.CommandsOf(threadsettings.Command{Name: "help", Description: "Shows what I can do"}),
		GetStarted:        &threadsettings.GetStarted{Payload: "START"},
		Greeting:          []threadsettings.Greeting{{Locale: "default", Text: "Hi {{user_first_name}} 😀"}, {Locale: "zh_TW", Text: "您好: yes # no"}},
		IceBreakers:       threadsettings.IceBreakersOf(threadsettings.IceBreaker{Question: "Where?", Payload: `{"kind":"where"}`}),
		PersistentMenu: []threadsettings.Menu{
			{Locale: "default", Items: []threadsettings.MenuItem{
				{Title: "yes", Payload: "0123"},
				{Title: "Shop", URL: "https://shop.example/a", FallbackURL: "https://shop.example/b", MessengerExtensions: true, WebviewHeightRatio: "tall"},
			}},
			{Locale: "de_DE", ComposerInputDisabled: true},
		},
		WhitelistedDomains: []string{"https://shop.example"},
	}
}

func TestWhatIsWrittenReadsBackEqual(t *testing.T) {
	t.Parallel()
	short := threadsettings.Settings{
		GetStarted: &threadsettings.GetStarted{}, Greeting: threadsettings.GreetingOf("2026-11-28"),
		PersistentMenu: threadsettings.MenuOf(threadsettings.MenuItem{Title: "null"}), Remove: []threadsettings.Property{threadsettings.PropertyCommands},
	}
	instagram := threadsettings.Settings{Platform: graph.PlatformInstagram, IceBreakers: []threadsettings.IceBreakers{
		{Locale: "default", Items: []threadsettings.IceBreaker{{Question: "q", Payload: "p"}}},
		{Locale: "de_DE", Items: []threadsettings.IceBreaker{{Question: "f", Payload: "p"}}},
	}}
	commands := everything()
	commands.Commands = append(commands.Commands, threadsettings.Commands{Locale: "de_DE", Items: []threadsettings.Command{{Name: "hilfe", Description: "Zeigt, was ich kann"}}})
	closed := threadsettings.Settings{PersistentMenu: []threadsettings.Menu{{Locale: "default", ComposerInputDisabled: true}}}
	for _, settings := range []threadsettings.Settings{everything(), short, instagram, commands, closed} {
		for _, format := range []settingsfile.Format{settingsfile.YAML, settingsfile.JSON} {
			written, err := settingsfile.Write(settings, format)
			require.NoError(t, err)
			read, err := settingsfile.Parse("s."+string(format), written)
			require.NoError(t, err, "%s", written)
			require.Equal(t, settings, read, "%s", written)
			require.True(t, strings.HasSuffix(string(written), "\n"))
		}
	}
	_, err := settingsfile.Write(short, "toml")
	require.EqualError(t, err, `settingsfile: "toml" is no format; there are json and yaml`)
}

// What the platform documents, and what it answers, can be pasted.
func TestThePlatformsOwnFormsAreRead(t *testing.T) {
	t.Parallel()
	settings, err := settingsfile.Parse("profile.json", []byte(`{
	"get_started": {"payload": "START"},
	"greeting": [{"locale": "default", "text": "Hi \ud83d\ude00 a\/b \\ud83d"}],
	"persistent_menu": [{"locale": "default", "composer_input_disabled": false, "call_to_actions": [
		{"type": "postback", "title": "Help", "payload": "HELP"},
		{"type": "web_url", "title": "Shop", "url": "https://shop.example", "webview_height_ratio": "full"}]}],
	"ice_breakers": [{"call_to_actions": [{"question": "q", "payload": "p"}], "locale": "default"}],
	"commands": [{"locale": "default", "commands": [{"name": "help", "description": "d"}]}]
}`))
	require.NoError(t, err)
	require.Equal(t, threadsettings.Settings{
		Commands:    threadsettings.CommandsOf(threadsettings.Command{Name: "help", Description: "d"}),
		GetStarted:  &threadsettings.GetStarted{Payload: "START"},
		Greeting:    threadsettings.GreetingOf(`Hi 😀 a/b \ud83d`),
		IceBreakers: threadsettings.IceBreakersOf(threadsettings.IceBreaker{Question: "q", Payload: "p"}),
		PersistentMenu: threadsettings.MenuOf(
			threadsettings.MenuItem{Title: "Help", Payload: "HELP"},
			threadsettings.MenuItem{Title: "Shop", URL: "https://shop.example", WebviewHeightRatio: "full"},
		),
	}, settings)
}

func TestSettingsOfDjmessengerAreRead(t *testing.T) {
	t.Parallel()
	want := threadsettings.Settings{
		GetStarted: &threadsettings.GetStarted{},
		Greeting:   threadsettings.GreetingOf("Welcome to Bella Pizza"),
		PersistentMenu: threadsettings.MenuOf(
			threadsettings.MenuItem{Title: "Opening hours"}, threadsettings.MenuItem{Title: "Web site", URL: "https://pizza.example"}, threadsettings.MenuItem{Title: "Order"},
		),
	}
	for _, file := range []string{"djmessenger.json", "plain.yaml"} {
		settings, err := settingsfile.Load(os.DirFS("testdata"), file)
		require.NoError(t, err)
		require.Equal(t, want, settings, file)
	}
	plan, err := threadsettings.NewPlan(threadsettings.Settings{}, want)
	require.NoError(t, err)
	require.Contains(t, plan.String(), `"Order" → PERSISTENT_MENU_THREE`, "by its place in the list, links counted")

	off, err := settingsfile.Parse("x.json", []byte(`{"DJM_THREAD_ENABLE_GET_STARTED_BUTTON": false}`))
	require.NoError(t, err)
	require.Equal(t, threadsettings.Settings{Remove: []threadsettings.Property{threadsettings.PropertyGetStarted}}, off)
}

func TestMistakesHaveTheirPlaces(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("字", 31)
	for _, test := range []struct{ name, file, want string }{
		{"s.yaml", "", "s.yaml: the file is empty"},
		{"s.yaml", "# only a comment\n", "s.yaml: the file is empty"},
		{"s.json", " \n", "s.json: the file is empty"},
		{"s.yaml", strings.Repeat("x", settingsfile.MaxSize+1), "s.yaml: the file has more than 1048576 bytes"},
		{"s.json", `{"greeting": "Hi",}`, "s.json:1:18: not valid JSON: a comma with nothing after it"},
		{"s.json", "{\n  \"greeting\": \"Hi\"", "not valid JSON: the file ends in the middle"},
		{"s.yaml", "get_started: true\npersistent_menu:\n\t- title: Help\n", "s.yaml:3:1: not valid YAML: found character that cannot start any token; YAML takes no tabs as indentation"},
		{"s.yaml", "greeting: a\n---\ngreeting: b\n", "a second document; a settings file has one"},
		{"s.yaml", "- greeting\n", "s.yaml:1:1: is a list, and has to be an object"},
		{"s.yaml", "greting: Hi\n", "s.yaml:1:1: greting: there is no such field; the nearest is greeting"},
		{"s.yaml", "xyz: Hi\n", "s.yaml:1:1: xyz: there is no such field; there are: $schema, platform"},
		{"s.yaml", "greeting: Hi\ngreeting: Ho\n", `s.yaml:2:1: the key "greeting" is there twice; the first is in line 1, column 1`},
		{"s.json", `{"greeting": "Hi", "greeting": "Ho"}`, `s.json:1:20: the key "greeting" is there twice; the first is in line 1, column 2`},
		{"s.yaml", "home_url: https://x\n", "s.yaml:1:1: home_url: the platform has had no home_url since version 7.0"},
		{"s.yaml", "greeting: 42\n", "s.yaml:1:11: greeting: is the number 42, and has to be a text; put it in quotes"},
		{"s.yaml", "greeting: true\n", "greeting: is the boolean true, and has to be a text; put it in quotes"},
		{"s.yaml", "get_started: yes\n", "s.yaml:1:14: get_started: is a text, and has to be true or false; write true, without quotes"},
		{"s.yaml", "get_started: [x]\n", "get_started: is a list, and has to be true or false"},
		{"s.yaml", "get_started: {paylod: x}\n", "s.yaml:1:15: get_started.paylod: there is no such field; the nearest is payload"},
		{"s.yaml", "greeting: {default: Hi, de_DE: Hallo}\n",
			"s.yaml:1:11: greeting: is an object, and has to be a text, or a list with a block for each locale, such as {locale: default, text: Hi}"},
		{"s.yaml", "persistent_menu: {default: []}\n",
			"persistent_menu: is an object, and has to be a list: of items, or with a block for each locale, such as {locale: default, call_to_actions: [...]}"},
		{"s.yaml", "ice_breakers: {default: []}\n", "such as {locale: default, call_to_actions: [...]}"},
		{"s.yaml", "persistent_menu: Help\n", "persistent_menu: is a text, and has to be a list"},
		{"s.yaml", "persistent_menu: [Help]\n", "s.yaml:1:19: persistent_menu[0]: is a text, and has to be an object"},
		{"s.yaml", "persistent_menu:\n  - {title: Help, tpye: postback}\n", "s.yaml:2:19: persistent_menu[0].tpye: there is no such field; there are: type, title"},
		{"s.yaml", "persistent_menu:\n  - {title: Help, type: postbak}\n", `s.yaml:2:25: persistent_menu[0].type: is "postbak"; the nearest is postback`},
		{"s.yaml", "persistent_menu:\n  - {title: Help, type: phone_number}\n", `persistent_menu[0].type: is "phone_number"; there are: postback, web_url`},
		{"s.yaml", "persistent_menu:\n  - {title: Help, type: web_url}\n", "persistent_menu[0].type: is web_url, and the item has no url"},
		{"s.yaml", "persistent_menu:\n  - title: More\n    type: nested\n    call_to_actions: [{title: a, type: nested, call_to_actions: [{title: b, type: nested, call_to_actions: [{title: c}]}]}]\n", "s.yaml:4:5: persistent_menu[0].call_to_actions: the platform has had no menus in menus since August 2022"},
		{"s.yaml", "persistent_menu:\n  - locale: default\n    disabled_surfaces: [x]\n    call_to_actions: [{title: Help}]\n", "s.yaml:3:5: persistent_menu[0].disabled_surfaces: the surface that could be disabled, the chat plugin, is gone; leave it out"},
		{"s.yaml", "get_started: true\npersistent_menu:\n  - title: Help\n  - title: " + long + "\n", "s.yaml:4:12: persistent_menu[1].title: 31 characters; at most 30"},
		{"s.yaml", "persistent_menu:\n  - {title: Help}\n  - {payload: X}\n", "s.yaml:3:5: persistent_menu[1].title: is empty"},
		{"s.yaml", "persistent_menu:\n  - locale: de_DE\n    call_to_actions: [{title: Hilfe}]\n", `s.yaml:2:3: persistent_menu: has no block for the locale "default"`},
		{"s.yaml", "persistent_menu:\n  - locale: de\n    call_to_actions: [{title: Hilfe}]\n  - call_to_actions: [{title: Help}]\n", `s.yaml:2:13: persistent_menu[0].locale: "de" is neither "default" nor of the form zh_TW`},
		{"s.yaml", "persistent_menu:\n  - call_to_actions: [{title: Help, url: nowhere}]\n", `s.yaml:2:42: persistent_menu[0].call_to_actions[0].url: "nowhere" is not an absolute`},
		{"s.yaml", "ice_breakers: [{question: a, payload: p}, {question: b}]\n", "s.yaml:1:43: ice_breakers[1].payload: is empty"},
		{"s.yaml", "ice_breakers: [{question: a, payload: p, url: x}]\n", "ice_breakers[0].url: there is no such field"},
		{"s.yaml", "commands: [{name: /help, description: d}]\n", `s.yaml:1:19: commands[0].name: "/help" begins with a slash`},
		{"s.yaml", "whitelisted_domains: [https://a.example, http://b.example]\n", `s.yaml:1:42: whitelisted_domains[1]: "http://b.example" is not an absolute https URL`},
		{"s.yaml", "account_linking_url: shop\n", "s.yaml:1:22: account_linking_url: "},
		{"s.yaml", "remove: [menu]\n", `s.yaml:1:10: remove[0]: there is no property "menu"`},
		{"s.yaml", "platform: whatsapp\n", `s.yaml:1:11: platform: is "whatsapp"; there are "messenger" and "instagram"`},
		{"s.yaml", "platform: instagram\ngreeting: Hi\n", "s.yaml:2:11: greeting: there is no greeting on Instagram"},
		{"s.json", `{"DJM_THREAD_GREETINGS_TEXT": "Hi", "greeting": "Ho"}`, "s.json:1:31: DJM_THREAD_GREETINGS_TEXT: is set beside greeting, which is the same"},
		{"s.yaml", strings.Repeat("[", 66) + strings.Repeat("]", 66), "s.yaml:1:66: more than 64 lists and objects in one another"},
		{"s.yaml", "platform: instagram\nget_started: false\n", "s.yaml:2:14: get_started: there is no get_started on Instagram"},
		{"s.yaml", "get_started: false\nremove: [commands, menu]\n", `s.yaml:2:20: remove[1]: there is no property "menu"`},
		{"s.yaml", "get_started: {payload: \"\\xff\"}\nremove: [get_started]\n", "s.yaml:2:10: remove[0]: get_started is wanted and removed"},
		{"s.yaml", "get_started: {payload: " + strings.Repeat("x", 1001) + "}\n", "s.yaml:1:24: get_started.payload: 1001 characters; at most 1000"},
		{"s.yaml", "a: &a [1,1,1,1,1,1,1,1,1,1]\nb: &b [*a,*a,*a]\n? [x]\n: 1\n", "s.yaml:3:3: a key that is not a text"},
	} {
		_, err := settingsfile.Parse(test.name, []byte(test.file))
		require.ErrorContains(t, err, test.want, "%.200s", test.file)
	}
}

func TestAllMistakesAreReportedTogether(t *testing.T) {
	t.Parallel()
	_, err := settingsfile.Parse("s.yaml", []byte("greting: Hi\npersistent_menu:\n  - {title: 1}\n  - {title: x, typ: y}\n"))
	require.EqualError(t, err, `s.yaml:1:1: greting: there is no such field; the nearest is greeting
s.yaml:3:13: persistent_menu[0].title: is the number 1, and has to be a text; put it in quotes
s.yaml:4:16: persistent_menu[1].typ: there is no such field; the nearest is type`)
	first, ok := errors.AsType[*settingsfile.Mistake](err)
	require.True(t, ok)
	require.Equal(t, &settingsfile.Mistake{File: "s.yaml", Line: 1, Column: 1, Place: "greting", Problem: "there is no such field; the nearest is greeting"}, first)
	_, err = settingsfile.Parse("s.yaml", []byte("greeting: ''\nwhitelisted_domains: [x, y]\n"))
	require.Len(t, strings.Split(err.Error(), "\n"), 3)
}

// The guide's mistakes are what its file would get.
func TestMistakesOfTheGuide(t *testing.T) {
	t.Parallel()
	guide, err := os.ReadFile("../../docs/thread-settings.md")
	require.NoError(t, err)
	_, mistakes := settingsfile.Parse("thread-settings.yaml", []byte("get_started: true\n\ngreting: Hi\npersistent_menu:\n  - title: Help\n  - title: "+strings.Repeat("x", 31)+"\n"))
	require.Contains(t, string(guide), "```\n"+mistakes.Error()+"\n```\n")
}

// The guide's file with two locales has a menu and a greeting for each.
func TestTwoLocalesOfTheGuide(t *testing.T) {
	t.Parallel()
	guide, err := os.ReadFile("../../docs/thread-settings.md")
	require.NoError(t, err)
	_, file, _ := strings.Cut(string(guide), "With two locales:\n\n```yaml\n")
	file, _, _ = strings.Cut(file, "```")
	settings, err := settingsfile.Parse("thread-settings.yaml", []byte(file))
	require.NoError(t, err)
	for i, locale := range []string{"default", "de_DE"} {
		require.Equal(t, locale, settings.Greeting[i].Locale)
		require.Equal(t, locale, settings.PersistentMenu[i].Locale)
		require.Len(t, settings.PersistentMenu[i].Items, 2)
	}
}

// What cannot be read and what is beyond a limit is reported in one pass, and nothing is reported that only follows from the former.
func TestMistakesOfReadingAndOfLimitsComeTogether(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 31)
	_, err := settingsfile.Parse("s.yaml", []byte(`get_started: {paylod: START}
greeting: 42
persistent_menu:
  - locale: default
    call_to_actions:
      - {titel: Help, payload: HELP}
      - {title: `+long+`, payload: 7}
      - {title: `+long+`, typ: web_url}
      - {title: Shop, url: [https://shop.example]}
      - {title: Sale, payload: SALE, url: nowhere}
      - {titel: News, payload: `+strings.Repeat("x", 1001)+`}
  - {locale: [de_DE], call_to_actions: []}
ice_breakers: [{question: 1, payload: P}, {question: Where?}]
commands: help
whitelisted_domains: [1, http://shop.example]
remove: [menu, 2]
`))
	require.EqualError(t, err, `s.yaml:1:15: get_started.paylod: there is no such field; the nearest is payload
s.yaml:2:11: greeting: is the number 42, and has to be a text; put it in quotes
s.yaml:6:10: persistent_menu[0].call_to_actions[0].titel: there is no such field; the nearest is title
s.yaml:7:17: persistent_menu[0].call_to_actions[1].title: 31 characters; at most 30
s.yaml:7:59: persistent_menu[0].call_to_actions[1].payload: is the number 7, and has to be a text; put it in quotes
s.yaml:8:17: persistent_menu[0].call_to_actions[2].title: 31 characters; at most 30
s.yaml:8:50: persistent_menu[0].call_to_actions[2].typ: there is no such field; the nearest is type
s.yaml:9:28: persistent_menu[0].call_to_actions[3].url: is a list, and has to be a text
s.yaml:10:9: persistent_menu[0].call_to_actions[4]: has both a url and a payload; a link has no payload, so remove one of them
s.yaml:10:43: persistent_menu[0].call_to_actions[4].url: "nowhere" is not an absolute http or https URL
s.yaml:11:10: persistent_menu[0].call_to_actions[5].titel: there is no such field; the nearest is title
s.yaml:11:32: persistent_menu[0].call_to_actions[5].payload: 1001 characters; at most 1000
s.yaml:12:14: persistent_menu[1].locale: is a list, and has to be a text
s.yaml:12:40: persistent_menu[1].call_to_actions: 0 items; a menu has 1 to 20
s.yaml:13:27: ice_breakers[0].question: is the number 1, and has to be a text; put it in quotes
s.yaml:13:43: ice_breakers[1].payload: is empty
s.yaml:14:11: commands: is a text, and has to be a list
s.yaml:15:23: whitelisted_domains[0]: is the number 1, and has to be a text; put it in quotes
s.yaml:15:26: whitelisted_domains[1]: "http://shop.example" is not an absolute https URL
s.yaml:16:10: remove[0]: there is no property "menu"; there are whitelisted_domains, account_linking_url, get_started, persistent_menu, commands, ice_breakers, greeting
s.yaml:16:16: remove[1]: is the number 2, and has to be a text; put it in quotes`)
	for _, word := range []string{"Payload", "PersistentMenu", "Items", "GetStarted", "Remove["} {
		require.NotContains(t, err.Error(), word, "a field of Go")
	}
}

func TestFilesWithAMarkAndAliases(t *testing.T) {
	t.Parallel()
	settings, err := settingsfile.Parse("s.yaml", []byte("\ufeffgreeting: &hi Hello\nget_started: true\npersistent_menu: [{title: *hi}]\n$schema: ./x.json\ncommands: null\n"))
	require.NoError(t, err)
	require.Equal(t, "Hello", settings.PersistentMenu[0].Items[0].Title)
	require.Nil(t, settings.Commands)
}

// Whatever is in a file, reading it is bounded and its mistakes are short lines that a terminal may show.
func TestMistakesAreShortAndPrintable(t *testing.T) {
	t.Parallel()
	var bomb strings.Builder
	bomb.WriteString("whitelisted_domains: &a0 [a, b, c, d, e, f, g, h, i, j]\n")
	for i := range 8 {
		fmt.Fprintf(&bomb, "k%d: &a%d [%s]\n", i, i+1, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d, ", i), 10), ", "))
	}
	files := []string{bomb.String(), "persistent_menu: [" + strings.Repeat("{title: x},", 4_000) + "]", "persistent_menu: " + strings.Repeat("[", 5000) + strings.Repeat("]", 5000)}
	for _, odd := range []string{strings.Repeat("x", 50_000), `a\nb`, `\e[31m`, `\u202e`, `\u0000`, `a.b`, ``} {
		text := `"` + odd + `"`
		files = append(files, text+": 1", "greeting: ["+text+"]", "persistent_menu: [{"+text+": 1}]", "persistent_menu: [{title: "+text+", url: "+text+"}]",
			"platform: x"+"\n"+text+": 1", "remove: ["+text+"]", "whitelisted_domains: ["+text+"]", "persistent_menu: [{title: a, type: "+text+"}]")
	}
	for _, file := range files {
		_, err := settingsfile.Parse("s.yaml", []byte(file))
		require.Error(t, err, "%.200s", file)
		for line := range strings.SplitSeq(err.Error(), "\n") {
			require.Less(t, len(line), 4000, "%.200s", line)
			for _, r := range line {
				require.True(t, unicode.IsPrint(r), "%q", line)
			}
		}
	}
}

func TestFilesThatCannotBeRead(t *testing.T) {
	t.Parallel()
	_, err := settingsfile.Load(fstest.MapFS{}, "gone.yaml")
	require.ErrorContains(t, err, "settingsfile: open gone.yaml: ")
	_, err = settingsfile.Load(fstest.MapFS{"d/x": {}}, "d")
	require.Error(t, err)
}

func FuzzParse(f *testing.F) {
	for _, file := range []string{"djmessenger.json", "plain.yaml"} {
		content, err := os.ReadFile("testdata/" + file)
		require.NoError(f, err)
		f.Add(content)
	}
	f.Add([]byte(`{"greeting":"\ud83d\ude00\\"}`))
	f.Fuzz(func(t *testing.T, content []byte) {
		settings, err := settingsfile.Parse("f", content)
		if err != nil {
			return
		}
		written, err := settingsfile.Write(settings, settingsfile.YAML)
		require.NoError(t, err)
		again, err := settingsfile.Parse("f.yaml", written)
		if settings.IsEmpty() {
			return
		}
		require.NoError(t, err, "%s", written)
		require.Equal(t, settings.Localize(nil), again.Localize(nil))
	})
}
