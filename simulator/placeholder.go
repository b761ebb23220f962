package simulator

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
)

// placeholders replace what differs each time a conversation is had.
type placeholders struct {
	exact    map[string]string // ids that a text is
	within   *strings.Replacer // ids that stand in a text
	numbered map[string]string // ids that the platform or the bot gave out, by kind and id
	counts   map[string]int
}

// withinLeast is how long an id has to be to be found within a text: a shorter one could be part of a word or an amount.
const withinLeast = 8

// placeholdersOf knows the ids of a conversation.
func placeholdersOf(of told, psid string) *placeholders {
	n := &placeholders{exact: map[string]string{psid: "{{person}}", of.pageID: "{{page}}"}, numbered: map[string]string{}, counts: map[string]int{}}
	for _, token := range of.tokens {
		n.exact[token] = "{{token}}"
	}
	for _, h := range of.story {
		if h.MID != "" {
			n.counts["message"]++
			n.exact[h.MID] = fmt.Sprintf("{{message %d}}", n.counts["message"])
		}
	}
	delete(n.exact, "")
	var pairs []string
	for id, name := range n.exact {
		if len(id) >= withinLeast {
			pairs = append(pairs, id, name)
		}
	}
	n.within = strings.NewReplacer(pairs...)
	return n
}

// act is an act that can be done again: its texts stay, and its ids are replaced.
func (n *placeholders) act(a Act) *Act {
	a.MID, a.Payload, a.Ref = n.ids(a.MID), n.ids(a.Payload), n.ids(a.Ref)
	return &a
}

func (n *placeholders) ids(text string) string {
	if name, ok := n.exact[text]; ok {
		return name
	}
	return n.within.Replace(text)
}

var (
	localAddress = regexp.MustCompile(`\bhttps?://(?:localhost|127\.0\.0\.1|\[::1\]):[0-9]+`)
	keptFile     = regexp.MustCompile(`/simulator/files/[^/\s"{]+/`)
)

// text is a text of the wire.
func (n *placeholders) text(text string) string {
	text = localAddress.ReplaceAllString(n.ids(text), "{{local}}")
	return keptFile.ReplaceAllString(text, "/simulator/files/{{file}}/")
}

// json is JSON of the wire, with its keys in order; nil if there is none.
func (n *placeholders) json(raw json.RawMessage) json.RawMessage {
	var v any
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	if len(raw) == 0 || dec.Decode(&v) != nil {
		return nil
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(n.value("", "", v)) // it was JSON a moment ago
	return bytes.TrimSpace(out.Bytes())
}

// passing are the keys of times.
var passing = map[string]bool{"timestamp": true, "time": true, "watermark": true, "created_time": true, "token_expiry_timestamp": true}

// given are the keys of ids that are drawn, and what they are ids of.
var given = map[string]string{
	"attachment_id": "attachment", "persona_id": "persona", "comment_id": "comment", "post_id": "post",
	"notification_messages_token": "token", "one_time_notif_token": "token",
}

// value replaces what is below a key of an object that stands under another key.
func (n *placeholders) value(above, key string, v any) any {
	kind := given[key]
	if above == "story" && key == "id" {
		kind = "story"
	}
	switch v := v.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for name, inner := range v {
			out[name] = n.value(key, name, inner)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, inner := range v {
			out[i] = n.value(above, key, inner)
		}
		return out
	case json.Number:
		switch name, known := n.exact[v.String()]; {
		case passing[key]:
			return json.Number("0")
		case kind != "":
			return n.number(kind, v.String())
		case known && len(v) >= withinLeast:
			return name
		}
	case string:
		switch {
		case passing[key]:
			return "{{time}}"
		case kind != "" && v != "":
			return n.number(kind, v)
		}
		return n.text(v)
	}
	return v
}

// number is the placeholder of an id that was given out.
func (n *placeholders) number(kind, id string) string {
	if name, ok := n.numbered[kind+" "+id]; ok {
		return name
	}
	n.counts[kind]++
	name := fmt.Sprintf("{{%s %d}}", kind, n.counts[kind])
	n.numbered[kind+" "+id] = name
	return name
}
