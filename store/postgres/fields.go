package postgres

import (
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/djmessenger/messenger/internal/queue"
)

// columns makes one array of each column of rows, whose fields are those of package queue.
func columns[R any](rows []R, fields func(row *R, to []any) []any) []any {
	if len(rows) == 0 {
		return nil
	}
	all := fields(&rows[0], nil)
	width := len(all)
	all = append(make([]any, 0, len(rows)*width), all...)
	for i := range rows[1:] {
		all = fields(&rows[1+i], all)
	}
	arrays := make([]any, width)
	for n := range arrays {
		arrays[n] = array(all[n:], width)
	}
	return arrays
}

// array makes an array of the first of so many fields, and of each that is in its place.
func array(fields []any, width int) any {
	switch fields[0].(type) {
	case *string:
		return values(fields, width, func(f *string) string { return *f })
	case *queue.Prose:
		return values(fields, width, func(f *queue.Prose) string { return prose(string(*f)) })
	case *int64:
		return values(fields, width, func(f *int64) int64 { return *f })
	case *int:
		return values(fields, width, func(f *int) int64 { return int64(*f) })
	case *bool:
		return values(fields, width, func(f *bool) bool { return *f })
	case *float64:
		return values(fields, width, func(f *float64) float64 { return *f })
	case **float64:
		return values(fields, width, func(f **float64) *float64 { return *f })
	case *[]byte:
		return values(fields, width, func(f *[]byte) []byte { return *f })
	case *time.Time:
		return values(fields, width, func(f *time.Time) int64 { return queue.Micros(*f) })
	}
	return nil // the driver refuses it
}

func values[F, V any](fields []any, width int, value func(F) V) []V {
	list := make([]V, 0, (len(fields)+width-1)/width)
	for i := 0; i < len(fields); i += width {
		f, _ := fields[i].(F) // as the first
		list = append(list, value(f))
	}
	return list
}

// scan sets fields of package queue to the columns of a row.
func scan(rows pgx.Rows, fields ...any) error {
	for i, field := range fields {
		switch f := field.(type) {
		case *queue.Prose:
			fields[i] = (*string)(f)
		case *time.Time:
			fields[i] = (*moment)(f)
		}
	}
	return rows.Scan(fields...)
}

// moment is a time that is a number in its column.
type moment time.Time

// ScanInt64 implements pgtype.Int64Scanner.
func (m *moment) ScanInt64(v pgtype.Int8) error {
	*m = moment(queue.Time(v.Int64))
	return nil
}

// prose replaces what PostgreSQL keeps in no text: zero bytes, and what is not UTF-8.
func prose(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
}
