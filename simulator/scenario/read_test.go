package scenario_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/simulator/scenario"
)

// TestMistakesHaveTheirPlace, and the nearest word that there is.
func TestMistakesHaveTheirPlace(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                                                               "bot.yaml: has no scenario",
		"# nothing\n---\n":                                               "bot.yaml: has no scenario",
		"- a":                                                            "bot.yaml:1: a scenario is an object",
		"scenario: x":                                                    `bot.yaml:1: the scenario "x" has no steps`,
		"scenaro: x\nsteps: [ada says: hi]":                              `bot.yaml:1: a scenario has no "scenaro"; the nearest is scenario`,
		"steps:\n  - ada sayss: hi":                                      `bot.yaml:2: there is no verb "ada sayss"; the nearest is says`,
		"steps:\n  - faultt: 613":                                        `bot.yaml:2: there is no verb "faultt"; the nearest is fault`,
		"steps:\n  - xyzzy plugh: 1":                                     `bot.yaml:2: there is no verb "xyzzy plugh"; people blocks, clicks ad,`,
		"steps:\n  - ada says: [a]":                                      "bot.yaml:2: ada says takes a text, not a list",
		"steps:\n  - ada says:":                                          "bot.yaml:2: ada says takes a text, not nothing",
		"steps:\n  - ada gets started: x":                                `bot.yaml:2: ada gets started takes nothing, not "x"`,
		"steps:\n  - ada says: a\n    bo says: b":                        `bot.yaml:3: the step has "bo says" beside "ada says"`,
		"steps:\n  - within: 3s":                                         "bot.yaml:2: the step does nothing",
		"steps:\n  - ada says: a\n    within: 3":                         "bot.yaml:3: within is a time up to 5m0s",
		"steps:\n  - ada sees: a\n    within: 1h":                        "bot.yaml:3: within is a time up to 5m0s",
		"patience: soon\nsteps: [ada reads: ]":                           `bot.yaml:1: patience is a time up to 5m0s, such as 500ms, 10s or 2m, not "soon"`,
		"steps:\n  - ada sees: {txt: a}":                                 `bot.yaml:2: ada sees has no "txt"; the nearest is text`,
		"steps:\n  - ada sees: {matches: '('}":                           "bot.yaml:2: matches is a regular expression",
		"steps:\n  - ada sees: {text: {at least: x}}":                    `bot.yaml:2: at least is a number, not "x"`,
		"steps:\n  - ada sees:":                                          "bot.yaml:2: ada sees takes a text, or an object",
		"steps:\n  - ada sees nothing: 0s":                               `bot.yaml:2: ada sees nothing takes a time`,
		"steps:\n  - fault: {preset: rate_limt}":                         `bot.yaml:2: there is no preset "rate_limt"; the nearest is rate_limit`,
		"steps:\n  - fault: {refusal: calls limitt}":                     `bot.yaml:2: there is no refusal "calls limitt"; the nearest is calls limit`,
		"steps:\n  - fault: {time: 2}":                                   `bot.yaml:2: fault has no "time"; the nearest is times`,
		"steps:\n  - ada says: '{{nam}}'\nvars: {name: x}":               `bot.yaml:2: nothing is kept as "nam"; the nearest is name`,
		"steps:\n  - ada says: {{name}}":                                 "bot.yaml:2: has a key that is not a text; put {{name}} into quotation marks",
		"fields: [message]\nsteps: [ada reads: ]":                        `bot.yaml:1: "message" is no webhook field of a page; the nearest is messages`,
		"people: {bo: {local: x}}\nsteps: [ada reads: ]":                 `bot.yaml:1: a person has no "local"; the nearest is locale`,
		"people: {bo: {id: 7}}\nsteps: [ada reads: ]":                    "bot.yaml:1: bo: texts such as ids have to be in quotation marks",
		"steps:\n  - ada reads:\nsteps: []":                              `bot.yaml:3: has "steps" twice`,
		"a: &x [1]\nsteps: *x":                                           "bot.yaml:1: has an anchor (&) or an alias (*)",
		"a: &a [*a]":                                                     "has an anchor (&) or an alias (*)",
		"steps:\n\t- ada reads:":                                         "YAML takes no tabs as indentation",
		"steps: [ada says: !!binary aGk=]":                               "bot.yaml:1: has a tag (!)",
		"steps: [\n":                                                     "is not valid YAML",
		"steps: \"\xff\"":                                                "is not valid YAML",
		"steps: [ada sends: {imge: x}]":                                  `ada sends has no "imge"; the nearest is image`,
		"steps: [ada taps: {card: 2}]":                                   "ada taps takes a title or a payload",
		"steps: [clock: soon]":                                           "clock takes a time to go on by",
		"steps:\n  - calls: {to: POST me/messages, count: 0}":            `bot.yaml:2: the path "me/messages" has to begin with /`,
		"steps:\n  - calls: {to: me/messages, count: 0}":                 `bot.yaml:2: the path "me/messages" has to begin with /`,
		"steps:\n  - calls: {to: PSOT /me/messages, count: 0}":           `bot.yaml:2: "PSOT" is no method of the Graph API; there are GET, POST, DELETE`,
		"steps:\n  - calls: {to: POST /v27.0/me/messages, count: 0}":     `bot.yaml:2: the path "/v27.0/me/messages" has to be without the version`,
		"steps:\n  - calls: {to: 'POST /me/[', count: 0}":                `bot.yaml:2: "/me/[" is no pattern of a path`,
		"steps:\n  - calls: {status: OK, count: 0}":                      `bot.yaml:2: status of calls is a number, not "OK"`,
		"steps:\n  - calls: {body: {text: {matches: '(?P<x>a)'}}}":       `bot.yaml:2: calls compares many: the named group x would keep one of them`,
		"steps:\n  - callbacks: {field: mesages, count: 0}":              `bot.yaml:2: there is no webhook field "mesages"; the nearest is messages`,
		"steps:\n  - callbacks: {count: {at leest: 0}}":                  `bot.yaml:2: count of callbacks has no "at leest"; the nearest is at least`,
		"steps:\n  - send: {path: me, method: GET}":                      `bot.yaml:2: the path "me" has to begin with /`,
		"steps:\n  - send: {method: GETT}":                               `bot.yaml:2: "GETT" is no method of the Graph API; the nearest is GET`,
		"steps:\n  - send: {refused: token}":                             `bot.yaml:2: refused of send is a code, or an object with fields of the error, not "token"`,
		"steps:\n  - send: {refused: {kode: 1}}":                         `bot.yaml:2: refused of send has no "kode"; the nearest is code`,
		"steps:\n  - fault: token expird":                                `bot.yaml:2: there is no refusal "token expird"; the nearest is token expired`,
		"steps:\n  - fault: rate_limt":                                   `bot.yaml:2: there is no refusal "rate_limt"; the nearest is rate_limit`,
		"steps:\n  - fault: 999":                                         `bot.yaml:2: no refusal has the code 999`,
		"steps:\n  - fault: {code: 999}":                                 `bot.yaml:2: no refusal has the code 999`,
		"steps:\n  - fault: {status: 500, path: me/messages}":            `bot.yaml:2: the path "me/messages" has to begin with /`,
		"steps:\n  - ada sees: {quick_replies: {hass: [Red]}}":           `bot.yaml:2: quick_replies has no "hass"; the nearest is has`,
		"steps:\n  - ada sees: {quick_replies: {contains: Red}}":         `bot.yaml:2: quick_replies has no "contains"`,
		"steps:\n  - ada sees: {quick_replies: Red}":                     `bot.yaml:2: quick_replies is a list, such as [Red], or {has: [Red]}`,
		"steps:\n  - ada sees: {text: {containz: size}}":                 `bot.yaml:2: text has no "containz"; the nearest is contains`,
		"steps:\n  - ada sees: {text: {contains: said, extra: 1}}":       `bot.yaml:2: text has no "extra"`,
		"steps:\n  - ada sees: {text: [said]}":                           `bot.yaml:2: text is no list`,
		"steps:\n  - ada sees: {quick_replies: [{titel: Small}]}":        `bot.yaml:2: one of quick_replies has no "titel"; the nearest is title`,
		"steps:\n  - ada sees: {buttons: {has: [{titel: Small}]}}":       `bot.yaml:2: one of buttons has no "titel"; the nearest is title`,
		"steps:\n  - ada sees: {cards: [{buttons: [{titel: Small}]}]}":   `bot.yaml:2: one of buttons has no "titel"; the nearest is title`,
		"steps:\n  - ada sees: {text: {any: yes}}":                       `bot.yaml:2: any is true or false, not "yes"`,
		"steps:\n  - ada sees: {raw: {message: {text: {matches: '('}}}}": "bot.yaml:2: matches is a regular expression",
		"steps:\n  - ada reads:\n    keep: x":                            `bot.yaml:3: ada reads has no id to keep; keep stands beside agent to, comments,`,
		"steps:\n  - flush:\n    keep: x":                                `bot.yaml:3: flush has no id to keep`,
		"steps:\n  - send: {path: '/{{bob}}'}":                           `bot.yaml:2: nothing is kept as "bob"; a person who does nothing stands in people`,
		"steps: [1]":                                                     "a step is who does what",
	} {
		_, err := scenario.Read("bot.yaml", []byte(text))
		require.ErrorContains(t, err, want, text)
		mistake, ok := errors.AsType[*scenario.MistakeError](err)
		require.True(t, ok, text)
		require.Equal(t, "bot.yaml", mistake.File)
	}
}

// TestAllMistakesAreReportedTogether.
func TestAllMistakesAreReportedTogether(t *testing.T) {
	t.Parallel()
	_, err := scenario.Read("bot.yaml", []byte("steps:\n  - ada syas: a\n  - ada syes: b\n---\nstep: []"))
	require.ErrorContains(t, err, "bot.yaml:2: ")
	require.ErrorContains(t, err, "bot.yaml:3: ")
	require.ErrorContains(t, err, `bot.yaml:5: a scenario has no "step"`)
}

// TestHostileFiles end in a mistake, quickly.
func TestHostileFiles(t *testing.T) {
	t.Parallel()
	bomb := "a0: &a0 [x]\n"
	for i := 1; i < 30; i++ {
		bomb += strings.NewReplacer("N", string(rune('a'+i)), "P", string(rune('a'+i-1))).Replace("aN: &N [*P, *P, *P, *P, *P, *P, *P, *P, *P]\n")
	}
	for name, text := range map[string]string{
		"bomb": bomb, "deep": strings.Repeat("[", 100_000), "deep objects": strings.Repeat("{a: ", 5000),
		"large": strings.Repeat("#", scenario.MaxFile+1), "many steps": "steps:\n" + strings.Repeat("- a reads\n", 20_000),
	} {
		_, err := scenario.Read("bot.yaml", []byte(text))
		require.Error(t, err, name)
		require.Less(t, len(err.Error()), 20_000, name)
	}
	path := filepath.Join(t.TempDir(), "large.yaml")
	require.NoError(t, os.WriteFile(path, nil, 0o600))
	require.NoError(t, os.Truncate(path, 1<<40))
	_, err := scenario.ReadFile(path)
	require.ErrorContains(t, err, "is larger than 1024 KiB")
	if _, err := os.Stat("/dev/zero"); err == nil {
		_, err = scenario.ReadFile("/dev/zero") // its size is 0, and it has no end
		require.ErrorContains(t, err, "is larger than 1024 KiB")
	}
	_, err = scenario.ReadFile(filepath.Join(t.TempDir(), "none.yaml"))
	require.ErrorIs(t, err, os.ErrNotExist)
}

// TestFormsOfFiles: with a byte order mark, with the line ends of Windows, and as JSON.
func TestFormsOfFiles(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"\uFEFFscenario: x\nsteps:\n  - ada says: no\n",
		"scenario: x\r\nsteps:\r\n  - ada says: no\r\n",
		`{"scenario": "x", "steps": [{"ada says": "no"}]}`,
		"scenario: x\nsteps:\n  - Ada  says: no\n",
	} {
		all, err := scenario.Read("bot.yaml", []byte(text))
		require.NoError(t, err, text)
		require.Equal(t, "x", all[0].Name)
		require.Equal(t, 1, all[0].Steps)
	}
	all, err := scenario.Read("dir/bot.yaml", []byte("steps: [ada reads]"))
	require.NoError(t, err)
	require.Equal(t, "bot", all[0].Name)
}

func FuzzRead(f *testing.F) {
	for _, seed := range []string{"steps: [ada says: hi]", "a: &a [*a]", "- {", "steps: [ada sees: {matches: '(?P<x>.)'}]\nvars: {a: b}", "---\n---\n", "steps: [fault: {times: 0x10}]"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		all, err := scenario.Read("bot.yaml", data)
		if err == nil {
			require.NotEmpty(t, all)
		}
	})
}
