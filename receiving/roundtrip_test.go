package receiving_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/internal/metadata"
	"github.com/djmessenger/messenger/receiving"
)

// TestRoundTrip decodes each fixture, encodes its payload, and finds every field that the platform wrote. Then it puts that in
// the place of what the platform wrote, and decodes the same payload from it.
func TestRoundTrip(t *testing.T) {
	t.Parallel()

	files, err := filepath.Glob("testdata/*/*.json")
	require.NoError(t, err)
	for _, file := range files {
		name := strings.TrimSuffix(strings.TrimPrefix(filepath.ToSlash(file), "testdata/"), ".json")
		if name == "callbacks/malformed" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := onlyEnvelope(t, name)
			e.Raw = compact(t, e.Raw)
			ev, problems := e.Event()
			require.Empty(t, problems)
			if ev.Type == receiving.TypeUnknown {
				return // has its bytes
			}
			encoded := requireAllEncoded(t, ev)
			e.Raw = rewritten(t, ev, e.Raw, encoded, e.Field != "")
			again, problems := e.Event()
			require.Empty(t, problems)
			forgetWire(ev.Payload)
			forgetWire(again.Payload)
			require.Equal(t, ev.Payload, again.Payload)
			require.Equal(t, ev.Type, again.Type)
		})
	}
}

// requireAllEncoded encodes the payload of an event, and holds that it has all that the platform wrote.
func requireAllEncoded(t *testing.T, ev *receiving.Event) []byte {
	t.Helper()
	encoded, err := json.Marshal(ev.Payload)
	require.NoError(t, err)
	got := fields(t, encoded)
	want := written(t, ev, ev.Raw)
	if m, ok := ev.Payload.(*receiving.Message); ok && m.SendKey != "" {
		wire, err := metadata.Encode(m.SendKey, m.Metadata)
		require.NoError(t, err)
		require.Equal(t, want["metadata"], wire)
		want["metadata"] = m.Metadata
	}
	requireNoneLost(t, string(ev.Type), want, got)
	return encoded
}

// fields reads any object. Its numbers keep all their digits.
func fields(t *testing.T, data []byte) map[string]any {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	var object map[string]any
	require.NoError(t, d.Decode(&object))
	return object
}

func compact(t testing.TB, raw []byte) json.RawMessage {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, json.Compact(&b, raw))
	return b.Bytes()
}

// place returns the key at which an element has the payload. It is "" if the whole element is the payload.
func place[V any](ev *receiving.Event, element map[string]V) string {
	if _, old := element["policy-enforcement"]; old && ev.Type == receiving.TypePolicyEnforcement {
		if _, now := element["policy_enforcement"]; !now {
			return "policy-enforcement"
		}
	}
	if c, ok := ev.Payload.(*receiving.ThreadControl); ok {
		return c.Action
	}
	_, key, _ := strings.Cut(ev.Type.Source().Place, ".")
	if key == "group_id" {
		return ""
	}
	return key
}

// written returns the payload as the platform wrote it, and what it wrote beside it.
func written(t *testing.T, ev *receiving.Event, raw json.RawMessage) map[string]any {
	t.Helper()
	element := fields(t, raw)
	value, isChange := element["value"].(map[string]any)
	if isChange {
		element = value
	}
	key := place(ev, element)
	payload, ok := element[key].(map[string]any)
	if !ok {
		for _, frame := range []string{"field", "sender", "recipient"} {
			delete(element, frame)
		}
		if id, ok := element["sender_id"]; ok { // an older name of the author
			element["from"] = map[string]any{"id": id, "name": element["sender_name"]}
			delete(element, "sender_id")
			delete(element, "sender_name")
		}
		return element
	}
	if key == "app_roles" {
		return map[string]any{key: payload}
	}
	for _, sibling := range []string{"hop_context", "lead", "is_self", "prior_message"} {
		if value, ok := element[sibling]; ok {
			payload[sibling] = value
		}
	}
	return payload
}

// rewritten returns the element with its payload replaced by the encoded one, and nothing beside it. isChange tells an element of
// "changes".
func rewritten(t *testing.T, ev *receiving.Event, raw, encoded json.RawMessage, isChange bool) json.RawMessage {
	t.Helper()
	var element map[string]json.RawMessage
	require.NoError(t, json.Unmarshal(raw, &element))
	key := place(ev, element)
	value, hasValue := element["value"]
	inside := element[key] != nil && key != "app_roles"
	switch {
	case isChange && hasValue:
		element["value"] = rewritten(t, ev, value, encoded, false)
	case inside:
		element[key] = encoded
		for _, sibling := range []string{"hop_context", "lead", "is_self", "prior_message"} {
			delete(element, sibling)
		}
	default:
		maps.DeleteFunc(element, func(name string, _ json.RawMessage) bool {
			return name != "field" && name != "sender" && name != "recipient" && name != "group_id"
		})
		var own map[string]json.RawMessage
		require.NoError(t, json.Unmarshal(encoded, &own))
		maps.Copy(element, own)
	}
	data, err := json.Marshal(element)
	require.NoError(t, err)
	return data
}

// forgetWire takes away what only the platform's own bytes have.
func forgetWire(p receiving.Payload) {
	if m, ok := p.(*receiving.Message); ok {
		m.SendKey = ""
		for _, a := range m.Attachments {
			if a.Payload != nil {
				a.Payload.Raw = nil
			}
		}
	}
}

// requireNoneLost holds that got has all that want has. Ids may have become strings, and times those of encoding/json. What is
// empty may be left out.
func requireNoneLost(t *testing.T, path string, want, got any) {
	t.Helper()
	switch want := want.(type) {
	case map[string]any:
		fields, _ := got.(map[string]any)
		for name, value := range want {
			requireNoneLost(t, path+"."+name, value, fields[name])
		}
	case []any:
		items, _ := got.([]any)
		require.Len(t, items, len(want), path)
		for i, value := range want {
			requireNoneLost(t, fmt.Sprintf("%s[%d]", path, i), value, items[i])
		}
	case nil:
		require.Nil(t, got, path)
	case bool:
		if want {
			require.Equal(t, want, got, path)
		}
	default:
		require.Contains(t, forms(got), fmt.Sprint(want), path)
	}
}

// forms returns the forms in which the platform may have written what is encoded so.
func forms(got any) []string {
	text := fmt.Sprint(got)
	list := []string{text}
	if at, err := time.Parse(time.RFC3339, text); err == nil {
		list = append(list, strconv.FormatInt(at.UnixMilli(), 10), strconv.FormatInt(at.Unix(), 10))
	}
	return list
}

// TestFixturesHaveEveryField: there is no field of a payload that the round trip does not try.
func TestFixturesHaveEveryField(t *testing.T) {
	t.Parallel()

	files, err := filepath.Glob("testdata/*/*.json")
	require.NoError(t, err)
	tried := map[string]bool{}
	for _, file := range files {
		body, err := os.ReadFile(file)
		require.NoError(t, err)
		for _, e := range split(t, string(body)).Envelopes {
			ev, _ := e.Event()
			eachField(reflect.ValueOf(ev.Payload), func(name string, value reflect.Value) {
				tried[name] = tried[name] || !value.IsZero()
			})
		}
	}
	for name, ok := range tried {
		require.True(t, ok, "no fixture has %s", name)
	}
	require.Greater(t, len(tried), 100)
}

// eachField calls visit for the fields of all structs of this package in v.
func eachField(v reflect.Value, visit func(name string, value reflect.Value)) {
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			v = reflect.New(v.Type().Elem())
		}
		eachField(v.Elem(), visit)
	case reflect.Slice:
		for i := range v.Len() {
			eachField(v.Index(i), visit)
		}
	case reflect.Map:
		for _, value := range v.Seq2() {
			eachField(value, visit)
		}
	case reflect.Struct:
		if v.Type().PkgPath() != reflect.TypeFor[receiving.Event]().PkgPath() {
			return
		}
		for i := range v.NumField() {
			name := v.Type().Name() + "." + v.Type().Field(i).Name
			visit(name, v.Field(i))
			if name != "FeedbackAnswer.FollowUp" || !v.Field(i).IsNil() { // which has itself within it
				eachField(v.Field(i), visit)
			}
		}
	default:
	}
}
