package secret_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"log/slog"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/secret"
)

const plain = "EAAGm0PX4ZCpsBAK"

// account holds secrets in every way a struct can.
type account struct {
	Any      any
	ByPage   map[string]secret.Value
	Exported secret.Value
	List     []secret.Value
	Nested   struct{ inner secret.Value }
	Pointer  *secret.Value
	hidden   secret.Value
}

func newAccount() *account {
	value := secret.New(plain)
	a := &account{
		Any: value, ByPage: map[string]secret.Value{"page": value}, Exported: value, List: []secret.Value{value}, Pointer: &value, hidden: value,
	}
	a.Nested.inner = value
	return a
}

// forms are the ways in which a text may leak: as it is, in hexadecimal, and as the decimal numbers of its bytes.
func forms(text string) []string {
	return []string{
		text, text[:8], fmt.Sprintf("%x", text), fmt.Sprintf("%X", text), fmt.Sprintf("% x", text), strings.Trim(fmt.Sprintf("%d", []byte(text)), "[]"),
	}
}

func requireHidden(t *testing.T, output, how string) {
	t.Helper()
	for _, form := range forms(plain) {
		require.NotContains(t, output, form, how)
	}
}

func TestValueIsRedactedByEveryVerb(t *testing.T) {
	t.Parallel()
	value := secret.New(plain)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "% x", "%d", "%t", "%c", "%U", "%10s", "%-10.3v", "%!"} {
		requireHidden(t, fmt.Sprintf(verb, value), verb)
		requireHidden(t, fmt.Sprintf(verb, &value), verb)
		requireHidden(t, fmt.Sprintf(verb, newAccount()), verb)
		requireHidden(t, fmt.Sprintf(verb, *newAccount()), verb)
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x"} {
		require.Equal(t, secret.Redacted, fmt.Sprintf(verb, value), verb)
	}
	requireHidden(t, fmt.Sprintf("%p", value), "%p")
	requireHidden(t, fmt.Sprint(value, newAccount()), "Sprint")
	requireHidden(t, errors.Join(fmt.Errorf("token %v", value)).Error(), "Errorf")
	require.Equal(t, secret.Redacted, value.String())
	require.Equal(t, secret.Redacted, value.GoString())
}

func TestValueIsRedactedByEncoders(t *testing.T) {
	t.Parallel()
	output, err := json.Marshal(newAccount())
	require.NoError(t, err)
	requireHidden(t, string(output), "json")
	require.Contains(t, string(output), `"Exported":"[redacted]"`)

	output, err = json.Marshal(map[string]secret.Value{"token": secret.New(plain)})
	require.NoError(t, err)
	require.JSONEq(t, `{"token":"[redacted]"}`, string(output))

	output, err = xml.Marshal(secret.New(plain))
	require.NoError(t, err)
	requireHidden(t, string(output), "xml")
}

func TestValueIsRedactedInLogs(t *testing.T) {
	t.Parallel()
	var output bytes.Buffer
	for _, handler := range []slog.Handler{slog.NewTextHandler(&output, nil), slog.NewJSONHandler(&output, nil)} {
		logger := slog.New(handler).With("with", secret.New(plain))
		logger.Info("m", "value", secret.New(plain), "pointer", newAccount().Pointer, "struct", newAccount(), slog.Group("g", "v", secret.New(plain)))
	}
	requireHidden(t, output.String(), "slog")
	require.Contains(t, output.String(), "value="+secret.Redacted)
	require.Contains(t, output.String(), `"value":"[redacted]"`)
}

// TestValueIsRedactedForReflection walks everything that reflection can reach, as dumpers do that know no methods.
func TestValueIsRedactedForReflection(t *testing.T) {
	t.Parallel()
	var output strings.Builder
	dump(&output, reflect.ValueOf(newAccount()), 0)
	requireHidden(t, output.String(), "reflection")

	output.Reset()
	dump(&output, reflect.ValueOf(struct{ inner *string }{new(plain)}), 0)
	require.Contains(t, output.String(), plain, "the walker itself must see what lies behind pointers in unexported fields")
}

func dump(output *strings.Builder, value reflect.Value, depth int) {
	if depth > 20 {
		return
	}
	switch value.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !value.IsNil() {
			dump(output, value.Elem(), depth+1)
		}
	case reflect.Struct:
		for _, field := range value.Fields() {
			dump(output, field, depth+1)
		}
	case reflect.Slice, reflect.Array:
		for i := range value.Len() {
			dump(output, value.Index(i), depth+1)
		}
	case reflect.Map:
		for _, key := range value.MapKeys() {
			dump(output, key, depth+1)
			dump(output, value.MapIndex(key), depth+1)
		}
	default:
		fmt.Fprintf(output, "%v\n", value)
	}
}

func TestRevealGivesTheSecret(t *testing.T) {
	t.Parallel()
	require.Equal(t, plain, secret.New(plain).Reveal())
	require.Empty(t, secret.Value{}.Reveal())
}

func TestZeroValueIsASecretThatIsNotSet(t *testing.T) {
	t.Parallel()
	for name, value := range map[string]secret.Value{"zero": {}, "empty": secret.New("")} {
		require.True(t, value.IsZero(), name)
		require.Equal(t, secret.Redacted, fmt.Sprint(value), name)
		require.False(t, value.Equal(""), "an unset secret lets nobody in")
	}
	require.False(t, secret.New(plain).IsZero())
}

func TestEqual(t *testing.T) {
	t.Parallel()
	value := secret.New(plain)
	require.True(t, value.Equal(plain))
	for _, other := range []string{"", plain[1:], plain + "x", strings.ToLower(plain), secret.Redacted} {
		require.False(t, value.Equal(other), other)
	}
}

func TestRedactReplacesTheSecretInATextFromOutside(t *testing.T) {
	t.Parallel()
	value := secret.New("a|b c")
	require.Equal(t, "x [redacted] y [redacted]", value.Redact("x a|b c y a%7Cb+c"))
	require.Equal(t, "nothing", value.Redact("nothing"))
	require.Equal(t, "text", secret.Value{}.Redact("text"))
}

// TestShortSecretsDoNotMaskWords: a text stays readable, and the secret is hidden where it is meant.
func TestShortSecretsDoNotMaskWords(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ plain, text, want string }{
		{"t", "dial tcp: timeout", "dial tcp: timeout"},
		{"t", `GET /me?access_token=t&x=t: "t" t`, `GET /me?access_token=[redacted]&x=[redacted]: "[redacted]" [redacted]`},
		{"t", "tt t_ _t t1 été", "tt t_ _t t1 été"},
		{"é", "café é", "café [redacted]"},
		{"s3cret", "Bearer s3cret, s3cret1", "Bearer [redacted], s3cret1"},
		{"a b", "x=a+b&y=a b", "x=[redacted]&y=[redacted]"},
		{"--", "----", "[redacted][redacted]"},
		{"-a", "x-a", "x-a"},
		{"\xff", "\xff\xfe", "[redacted]\xfe"},
		{"1234567", "x1234567", "x1234567"},
		{"12345678", "x12345678y", "x[redacted]y"},
	} {
		require.Equal(t, test.want, secret.New(test.plain).Redact(test.text), "%q in %q", test.plain, test.text)
	}
}
