package command

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/urfave/cli/v3"

	"github.com/djmessenger/messenger/i18n"
	"github.com/djmessenger/messenger/i18n/catalogfile"
	"github.com/djmessenger/messenger/i18n/gettext"
	"github.com/djmessenger/messenger/internal/atomicfile"
	"github.com/djmessenger/messenger/internal/catalogedit"
)

// translations is the commands about catalogues.
func translations(config Config) *cli.Command {
	return group(config, &cli.Command{
		Name:  "i18n",
		Usage: "find, check and exchange the texts of a bot in all its languages",
		Commands: []*cli.Command{
			i18nExtract(config),
			i18nCheck(config),
			i18nMerge(config),
			i18nExport(config),
			i18nImport(config),
		},
	})
}

// defaultCatalogs is where catalogues are if no flag says it.
const defaultCatalogs = "locales"

func catalogFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "catalogs", Usage: "the `DIRECTORY` with a catalogue for each language, such as de.yaml", Value: defaultCatalogs},
		&cli.StringFlag{Name: "source", Usage: "the `LANGUAGE` that the bot's texts are written in", Value: i18n.DefaultSource},
	}
}

// catalogs are the catalogue files of a directory.
type catalogs struct {
	dir    string
	source string
	files  []i18n.File
	err    error // of files that could not be read
}

// openCatalogs reads the catalogues of the flags. All mistakes are reported.
func openCatalogs(config Config, cmd *cli.Command) (*catalogs, error) {
	c := &catalogs{dir: cmd.String("catalogs"), source: cmd.String("source")}
	if _, err := i18n.New(nil, i18n.Source(c.source)); err != nil {
		return nil, usagef(cmd, "--source is %q, which is no language; write it as en or pt-BR", c.source)
	}
	entries, err := os.ReadDir(c.dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return c, nil
	case err != nil:
		return nil, fmt.Errorf("the catalogues cannot be read: %w", err)
	case !slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return isCatalog(e.Name()) }):
		return c, nil
	}
	files, err := i18n.ReadFiles(os.DirFS(c.dir), ".", c.options()...)
	for i := range files {
		files[i].Name = path.Join(filepath.ToSlash(c.dir), files[i].Name)
	}
	c.files, c.err = files, err
	if err != nil {
		c.report(config, err)
		return c, reportedError{}
	}
	return c, nil
}

func (c *catalogs) options() []i18n.Option {
	return []i18n.Option{i18n.Source(c.source), catalogfile.YAML(), gettext.PO(), gettext.MO()}
}

func isCatalog(name string) bool {
	return slices.Contains([]string{".json", ".yaml", ".yml", ".po", ".mo"}, path.Ext(name)) && !strings.HasPrefix(name, ".")
}

// report says the mistakes of catalogues, each with the path of its file.
func (c *catalogs) report(config Config, err error) {
	for _, one := range mistakesIn(err) {
		if m, ok := errors.AsType[*i18n.Mistake](one); ok {
			said := *m
			if said.File != "" && !strings.Contains(said.File, "/") {
				said.File = path.Join(filepath.ToSlash(c.dir), said.File)
			}
			one = &said
		}
		say(config.Err, "%v\n", one)
	}
	say(config.Err, "%s: mend this first; nothing was written\n", c.dir)
}

// mistakesIn takes what errors.Join has put together apart.
func mistakesIn(err error) []error {
	if err == nil {
		return nil
	}
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		var all []error
		for _, one := range joined.Unwrap() {
			all = append(all, mistakesIn(one)...)
		}
		return all
	}
	return []error{err}
}

// same reports whether two tags are of the same language, "pt_BR" and "pt-BR" for one.
func sameLanguage(a, b string) bool {
	return strings.EqualFold(strings.ReplaceAll(a, "_", "-"), strings.ReplaceAll(b, "_", "-"))
}

// of returns the catalogue of a language, and whether there is one.
func (c *catalogs) of(language string) (i18n.File, bool) {
	for _, f := range c.files {
		if sameLanguage(f.Language, language) {
			return f, true
		}
	}
	return i18n.File{Language: language}, false
}

// document opens the catalogue of a language to change it, or a new one, which is in the format of the others.
func (c *catalogs) document(config Config, language, format string) (*catalogedit.Document, error) {
	file, ok := c.of(language)
	if !ok {
		return catalogedit.New(c.newName(language, format)), nil
	}
	if extension := path.Ext(file.Name); extension == ".po" || extension == ".mo" {
		return nil, fmt.Errorf("%s is a file of gettext, which this command does not change; convert it: messenger i18n import %s", file.Name, file.Name)
	}
	data, err := os.ReadFile(file.Name)
	if err != nil {
		return nil, err
	}
	d, mistakes := catalogedit.Open(file.Name, data)
	if len(mistakes) > 0 { // it has changed since
		for _, m := range mistakes {
			say(config.Err, "%v\n", m)
		}
		return nil, reportedError{}
	}
	return d, nil
}

// newName returns the name of a new catalogue.
func (c *catalogs) newName(language, format string) string {
	if format == "" {
		format = "yaml"
		for _, f := range c.files {
			if path.Ext(f.Name) == ".json" {
				format = "json"
			}
		}
	}
	return path.Join(filepath.ToSlash(c.dir), strings.ReplaceAll(language, "_", "-")+"."+format)
}

// write writes a document, if it has changed.
func (c *catalogs) write(d *catalogedit.Document) (changed bool, err error) {
	before, err := os.ReadFile(d.Name)
	switch {
	case err == nil && string(before) == string(d.Bytes()):
		return false, nil
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return false, err
	}
	if err := os.MkdirAll(c.dir, 0o755); err != nil { //nolint:gosec // as other directories of source code
		return false, err
	}
	return true, atomicfile.Write(d.Name, d.Bytes())
}

// isKey reports whether a message id is a key, such as "orders.shipped", which no person should read.
func isKey(id string) bool {
	var untranslated *i18n.Localizer
	_, known := untranslated.Arguments(id)
	return !known
}
