package policyfile

import (
	"bytes"
	"fmt"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"
	"go.yaml.in/yaml/v4"
)

// write returns a tree in a format, with a newline at its end.
func write(v *value, format Format) ([]byte, error) {
	switch format {
	case JSON:
		return append(writeJSON(v, true), '\n'), nil
	case YAML:
		return writeYAML(v)
	default:
		return nil, fmt.Errorf("policyfile: %q is no format; there are json and yaml", format)
	}
}

func writeJSON(v *value, indented bool) []byte {
	var b bytes.Buffer
	opts := []jsontext.Options{jsontext.AllowInvalidUTF8(true), jsontext.AllowDuplicateNames(true)}
	if indented {
		opts = append(opts, jsontext.WithIndent("  "))
	}
	_ = writeTokens(jsontext.NewEncoder(&b, opts...), v) // a tree is always JSON, and a buffer takes it
	return bytes.TrimRight(b.Bytes(), "\n")
}

func writeTokens(out *jsontext.Encoder, v *value) error {
	switch v.kind {
	case boolean:
		return out.WriteToken(jsontext.Bool(v.yes))
	case number:
		return out.WriteValue(jsontext.Value(v.text))
	case text:
		return out.WriteToken(jsontext.String(v.text))
	case list:
		_ = out.WriteToken(jsontext.BeginArray)
		for _, item := range v.items {
			if err := writeTokens(out, item); err != nil {
				return err
			}
		}
		return out.WriteToken(jsontext.EndArray)
	case object:
		_ = out.WriteToken(jsontext.BeginObject)
		for _, m := range v.members {
			if err := out.WriteToken(jsontext.String(m.name)); err != nil {
				return err
			}
			if err := writeTokens(out, m.value); err != nil {
				return err
			}
		}
		return out.WriteToken(jsontext.EndObject)
	default:
		return out.WriteToken(jsontext.Null)
	}
}

func writeYAML(v *value) ([]byte, error) {
	var b bytes.Buffer
	encoder := yaml.NewEncoder(&b)
	encoder.SetIndent(2)
	if err := encoder.Encode(yamlNode(v)); err != nil {
		return nil, fmt.Errorf("policyfile: write YAML: %w", err)
	}
	if err := encoder.Close(); err != nil {
		return nil, fmt.Errorf("policyfile: write YAML: %w", err)
	}
	return b.Bytes(), nil
}

func yamlNode(v *value) *yaml.Node {
	switch v.kind {
	case boolean:
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!bool", Value: strconv.FormatBool(v.yes)}
	case number:
		return &yaml.Node{Kind: yaml.ScalarNode, Value: v.text}
	case text:
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: v.text}
	case list:
		n := &yaml.Node{Kind: yaml.SequenceNode}
		for _, item := range v.items {
			n.Content = append(n.Content, yamlNode(item))
		}
		return n
	case object:
		n := &yaml.Node{Kind: yaml.MappingNode}
		for _, m := range v.members {
			n.Content = append(n.Content, yamlNode(textValue(m.name)), yamlNode(m.value))
		}
		return n
	default:
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null", Value: "null"}
	}
}
