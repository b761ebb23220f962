package command

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// pathsOf are the paths of all values of a callback's event, as --set takes them.
func pathsOf(callback []byte) []string {
	var body struct{ Entry []map[string]any }
	if json.Unmarshal(callback, &body) != nil || len(body.Entry) == 0 {
		return nil
	}
	entry := body.Entry[0]
	for _, list := range []string{"messaging", "standby", "changes", "calls"} {
		events, _ := entry[list].([]any)
		if len(events) == 0 {
			continue
		}
		if change, ok := events[0].(map[string]any); ok && list == "changes" {
			return pathsIn(change["value"], "")
		}
		return pathsIn(events[0], "")
	}
	return pathsIn(entry, "")
}

func pathsIn(value any, at string) []string {
	var paths []string
	below := func(name string, inner any) {
		path := strings.TrimPrefix(at+"."+name, ".")
		paths = append(append(paths, path), pathsIn(inner, path)...)
	}
	switch value := value.(type) {
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(value)) {
			below(name, value[name])
		}
	case []any:
		for i, inner := range value {
			below(strconv.Itoa(i), inner)
		}
	}
	return paths
}
