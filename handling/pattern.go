package handling

import (
	"fmt"
	"regexp"
	"sync"
)

// patterns keeps compiled patterns, so that handlers can be plain values.
var patterns sync.Map // of string to *regexp.Regexp

// compile returns the pattern anchored at both ends.
func compile(pattern string) (*regexp.Regexp, error) {
	if found, ok := patterns.Load(pattern); ok {
		if re, ok := found.(*regexp.Regexp); ok {
			return re, nil
		}
	}
	// Alone first, so that the pattern cannot close the group around it.
	if _, err := regexp.Compile(pattern); err != nil {
		return nil, fmt.Errorf("handling: pattern: %w", err)
	}
	re, err := regexp.Compile(`\A(?:` + pattern + `)\z`)
	if err != nil {
		return nil, fmt.Errorf("handling: pattern: %w", err)
	}
	patterns.Store(pattern, re)
	return re, nil
}
