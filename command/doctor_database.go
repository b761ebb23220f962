package command

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/djmessenger/messenger/store/postgres"
)

// envDatabase is the DSN of the bots' database, as programs have it that follow docs/production.md.
const envDatabase = "MESSENGER_DATABASE"

// database reads [envDatabase] as the bots do that messenger new makes, and checks that the database can be reached, and its tables. It changes nothing.
func (d *examination) database(ctx context.Context) {
	const check = "database"
	dsn := d.env(envDatabase)
	switch {
	case dsn == "":
		d.report(check, skipped, envDatabase+" is not set", "set it to the DSN of the bot's PostgreSQL database, such as postgres://bot@db.internal/bot")
		return
	case strings.HasPrefix(dsn, "postgres://"), strings.HasPrefix(dsn, "postgresql://"):
	case strings.Contains(dsn, "host="), strings.Contains(dsn, "dbname="):
		d.report(check, problem, "it has keywords of PostgreSQL, which bots do not take: they tell a PostgreSQL database by its URL",
			"write "+envDatabase+" as a URL, such as postgres://bot@db.internal/bot")
		return
	default:
		d.report(check, skipped, "a SQLite database is checked by the bot when it opens it", "")
		return
	}
	before := d.config.now()
	tables, err := postgres.ReadTables(ctx, dsn)
	after := d.config.now()
	switch {
	case err != nil:
		d.report(check, problem, err.Error(), "check "+envDatabase+" and the server; docs/database.md has what a user needs")
		return
	case tables.Found == 0:
		d.report(check, warning, "it has no tables", "the first start of the bot makes them")
	case tables.Found < tables.Known:
		d.report(check, warning, fmt.Sprintf("its tables have version %d, and this program's %d", tables.Found, tables.Known),
			"the first start of a bot of this version changes them")
	case tables.Found > tables.Known:
		d.report(check, problem, fmt.Sprintf("its tables have version %d, and this program knows up to %d", tables.Found, tables.Known),
			"take a newer version of this library, or take the tables back as docs/database.md says")
	default:
		d.report(check, fine, fmt.Sprintf("it can be reached, and its tables have version %d", tables.Found), "")
	}
	d.reportSkew("database clock", "the database's", skewOf(before, after, tables.Now, 0))
}

// withoutURL is an error of a call without its URL, which may have secrets.
func withoutURL(err error) error {
	if failed, ok := errors.AsType[*url.Error](err); ok {
		return failed.Err
	}
	return err
}
