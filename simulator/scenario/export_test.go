package scenario

import (
	"maps"
	"slices"

	"github.com/djmessenger/messenger/simulator"
)

// Verbs are all verbs, as a guide lists them.
func Verbs() []string {
	return slices.Concat(slices.Sorted(maps.Keys(personVerbs)), slices.Sorted(maps.Keys(platformVerbs)), []string{verbAgent})
}

// Words are the keys of messages, the operators, and the presets of faults.
func Words() []string {
	return slices.Concat(messageKeys, operators, simulator.FaultPresets())
}
