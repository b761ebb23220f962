package simulator

import (
	"bytes"
	"encoding/json"
	"net/url"
	"regexp"
	"strconv"
	"strings"
)

// maxResult bounds what the results of other calls make of a text, in bytes.
const maxResult = 1 << 20

// reference is a result of another call of the batch, in JSONPath: {result=name:$.data.*.id}. In a path or a form it may be
// escaped.
var reference = regexp.MustCompile(`\{result=([A-Za-z0-9_-]+):(\$[^{}]*)\}`)

// references are the names of the calls whose results a text needs.
func references(text string) []string {
	var names []string
	for _, text := range []string{text, unescaped(text)} {
		for _, match := range reference.FindAllStringSubmatch(text, -1) {
			names = append(names, match[1])
		}
	}
	return names
}

// unescaped is a text without escapes, or as it is if they are wrong.
func unescaped(text string) string {
	if plain, err := url.QueryUnescape(text); err == nil {
		return plain
	}
	return text
}

// expand puts the results of other calls where a text refers to them. The values that a path finds are joined by commas.
func expand(text string, results func(name string) ([]byte, bool)) (string, *GraphError) {
	var failed *GraphError
	size := 0
	text = reference.ReplaceAllStringFunc(text, func(found string) string {
		match := reference.FindStringSubmatch(found)
		body, ok := results(match[1])
		if !ok || failed != nil {
			return ""
		}
		values, err := jsonPath(body, match[2])
		if err != nil {
			failed = err
			return ""
		}
		joined := strings.Join(values, ",")
		if size += len(joined); size > maxResult {
			failed = refuse(0, "The results of the requests that this one depends on are too long.")
			return ""
		}
		return joined
	})
	return text, failed
}

// jsonPath finds values by a path such as $.data.*.id, $.data[0].id or $['data'][*].
func jsonPath(body []byte, path string) ([]string, *GraphError) {
	found := []json.RawMessage{body}
	rest := strings.TrimPrefix(path, "$")
	for rest != "" {
		step, after, err := pathStep(rest)
		if err != nil {
			return nil, err
		}
		var next []json.RawMessage
		for _, raw := range found {
			next = append(next, below(raw, step)...)
		}
		found, rest = next, after
	}
	values := make([]string, 0, len(found))
	for _, raw := range found {
		values = append(values, value{raw: raw}.string())
	}
	return values, nil
}

// pathStep takes the first step off a path: a name, a number, or * for all.
func pathStep(path string) (step, rest string, err *GraphError) {
	wrong := refuse(0, "The path %s is not understood: it has steps such as .name, [0], .* and [*].", shortened(path))
	switch {
	case strings.HasPrefix(path, "["):
		step, rest, ok := strings.Cut(path[1:], "]")
		step = strings.Trim(step, `'"`)
		if !ok || step == "" {
			return "", "", wrong
		}
		return step, rest, nil
	case strings.HasPrefix(path, "."):
		end := strings.IndexAny(path[1:], ".[")
		if end < 0 {
			end = len(path) - 1
		}
		if end == 0 {
			return "", "", wrong
		}
		return path[1 : end+1], path[end+1:], nil
	}
	return "", "", wrong
}

// below are the values one step below another.
func below(raw json.RawMessage, step string) []json.RawMessage {
	var list []json.RawMessage
	if json.Unmarshal(raw, &list) == nil {
		if step == "*" {
			return list
		}
		if n, err := strconv.Atoi(step); err == nil && n >= 0 && n < len(list) {
			return list[n : n+1]
		}
		return nil
	}
	if step == "*" {
		return ordered(raw)
	}
	var object map[string]json.RawMessage
	if json.Unmarshal(raw, &object) != nil || object[step] == nil {
		return nil
	}
	return []json.RawMessage{object[step]}
}

// ordered are the values of an object in their order.
func ordered(raw json.RawMessage) []json.RawMessage {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	if start, err := decoder.Token(); err != nil || start != json.Delim('{') {
		return nil
	}
	var values []json.RawMessage
	for decoder.More() {
		var v json.RawMessage
		if _, err := decoder.Token(); err != nil || decoder.Decode(&v) != nil {
			return values
		}
		values = append(values, v)
	}
	return values
}
