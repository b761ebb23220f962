package command

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/urfave/cli/v3"

	"github.com/djmessenger/messenger/i18n"
	"github.com/djmessenger/messenger/i18n/gettext"
	"github.com/djmessenger/messenger/internal/atomicfile"
)

func i18nExport(config Config) *cli.Command {
	return common(config, &cli.Command{
		Name:  "export",
		Usage: "write a language as a .po file, for translators' tools",
		Description: "The file has all texts of the source catalogue, those of the language, and empty entries for what it lacks.\n" +
			"The language may be new. Plurals are plurals of gettext, with the rule of the language; each case of a select, an\n" +
			"ordinal or a choice in another is an entry of its own. messenger i18n import reads the file back without loss.\n" +
			"The exit code is 0, 1 if a catalogue is wrong or the file cannot be written, and 2 if the command line is.",
		Flags: slices.Concat(catalogFlags(), []cli.Flag{
			&cli.StringFlag{Name: "language", Usage: "the `LANGUAGE` to write, such as fr"},
			&cli.StringFlag{Name: "output", Usage: "the `FILE` to write, such as fr.po; - is the standard output", Value: "-"},
		}),
		Action: func(_ context.Context, cmd *cli.Command) error { return runExport(config, cmd) },
	})
}

func runExport(config Config, cmd *cli.Command) error {
	switch {
	case cmd.NArg() > 0:
		return usagef(cmd, "export takes no arguments; name the language as --language %s", cmd.Args().First())
	case !cmd.IsSet("language"):
		return usagef(cmd, "--language is missing: the language to write, such as fr")
	}
	c, err := openCatalogs(config, cmd)
	if err != nil {
		return err
	}
	language := cmd.String("language")
	if err := c.checkLanguage(cmd, language); err != nil {
		return err
	}
	source, ok := c.of(c.source)
	if !ok {
		return c.noSource()
	}
	file, _ := c.of(language)
	po, err := written(file, source)
	if err != nil {
		return err
	}
	if output := cmd.String("output"); output != "-" {
		if err := atomicfile.Write(output, po); err != nil {
			return err
		}
		say(config.Out, "%s: %d of %s translated\n", output, len(file.Messages), several(len(source.Messages), "text"))
		return nil
	}
	_, err = config.Out.Write(po)
	return err
}

// noSource is the error of a directory that has no catalogue of the source language.
func (c *catalogs) noSource() error {
	return fmt.Errorf("%s has no catalogue of the source language %s; write it with: messenger i18n extract --catalogs %s --source %s", c.dir, c.source, c.dir, c.source)
}

// exportedHeader names the state of the catalogue that a .po file was written of.
const exportedHeader = "X-Messenger-Catalogue: "

// written returns a catalogue as a .po file, which names the state of the catalogue.
func written(file, source i18n.File) ([]byte, error) {
	var out bytes.Buffer
	if err := gettext.WritePO(&out, file, source); err != nil {
		return nil, err
	}
	const before = "\"X-Messenger-Keys: msgctxt\\n\"\n"
	return bytes.Replace(out.Bytes(), []byte(before), []byte(before+`"`+exportedHeader+stateOf(file)+"\\n\"\n"), 1), nil
}

// exportedState returns the state of the catalogue that a .po file was written of; empty if it does not say.
func exportedState(po []byte) string {
	_, after, _ := strings.Cut(string(po), exportedHeader)
	state, _, ok := strings.Cut(after, `\n"`)
	if !ok {
		return ""
	}
	return state
}

// stateOf returns a digest of what a catalogue says, in whatever order.
func stateOf(file i18n.File) string {
	var all []string
	for _, m := range file.Messages {
		line, _ := json.Marshal([]any{m.Key, unplaced(m.Text)}) // texts can be encoded
		all = append(all, string(line))
	}
	slices.Sort(all)
	sum := sha256.Sum256([]byte(strings.Join(all, "\n")))
	return hex.EncodeToString(sum[:8])
}

// unplaced returns a text without its places, and its cases in order.
func unplaced(t i18n.Text) i18n.Text {
	out := i18n.Text{Words: t.Words, By: t.By, Of: t.Of}
	for _, c := range t.Cases {
		out.Cases = append(out.Cases, i18n.Case{When: c.When, Text: unplaced(c.Text)})
	}
	slices.SortFunc(out.Cases, func(a, b i18n.Case) int { return strings.Compare(a.When, b.When) })
	return out
}
