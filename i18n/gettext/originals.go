package gettext

import "strings"

// Original is a source text that a file of [WritePO] has.
type Original struct {
	Key  string // the message id
	Case string // the msgctxt of one case of a choice; empty for a whole message
	Text string // the msgid, with the msgid_plural behind U+0000 if there is one
}

// Originals returns the source texts that a file of [WritePO] was written with, of the entries that have a msgctxt.
// Compared with those of a file that is written now, they say whose source text has changed since. What cannot be read is
// left out.
func Originals(data []byte) []Original {
	b := newBuilder("", "")
	b.originals = []Original{}
	r := reader{builder: b}
	n := 0
	for line := range strings.Lines(string(data)) {
		n++
		r.line(n, strings.TrimSuffix(line, "\n"))
	}
	r.flush()
	return b.originals
}

// original notes the source text of an entry.
func (b *builder) original(e entry) {
	if b.originals == nil || !e.hasContext {
		return
	}
	o := Original{Text: e.id}
	var path []string
	if o.Key, path = parseContext(e.context); path != nil {
		o.Case = e.context
	}
	if e.isPlural {
		o.Text += "\x00" + e.plural
	}
	b.originals = append(b.originals, o)
}
