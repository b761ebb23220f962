package scenario

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/djmessenger/messenger/internal/shown"
	"github.com/djmessenger/messenger/simulator"
)

// line is one entry of a transcript as people see it.
type line struct {
	who   string // person, page or agent
	text  string
	key   string // what is compared; empty: it is not
	entry int    // its index
	json  any    // the call or the event, without what is ignored
}

// comparison is that of a recording with the conversation of this time.
type comparison struct {
	before, now []line
	strict      bool
}

// newComparison compares what the bot sent: what people see of it, or if it is strict the JSON of all its calls and of the events that it got.
func newComparison(before, now []simulator.TranscriptEntry, ignore []*regexp.Regexp, strict bool) comparison {
	return comparison{linesOfEntries(before, ignore, strict), linesOfEntries(now, ignore, strict), strict}
}

func linesOfEntries(entries []simulator.TranscriptEntry, ignore []*regexp.Regexp, strict bool) []line {
	var all []line
	for i, e := range entries {
		l := line{who: "person", entry: i}
		raw := e.Event
		if e.Call != nil {
			raw = e.Call
		}
		l.json = scrubbed(decoded(raw), ignore)
		switch {
		case e.Act != nil:
			l.text = didWords(*e.Act)
		case e.Blocked != nil:
			l.text = map[bool]string{true: "(blocks the page)", false: "(unblocks the page)"}[*e.Blocked]
		case e.Posted != "":
			l.text = "(posted " + e.Posted + ") " + string(must(json.Marshal(l.json)))
		default:
			l.called(e)
			if l.key == "" && e.By == "" && !strict {
				continue // people do not see it
			}
		}
		if strict && (e.Call == nil || e.By == "") && l.json != nil {
			l.key = string(must(json.Marshal(l.json)))
		}
		if l.key != "" || l.text != "" {
			all = append(all, l)
		}
	}
	return all
}

// called fills in what people see of a call.
func (l *line) called(e simulator.TranscriptEntry) {
	l.who = "page"
	if e.By != "" {
		l.who = "agent"
	}
	if m, ok := e.Sees(); ok {
		l.text = shown.Line(m)
		e.Call = must(json.Marshal(l.json))
		if m, _ = e.Sees(); e.By == "" {
			l.key = norm.NFC.String(shown.Line(m))
		}
		return
	}
	call, _ := l.json.(map[string]any)
	action, _ := call["sender_action"].(string)
	l.text = "(" + action + ")"
	if action == "react" || action == "unreact" {
		payload, _ := call["payload"].(map[string]any)
		emoji, _ := payload["reaction"].(string)
		l.text = strings.TrimSpace(l.text + " " + emoji)
		l.key = l.text
	}
}

// didWords is an act for a reader.
func didWords(a simulator.Act) string {
	data := must(json.Marshal(a))
	switch a.Type {
	case simulator.ActSay, simulator.ActReply:
		return a.Text
	case simulator.ActQuickReply, simulator.ActButton, simulator.ActMenu, simulator.ActIceBreaker:
		if a.Title != "" {
			return "taps " + a.Title
		}
		return "taps " + a.Payload
	}
	var fields map[string]any
	_ = json.Unmarshal(data, &fields) // it was JSON a moment ago
	delete(fields, "type")
	parts := []string{"(" + a.Type + ")"}
	for _, key := range slices.Sorted(maps.Keys(fields)) {
		parts = append(parts, fmt.Sprint(fields[key]))
	}
	return strings.Join(parts, " ")
}

// scrubbed is a value in whose texts what is ignored is one character.
func scrubbed(v any, ignore []*regexp.Regexp) any {
	switch v := v.(type) {
	case string:
		for _, pattern := range ignore {
			v = pattern.ReplaceAllLiteralString(v, "…")
		}
		return v
	case []any:
		for i := range v {
			v[i] = scrubbed(v[i], ignore)
		}
	case map[string]any:
		for name := range v {
			v[name] = scrubbed(v[name], ignore)
		}
	}
	return v
}

// comparedLines are the lines that are compared.
func comparedLines(lines []line) []line {
	return slices.DeleteFunc(slices.Clone(lines), func(l line) bool { return l.key == "" })
}

// jsonDifference is the first place where JSON differs.
type jsonDifference struct {
	entry     int // of the recording
	path      string
	want, got string
}

// String is the path with both values.
func (d jsonDifference) String() string {
	return fmt.Sprintf("%s   recorded %s   now %s", d.path, d.want, d.got)
}

// first finds the first line that is not as it was.
func (c comparison) first() (jsonDifference, bool) {
	before, now := comparedLines(c.before), comparedLines(c.now)
	for i := range max(len(before), len(now)) {
		switch {
		case i >= len(before):
			at := 0
			if n := len(c.before); n > 0 {
				at = c.before[n-1].entry
			}
			return jsonDifference{at, "a call more", "nothing", describe(now[i].json)}, true
		case i >= len(now):
			return jsonDifference{before[i].entry, before[i].path(), describe(before[i].json), "nothing"}, true
		case before[i].key == now[i].key:
			continue
		}
		x, y := before[i].json, now[i].json
		if !c.strict && !sameJSON(visible(x), visible(y)) {
			x, y = visible(x), visible(y)
		}
		path, want, got := jsonPath(before[i].path(), x, y)
		return jsonDifference{before[i].entry, path, want, got}, true
	}
	return jsonDifference{}, false
}

// path is where the line is in the file.
func (l *line) path() string {
	if l.who == "person" {
		return fmt.Sprintf("entries[%d].event", l.entry)
	}
	return fmt.Sprintf("entries[%d].call", l.entry)
}

// unseen are keys of a call that people do not see.
var unseen = []string{"metadata", "messaging_type", "notification_type", "payload", "persona_id", "recipient", "tag", "thread_control"}

// visible is a call without what people do not see. The payload of a template is an object, and is seen.
func visible(v any) any {
	switch v := v.(type) {
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = visible(v[i])
		}
		return out
	case map[string]any:
		out := map[string]any{}
		for name, inner := range v {
			if _, isObject := inner.(map[string]any); slices.Contains(unseen, name) && (!isObject || name != "payload") {
				continue
			}
			out[name] = visible(inner)
		}
		return out
	}
	return v
}

// jsonPath finds the first place below a path where two values differ.
func jsonPath(path string, a, b any) (at, want, got string) {
	switch x := a.(type) {
	case map[string]any:
		y, ok := b.(map[string]any)
		if !ok {
			break
		}
		both := maps.Clone(x)
		maps.Copy(both, y)
		for _, key := range slices.Sorted(maps.Keys(both)) {
			if !sameJSON(x[key], y[key]) {
				return jsonPath(path+"."+key, x[key], y[key])
			}
		}
	case []any:
		y, ok := b.([]any)
		if !ok {
			break
		}
		for i := range min(len(x), len(y)) {
			if !sameJSON(x[i], y[i]) {
				return jsonPath(path+"["+strconv.Itoa(i)+"]", x[i], y[i])
			}
		}
		if n := min(len(x), len(y)); len(x) > n {
			return path + "[" + strconv.Itoa(n) + "]", describe(x[n]), "nothing"
		} else if len(y) > n {
			return path + "[" + strconv.Itoa(n) + "]", "nothing", describe(y[n])
		}
	case string:
		if y, ok := b.(string); ok {
			x, y = around(x, y)
			return path, quote(x), quote(y)
		}
	}
	return path, describe(a), describe(b)
}

func sameJSON(a, b any) bool {
	return bytes.Equal(must(json.Marshal(a)), must(json.Marshal(b)))
}

// around cuts the beginnings of long texts that are equal.
func around(a, b string) (x, y string) {
	n := 0
	for n < min(len(a), len(b)) && a[n] == b[n] {
		n++
	}
	if n -= 40; n < 100 {
		return a, b
	}
	for n > 0 && !utf8.RuneStart(a[n]) {
		n--
	}
	return "…" + a[n:], "…" + b[n:]
}
