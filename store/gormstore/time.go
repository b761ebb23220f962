package gormstore

import (
	"database/sql/driver"
	"fmt"
	"time"
)

// Time is a point in time as the tables of the bot have it: microseconds since 1970 UTC, and 0 for none. A time can be an
// argument of a query:
//
//	db.Where("last_act > ?", gormstore.TimeOf(time.Now().Add(-24*time.Hour)))
type Time int64 //nolint:recvcheck // a Scanner has a pointer, a Valuer a value

// TimeOf returns t in the form of the tables, without what is shorter than a microsecond.
func TimeOf(t time.Time) Time {
	if t.IsZero() {
		return 0
	}
	return Time(t.UnixMicro())
}

// Time returns the time in UTC, and the zero time for 0.
func (t Time) Time() time.Time {
	if t == 0 {
		return time.Time{}
	}
	return time.UnixMicro(int64(t)).UTC()
}

// IsZero reports whether there is no time.
func (t Time) IsZero() bool { return t == 0 }

// String is the time as [time.Time] writes it, and "never" for 0.
func (t Time) String() string {
	if t == 0 {
		return "never"
	}
	return t.Time().String()
}

// Value implements driver.Valuer.
func (t Time) Value() (driver.Value, error) { return int64(t), nil }

// Scan implements sql.Scanner. NULL, as from a LEFT JOIN, is none.
func (t *Time) Scan(value any) error {
	switch v := value.(type) {
	case nil:
		*t = 0
	case int64:
		*t = Time(v)
	default:
		return fmt.Errorf("gormstore: a %T is no time of the bot's tables, which are integers", value)
	}
	return nil
}
