package command

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"unicode"
	"unicode/utf8"
)

// writeJSON writes a value for machines. It may be shown on a terminal too, so characters that control one are escaped,
// which encoding/json does only for those below a space.
func writeJSON(w io.Writer, v any) error {
	var plain bytes.Buffer
	encoder := json.NewEncoder(&plain)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(v); err != nil {
		return err
	}
	out := make([]byte, 0, plain.Len())
	for rest := plain.Bytes(); len(rest) > 0; {
		r, size := utf8.DecodeRune(rest)
		if r >= 0x7f && (unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r)) { // these stand in strings alone
			out = fmt.Appendf(out, `\u%04x`, r)
		} else {
			out = append(out, rest[:size]...)
		}
		rest = rest[size:]
	}
	_, err := w.Write(out)
	return err
}
