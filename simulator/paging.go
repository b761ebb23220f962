package simulator

import (
	"cmp"
	"encoding/base64"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

const (
	usualLimit = 25  // entries of a list that come together
	maxLimit   = 100 // that can be asked for
)

// window is the part of a list that a call gets. See https://developers.facebook.com/docs/graph-api/results
type window struct {
	from, to int
	paging   map[string]any
}

// list answers with the part of a list that the call asks for by limit, after and before. keys name the entries: each is
// unique; numbers, if entries can vanish while someone reads the list.
func list[T any](c *call, entries []T, key func(T) string, show func(T) (any, *GraphError)) (any, *GraphError) {
	return listAt(c, c.path, func(name string) string { return c.get(name).string() }, entries, key, show)
}

// listAt is list of what stands at another path, with other arguments, as within an object.
func listAt[T any](
	c *call, path string, arg func(string) string, entries []T, key func(T) string, show func(T) (any, *GraphError),
) (any, *GraphError) {
	keys := make([]string, len(entries))
	for i, entry := range entries {
		keys[i] = key(entry)
	}
	w, err := c.window(path, arg, keys)
	if err != nil {
		return nil, err
	}
	data := make([]any, 0, w.to-w.from)
	for _, entry := range entries[w.from:w.to] {
		one, err := show(entry)
		if err != nil {
			return nil, err
		}
		data = append(data, one)
	}
	answer := map[string]any{"data": data}
	if w.paging != nil {
		answer["paging"] = w.paging
	}
	return answer, nil
}

func (c *call) window(path string, arg func(string) string, keys []string) (window, *GraphError) {
	limit := usualLimit
	if text := arg("limit"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil && strings.Trim(text, "0123456789") == "" {
			n = maxLimit // a number too long
		} else if err != nil || n < 1 {
			return window{}, refuse(0, "Param limit must be a positive number.")
		}
		limit = min(n, maxLimit)
	}
	w := window{from: 0, to: len(keys)}
	after, before := arg("after"), arg("before")
	var ok bool
	if after != "" {
		if w.from, ok = position(keys, after, true); !ok {
			return window{}, refuse(0, "Invalid cursor in the parameter after")
		}
	}
	if before != "" {
		if w.to, ok = position(keys, before, false); !ok {
			return window{}, refuse(0, "Invalid cursor in the parameter before")
		}
	}
	w.to = max(w.to, w.from)
	if before != "" && after == "" {
		w.from = max(w.from, w.to-limit)
	} else {
		w.to = min(w.to, w.from+limit)
	}
	if w.from == w.to {
		return w, nil
	}
	first, last := cursor(keys[w.from]), cursor(keys[w.to-1])
	w.paging = map[string]any{"cursors": map[string]string{"before": first, "after": last}}
	if w.to < len(keys) {
		w.paging["next"] = c.link(path, limit, "after", last)
	}
	if w.from > 0 {
		w.paging["previous"] = c.link(path, limit, "before", first)
	}
	return w, nil
}

// position is where the part after, or before, a cursor begins or ends. An entry that is gone is found by its number.
func position(keys []string, text string, after bool) (int, bool) {
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || len(raw) == 0 {
		return 0, false
	}
	key := string(raw)
	if at := slices.Index(keys, key); at >= 0 && after {
		return at + 1, true
	} else if at >= 0 {
		return at, true
	}
	gone, err := strconv.Atoi(key)
	if err != nil {
		return 0, false
	}
	at := slices.IndexFunc(keys, func(other string) bool {
		n, err := strconv.Atoi(other)
		return err == nil && n > gone
	})
	if at < 0 {
		at = len(keys)
	}
	return at, true
}

func cursor(key string) string { return base64.RawURLEncoding.EncodeToString([]byte(key)) }

// link is the address of another part of a list. As the platform's it has the token, so that it works as it is.
func (c *call) link(path string, limit int, name, at string) string {
	query := url.Values{"limit": {strconv.Itoa(limit)}, name: {at}, "access_token": {c.token}}
	for _, kept := range []string{"fields", "platform", "user_id", "folder", "user", "appsecret_proof"} {
		if v := c.get(kept); v.present() && path == c.path {
			query.Set(kept, v.string())
		}
	}
	c.secret = true
	return c.base + "/" + cmp.Or(c.version, graphVersion) + path + "?" + query.Encode()
}

// nextSerial numbers what can be listed and deleted. s.mu must be held.
func (s *Simulator) nextSerial() int {
	s.serial++
	return s.serial
}
