package command

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/urfave/cli/v3"

	"github.com/djmessenger/messenger/i18n"
	"github.com/djmessenger/messenger/internal/catalogedit"
)

func i18nMerge(config Config) *cli.Command {
	return common(config, &cli.Command{
		Name:  "merge",
		Usage: "add what a language lacks, as entries for a translator to fill in",
		Description: "Each text of the source catalogue that the language does not have becomes an entry without a text, at the end of\n" +
			"its catalogue, with the source text of a key as a comment above it. A person never gets such an entry: until it\n" +
			"is translated they read what they read without it. Entries that the source catalogue does not have any more are\n" +
			"marked by the comment \"obsolete\". In JSON, which has no comments, an entry without a text is null.\n" +
			"Translations are never changed or taken out. A second run changes nothing. Without --language it does all\n" +
			"languages that have a catalogue.\n" +
			"The exit code is 0, 1 if a catalogue is wrong or cannot be written, and 2 if the command line is.",
		Flags: slices.Concat(catalogFlags(), []cli.Flag{
			&cli.StringSliceFlag{Name: "language", Usage: "a `LANGUAGE`, such as fr or pt-BR, which may be new; several are allowed"},
			&cli.StringFlag{Name: "format", Usage: "the `FORMAT` of a new catalogue: yaml or json"},
			&cli.BoolFlag{Name: "print", Usage: "write the catalogues to the standard output, and no file"},
		}),
		Action: func(_ context.Context, cmd *cli.Command) error { return runMerge(config, cmd) },
	})
}

func runMerge(config Config, cmd *cli.Command) error {
	if cmd.NArg() > 0 {
		return usagef(cmd, "merge takes no arguments; name a language as --language %s", cmd.Args().First())
	}
	format, err := newFormat(cmd)
	if err != nil {
		return err
	}
	c, err := openCatalogs(config, cmd)
	if err != nil {
		return err
	}
	source, ok := c.of(c.source)
	if !ok {
		return c.noSource()
	}
	languages, err := c.languagesOf(cmd)
	if err != nil {
		return err
	}
	var documents []*catalogedit.Document
	var said []string
	for _, language := range languages { // all of them, before the first one is written
		d, err := c.document(config, language, format)
		if err != nil {
			return err
		}
		added, obsolete, err := merge(d, source)
		if err != nil {
			return err
		}
		documents = append(documents, d)
		said = append(said, fmt.Sprintf("%s: %s to translate, %d of them new; %d obsolete", d.Name, several(len(d.Untranslated), "text"), added, obsolete))
	}
	for i, d := range documents {
		if cmd.Bool("print") {
			if _, err := config.Out.Write(d.Bytes()); err != nil {
				return err
			}
			continue
		}
		if _, err := c.write(d); err != nil {
			return err
		}
		say(config.Out, "%s\n", said[i])
	}
	return nil
}

// checkLanguage returns an error if the flag names no language, or that of the source.
func (c *catalogs) checkLanguage(cmd *cli.Command, language string) error {
	if _, err := i18n.New(map[string]map[string]string{language: nil}); err != nil {
		return usagef(cmd, "--language is %q, which is no language; write it as fr or pt-BR", language)
	}
	if sameLanguage(language, c.source) {
		return usagef(cmd, "--language is %s, the source language; messenger i18n extract writes its catalogue", language)
	}
	return nil
}

// languagesOf returns the languages of the flag, or all but the source. Each is a language.
func (c *catalogs) languagesOf(cmd *cli.Command) ([]string, error) {
	languages := cmd.StringSlice("language")
	for _, l := range languages {
		if err := c.checkLanguage(cmd, l); err != nil {
			return nil, err
		}
	}
	if len(languages) > 0 {
		return languages, nil
	}
	for _, f := range c.files {
		_, parent := c.of(base(f.Language))
		if base(f.Language) != base(c.source) && (!parent || base(f.Language) == strings.ToLower(f.Language)) {
			languages = append(languages, f.Language) // one of a region has only what is said otherwise there
		}
	}
	if len(languages) == 0 {
		return nil, usagef(cmd, "%s has the source language only; name a new one with --language", c.dir)
	}
	return languages, nil
}

// obsolete is the comment above an entry that the source does not have any more.
const obsolete = "obsolete: the source catalogue does not have it any more"

// merge adds to a document what the source has, and marks what it does not have any more.
func merge(d *catalogedit.Document, source i18n.File) (added, old int, err error) {
	var entries []catalogedit.Entry
	known := map[string]bool{}
	hasTexts := false // and not only keys
	for _, m := range source.Messages {
		known[m.Key] = true
		hasTexts = hasTexts || !isKey(m.Key)
		if !d.Has(m.Key) {
			entries = append(entries, catalogedit.Entry{Key: m.Key, Comment: sourceComment(source.Language, m)})
		}
	}
	comments := map[string][]string{}
	for _, key := range keysIn(d) {
		above := d.Above(key)
		kept := slices.DeleteFunc(slices.Clone(above), func(line string) bool { return line == obsolete })
		if !known[key] && (hasTexts || isKey(key)) {
			old++
			kept = append(kept, obsolete)
		}
		if !slices.Equal(kept, above) {
			comments[key] = kept
		}
	}
	if err := d.Comment(comments); err != nil {
		return 0, 0, err
	}
	return len(entries), old, d.Add(entries...)
}

func keysIn(d *catalogedit.Document) []string {
	keys := slices.Clone(d.Untranslated)
	for _, m := range d.File.Messages {
		keys = append(keys, m.Key)
	}
	return keys
}

// sourceComment shows the source text to a translator, if the message id is not the text.
func sourceComment(language string, m i18n.Message) []string {
	if m.Text.By == "" && m.Text.Words == m.Key {
		return nil
	}
	lines := catalogedit.Lines(m.Text)
	if m.Text.By == "" {
		return []string{language + ": " + strings.Join(lines, " ")}
	}
	return append([]string{language + ":"}, lines...)
}
