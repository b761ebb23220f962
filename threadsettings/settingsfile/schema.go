package settingsfile

import (
	"bytes"
	_ "embed"
)

//go:embed schema.json
var schema []byte

// Schema returns a JSON Schema (draft 2020-12) of settings files. Editors check and complete files by it, JSON and YAML
// alike. It has the limits of single values; what depends on several, such as a menu that needs Get Started, only [Parse]
// checks.
func Schema() []byte { return bytes.Clone(schema) }
