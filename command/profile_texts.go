package command

import (
	"fmt"
	"os"

	"github.com/urfave/cli/v3"

	"github.com/djmessenger/messenger/i18n"
	"github.com/djmessenger/messenger/i18n/catalogfile"
	"github.com/djmessenger/messenger/i18n/gettext"
	"github.com/djmessenger/messenger/threadsettings"
)

func catalogsFlag() cli.Flag {
	return &cli.StringFlag{Name: "catalogs", Usage: "translate the texts by the catalogues in `DIR`, as the bot does"}
}

// localized translates settings by the catalogues that a command is given.
func localized(cmd *cli.Command, settings threadsettings.Settings) (threadsettings.Settings, error) {
	dir := cmd.String("catalogs")
	if dir == "" {
		return settings, nil
	}
	catalog, err := i18n.Load(os.DirFS(dir), ".", catalogfile.YAML(), gettext.PO(), gettext.MO())
	if err != nil {
		return threadsettings.Settings{}, fmt.Errorf("--catalogs %s: %w", dir, err)
	}
	return settings.Localize(catalog), nil
}
