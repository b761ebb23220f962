package command

import (
	"io"
	"os"

	"github.com/urfave/cli/v3"

	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/routing/policyfile"
)

// policy is the commands about routing policies.
func policy(config Config) *cli.Command {
	return group(config, &cli.Command{
		Name:  "policy",
		Usage: "check, explain and write routing policies",
		Commands: []*cli.Command{
			policyCheck(config),
			policyExplain(config),
			schema(config, "policy files", config.Registry.Schema),
			policyDump(config),
		},
	})
}

func allowUnknown() cli.Flag {
	return &cli.BoolFlag{
		Name:  "allow-unknown",
		Usage: "take names that are not registered for warnings: another program may know them",
	}
}

func asJSON() cli.Flag {
	return &cli.BoolFlag{Name: "json", Usage: "write JSON, for other programs"}
}

// content reads a file, or the standard input if it is called "-", up to one byte more
// than a limit.
func content(config Config, name string, limit int64) ([]byte, error) {
	in := config.In
	if name != "-" {
		file, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		defer file.Close()
		in = file
	}
	return io.ReadAll(io.LimitReader(in, limit+1))
}

// checked is a policy file that was checked.
type checked struct {
	File     string    `json:"file"`
	OK       bool      `json:"ok"`
	Types    int       `json:"types"`
	Routes   int       `json:"routes"`
	Mistakes []mistake `json:"mistakes"`

	policy routing.Policy
}

// mistake is a [policyfile.Mistake] in JSON.
type mistake struct {
	Line    int    `json:"line,omitempty"`
	Column  int    `json:"column,omitempty"`
	Place   string `json:"place,omitempty"`
	Problem string `json:"problem"`
	Unknown string `json:"unknown,omitempty"`
	Warning bool   `json:"warning"`

	text string
}

// check checks a policy file. That it cannot be read is its mistake.
func check(config Config, name string, allowUnknown bool) (checked, error) {
	if err := config.Registry.Err(); err != nil {
		return checked{}, err
	}
	shown := name
	if name == "-" {
		shown = "stdin"
	}
	data, err := content(config, name, policyfile.MaxSize)
	if err != nil {
		unread := mistake{Problem: err.Error(), text: err.Error()}
		return checked{File: shown, Mistakes: []mistake{unread}}, nil //nolint:nilerr // the mistake says it
	}
	parsed, mistakes := config.Registry.Check(shown, data)
	result := checked{File: shown, OK: true, Types: len(parsed), Mistakes: []mistake{}, policy: parsed}
	for _, routes := range parsed {
		result.Routes += len(routes)
	}
	for _, m := range mistakes {
		warning := allowUnknown && m.Unknown != ""
		result.OK = result.OK && warning
		result.Mistakes = append(result.Mistakes, mistake{
			Line: m.Line, Column: m.Column, Place: m.Place, Problem: m.Problem, Unknown: m.Unknown, Warning: warning, text: m.Error(),
		})
	}
	if result.Routes == 0 && len(mistakes) == 0 {
		const problem = "the policy has no routes: a bot with it does nothing"
		result.Mistakes = append(result.Mistakes, mistake{Problem: problem, Warning: true, text: shown + ": " + problem})
	}
	return result, nil
}

// report says what is wrong with a file.
func (c checked) report(config Config) {
	unknown := false
	for _, m := range c.Mistakes {
		prefix := ""
		if m.Warning {
			prefix = "warning: "
		}
		unknown = unknown || m.Unknown != "" && !m.Warning
		say(config.Err, "%s%s\n", prefix, m.text)
	}
	if unknown && config.plain {
		say(config.Err, "%s: names that only the bot's own program knows are warnings with --allow-unknown\n", c.File)
	}
}

// known reads the policy that a command is about: that of a file, or without one the
// program's. Mistakes are reported; of warnings only the number, since they are for
// the command check.
func known(config Config, cmd *cli.Command, name string) (routing.Policy, error) {
	if name == "" {
		return config.Policy, nil
	}
	c, err := check(config, name, cmd.Bool("allow-unknown"))
	if err != nil {
		return nil, err
	}
	if !c.OK {
		c.report(config)
		return nil, reportedError{}
	}
	if n := len(c.Mistakes); n > 0 {
		say(config.Err, "%s: %s; policy check lists them\n", c.File, several(n, "warning"))
	}
	return c.policy, nil
}

// formatOf reads the flag --format.
func formatOf(cmd *cli.Command) (policyfile.Format, error) {
	switch format := policyfile.Format(cmd.String("format")); format {
	case policyfile.JSON, policyfile.YAML:
		return format, nil
	default:
		return "", usagef(cmd, "--format is %q; there are json and yaml", string(format))
	}
}
