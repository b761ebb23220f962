// Package nilcheck finds nil behind interfaces.
package nilcheck

import "reflect"

// IsNil reports whether an interface is nil or holds a nil pointer or function, on which every call would panic: what a
// constructor that failed has left there.
func IsNil(value any) bool {
	v := reflect.ValueOf(value)
	return !v.IsValid() || (v.Kind() == reflect.Pointer || v.Kind() == reflect.Func) && v.IsNil()
}
