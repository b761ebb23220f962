package i18n

import (
	"encoding/json"
	"path"
	"strings"
	"unicode/utf8"
)

// ReadJSON reads one catalogue in JSON: an object from message ids to texts. The name of the file says the language. It
// returns what it could read, and every mistake up to the place where the file stops being JSON.
func ReadJSON(name string, data []byte) (File, []*Mistake) {
	language := languageOf(name)
	if bad := CheckBytes(name, data); bad != nil {
		return File{Name: name, Language: language}, []*Mistake{bad}
	}
	p := jsonParser{data: data, line: 1, column: 1}
	root := p.value(0)
	if p.bad == "" {
		p.space()
		if p.at < len(p.data) {
			p.fail("there is text after the end of the catalogue")
		}
	}
	if p.bad != "" {
		return File{Name: name, Language: language}, []*Mistake{{
			File: name, Line: p.line, Column: p.column, Language: language, Problem: "not valid JSON: " + p.bad,
		}}
	}
	return ReadNode(name, language, root)
}

// languageOf returns the tag in the name of a file.
func languageOf(file string) string {
	base := path.Base(file)
	return strings.TrimSuffix(base, path.Ext(base))
}

// CheckBytes reports what a catalogue file of any format may not be: larger than [MaxFileSize], with a byte order mark,
// not UTF-8, or with lines that end in CRLF. It returns nil if there is nothing wrong.
func CheckBytes(name string, data []byte) *Mistake {
	bad := &Mistake{File: name, Language: languageOf(name), Line: 1, Column: 1}
	text := string(data)
	switch crlf := strings.IndexByte(text, '\r'); {
	case len(data) > MaxFileSize:
		bad.Line, bad.Column = 0, 0
		bad.Problem = "is larger than 4 MiB; a catalogue has the texts of one language and nothing else"
	case strings.HasPrefix(text, "\ufeff"):
		bad.Problem = "begins with a byte order mark; save the file as UTF-8 without BOM"
	case strings.HasPrefix(text, "\xff\xfe"), strings.HasPrefix(text, "\xfe\xff"):
		bad.Problem = "is UTF-16; save the file as UTF-8 without BOM"
	case !utf8.ValidString(text):
		valid := 0
		for valid < len(text) {
			r, size := utf8.DecodeRuneInString(text[valid:])
			if r == utf8.RuneError && size <= 1 {
				break
			}
			valid += size
		}
		bad.Line, bad.Column = position(text, valid)
		bad.Problem = "is not UTF-8; save the file as UTF-8"
	case crlf >= 0:
		bad.Line, bad.Column = position(text, crlf)
		bad.Problem = "the line ends in CRLF, as on Windows; save the file with the line ends of Unix, LF"
	default:
		return nil
	}
	return bad
}

// position returns the line and the column of an offset.
func position(text string, offset int) (line, column int) {
	before := text[:offset]
	return 1 + strings.Count(before, "\n"), 1 + utf8.RuneCountInString(before[strings.LastIndexByte(before, '\n')+1:])
}

// jsonParser reads JSON and remembers places. encoding/json has none of them, and says
// what is wrong in the words of a parser.
type jsonParser struct {
	data             []byte
	at, line, column int
	bad              string // what is wrong, at the current place
}

func (p *jsonParser) fail(problem string) {
	if p.bad == "" {
		p.bad = problem
	}
}

// next returns the byte at the current place, or 0.
func (p *jsonParser) next() byte {
	if p.at < len(p.data) {
		return p.data[p.at]
	}
	return 0
}

// skip goes over n bytes.
func (p *jsonParser) skip(n int) {
	for _, r := range string(p.data[p.at : p.at+n]) {
		p.column++
		if r == '\n' {
			p.line, p.column = p.line+1, 1
		}
	}
	p.at += n
}

func (p *jsonParser) space() {
	n := 0
	for p.at+n < len(p.data) && strings.IndexByte(" \t\n\r", p.data[p.at+n]) >= 0 {
		n++
	}
	p.skip(n)
}

func (p *jsonParser) value(depth int) Node {
	p.space()
	n := Node{Line: p.line, Column: p.column}
	switch c := p.next(); {
	case depth > 64:
		p.fail("too many braces within each other")
	case c == '"':
		n.Kind, n.Text = TextNode, p.text()
	case c == '{':
		n.Kind = MapNode
		n.Members = p.members(depth)
	case c == '[':
		p.list(depth)
	case p.at == len(p.data):
		p.fail("the file ends in the middle")
	default:
		if p.literal() == "null" {
			n.Kind = NullNode
		}
	}
	return n
}

// separated reads what is between an opening and the closing, with commas.
func (p *jsonParser) separated(closing byte, item func()) {
	p.skip(1)
	p.space()
	if p.next() == closing {
		p.skip(1)
		return
	}
	for {
		item()
		if p.bad != "" {
			return
		}
		p.space()
		switch c := p.next(); {
		case c == ',':
			comma := *p
			p.skip(1)
			p.space()
			if p.next() == closing {
				*p = comma
				p.fail("a comma with nothing after it; the last entry has none")
				return
			}
		case c == closing:
			p.skip(1)
			return
		case p.at == len(p.data):
			p.fail("the file ends in the middle; a closing " + string(closing) + " is missing")
			return
		default:
			p.fail(`a comma is missing before this; or a quotation mark inside of the text before it has no backslash (\")`)
			return
		}
	}
}

func (p *jsonParser) members(depth int) []Member {
	var members []Member
	p.separated('}', func() {
		p.space()
		m := Member{Line: p.line, Column: p.column}
		if p.next() != '"' {
			p.fail("a message id in quotation marks is missing here")
			return
		}
		m.Name = p.text()
		p.space()
		if p.bad == "" && p.next() != ':' {
			p.fail("a colon is missing here, between the message id and its text")
		}
		if p.bad != "" {
			return
		}
		p.skip(1)
		m.Value = p.value(depth + 1)
		members = append(members, m)
	})
	return members
}

func (p *jsonParser) list(depth int) {
	p.separated(']', func() { p.value(depth + 1) })
}

// text reads a string.
func (p *jsonParser) text() string {
	for end := p.at + 1; end < len(p.data); end++ {
		switch c := p.data[end]; {
		case c == '\\':
			end++
		case c < 0x20:
			p.skip(end - p.at)
			p.fail(`the text goes over the end of a line; close it with a quotation mark, or write \n for a new line`)
			return ""
		case c == '"':
			var text string
			if json.Unmarshal(p.data[p.at:end+1], &text) != nil {
				p.fail(`the text has a backslash that means nothing; write \\ for a backslash`)
				return ""
			}
			p.skip(end + 1 - p.at)
			return text
		}
	}
	p.fail("the text has no closing quotation mark")
	return ""
}

// literal goes over a number, true, false or null, and returns it.
func (p *jsonParser) literal() string {
	n := 0
	for p.at+n < len(p.data) && strings.IndexByte(" \t\n\r,:]}{[\"", p.data[p.at+n]) < 0 {
		n++
	}
	word := string(p.data[p.at : p.at+n])
	if n == 0 || !json.Valid([]byte(word)) {
		p.fail("a text in quotation marks is missing here")
		return ""
	}
	p.skip(n)
	return word
}
