package sending

import (
	"encoding/json"
	"fmt"
	"regexp"
)

// Amount is a sum of money as a decimal number: "12.50", "-3", "0". It is a
// text, so that no cent is lost on the way, and a number in JSON, with the same
// digits. What is no decimal number, such as "12,50" or "$5", is refused by
// Validate.
type Amount string

// Cents makes the amount of so many hundredths: Cents(1250) is "12.50". The
// amount of a currency without hundredths, such as JPY, is written as it is.
func Cents(n int64) Amount {
	sign, whole, rest := "", n/100, n%100
	if n < 0 {
		sign, whole, rest = "-", -whole, -rest
	}
	return Amount(fmt.Sprintf("%s%d.%02d", sign, whole, rest))
}

var decimal = regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?$`)

// MarshalJSON writes a number. What is none becomes a string, for Validate to
// find: the payload of a template can always be written.
func (a Amount) MarshalJSON() ([]byte, error) {
	if decimal.MatchString(string(a)) {
		return []byte(a), nil
	}
	return json.Marshal(string(a))
}

// UnmarshalJSON reads a number or a string.
func (a *Amount) UnmarshalJSON(raw []byte) error {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		*a = Amount(text)
		return nil
	}
	var number json.Number
	if err := json.Unmarshal(raw, &number); err != nil {
		return fmt.Errorf("sending: an amount is a number or a string: %w", err)
	}
	*a = Amount(number)
	return nil
}
