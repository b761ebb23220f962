package graph

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// samples are JSON texts and others.
var samples = []string{
	``, ` `, `{}`, ` { } `, `{"a":1}`, `{"a":{"b":[1,2,{"c":"}"}]},"d":null}`, "\t{\n\"a\" : \"b\" ,\r\"c\":[ ] } \n", `{"a":1,"a":2}`, `{"a\u0062":1,"ab":2}`,
	`{"":""}`, `{"é":"\u00e9"}`, "{\"\xff\":\"\xfe\"}", `{"\ud800":1}`, `{"a":1}{}`, `{"a":1} x`, `{"a":1,}`, `{"a"}`, `{"a":}`, `{a:1}`, `{"a":1`, `{"a":"b`, `{1:2}`,
	`[]`, `[{"a":1}]`, `"text"`, `"te\nxt"`, `"te\"xt"`, "\"te\nxt\"", `"é"`, "\"\xff\"", `"`, `""`, `""x`, ` "a"`, `null`, `true`, `12`, `-1.50e3`, `01`, `{"a":01}`, `{"a":nul}`,
	`{"a":` + strings.Repeat("[", 9000) + strings.Repeat("]", 9000) + `}`, `{"a":` + strings.Repeat("[", 11000) + strings.Repeat("]", 11000) + `}`,
}

func TestObjectsAreReadAsEncodingJSONReadsThem(t *testing.T) {
	t.Parallel()
	for _, sample := range samples {
		requireSameObject(t, sample)
	}
}

func requireSameObject(t *testing.T, text string) {
	t.Helper()
	var want map[string]json.RawMessage
	if json.Unmarshal([]byte(text), &want) != nil {
		want = nil
	}
	require.Equal(t, want, decodeObject(json.RawMessage(text)), "%.60q", text)
}

func TestTextsAreReadAsEncodingJSONReadsThem(t *testing.T) {
	t.Parallel()
	for _, sample := range samples {
		requireSameText(t, sample)
	}
}

func requireSameText(t *testing.T, text string) {
	t.Helper()
	var want string
	var number json.Number
	if json.Unmarshal([]byte(text), &want) != nil && json.Unmarshal([]byte(text), &number) == nil {
		want = number.String()
	}
	require.Equal(t, want, decodeText(json.RawMessage(text)), "%.60q", text)
}

func FuzzLenient(f *testing.F) {
	for _, sample := range samples {
		f.Add(sample)
	}
	f.Fuzz(func(t *testing.T, text string) {
		requireSameObject(t, text)
		requireSameText(t, text)
	})
}
