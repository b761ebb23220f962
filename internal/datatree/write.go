package datatree

import (
	"bytes"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"
	"go.yaml.in/yaml/v4"
)

// JSON returns a tree as JSON, without a newline at its end.
func (v *Value) JSON(indented bool) []byte {
	var b bytes.Buffer
	opts := []jsontext.Options{jsontext.AllowInvalidUTF8(true), jsontext.AllowDuplicateNames(true)}
	if indented {
		opts = append(opts, jsontext.WithIndent("  "))
	}
	_ = writeTokens(jsontext.NewEncoder(&b, opts...), v) // a tree is always JSON, and a buffer takes it
	return bytes.TrimRight(b.Bytes(), "\n")
}

func writeTokens(out *jsontext.Encoder, v *Value) error {
	switch v.Kind {
	case Boolean:
		return out.WriteToken(jsontext.Bool(v.Yes))
	case Number:
		return out.WriteValue(jsontext.Value(v.Text))
	case Text:
		return out.WriteToken(jsontext.String(v.Text))
	case List:
		_ = out.WriteToken(jsontext.BeginArray)
		for _, item := range v.Items {
			if err := writeTokens(out, item); err != nil {
				return err
			}
		}
		return out.WriteToken(jsontext.EndArray)
	case Object:
		_ = out.WriteToken(jsontext.BeginObject)
		for _, m := range v.Members {
			if err := out.WriteToken(jsontext.String(m.Name)); err != nil {
				return err
			}
			if err := writeTokens(out, m.Value); err != nil {
				return err
			}
		}
		return out.WriteToken(jsontext.EndObject)
	default:
		return out.WriteToken(jsontext.Null)
	}
}

// YAML returns a tree as YAML.
func (v *Value) YAML() ([]byte, error) {
	var b bytes.Buffer
	encoder := yaml.NewEncoder(&b)
	encoder.SetIndent(2)
	if err := encoder.Encode(yamlNode(v)); err != nil {
		return nil, err
	}
	if err := encoder.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

func yamlNode(v *Value) *yaml.Node {
	switch v.Kind {
	case Boolean:
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!bool", Value: strconv.FormatBool(v.Yes)}
	case Number:
		return &yaml.Node{Kind: yaml.ScalarNode, Value: v.Text}
	case Text:
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: v.Text}
	case List:
		n := &yaml.Node{Kind: yaml.SequenceNode}
		for _, item := range v.Items {
			n.Content = append(n.Content, yamlNode(item))
		}
		return n
	case Object:
		n := &yaml.Node{Kind: yaml.MappingNode}
		for _, m := range v.Members {
			n.Content = append(n.Content, yamlNode(TextValue(m.Name)), yamlNode(m.Value))
		}
		return n
	default:
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null", Value: "null"}
	}
}
