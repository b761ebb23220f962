package i18n

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"
	"unicode/utf8"
)

// extension marks the files of a directory that are catalogues.
const extension = ".json"

// Load reads every catalogue in a directory of fsys: files named <BCP 47 tag>.json, such as zh-TW.json or es.json, each one
// JSON object from message id to translation. Other files and subdirectories are ignored; a directory without a catalogue
// is an error. fsys may be an embed.FS or os.DirFS; dir is "." for its root.
//
// Every mistake is reported, with its file and message id, in one error made by errors.Join: what [New] refuses, a byte
// order mark, JSON that is broken or not UTF-8, a value that is not a string, and a message id that comes twice.
func Load(fsys fs.FS, dir string, opts ...Option) (*Catalog, error) {
	entries, err := fs.ReadDir(fsys, dir)
	if err != nil {
		return nil, fmt.Errorf("i18n: reading the catalogues: %w", err)
	}
	messages := make(map[string]map[string]string)
	var mistakes []error
	for _, entry := range entries {
		name, isCatalog := strings.CutSuffix(entry.Name(), extension)
		if !isCatalog || entry.IsDir() {
			continue
		}
		file := path.Join(dir, entry.Name())
		data, err := fs.ReadFile(fsys, file)
		if err != nil {
			mistakes = append(mistakes, fmt.Errorf("i18n: %w", err))
			continue
		}
		found, problems := parse(data)
		for _, problem := range problems {
			mistakes = append(mistakes, fmt.Errorf("i18n: %s: %w", file, problem))
		}
		messages[name] = found
	}
	if len(messages) == 0 && len(mistakes) == 0 {
		return nil, fmt.Errorf("i18n: no catalogue (<language tag>%s) in %s", extension, dir)
	}
	catalog, err := New(messages, opts...)
	if err != nil {
		mistakes = append(mistakes, err)
	}
	if len(mistakes) > 0 {
		return nil, errors.Join(mistakes...)
	}
	return catalog, nil
}

// parse reads one catalogue. It continues after a mistake in an entry, and returns the valid entries and all mistakes.
func parse(data []byte) (map[string]string, []error) {
	messages := make(map[string]string)
	if bytes.HasPrefix(data, []byte("\ufeff")) {
		return messages, []error{errors.New("begins with a byte order mark; save it without one")}
	}
	if !utf8.Valid(data) {
		return messages, []error{errors.New("is not UTF-8")}
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	opening, err := decoder.Token()
	if err != nil {
		return messages, []error{invalid(decoder, err)}
	}
	if opening != json.Delim('{') {
		return messages, []error{errors.New("is not a JSON object")}
	}
	var mistakes []error
	for decoder.More() {
		key, err := decoder.Token()
		if err != nil {
			return messages, append(mistakes, invalid(decoder, err))
		}
		var raw json.RawMessage
		if err := decoder.Decode(&raw); err != nil {
			return messages, append(mistakes, invalid(decoder, err))
		}
		id, _ := key.(string) // the decoder refuses any other key
		if _, twice := messages[id]; twice {
			mistakes = append(mistakes, fmt.Errorf("%q comes twice", id))
			continue
		}
		var text *string
		if err := json.Unmarshal(raw, &text); err != nil || text == nil {
			mistakes = append(mistakes, fmt.Errorf("%q: the translation is not a string", id))
			continue
		}
		messages[id] = *text
	}
	if _, err := decoder.Token(); err != nil { // the closing brace
		return messages, append(mistakes, invalid(decoder, err))
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		mistakes = append(mistakes, errors.New("has text after the JSON object"))
	}
	return messages, mistakes
}

func invalid(decoder *json.Decoder, err error) error {
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return fmt.Errorf("invalid JSON near byte %d: %w", decoder.InputOffset(), err)
}
