package gettext

import (
	"path"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/djmessenger/messenger/i18n"
)

// PO is an option of i18n.Load: it reads files such as de.po and pt_BR.po.
func PO() i18n.Option { return i18n.Format(ReadPO, ".po") }

// ReadPO reads one .po file. Its name says the language. It returns what it could read, and every mistake.
func ReadPO(name string, data []byte) (i18n.File, []*i18n.Mistake) {
	return readPO(name, strings.TrimSuffix(path.Base(name), path.Ext(name)), data)
}

func readPO(name, language string, data []byte) (i18n.File, []*i18n.Mistake) {
	b := newBuilder(name, language)
	if bad := i18n.CheckBytes(name, data); bad != nil {
		return b.file, []*i18n.Mistake{bad}
	}
	r := reader{builder: b}
	n := 0
	for line := range strings.Lines(string(data)) {
		n++
		r.line(n, strings.TrimSuffix(line, "\n"))
	}
	r.flush()
	return b.finish()
}

// reader reads the lines of a .po file.
type reader struct {
	*builder
	now     entry
	into    *string // what a line of nothing but a text goes on with
	started bool    // there is an entry
	hasID   bool
	hasText bool
	fuzzy   bool
	broken  bool // a line of the entry could not be read
	counted string
}

// flush ends an entry.
func (r *reader) flush() {
	e, started, fuzzy, broken, hasID, hasText := r.now, r.started, r.fuzzy, r.broken, r.hasID, r.hasText
	r.now, r.into, r.started, r.fuzzy, r.broken, r.hasID, r.hasText = entry{}, nil, false, false, false, false, false
	e.argument, r.counted = r.counted, ""
	switch {
	case !started || broken:
	case !hasID:
		r.fail(e.line, e.column, "", "the entry has no msgid")
	case !hasText:
		r.fail(e.line, e.column, e.id, "the entry has no msgstr")
	case e.id == "" && !e.hasContext:
		r.header(e)
	case !fuzzy:
		r.add(e)
	}
}

func (r *reader) line(n int, line string) {
	text := strings.TrimLeft(line, " \t")
	column := 1 + utf8.RuneCountInString(line[:len(line)-len(text)])
	switch {
	case text == "":
	case text[0] == '#':
		r.comment(text)
	case text[0] == '"':
		if r.into == nil {
			r.wrong(n, column, "a text that belongs to nothing")
			return
		}
		*r.into += r.quoted(n, column, text)
	default:
		r.keyword(n, column, text)
	}
}

// comment reads the flags, and the note of our own files that says what a plural counts.
func (r *reader) comment(text string) {
	if strings.HasPrefix(text, "#~") {
		return // obsolete
	}
	if r.hasText {
		r.flush()
	}
	if flags, ok := strings.CutPrefix(text, "#,"); ok {
		for flag := range strings.SplitSeq(flags, ",") {
			r.fuzzy = r.fuzzy || strings.TrimSpace(flag) == "fuzzy"
		}
	}
	if note, ok := strings.CutPrefix(text, countNote); ok {
		r.counted = strings.TrimSpace(note)
	}
}

// countNote is the comment by which a file says which argument a plural chooses by.
const countNote = "#. plural: "

func (r *reader) wrong(n, column int, problem string) {
	r.fail(n, column, r.now.id, problem)
	r.broken = true
}

// keyword reads msgctxt, msgid, msgid_plural or msgstr, and the text behind it.
func (r *reader) keyword(n, column int, line string) {
	at := strings.IndexAny(line, " \t\"")
	if at < 0 {
		at = len(line)
	}
	word, rest := line[:at], strings.TrimLeft(line[at:], " \t")
	textColumn := column + utf8.RuneCountInString(line[:len(line)-len(rest)])
	if (word == "msgid" || word == "msgctxt") && r.hasText {
		r.flush()
	}
	if !r.started {
		r.now.line, r.now.column, r.started = n, column, true
	}
	switch {
	case word == "msgctxt" && !r.hasID && !r.now.hasContext:
		r.now.hasContext, r.into = true, &r.now.context
	case word == "msgid" && !r.hasID:
		r.hasID, r.into = true, &r.now.id
	case word == "msgid_plural" && r.hasID && !r.hasText && !r.now.isPlural:
		r.now.isPlural, r.into = true, &r.now.plural
	case word == "msgstr" && r.hasID && !r.now.isPlural && !r.hasText, word == "msgstr["+itoa(len(r.now.texts))+"]" && r.now.isPlural && len(r.now.texts) < maxForms:
		r.hasText = true
		r.now.texts = append(r.now.texts, "")
		r.into = &r.now.texts[len(r.now.texts)-1]
	case word == "msgctxt", word == "msgid", word == "msgid_plural", strings.HasPrefix(word, "msgstr"):
		r.wrong(n, column, word+" does not belong here; the order is msgctxt, msgid, msgid_plural, msgstr or msgstr[0], msgstr[1] and so on")
		r.into = new(string)
	default:
		r.wrong(n, column, "a line begins neither with a keyword such as msgid, nor with a quotation mark or #")
		r.into = nil
		return
	}
	*r.into += r.quoted(n, textColumn, rest)
}

// quoted reads a text in quotation marks that is all of the line.
func (r *reader) quoted(n, column int, text string) string {
	text = strings.TrimRight(text, " \t")
	if len(text) < 2 || text[0] != '"' || text[len(text)-1] != '"' {
		r.wrong(n, column, "the text has no quotation mark at its beginning or end")
		return ""
	}
	var out strings.Builder
	inner := text[1 : len(text)-1]
	for i := 0; i < len(inner); i++ {
		switch c := inner[i]; {
		case c == '"':
			r.wrong(n, column+1+utf8.RuneCountInString(inner[:i]), `a quotation mark inside of the text has no backslash (\")`)
			return ""
		case c != '\\':
			out.WriteByte(c)
		default:
			char, size, ok := unescape(inner[i+1:])
			if !ok {
				r.wrong(n, column+1+utf8.RuneCountInString(inner[:i]), `the text has a backslash that means nothing; write \\ for a backslash`)
				return ""
			}
			out.WriteByte(char)
			i += size
		}
	}
	return out.String()
}

// unescape reads what follows a backslash.
func unescape(rest string) (char byte, size int, ok bool) {
	if rest == "" {
		return 0, 0, false
	}
	if at := strings.IndexByte(`ntrabfv\"'?`, rest[0]); at >= 0 {
		return "\n\t\r\a\b\f\v\\\"'?"[at], 1, true
	}
	if rest[0] >= '0' && rest[0] <= '7' && len(rest) >= 3 {
		v, err := strconv.ParseUint(rest[:3], 8, 8)
		return byte(v), 3, err == nil && v < utf8.RuneSelf
	}
	return 0, 0, false
}
