package scenario

import (
	"bytes"
	"encoding/json"
	"errors"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/djmessenger/messenger/simulator"
)

// MaxTranscript is how many bytes a file with a transcript can have.
const MaxTranscript = 16 << 20

// recording is a transcript that is played again.
type recording struct {
	simulator.Transcript

	lines  []int // of the entries
	ignore []*regexp.Regexp
}

// isTranscript reports whether a file is a transcript and no scenario: a JSON object with the key transcript. It may be broken
// after that.
func isTranscript(data []byte) bool {
	decoder := json.NewDecoder(bytes.NewReader(withoutMark(data)))
	if token, err := decoder.Token(); err != nil || token != json.Delim('{') {
		return false
	}
	for decoder.More() {
		key, err := decoder.Token()
		if err != nil || key == "transcript" {
			return err == nil
		}
		if skip(decoder) != nil {
			return false
		}
	}
	return false
}

// skip reads over a value.
func skip(decoder *json.Decoder) error {
	for depth := 0; ; {
		token, err := decoder.Token()
		if err != nil {
			return err
		}
		switch token {
		case json.Delim('{'), json.Delim('['):
			depth++
		case json.Delim('}'), json.Delim(']'):
			depth--
		}
		if depth == 0 {
			return nil
		}
	}
}

// withoutMark is a file without a byte order mark, which some editors write.
func withoutMark(data []byte) []byte { return bytes.TrimPrefix(data, []byte("\uFEFF")) }

// keysOf are the keys of a struct in JSON.
func keysOf[T any]() []string {
	var keys []string
	for f := range reflect.TypeFor[T]().Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		keys = append(keys, name)
	}
	return keys
}

var (
	transcriptKeys = keysOf[simulator.Transcript]()
	entryKeys      = keysOf[simulator.TranscriptEntry]()
	actKeys        = keysOf[simulator.Act]()
)

// transcript reads a file that is a transcript.
func (r *reader) transcript(data []byte) *Scenario {
	data = withoutMark(data)
	if len(data) > MaxTranscript {
		r.fail(0, "is larger than %d MiB", MaxTranscript>>20)
		return nil
	}
	v := r.json(data)
	if v == nil {
		return nil
	}
	if version := v.get("transcript"); version.text != "1" {
		r.fail(version.line, "is a transcript of the version %v, and this program reads 1: use the program that wrote it, or record it anew", version)
		return nil
	}
	rec := &recording{}
	r.keys(v, "a transcript", transcriptKeys)
	r.recordedPerson(v)
	r.ignored(rec, v.get("ignore"))
	r.entries(rec, v)
	if len(r.mistakes) == 0 {
		r.decode(data, v, &rec.Transcript)
	}
	if len(r.mistakes) > 0 {
		return nil
	}
	name := "person"
	if first := strings.ToLower(rec.Person.FirstName); personName.MatchString(first) {
		name = first
	}
	return &Scenario{
		Name: strings.TrimSuffix(filepath.Base(r.file), filepath.Ext(r.file)), File: r.file, Line: v.line, Steps: len(rec.Entries),
		patience: DefaultPatience, people: map[string]declared{name: {person: rec.Person, line: 1}}, vars: map[string]string{}, recording: rec,
	}
}

// decode makes a transcript of what was checked. A text where a number has to be is found only here.
func (r *reader) decode(data []byte, v *value, into *simulator.Transcript) {
	err := json.Unmarshal(data, into)
	if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		line := 1 + bytes.Count(data[:min(len(data), int(wrong.Offset))], []byte("\n"))
		r.fail(line, "%s cannot be a JSON %s", wrong.Field, wrong.Value)
	} else if err != nil {
		r.fail(v.line, "%v", err)
	}
}

func (r *reader) recordedPerson(v *value) {
	person := v.get("person")
	if person == nil || person.kind != object {
		r.fail(v.line, "a transcript has a person, with what is known of them")
		return
	}
	r.keys(person, "a person", personKeys)
	if person.string("first_name") == "" {
		r.fail(person.line, "the person has no first_name")
	}
}

// ignored reads the patterns of what may differ.
func (r *reader) ignored(rec *recording, v *value) {
	if v == nil || v.kind == null {
		return
	}
	if v.kind != list {
		r.fail(v.line, "ignore is a list of regular expressions, not %s", kindNames[v.kind])
		return
	}
	for _, item := range v.items {
		pattern, err := regexp.Compile(item.text)
		if item.kind != text || err != nil {
			r.fail(item.line, "ignore has regular expressions as RE2 has them: %v", err)
			continue
		}
		rec.ignore = append(rec.ignore, pattern)
	}
}

// entries checks what happened.
func (r *reader) entries(rec *recording, v *value) {
	all := v.get("entries")
	if all == nil || all.kind != list {
		r.fail(v.line, "a transcript has entries, a list of what happened")
		return
	}
	if len(all.items) > maxSteps {
		r.fail(all.line, "has more than %d entries", maxSteps)
		return
	}
	made := map[string]bool{}
	for _, item := range all.items {
		rec.lines = append(rec.lines, item.line)
		r.entry(item, made)
		made[item.string("message")] = true
	}
}

// entry checks one entry. made are the messages that earlier ones made.
func (r *reader) entry(v *value, made map[string]bool) {
	if v.kind != object {
		r.fail(v.line, "an entry is an object, not %s", kindNames[v.kind])
		return
	}
	r.keys(v, "an entry", entryKeys)
	kinds := 0
	for _, key := range []string{"act", "posted", "blocked", "call"} {
		if v.get(key) != nil {
			kinds++
		}
	}
	if kinds != 1 {
		r.fail(v.line, "an entry has one of act, posted, blocked and call")
	}
	for _, key := range []string{"act", "event", "call"} {
		if inner := v.get(key); inner != nil && inner.kind != object {
			r.fail(inner.line, "%s is an object, not %s", key, kindNames[inner.kind])
		}
	}
	if posted := v.get("posted"); posted != nil && (posted.text != "event" && posted.text != "standby" || v.get("event") == nil) {
		r.fail(posted.line, "posted is event or standby, beside the event")
	}
	act := v.get("act")
	if act == nil || act.kind != object {
		return
	}
	r.keys(act, "an act", actKeys)
	if kind := act.string("type"); !slices.Contains(simulator.ActTypes(), kind) {
		r.fail(act.line, "there is no act of the type %q%s", kind, nearestHint(kind, simulator.ActTypes()))
	}
	if mid := act.string("mid"); strings.HasPrefix(mid, "{{") && !made[mid] {
		r.fail(act.line, "no earlier entry makes the message %s", mid)
	}
}
