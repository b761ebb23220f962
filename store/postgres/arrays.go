package postgres

import (
	"strings"

	"github.com/djmessenger/messenger/store"
)

// column is the array of one column of rows.
func column[R, V any](rows []R, value func(*R) V) []V {
	values := make([]V, len(rows))
	for i := range rows {
		values[i] = value(&rows[i])
	}
	return values
}

// proseColumn is the array of a column of texts by which nothing is looked up.
func proseColumn[R any](rows []R, value func(*R) string) []string {
	return column(rows, func(r *R) string { return prose(value(r)) })
}

// conversationColumns are the arrays of conversations.
func conversationColumns(convs []store.Conversation) (pageIDs, personIDs []string) {
	return column(convs, func(c *store.Conversation) string { return c.PageID }),
		column(convs, func(c *store.Conversation) string { return c.PSID })
}

// prose replaces what PostgreSQL keeps in no text: zero bytes, and what is not UTF-8.
func prose(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
}
