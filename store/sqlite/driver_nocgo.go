//go:build !cgo

package sqlite

import "errors"

// Without cgo the driver opens nothing, and says so.

func inTransaction(any) bool { return false }

func authorize(any, func(action, string, string) bool) error { return errors.ErrUnsupported }

func refused(error) bool { return false }

func meaning(error) string { return "cannot be opened by a program that was built without cgo" }
