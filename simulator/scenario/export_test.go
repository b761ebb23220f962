package scenario

import (
	"maps"
	"slices"
)

// Verbs are all verbs, as a guide lists them.
func Verbs() []string {
	return slices.Concat(slices.Sorted(maps.Keys(personVerbs)), slices.Sorted(maps.Keys(platformVerbs)), []string{verbAgent})
}

// Words are the keys of messages, the operators, and the presets of faults.
func Words() []string {
	return slices.Concat(messageKeys, operators, slices.Sorted(maps.Keys(presets)))
}
