package command

import (
	"context"
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/urfave/cli/v3"

	"github.com/djmessenger/messenger/i18n"
	"github.com/djmessenger/messenger/i18n/gettext"
	"github.com/djmessenger/messenger/internal/catalogedit"
)

func i18nImport(config Config) *cli.Command {
	return common(config, &cli.Command{
		Name:      "import",
		Usage:     "take the translations of a .po file into a catalogue",
		ArgsUsage: "FILE",
		Description: "The file is one of messenger i18n export, or any other .po file. Its name says the language, as in fr.po, or\n" +
			"--language does; a file whose header says another language is refused. What is not translated there, or is marked\n" +
			"fuzzy, changes nothing. Comments and the order of the catalogue stay. A mistake in the file, such as a placeholder\n" +
			"that is missing, is reported, and nothing is written.\n" +
			"If the catalogue has changed since the export, an entry that differs is a conflict; so is one whose source text has\n" +
			"changed. Conflicts are listed, and nothing is written, unless --take says which translation counts.\n" +
			"The exit code is 0, 1 with mistakes or conflicts, and 2 if the command line is wrong.",
		Flags: slices.Concat(catalogFlags(), []cli.Flag{
			&cli.StringFlag{Name: "language", Usage: "the `LANGUAGE` of the file, if its name does not say it"},
			&cli.StringFlag{Name: "take", Usage: "in a conflict, the translation of the `SIDE` po or catalogue"},
			&cli.StringFlag{Name: "format", Usage: "the `FORMAT` of a new catalogue: yaml or json"},
		}),
		Action: func(_ context.Context, cmd *cli.Command) error { return runImport(config, cmd) },
	})
}

func runImport(config Config, cmd *cli.Command) error {
	take := cmd.String("take")
	switch {
	case cmd.NArg() != 1:
		return usagef(cmd, "import takes one .po file")
	case take != "" && take != "po" && take != "catalogue":
		return usagef(cmd, "--take is %q; there are po and catalogue", take)
	}
	format, err := newFormat(cmd)
	if err != nil {
		return err
	}
	c, err := openCatalogs(config, cmd)
	if err != nil {
		return err
	}
	name := cmd.Args().First()
	data, err := content(config, name, i18n.MaxFileSize)
	if err != nil {
		return err
	}
	po, err := c.readPO(config, cmd, name, data)
	if err != nil {
		return err
	}
	before, _ := c.of(po.Language)
	replaced := path.Ext(before.Name) == ".po" || path.Ext(before.Name) == ".mo"
	if replaced {
		c.files = slices.DeleteFunc(c.files, func(f i18n.File) bool { return f.Name == before.Name })
	}
	d, err := c.document(config, po.Language, format)
	if err != nil {
		return err
	}
	in := newImporting(c, d, po, data)
	in.compare(take)
	if len(in.conflicts) > 0 && take == "" {
		for _, conflict := range in.conflicts {
			say(config.Err, "%s\n", conflict)
		}
		say(config.Err, "%s: %s; nothing was written. Run it again with --take po or --take catalogue, or change one of the files\n", d.Name, several(len(in.conflicts), "conflict"))
		return reportedError{}
	}
	if err := in.apply(); err != nil {
		return err
	}
	if _, err := c.write(d); err != nil {
		return err
	}
	say(config.Out, "%s: %d new, %d changed, %d the same; conflicts: %d\n", d.Name, len(in.add), len(in.set), in.same, len(in.conflicts))
	if replaced {
		say(config.Out, "%s has what %s has: remove that one, a language has one catalogue\n", d.Name, before.Name)
	}
	return nil
}

// readPO reads the file, and checks it against the source catalogue.
func (c *catalogs) readPO(config Config, cmd *cli.Command, name string, data []byte) (i18n.File, error) {
	language := cmd.String("language")
	if language == "" {
		language = strings.TrimSuffix(filepath.Base(name), filepath.Ext(name))
	}
	if _, err := i18n.New(map[string]map[string]string{language: nil}); err != nil {
		return i18n.File{}, usagef(cmd, "%q is no language; name the language of %s with --language, such as --language fr", language, name)
	}
	if sameLanguage(language, c.source) {
		return i18n.File{}, usagef(cmd, "%s is the source language, whose texts the program has", language)
	}
	if said, other := gettext.OtherLanguage(data, language); other {
		return i18n.File{}, fmt.Errorf("%s: the file is of language %s, not %s: its header says \"Language: %s\"; nothing was written. "+
			"Name its language with --language %s; if the header is wrong, correct it", name, said, language, said, strings.ReplaceAll(said, "_", "-"))
	}
	file, mistakes := gettext.ReadPO(path.Join(path.Dir(filepath.ToSlash(name)), language+".po"), data)
	file.Name = name
	var errs []error
	for _, m := range mistakes {
		m.File = name
		errs = append(errs, m)
	}
	if file.Plural != nil {
		errs = append(errs, &i18n.Mistake{File: name, Problem: "the header Plural-Forms has another rule than Unicode's CLDR for " + language +
			", which a catalogue cannot have; messenger i18n export writes the header as it should be"})
	}
	source, ok := c.of(c.source)
	if !ok {
		source = i18n.File{Language: c.source}
	}
	if _, err := i18n.Build([]i18n.File{source, file}, i18n.Source(c.source)); err != nil && len(errs) == 0 {
		errs = mistakesIn(err)
	}
	if len(errs) == 0 {
		return file, nil
	}
	for _, err := range errs {
		say(config.Err, "%v\n", err)
	}
	say(config.Err, "%s: nothing was written; mend the file, and run the command again\n", name)
	return i18n.File{}, reportedError{}
}

// importing takes a .po file into a catalogue.
type importing struct {
	d         *catalogedit.Document
	po        i18n.File
	unchanged bool            // the catalogue is as it was when the file was written
	stale     map[string]bool // message ids whose source text is another one now
	add       []catalogedit.Entry
	set       map[string]i18n.Text
	same      int
	conflicts []string
}

func newImporting(c *catalogs, d *catalogedit.Document, po i18n.File, data []byte) *importing {
	in := &importing{d: d, po: po, stale: map[string]bool{}, set: map[string]i18n.Text{}}
	state := exportedState(data)
	in.unchanged = state != "" && state == stateOf(d.File)
	source, ok := c.of(c.source)
	if !ok || state == "" {
		return in
	}
	now, err := written(po, source)
	if err != nil {
		return in // what cannot be written was not read
	}
	is := map[gettext.Original]string{}
	for _, o := range gettext.Originals(now) {
		is[gettext.Original{Key: o.Key, Case: o.Case}] = o.Text
	}
	for _, was := range gettext.Originals(data) {
		if text, known := is[gettext.Original{Key: was.Key, Case: was.Case}]; known && text != was.Text {
			in.stale[was.Key] = true
		}
	}
	return in
}

// compare sorts the translations of the file.
func (in *importing) compare(take string) {
	has := map[string]i18n.Message{}
	for _, m := range in.d.File.Messages {
		has[m.Key] = m
	}
	for _, m := range in.po.Messages {
		old, translated := has[m.Key]
		at := place{in.po.Name, m.Line, m.Column}
		switch {
		case translated && catalogedit.Same(old.Text, m.Text):
			in.same++
			continue
		case in.stale[m.Key]:
			in.conflicts = append(in.conflicts, fmt.Sprintf("%s: %q: conflict: the source text has changed since the export", at, m.Key))
		case translated && !in.unchanged:
			in.conflicts = append(in.conflicts, fmt.Sprintf("%s: %q: conflict: here it is %s, and in %s %s", at, m.Key, short(m.Text),
				place{in.d.Name, old.Line, old.Column}, short(old.Text)))
		default:
			in.put(m)
			continue
		}
		if take == "po" {
			in.put(m)
		}
	}
}

// put takes a translation.
func (in *importing) put(m i18n.Message) {
	if in.d.Has(m.Key) {
		in.set[m.Key] = m.Text
	} else {
		in.add = append(in.add, catalogedit.Entry{Key: m.Key, Text: m.Text})
	}
}

func (in *importing) apply() error {
	if err := in.d.Set(in.set); err != nil {
		return err
	}
	return in.d.Add(in.add...)
}

// short shows a text in a line.
func short(t i18n.Text) string {
	const limit = 80
	if t.By == "" {
		return fmt.Sprintf("%q", i18n.Shorten(t.Words, limit))
	}
	line := strings.Join(catalogedit.Lines(t), " ")
	return "{" + i18n.Shorten(strings.Join(strings.Fields(line), " "), limit) + "}"
}
