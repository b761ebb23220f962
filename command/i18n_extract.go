package command

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/urfave/cli/v3"

	"github.com/djmessenger/messenger/i18n"
	"github.com/djmessenger/messenger/internal/catalogedit"
)

func i18nExtract(config Config) *cli.Command {
	return common(config, &cli.Command{
		Name:      "extract",
		Usage:     "find the texts of Go code, policy files and thread settings, and write them into the source catalogue",
		ArgsUsage: "[PACKAGE...]",
		Description: "The packages are named as for the go command; the default is ./... Every message id is followed back to the\n" +
			"constants that it comes from, through functions, fields and variables of the program and of this library.\n" +
			"Texts that are made at run time are warnings, with their places. Tests are not read.\n" +
			"New texts are added at the end of the catalogue of the source language. Nothing else of it changes, and\n" +
			"nothing is taken out of it. A key, such as orders.shipped, gets an entry without a text; write its text there.\n" +
			"The exit code is 0, also with warnings, 1 if the code does not compile or a file is wrong, and 2 if the\n" +
			"command line is.",
		Flags: slices.Concat(catalogFlags(), codeFlags(), []cli.Flag{
			&cli.StringFlag{Name: "format", Usage: "the `FORMAT` of a new catalogue: yaml or json"},
			&cli.BoolFlag{Name: "optional", Usage: "add optional texts too, which the bot only looks up"},
			&cli.BoolFlag{Name: "print", Usage: "write the catalogue to the standard output, and no file"},
			asJSON(),
		}),
		Action: func(ctx context.Context, cmd *cli.Command) error { return runExtract(ctx, config, cmd) },
	})
}

// extracted is the result of extract as JSON.
type extracted struct {
	File    string        `json:"file"`
	Added   []string      `json:"added"`
	Texts   []text        `json:"texts"`
	Unknown []unknownText `json:"unknown"`
	// NoText are keys that have no text in the catalogue.
	NoText []string `json:"no_text"`
	Wrote  bool     `json:"wrote"`
}

func runExtract(ctx context.Context, config Config, cmd *cli.Command) error {
	format, err := newFormat(cmd)
	if err != nil {
		return err
	}
	if cmd.Bool("print") && cmd.Bool("json") {
		return usagef(cmd, "give either --print or --json")
	}
	catalogs, err := openCatalogs(config, cmd)
	if err != nil {
		return err
	}
	d, err := catalogs.document(config, catalogs.source, format)
	if err != nil {
		return err
	}
	all, err := textsOf(ctx, config, cmd)
	if err != nil {
		return err
	}
	result := extracted{File: d.Name, Added: []string{}, Texts: []text{}, Unknown: []unknownText{}, NoText: []string{}}
	result.Texts, result.Unknown = append(result.Texts, all.texts...), append(result.Unknown, all.unknown...)
	var entries []catalogedit.Entry
	var left []string // optional texts that are not added
	from := ""
	for _, t := range all.texts {
		if d.Has(t.ID) {
			continue
		}
		if t.Optional && !cmd.Bool("optional") {
			left = append(left, strconv.Quote(t.ID))
			continue
		}
		e := catalogedit.Entry{Key: t.ID}
		if !t.Key {
			e.Text = i18n.Text{Words: t.ID}
		}
		if len(t.Places) == 0 && t.where() != from {
			from = t.where()
			e.Comment = []string{"Texts of " + from}
		}
		entries = append(entries, e)
		result.Added = append(result.Added, t.ID)
	}
	if err := d.Add(entries...); err != nil {
		return err
	}
	for _, t := range all.texts {
		if t.Key && slices.Contains(d.Untranslated, t.ID) {
			result.NoText = append(result.NoText, t.ID)
		}
	}
	if cmd.Bool("print") {
		result.warn(config)
		_, err := config.Out.Write(d.Bytes())
		return err
	}
	if len(all.texts) > 0 || exists(d.Name) {
		if result.Wrote, err = catalogs.write(d); err != nil {
			return err
		}
	}
	if cmd.Bool("json") {
		return writeJSON(config.Out, result)
	}
	result.warn(config)
	if len(all.texts) == 0 {
		say(config.Out, "no texts were found\n")
		return nil
	}
	say(config.Out, "%s: %s added; the program has %s\n", d.Name, several(len(result.Added), "text"), several(len(all.texts), "text"))
	if len(left) > 0 {
		say(config.Out, "not added, since optional: %s (%s); --optional adds them\n", several(len(left), "text"), strings.Join(left, ", "))
	}
	return nil
}

// warn says what a person has to look at.
func (e extracted) warn(config Config) {
	for _, u := range e.Unknown {
		say(config.Err, "%s: warning: %s; its texts are for you to add to %s\n", u.place, u.Why, e.File)
	}
	for _, t := range e.Texts {
		if slices.Contains(e.NoText, t.ID) {
			say(config.Err, "%s: warning: %q is a key that has no text yet; write it in %s\n", t.where(), t.ID, e.File)
		}
	}
}

// newFormat reads the flag --format of a new catalogue.
func newFormat(cmd *cli.Command) (string, error) {
	format := cmd.String("format")
	if format != "" && format != "yaml" && format != "json" {
		return "", usagef(cmd, "--format is %q; there are json and yaml", format)
	}
	return format, nil
}
