package postgres

import (
	"strings"

	"github.com/djmessenger/messenger/store/internal/database"
)

// Array implements database.Dialect.
func (dialect) Array(column database.Type, rows [][]any, i int) any {
	switch column {
	case database.Prose:
		return array(rows, i, prose)
	case database.Text:
		return array(rows, i, func(s string) string { return s })
	case database.Integer:
		out := make([]int64, len(rows))
		for n, row := range rows {
			switch v := row[i].(type) {
			case int64:
				out[n] = v
			case int:
				out[n] = int64(v)
			}
		}
		return out
	case database.Bytes:
		return array(rows, i, func(b []byte) []byte { return b })
	case database.Float:
		out := make([]*float64, len(rows))
		for n, row := range rows {
			if v, ok := row[i].(float64); ok {
				out[n] = &v
			}
		}
		return out
	case database.Boolean:
		return array(rows, i, func(b bool) bool { return b })
	}
	return nil
}

func array[T any](rows [][]any, i int, convert func(T) T) []T {
	out := make([]T, len(rows))
	for n, row := range rows {
		if v, ok := row[i].(T); ok {
			out[n] = convert(v)
		}
	}
	return out
}

// prose replaces what PostgreSQL keeps in no text: zero bytes, and what is not
// UTF-8.
func prose(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
}
