package sqlite

import (
	"database/sql/driver"
	"fmt"
	"time"

	"github.com/djmessenger/messenger/internal/queue"
)

// named gives arguments the form that the driver takes. Fields of package queue are arguments, too.
// It is valid until the next call.
func (c *conn) named(args []any) []driver.NamedValue {
	c.args = c.args[:0]
	for i, arg := range args {
		c.args = append(c.args, driver.NamedValue{Ordinal: i + 1, Value: value(arg)})
	}
	return c.args
}

// value is that of a field, or what is none itself.
func value(arg any) driver.Value {
	switch f := arg.(type) {
	case *string:
		return *f
	case *queue.Prose:
		return string(*f)
	case *int64:
		return *f
	case *int:
		return int64(*f)
	case *bool:
		return *f
	case *float64:
		return *f
	case **float64:
		if *f == nil {
			return nil
		}
		return **f
	case *[]byte:
		return *f
	case *time.Time:
		return queue.Micros(*f)
	}
	return arg
}

// row is a row that a statement has returned. Its methods return the columns, from 0 on, and note
// if one has another type.
type row struct {
	values []driver.Value
	err    error
}

// scan sets fields of package queue to the columns from one on.
func (r *row) scan(at int, fields ...any) {
	for i, field := range fields {
		switch f := field.(type) {
		case *string:
			*f = r.text(at + i)
		case *queue.Prose:
			*f = queue.Prose(r.text(at + i))
		case *int64:
			*f = r.int(at + i)
		case *int:
			*f = int(r.int(at + i))
		case *bool:
			*f = r.bool(at + i)
		case **float64:
			*f = r.float(at + i)
		case *[]byte:
			*f = r.bytes(at + i)
		case *time.Time:
			*f = queue.Time(r.int(at + i))
		default:
			r.fail(at+i, "field")
		}
	}
}

func (r *row) fail(i int, want string) {
	if r.err == nil {
		r.err = fmt.Errorf("column %d is a %T and no %s", i, r.values[i], want)
	}
}

func (r *row) int(i int) int64 {
	v, ok := r.values[i].(int64)
	if !ok {
		r.fail(i, "integer")
	}
	return v
}

func (r *row) text(i int) string {
	v, ok := r.values[i].(string)
	if !ok {
		r.fail(i, "text")
	}
	return v
}

// bytes returns a copy; NULL is nil.
func (r *row) bytes(i int) []byte {
	v, ok := r.values[i].([]byte)
	if !ok && r.values[i] != nil {
		r.fail(i, "blob")
	}
	return v
}

// bool takes integers, too, because an expression has no declared type.
func (r *row) bool(i int) bool {
	switch v := r.values[i].(type) {
	case bool:
		return v
	case int64:
		return v != 0
	}
	r.fail(i, "boolean")
	return false
}

// float is nil for NULL.
func (r *row) float(i int) *float64 {
	v, ok := r.values[i].(float64)
	if ok {
		return &v
	}
	if r.values[i] != nil {
		r.fail(i, "number")
	}
	return nil
}
