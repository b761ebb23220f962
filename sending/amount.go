package sending

import (
	"encoding/json"
	"fmt"
	"regexp"
)

// Amount is a sum of money as a decimal number: "12.50", "-3", "0". It is a
// string, so that no digit is lost, and a number in JSON, with the same digits.
// Validate refuses anything else, such as "12,50" or "$5".
type Amount string

// Cents makes an amount from hundredths: Cents(1250) is "12.50". The amount of
// a currency without hundredths, such as JPY, is written as it is.
func Cents(n int64) Amount {
	sign, whole, rest := "", n/100, n%100
	if n < 0 {
		sign, whole, rest = "-", -whole, -rest
	}
	return Amount(fmt.Sprintf("%s%d.%02d", sign, whole, rest))
}

var decimal = regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?$`)

// MarshalJSON writes a number. Any other text becomes a string, which Validate
// reports: encoding a template never fails.
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
