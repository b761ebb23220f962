package gormstore

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"github.com/djmessenger/messenger/store/internal/database"
)

// SchemaError is returned when a database was written by a newer version of
// this library than the program has.
type SchemaError struct {
	// Found is the version of the tables, Known the newest that this program
	// understands.
	Found, Known int
}

func (e *SchemaError) Error() string {
	return fmt.Sprintf("gormstore: the tables have version %d, this program knows versions up to %d; "+
		"run a program built with a newer version of the library", e.Found, e.Known)
}

// migrations are the steps from nothing to today's tables. A step that was
// released is never changed; a change is a new step.
var migrations = [][]string{firstTables, eventsThatRunAlone, whoElseWrites, guardOfCalls}

// readCommitted is the isolation of migrations, whatever the database's own default.
var readCommitted = &sql.TxOptions{Isolation: sql.LevelReadCommitted}

// migrate runs the steps that have not run yet. Where there are other
// processes it first looks whether there are any, without a lock; if so, it
// waits until their transactions have ended, and holds them back until the
// tables are as they should be. Otherwise an index that is made under load
// could wait for them in a circle.
func (w *lane) migrate(steps [][]string) error {
	if err := w.connect(context.Background()); err != nil {
		return err
	}
	s := w.session
	found, err := s.version()
	switch {
	case err == nil && found == len(steps):
		return nil
	case err == nil && found > len(steps):
		return &SchemaError{Found: found, Known: len(steps)}
	}
	tx, err := s.conn.BeginTx(context.Background(), readCommitted)
	if err != nil {
		return fmt.Errorf("store: database: %w", err)
	}
	defer func() { _ = tx.Rollback() }()
	if migrating := s.dialect.Migrating(); migrating != "" {
		if err := s.rows(func(database.Row) error { return nil }, migrating); err != nil {
			return err
		}
	}
	if err := migrateTo(s, w.now(), steps); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("store: commit: %w", err)
	}
	return nil
}

// version is that of the tables; it fails if there are none.
func (s *session) version() (found int, err error) {
	_, err = s.row([]any{&found}, "SELECT COALESCE(MAX(version), 0) FROM messenger_schema")
	return found, err
}

func migrateTo(s *session, now time.Time, steps [][]string) error {
	if err := s.ddl(`CREATE TABLE IF NOT EXISTS messenger_schema (version BIGINT NOT NULL PRIMARY KEY, at BIGINT NOT NULL)`); err != nil {
		return err
	}
	found, err := s.version()
	if err != nil {
		return err
	}
	if found > len(steps) {
		return &SchemaError{Found: found, Known: len(steps)}
	}
	for i, step := range steps[found:] {
		for _, statement := range s.statementsOf(step) {
			if err := s.ddl(statement); err != nil {
				return err
			}
		}
		if _, err := s.exec("INSERT INTO messenger_schema (version, at) VALUES (?, ?)", found+i+1, micros(now)); err != nil {
			return err
		}
	}
	return nil
}

// statementsOf returns a step with the dialect's own statements in it.
func (s *session) statementsOf(step []string) (all []string) {
	for _, statement := range step {
		if statement == "GUARD" {
			all = append(all, s.dialect.GuardTables()...)
		} else {
			all = append(all, statement)
		}
	}
	return all
}

// ddl runs a statement that changes tables, with the dialect's words in it.
func (s *session) ddl(statement string) error {
	statement = strings.NewReplacer(
		"IDENTITY", s.dialect.Identity(), "ORDINAL", s.dialect.Ordinal(), "BYTES", s.dialect.Bytes(), "EPOCHS", s.dialect.Tokens(),
		" CLUSTERED", s.dialect.Clustered()).Replace(statement)
	if _, err := s.exec(statement); err != nil {
		return fmt.Errorf("gormstore: migration: %w", err)
	}
	return nil
}

// alone is the seq of the event that a process runs with no other turn beside it.
var eventsThatRunAlone = []string{
	`ALTER TABLE messenger_mailbox ADD COLUMN alone BIGINT NOT NULL DEFAULT 0`,
}

// What is known of others who write to a person for the page.
var whoElseWrites = []string{
	`ALTER TABLE messenger_people ADD COLUMN human_at BIGINT NOT NULL DEFAULT 0`,
	`ALTER TABLE messenger_people ADD COLUMN thread_owner TEXT NOT NULL DEFAULT ''`,
	`ALTER TABLE messenger_people ADD COLUMN thread_at BIGINT NOT NULL DEFAULT 0`,
	`ALTER TABLE messenger_people ADD COLUMN thread_standby BOOLEAN NOT NULL DEFAULT FALSE`,
	`ALTER TABLE messenger_people ADD COLUMN resumed_at BIGINT NOT NULL DEFAULT 0`,
}

// What keeps OnCommit functions in their transaction.
var guardOfCalls = []string{`GUARD`}

var firstTables = []string{
	`EPOCHS`,
	// The processes that share the tables and whose end the others can see.
	`CREATE TABLE messenger_holders (holder BIGINT NOT NULL PRIMARY KEY)`,
	// What replicas announce, and when pages had an echo.
	`CREATE TABLE messenger_replicas (owner TEXT NOT NULL PRIMARY KEY, pages TEXT NOT NULL, busy TEXT NOT NULL,
		holder BIGINT NOT NULL, until BIGINT NOT NULL)`,
	`CREATE TABLE messenger_echoes (page_id TEXT NOT NULL PRIMARY KEY, at BIGINT NOT NULL)`,

	// The rows of seen and of sent are numbered in the order of arrival, which is
	// nearly that of time, so that a purge finds the oldest without an index.
	`CREATE TABLE messenger_seen (
		id ORDINAL,
		kind SMALLINT NOT NULL,
		key TEXT NOT NULL,
		at BIGINT NOT NULL,
		UNIQUE (kind, key))`,
	`CREATE TABLE messenger_inbox (
		seq IDENTITY,
		page_id TEXT NOT NULL,
		person_id TEXT NOT NULL,
		key TEXT NOT NULL,
		order_at BIGINT NOT NULL,
		event_at BIGINT NOT NULL,
		body BYTES,
		confirms TEXT NOT NULL,
		attempts BIGINT NOT NULL,
		only_routes TEXT NOT NULL,
		received_at BIGINT NOT NULL)`,
	`CREATE INDEX messenger_inbox_order ON messenger_inbox (page_id, person_id, order_at, seq)`,
	`CREATE INDEX messenger_inbox_tried ON messenger_inbox (received_at) WHERE attempts > 0`,
	// next_at is when the waiting work became due, or will; NULL is idle.
	`CREATE TABLE messenger_mailbox (
		page_id TEXT NOT NULL,
		person_id TEXT NOT NULL,
		next_at BIGINT,
		hold_until BIGINT NOT NULL,
		lease_until BIGINT,
		owner TEXT NOT NULL,
		holder BIGINT NOT NULL,
		epoch BIGINT NOT NULL,
		starts BIGINT NOT NULL,
		PRIMARY KEY (page_id, person_id)) CLUSTERED`,
	`CREATE INDEX messenger_mailbox_due ON messenger_mailbox (next_at) WHERE next_at IS NOT NULL`,
	// started_at is NULL until a request may have been made.
	`CREATE TABLE messenger_outbox (
		id ORDINAL,
		page_id TEXT NOT NULL,
		person_id TEXT NOT NULL,
		key TEXT NOT NULL UNIQUE,
		group_key TEXT NOT NULL,
		body BYTES,
		delay BIGINT NOT NULL,
		not_before BIGINT NOT NULL,
		started_at BIGINT,
		attempts BIGINT NOT NULL)`,
	`CREATE INDEX messenger_outbox_order ON messenger_outbox (page_id, person_id, id)`,
	`CREATE TABLE messenger_dead (
		id IDENTITY,
		page_id TEXT NOT NULL,
		person_id TEXT NOT NULL,
		key TEXT NOT NULL,
		event_at BIGINT NOT NULL,
		body BYTES,
		confirms TEXT NOT NULL,
		attempts BIGINT NOT NULL,
		failures TEXT NOT NULL,
		only_routes TEXT NOT NULL,
		at BIGINT NOT NULL)`,
	`CREATE INDEX messenger_dead_page ON messenger_dead (page_id, id)`,

	`CREATE TABLE messenger_people (
		page_id TEXT NOT NULL,
		psid TEXT NOT NULL,
		first_name TEXT NOT NULL,
		last_name TEXT NOT NULL,
		name TEXT NOT NULL,
		username TEXT NOT NULL,
		profile_pic TEXT NOT NULL,
		locale TEXT NOT NULL,
		timezone DOUBLE PRECISION,
		gender TEXT NOT NULL,
		profile_at BIGINT NOT NULL,
		profile_refused BOOLEAN NOT NULL,
		thumb_ups BIGINT NOT NULL,
		first_seen BIGINT NOT NULL,
		last_act BIGINT NOT NULL,
		unavailable_since BIGINT NOT NULL,
		PRIMARY KEY (page_id, psid)) CLUSTERED`,
	`CREATE TABLE messenger_locations (
		id ORDINAL,
		page_id TEXT NOT NULL,
		psid TEXT NOT NULL,
		latitude DOUBLE PRECISION NOT NULL,
		longitude DOUBLE PRECISION NOT NULL,
		title TEXT NOT NULL,
		url TEXT NOT NULL,
		mid TEXT NOT NULL,
		at BIGINT NOT NULL)`,
	`CREATE INDEX messenger_locations_person ON messenger_locations (page_id, psid, at, id)`,
	`CREATE TABLE messenger_received (
		id ORDINAL,
		page_id TEXT NOT NULL,
		psid TEXT NOT NULL,
		key TEXT NOT NULL,
		type TEXT NOT NULL,
		body BYTES,
		at BIGINT NOT NULL,
		UNIQUE (page_id, psid, key))`,
	`CREATE INDEX messenger_received_person ON messenger_received (page_id, psid, at, id)`,
	`CREATE INDEX messenger_received_at ON messenger_received (at)`,
	`CREATE TABLE messenger_sent (
		id ORDINAL,
		page_id TEXT NOT NULL,
		psid TEXT NOT NULL,
		key TEXT NOT NULL,
		type TEXT NOT NULL,
		body BYTES,
		status BIGINT NOT NULL,
		response TEXT NOT NULL,
		mid TEXT NOT NULL,
		outcome TEXT NOT NULL,
		error TEXT NOT NULL,
		at BIGINT NOT NULL)`,
	`CREATE INDEX messenger_sent_person ON messenger_sent (page_id, psid, at, id)`,
	`CREATE TABLE messenger_sessions (
		page_id TEXT NOT NULL,
		psid TEXT NOT NULL,
		name TEXT NOT NULL,
		data BYTES,
		version BIGINT NOT NULL,
		expires BIGINT NOT NULL,
		PRIMARY KEY (page_id, psid, name)) CLUSTERED`,
	`CREATE TABLE messenger_attachments (
		page_id TEXT NOT NULL,
		name TEXT NOT NULL,
		attachment_id TEXT NOT NULL,
		expires BIGINT NOT NULL,
		PRIMARY KEY (page_id, name)) CLUSTERED`,
}
