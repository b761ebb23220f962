package i18n

import (
	"maps"
	"strings"
	"sync"
	"sync/atomic"
)

const (
	cachedLocales = 1024 // the platform has some 160; what comes from outside must not fill the memory
	maxLocaleSize = 64   // bytes; no locale comes near it
)

// byLocale keeps what was found out about the first locales that were asked for. It only grows, to its bound, by a new map for each
// locale: each text asks for one, and a map that does not change is found in quickest, however many languages there are.
type byLocale[V any] struct {
	found atomic.Pointer[map[string]V]
	mu    sync.Mutex // is held while the map is replaced
}

// get returns what is kept of a locale, or else what find returns, and keeps that.
func (c *byLocale[V]) get(locale string, find func(locale string) V) V {
	if found := c.found.Load(); found != nil {
		if v, ok := (*found)[locale]; ok {
			return v
		}
		if len(*found) >= cachedLocales {
			return find(locale)
		}
	}
	return c.keep(locale, find(locale))
}

// keep adds what was found, and returns what is kept.
func (c *byLocale[V]) keep(locale string, v V) V {
	c.mu.Lock()
	defer c.mu.Unlock()
	next := map[string]V{}
	if found := c.found.Load(); found != nil {
		if first, ok := (*found)[locale]; ok {
			return first // another goroutine was faster
		}
		if len(*found) >= cachedLocales {
			return v
		}
		next = maps.Clone(*found)
	}
	next[strings.Clone(locale)] = v
	c.found.Store(&next)
	return v
}
