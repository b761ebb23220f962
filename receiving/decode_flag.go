package receiving

import (
	"bytes"
	"strconv"
)

// flag reads a flag in every form that the platform writes or documents: true, "true", 1 and "1", and false, "false", 0 and "0".
// All flags are read here, so that [Split] and [Envelope.Event] cannot disagree about an echo.
func (d *decoder) flag(to *bool) {
	*to = false
	switch d.Kind() {
	case 't':
		*to = true
		d.Skip()
	case 'f':
		d.Skip()
	default:
		d.scalar("a boolean", func(text []byte) (ok bool) {
			*to, ok = parseFlag(text)
			return ok
		})
	}
}

// optionalFlag reads a flag that may be missing, which is not the same as false.
func (d *decoder) optionalFlag() *bool {
	if d.Kind() == 'n' {
		d.Skip()
		return nil
	}
	var on bool
	before := d.malformed
	if d.flag(&on); d.malformed > before {
		return nil
	}
	return &on
}

func parseFlag(text []byte) (on, ok bool) {
	switch {
	case bytes.EqualFold(text, []byte("true")):
		return true, true
	case bytes.EqualFold(text, []byte("false")):
		return false, true
	}
	n, err := strconv.ParseFloat(string(text), 64)
	return n == 1, err == nil && (n == 0 || n == 1)
}
