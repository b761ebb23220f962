package payload

import (
	"errors"
	"reflect"
)

// Validator is data that checks itself. [Kind.Encode] and [Kind.Decode] call Validate if T or *T has it, also for a payload
// without data. Buttons live in chats for years, so what an old one carries may lack a field that T has since:
//
//	func (s Size) Validate() error {
//		if s.Inches <= 0 {
//			return errors.New("inches are missing")
//		}
//		return nil
//	}
type Validator interface {
	// Validate returns what is wrong with the data; or nil. The error reaches logs and dead letters.
	Validate() error
}

var errNoData = errors.New("the data is missing")

// validate asks the data, if it checks itself.
func validate[T any](v *T) error {
	if of := reflect.ValueOf(v).Elem(); of.Kind() == reflect.Pointer && of.IsNil() {
		if of.Type().Implements(reflect.TypeFor[Validator]()) {
			return errNoData // the method may need a value
		}
		return nil
	}
	if checked, ok := any(*v).(Validator); ok {
		return checked.Validate()
	}
	if checked, ok := any(v).(Validator); ok {
		return checked.Validate()
	}
	return nil
}
