package simulator_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"
)

// schema is what is checked of a JSON Schema.
type schema struct {
	Ref                  string    `yaml:"$ref"`
	Type                 yaml.Node // a name or a list of names
	Format               string
	Required             []string
	Enum                 []any
	Properties           map[string]*schema
	AdditionalProperties *additional `yaml:"additionalProperties"`
	Items                *schema
	Minimum, Maximum     *float64
}

// additional are the properties that are not listed: refused, or of a schema.
type additional struct {
	refused bool
	schema  *schema
}

func (a *additional) UnmarshalYAML(node *yaml.Node) error {
	if node.Kind == yaml.ScalarNode {
		a.refused = node.Value == "false"
		return nil
	}
	a.schema = &schema{}
	return node.Decode(a.schema)
}

func (f openapiFile) checkJSON(s *schema, data []byte, path string) []string {
	var v any
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	if err := dec.Decode(&v); err != nil {
		return []string{path + ": no JSON: " + err.Error()}
	}
	return f.check(s, v, path)
}

// check says what of a value does not fit. A property that is not listed never fits, unless there is a schema for it, though
// callers are told to ignore it: so the file has all of them.
func (f openapiFile) check(s *schema, v any, path string) (wrong []string) {
	if s == nil {
		return nil
	}
	if s.Ref != "" {
		name := strings.TrimPrefix(s.Ref, "#/components/schemas/")
		target := f.Components.Schemas[name]
		if target == nil {
			return []string{path + ": the file has no " + s.Ref}
		}
		return f.check(target, v, path)
	}
	if types := s.types(); len(types) > 0 && !slices.ContainsFunc(types, func(name string) bool { return isType(v, name) }) {
		return []string{path + ": not " + strings.Join(types, " or ")}
	}
	if len(s.Enum) > 0 && !slices.ContainsFunc(s.Enum, func(one any) bool { return fmt.Sprint(one) == fmt.Sprint(v) }) {
		return []string{fmt.Sprintf("%s: %v is none of %v", path, v, s.Enum)}
	}
	switch v := v.(type) {
	case map[string]any:
		for _, name := range s.Required {
			if _, ok := v[name]; !ok {
				wrong = append(wrong, path+": "+name+" is missing")
			}
		}
		for _, name := range slices.Sorted(maps.Keys(v)) {
			property, listed := s.Properties[name]
			if !listed && s.AdditionalProperties != nil && s.AdditionalProperties.schema != nil {
				property, listed = s.AdditionalProperties.schema, true
			}
			if !listed && (s.Properties != nil || s.AdditionalProperties != nil) {
				wrong = append(wrong, path+"."+name+": the file does not have it")
				continue
			}
			wrong = append(wrong, f.check(property, v[name], path+"."+name)...)
		}
	case []any:
		for i, one := range v {
			wrong = append(wrong, f.check(s.Items, one, fmt.Sprintf("%s[%d]", path, i))...)
		}
	case string:
		if s.Format == "date-time" {
			if _, err := time.Parse(time.RFC3339Nano, v); err != nil {
				wrong = append(wrong, path+": no date-time")
			}
		}
	case json.Number:
		n, _ := v.Float64()
		if s.Minimum != nil && n < *s.Minimum || s.Maximum != nil && n > *s.Maximum {
			wrong = append(wrong, fmt.Sprintf("%s: %v is out of bounds", path, v))
		}
	}
	return wrong
}

func (s *schema) types() []string {
	var list []string
	if s.Type.Kind == yaml.ScalarNode {
		return []string{s.Type.Value}
	}
	_ = s.Type.Decode(&list) // empty: any
	return list
}

func isType(v any, name string) bool {
	switch v := v.(type) {
	case map[string]any:
		return name == "object"
	case []any:
		return name == "array"
	case string:
		return name == "string"
	case bool:
		return name == "boolean"
	case json.Number:
		return name == "number" || name == "integer" && !strings.ContainsAny(v.String(), ".eE")
	default:
		return name == "null"
	}
}
