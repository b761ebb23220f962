package i18n

import (
	"strings"
	"sync"
	"sync/atomic"
)

const (
	cachedLocales = 1024 // the platform has some 160; what comes from outside must not fill the memory
	maxLocaleSize = 64   // bytes; no locale comes near it
)

// byLocale keeps what was found out about the first locales that were asked for. It only grows, to its bound.
type byLocale[V any] struct {
	found sync.Map // string to V
	size  atomic.Int64
}

// get returns what is kept of a locale, or else what find returns, and keeps that.
func (c *byLocale[V]) get(locale string, find func(locale string) V) V {
	if kept, ok := c.found.Load(locale); ok {
		v, _ := kept.(V) // nothing else is kept
		return v
	}
	v := find(locale)
	if c.size.Add(1) > cachedLocales {
		c.size.Add(-1)
		return v
	}
	if _, stored := c.found.LoadOrStore(strings.Clone(locale), v); stored {
		c.size.Add(-1)
	}
	return v
}
