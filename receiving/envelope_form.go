package receiving

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

// envelopeVersion is the version of the encoding that is written. All older versions can be read.
const envelopeVersion = 1

// ErrEnvelope reports bytes that are not an envelope, or one that a later version of this library has written.
var ErrEnvelope = errors.New("receiving: not an envelope")

// MarshalBinary implements [encoding.BinaryMarshaler] by way of [Envelope.AppendBinary].
func (e Envelope) MarshalBinary() ([]byte, error) {
	const rest = 256 // for the names, the ids and the key
	return e.AppendBinary(make([]byte, 0, len(e.Raw)+len(e.Field)+len(e.Thread)+rest))
}

// AppendBinary implements [encoding.BinaryAppender]: it appends the envelope in the form that [Envelope.UnmarshalBinary] reads, which is
// JSON that is little longer than its parts. Raw must be valid JSON, as it is in what [Split] returns. It returns no error.
func (e Envelope) AppendBinary(dst []byte) ([]byte, error) {
	dst = append(dst, `{"v":`...)
	dst = strconv.AppendInt(dst, envelopeVersion, 10)
	dst = appendField(dst, "key", e.Key)
	dst = appendField(dst, "object", string(e.Object))
	dst = appendField(dst, "page", e.PageID)
	dst = appendField(dst, "person", e.PSID)
	dst = appendField(dst, "user_ref", e.UserRef)
	if e.Thread != e.PSID {
		dst = appendField(dst, "thread", e.Thread)
	}
	if !e.Time.IsZero() {
		dst = append(dst, `,"ms":`...)
		dst = strconv.AppendInt(dst, e.Time.UnixMilli(), 10)
	}
	if e.Standby {
		dst = append(dst, `,"standby":true`...)
	}
	dst = appendField(dst, "field", e.Field)
	dst = appendField(dst, "send_key", e.SendKey)
	if e.Signal != nil {
		return append(e.Signal.appendForm(append(dst, `,"signal":`...)), '}'), nil
	}
	if len(e.Raw) > 0 {
		dst = append(dst, `,"raw":`...)
		dst = append(dst, e.Raw...)
	}
	return append(dst, '}'), nil
}

func appendField(dst []byte, name, value string) []byte {
	if value == "" {
		return dst
	}
	dst = append(append(append(dst, `,"`...), name...), `":`...)
	dst, _ = jsontext.AppendQuote(dst, value) // the error would be about invalid UTF-8, which is replaced
	return dst
}

// UnmarshalBinary implements [encoding.BinaryUnmarshaler]: it reads what [Envelope.AppendBinary] wrote, such as the Body of an
// event in a store (store.Event). It returns an error that wraps [ErrEnvelope] for anything else, and quotes none of it; then
// the envelope is zero. Unlike other implementations it does not copy data: Raw shares its memory.
func (e *Envelope) UnmarshalBinary(data []byte) error {
	*e = Envelope{}
	if err := e.read(data); err != nil {
		*e = Envelope{}
		return err
	}
	return nil
}

func (e *Envelope) read(data []byte) error {
	d := newDecoder(data)
	defer d.release()
	if d.Kind() != '{' {
		return ErrEnvelope
	}
	version := 0
	for d.Enter(); d.NextKey(); {
		switch string(d.Key()) {
		case "v":
			d.integer(&version)
		case "key":
			d.text(&e.Key)
		case "object":
			d.text((*string)(&e.Object))
		case "page":
			d.text(&e.PageID)
		case "person":
			d.text(&e.PSID)
		case "user_ref":
			d.text(&e.UserRef)
		case "thread":
			d.text(&e.Thread)
		case "ms":
			d.scalar("a time", func(text []byte) bool {
				ms, err := strconv.ParseInt(string(text), 10, 64)
				e.Time = time.UnixMilli(ms).UTC()
				return err == nil
			})
		case "standby":
			d.flag(&e.Standby)
		case "field":
			d.text(&e.Field)
		case "send_key":
			d.text(&e.SendKey)
		case "signal":
			e.Signal = d.signal()
		case "raw":
			e.Raw = json.RawMessage(d.Value())
		default:
			d.Skip()
		}
	}
	if err := d.End(); err != nil {
		return fmt.Errorf("%w: %w", ErrEnvelope, err)
	}
	if version != envelopeVersion {
		return fmt.Errorf("%w: version %d, not %d", ErrEnvelope, version, envelopeVersion)
	}
	if d.malformed > 0 {
		return fmt.Errorf("%w: %v", ErrEnvelope, d.describe()[0])
	}
	if e.Thread == "" {
		e.Thread = e.PSID
	}
	return nil
}
