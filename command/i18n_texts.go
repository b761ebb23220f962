package command

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/urfave/cli/v3"

	"github.com/djmessenger/messenger/i18n/extract"
	"github.com/djmessenger/messenger/routing/policyfile"
)

// translatedFields are the fields of this library that hold message ids, with the most characters that the platform takes, as
// package extract derives them from its code.
//
//go:embed i18n_fields.txt
var translatedFields string

func codeFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringSliceFlag{Name: "policy", Usage: "a policy `FILE`, whose texts are found too; several are allowed"},
		&cli.StringSliceFlag{Name: "settings", Usage: "a `FILE` with thread settings, whose texts are found too; several are allowed"},
		&cli.StringFlag{Name: "tags", Usage: "build `TAGS` for the Go code, with commas between them"},
		&cli.BoolFlag{Name: "no-code", Usage: "read no Go code, but only the files"},
	}
}

// text is a message id that the program has.
type text struct {
	ID       string   `json:"id"`
	Key      bool     `json:"key"` // it is a key, and no text
	Optional bool     `json:"optional,omitempty"`
	Places   []place  `json:"places"`
	Packages []string `json:"packages,omitempty"` // those that it is imported from

	fields []string
	limit  int // besides those of the fields; 0 if there is none
}

type place struct {
	File   string `json:"file"`
	Line   int    `json:"line"`
	Column int    `json:"column"`
}

func (p place) String() string { return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column) }

// where says where a text is, for a reader.
func (t text) where() string {
	switch {
	case len(t.Places) > 0:
		return t.Places[0].String()
	case len(t.Packages) > 0:
		return t.Packages[0]
	}
	return ""
}

// unknownText is a text that is not known before the program runs.
type unknownText struct {
	place

	Why string `json:"why"`
	// Prefix is what the text begins with, as far as it is known.
	Prefix string `json:"prefix,omitempty"`
}

// found are the texts of a program.
type found struct {
	texts   []text // in the order of the program
	unknown []unknownText
	limits  map[string]int // of fields; 0 if there is none
}

// textsOf finds the texts of Go code, of policy files and of thread settings. What is wrong with them is reported.
func textsOf(ctx context.Context, config Config, cmd *cli.Command) (*found, error) {
	patterns, policies := cmd.Args().Slice(), cmd.StringSlice("policy")
	if cmd.Bool("no-code") && len(patterns) > 0 {
		return nil, usagef(cmd, "--no-code reads no packages, but %s is given", patterns[0])
	}
	byID := map[string]*text{}
	all := &found{limits: map[string]int{}}
	for line := range strings.Lines(translatedFields) {
		var field string
		var limit int
		if n, _ := fmt.Sscan(line, &field, &limit); n == 2 {
			all.limits[field] = limit
		}
	}
	if !cmd.Bool("no-code") {
		if err := all.code(ctx, config, cmd, byID); err != nil {
			return nil, err
		}
	}
	fine := true
	for _, name := range policies {
		ok, err := all.policy(config, name, byID)
		if err != nil {
			return nil, err
		}
		fine = fine && ok
	}
	for _, name := range cmd.StringSlice("settings") {
		ok, err := settingsTexts(config, name, byID)
		if err != nil {
			return nil, err
		}
		fine = fine && ok
	}
	if !fine {
		return nil, reportedError{}
	}
	for _, id := range slices.Sorted(maps.Keys(byID)) {
		all.texts = append(all.texts, *byID[id])
	}
	slices.SortStableFunc(all.texts, inOrder)
	return all, nil
}

// inOrder compares texts: those of the program by their places, then those of packages.
func inOrder(a, b text) int {
	if len(a.Places) > 0 && len(b.Places) > 0 {
		x, y := a.Places[0], b.Places[0]
		switch {
		case x.File != y.File:
			return strings.Compare(x.File, y.File)
		case x.Line != y.Line:
			return x.Line - y.Line
		}
		return x.Column - y.Column
	}
	if len(a.Places)+len(b.Places) > 0 {
		return len(b.Places) - len(a.Places)
	}
	return strings.Compare(strings.Join(a.Packages, " "), strings.Join(b.Packages, " "))
}

// code finds the texts of Go code.
func (f *found) code(ctx context.Context, config Config, cmd *cli.Command, byID map[string]*text) error {
	request := extract.Config{Patterns: cmd.Args().Slice()}
	if tags := cmd.String("tags"); tags != "" {
		request.Tags = strings.Split(tags, ",")
	}
	result, err := extract.Load(ctx, request)
	if bad, ok := errors.AsType[*extract.CompileError](err); ok {
		for _, p := range bad.Problems {
			say(config.Err, "%s\n", p)
		}
		if slices.ContainsFunc(bad.Problems, embedsNothing) {
			dir, source := cmd.String("catalogs"), cmd.String("source")
			say(config.Err, "go:embed needs a file; if it embeds the catalogues, begin with an empty one: mkdir -p %s && echo '{}' > %s/%s.yaml\n", dir, dir, source)
		}
		say(config.Err, "the code does not compile, so not all of its texts are known; mend it first. Nothing was written.\n")
		return reportedError{}
	}
	if errors.Is(err, extract.ErrNoGo) {
		return fmt.Errorf("%w. Without it, --no-code --policy FILE reads policy files alone", err)
	}
	if err != nil {
		return fmt.Errorf("%w; run the command in the directory of the bot's go.mod, and name its packages as for go build", err)
	}
	for _, t := range result.Texts {
		one := &text{ID: t.ID, Key: isKey(t.ID), Optional: t.Optional, Packages: t.Imported, Places: []place{}, fields: t.Fields, limit: t.Limit}
		for _, p := range t.Places {
			one.Places = append(one.Places, place(p))
		}
		byID[t.ID] = one
	}
	for _, u := range result.Unknown {
		f.unknown = append(f.unknown, unknownText{place(u.Place), u.Why, u.Prefix})
	}
	for _, field := range result.Fields {
		f.limits[field.Name] = field.Limit
	}
	return nil
}

// embedsNothing reports whether a problem of the go command is a go:embed pattern that no file matches.
func embedsNothing(problem string) bool {
	return strings.Contains(problem, "no matching files found") || strings.Contains(problem, "contains no embeddable files")
}

// policy finds the texts of a policy file, and reports whether it is right.
func (f *found) policy(config Config, name string, byID map[string]*text) (bool, error) {
	if err := config.Registry.Err(); err != nil {
		return false, err
	}
	data, err := content(config, name, policyfile.MaxSize)
	if errors.Is(err, fs.ErrNotExist) {
		return false, fmt.Errorf("--policy: %w", err)
	} else if err != nil {
		return false, err
	}
	if name == "-" {
		name = "stdin"
	}
	texts, mistakes := config.Registry.Strings(name, data)
	fine := true
	for _, m := range mistakes {
		if m.Unknown == "" {
			fine = false
			say(config.Err, "%v\n", m)
			continue
		}
		why := fmt.Sprintf("the texts of %q are not known, since it is not registered in this command; docs/command.md shows a command of your own that knows it", m.Unknown)
		f.unknown = append(f.unknown, unknownText{place{m.File, m.Line, m.Column}, why, ""})
	}
	for _, s := range texts {
		if _, translated := f.limits[s.Field]; !translated || strings.TrimSpace(s.Text) == "" {
			continue
		}
		one := byID[s.Text]
		if one == nil {
			one = &text{ID: s.Text, Key: isKey(s.Text)}
			byID[s.Text] = one
		}
		one.Optional = false
		one.Places = append(one.Places, place{s.File, s.Line, s.Column})
		if !slices.Contains(one.fields, s.Field) {
			one.fields = append(one.fields, s.Field)
		}
	}
	return fine, nil
}

// exists reports whether there is a file.
func exists(name string) bool {
	_, err := os.Stat(name)
	return err == nil
}
