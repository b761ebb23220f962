package gettext

import (
	"encoding/binary"
	"path"
	"strings"
	"unicode/utf8"

	"github.com/djmessenger/messenger/i18n"
)

// MO is an option of i18n.Load: it reads files such as de.mo. Do not give it beside the [PO] of the same language.
func MO() i18n.Option { return i18n.Format(ReadMO, ".mo") }

// ReadMO reads one .mo file, the compiled form of a .po file. Its name says the language. Mistakes have no lines.
func ReadMO(name string, data []byte) (i18n.File, []*i18n.Mistake) {
	return readMO(name, strings.TrimSuffix(path.Base(name), path.Ext(name)), data)
}

func readMO(name, language string, data []byte) (i18n.File, []*i18n.Mistake) {
	b := newBuilder(name, language)
	if problem := b.entries(data); problem != "" {
		b.fail(0, 0, "", problem)
	}
	return b.finish()
}

const (
	magic      = 0x950412de
	headerSize = 28
	mostInFile = 100_000 // messages
)

// entries reads the messages of a .mo file, and returns what is wrong with it.
func (b *builder) entries(data []byte) string {
	const damaged = "is damaged, or is no .mo file; write it anew with msgfmt"
	if len(data) > i18n.MaxFileSize {
		return "is larger than 4 MiB; a catalogue has the texts of one language and nothing else"
	}
	if len(data) < headerSize {
		return damaged
	}
	var order binary.ByteOrder = binary.LittleEndian
	if order.Uint32(data) != magic {
		order = binary.BigEndian
	}
	if order.Uint32(data) != magic || order.Uint32(data[4:])>>16 > 1 {
		return damaged
	}
	count, ids, texts := order.Uint32(data[8:]), order.Uint32(data[12:]), order.Uint32(data[16:])
	if count > mostInFile {
		return damaged
	}
	at := func(table, i uint32) (string, bool) {
		place := uint64(table) + 8*uint64(i)
		if place+8 > uint64(len(data)) {
			return "", false
		}
		size, start := uint64(order.Uint32(data[place:])), uint64(order.Uint32(data[place+4:]))
		if start+size > uint64(len(data)) {
			return "", false
		}
		text := string(data[start : start+size])
		return text, utf8.ValidString(text)
	}
	total := 0
	for i := range count {
		id, ok := at(ids, i)
		text, good := at(texts, i)
		if !ok || !good {
			return damaged + ", in UTF-8"
		}
		if total += len(id) + len(text); total > i18n.MaxFileSize {
			return damaged // parts of it are in one another
		}
		b.compiled(id, text)
	}
	return ""
}

// compiled takes a message of a .mo file.
func (b *builder) compiled(id, text string) {
	var e entry
	if context, rest, ok := strings.Cut(id, "\x04"); ok {
		e.context, e.hasContext, id = context, true, rest
	}
	e.id, e.plural, e.isPlural = strings.Cut(id, "\x00")
	e.texts = []string{text}
	if e.isPlural {
		e.texts = strings.Split(text, "\x00")
	}
	if e.id == "" && !e.hasContext {
		b.header(e)
		return
	}
	b.add(e)
}
