package gormstore

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/internal/database"
)

type sessionKey struct{ pageID, psid, name string }

func (p *pending) session(key sessionKey, w store.Write) {
	if p.sessions == nil {
		p.sessions = map[sessionKey]store.Write{}
	}
	p.sessions[key] = w
}

var (
	sessionVersions = newSet("page_id TEXT, psid TEXT, name TEXT",
		`SELECT s.page_id, s.psid, s.name, s.version, s.expires FROM ROWS, messenger_sessions s WHERE s.page_id = r.page_id AND s.psid = r.psid AND s.name = r.name`)
	saveSessions = newSet("page_id TEXT, psid TEXT, name TEXT, data BYTES, version BIGINT, expires BIGINT",
		`INSERT INTO messenger_sessions (page_id, psid, name, data, version, expires)
		SELECT r.page_id, r.psid, r.name, r.data, r.version, r.expires FROM ROWS WHERE TRUE
		ON CONFLICT (page_id, psid, name) DO UPDATE SET data = excluded.data, version = excluded.version, expires = excluded.expires`)
	deleteSessions = newSet("page_id TEXT, psid TEXT, name TEXT",
		`DELETE FROM messenger_sessions WHERE (page_id, psid, name) IN (SELECT r.page_id, r.psid, r.name FROM ROWS)`)
)

// versions are those of the sessions there are, as the writes of a transaction
// find them one after the other; 0 is none.
type versions map[sessionKey]int64

// readVersions reads the versions that the writes of operations build on.
func (t *txn) readVersions(commits, applies []*operation) error {
	var rows [][]any
	want := func(writes []store.Write) {
		for _, w := range writes {
			if w, ok := w.(store.SaveSession); ok {
				rows = append(rows, []any{w.PageID, w.PSID, w.Name})
			}
		}
	}
	for _, op := range commits {
		want(op.outcome.Writes)
	}
	for _, op := range applies {
		want(op.writes)
	}
	return t.askLater(sessionVersions, rows, func(found database.Row) error {
		var key sessionKey
		var version, expires int64
		err := found.Scan(&key.pageID, &key.psid, &key.name, &version, &expires)
		if expires == 0 || expires > micros(t.now) {
			t.found.versions[key] = version
		}
		return err
	})
}

// judge plays one operation's writes. If one builds on an old version, none of
// them counts.
func (v versions) judge(writes []store.Write, now time.Time) error {
	var after versions
	for _, w := range writes {
		switch w := w.(type) {
		case store.SaveSession:
			if after == nil {
				after = maps.Clone(v)
			}
			key := sessionKey{w.PageID, w.PSID, w.Name}
			if after[key] != w.Version {
				return &store.ConflictError{PageID: w.PageID, PSID: w.PSID, Name: w.Name}
			}
			after[key] = w.Version + 1
			if expires := micros(w.ExpiresAt(now)); expires != 0 && expires <= micros(now) {
				after[key] = 0
			}
		case store.DeleteSession:
			if after == nil {
				after = maps.Clone(v)
			}
			after[sessionKey{w.PageID, w.PSID, w.Name}] = 0
		}
	}
	if after != nil {
		clear(v)
		maps.Copy(v, after)
	}
	return nil
}

func (t *txn) saveSessions(sessions map[sessionKey]store.Write) error {
	var save, remove [][]any
	for key, w := range sessions {
		if w, ok := w.(store.SaveSession); ok {
			save = append(save, []any{key.pageID, key.psid, key.name, []byte(w.Data), w.Version + 1, micros(w.ExpiresAt(t.now))})
		} else {
			remove = append(remove, []any{key.pageID, key.psid, key.name})
		}
	}
	if err := t.change(deleteSessions, remove); err != nil {
		return err
	}
	return t.change(saveSessions, save)
}

type attachmentKey struct{ pageID, name string }

var saveAttachments = newSet("page_id TEXT, name TEXT, attachment_id PROSE, expires BIGINT",
	`INSERT INTO messenger_attachments (page_id, name, attachment_id, expires)
	SELECT r.page_id, r.name, r.attachment_id, r.expires FROM ROWS WHERE TRUE
	ON CONFLICT (page_id, name) DO UPDATE SET attachment_id = excluded.attachment_id, expires = excluded.expires`)

// saveAttachments stores all attachments of a transaction, in one order.
func (t *txn) saveAttachments() error {
	keys := slices.SortedFunc(maps.Keys(t.pending.attachments), func(a, b attachmentKey) int {
		if c := strings.Compare(a.pageID, b.pageID); c != 0 {
			return c
		}
		return strings.Compare(a.name, b.name)
	})
	var rows [][]any
	for _, key := range keys {
		w := t.pending.attachments[key]
		rows = append(rows, []any{w.PageID, w.Name, w.AttachmentID, micros(w.Expires)})
	}
	t.pending.attachments = nil
	return t.change(saveAttachments, rows)
}
