// Package joined takes apart what [errors.Join] has joined.
package joined

import "errors"

// Errors returns what [errors.Join] has joined; of any other error nil, also if it wraps a join or several errors, for then
// it has words of its own around them.
func Errors(err error) []error {
	several, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return nil
	}
	if all := errors.Join(several.Unwrap()...); all == nil || all.Error() != err.Error() {
		return nil
	}
	return several.Unwrap()
}
