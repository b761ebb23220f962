package scan

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestReader(t *testing.T) {
	t.Parallel()

	data := []byte(` { "a" : "x\u00e9\ud83d\ude00" , "b":[1,-2.5e+3,null,true,false,{}, [] ],"\u0063":"\/","d":{"e":{"f":0}} } `)
	r := NewReader(data)
	var got []string
	require.Equal(t, byte('{'), r.Kind())
	for r.Enter(); r.NextKey(); {
		got = append(got, string(r.Key()))
		switch string(r.Key()) {
		case "a", "c":
			got = append(got, string(r.Text()))
		case "b":
			for r.Enter(); r.NextItem(); {
				got = append(got, string(r.Kind()), string(r.Value()))
			}
		default:
			require.Equal(t, "d", Path(data, r.Offset()))
			r.Skip()
		}
	}
	require.NoError(t, r.End())
	require.Equal(t, []string{
		"a", "xé😀", "b", "0", "1", "0", "-2.5e+3", "n", "null", "t", "true", "f", "false", "{", "{}", "[", "[]", "c", "/", "d",
	}, got)
}

func TestInvalidUTF8IsReplaced(t *testing.T) {
	t.Parallel()

	for in, want := range map[string]string{"\"a\xffb\"": "a\ufffdb", `"a\ud800b"`: "a\ufffdb", "\"\\n\xc3\"": "\n\ufffd"} {
		r := NewReader([]byte(in))
		require.Equal(t, want, string(r.Text()))
		require.NoError(t, r.End())
	}
}

func TestStringStopAtEveryPlace(t *testing.T) {
	t.Parallel()

	for length := range 40 {
		for at := range length {
			for _, stop := range []byte{'"', '\\', 0, 0x1f, '\n'} {
				for fill, ascii := range map[string]bool{"\x80 é\x7f!#[]\xff": false, "a \x7f!#[]~z": true} {
					data := bytes.Repeat([]byte(fill), 5)[:length]
					data[at] = stop
					got, gotASCII := stringStop(data, 0)
					require.Equal(t, at, got)
					require.Equal(t, ascii || at == 0, gotASCII)
					got, gotASCII = stringStop(data[:at], 0)
					require.Equal(t, at, got)
					require.Equal(t, ascii || at == 0, gotASCII)
				}
			}
		}
	}
}

func TestDepth(t *testing.T) {
	t.Parallel()

	nested := func(n int) string { return strings.Repeat("[", n) + strings.Repeat("]", n) }
	r := NewReader([]byte("[" + nested(MaxDepth) + "," + nested(MaxDepth+1) + "," + nested(1_000_000) + `,{"a":[[ "]" ]]}]`))
	var deep []bool
	for r.Enter(); r.NextItem(); {
		r.Skip()
		deep = append(deep, r.Deep())
	}
	require.NoError(t, r.End())
	require.Equal(t, []bool{false, true, true, false}, deep)

	r = NewReader([]byte(strings.Repeat("[", 4<<20)))
	r.Skip()
	require.Error(t, r.End())
}

func TestFaultEndsEverything(t *testing.T) {
	t.Parallel()

	r := NewReader([]byte(`{"a":x,"b":1}`))
	for r.Enter(); r.NextKey(); {
		require.Equal(t, "a", string(r.Key()))
		require.Nil(t, r.Text())
		require.Nil(t, r.Value())
	}
	require.False(t, r.NextItem())
	var fault *SyntaxError
	require.ErrorAs(t, r.End(), &fault)
	require.Equal(t, 5, fault.Offset)
	require.EqualError(t, fault, "not JSON from byte 5 on")
}

func TestPath(t *testing.T) {
	t.Parallel()

	data := `{"x":{"deep":[{},{"k":[10, 20]}]},"\u0079":[[],"here"],"z":1}`
	for marker, want := range map[string]string{
		`{"x"`: "", `{"deep"`: "x", `[{}`: "x.deep", `{}`: "x.deep[0]", `{"k"`: "x.deep[1]", `10`: "x.deep[1].k[0]", `20`: "x.deep[1].k[1]",
		`"here"`: "y[1]", `1}`: "z",
	} {
		require.Equal(t, want, Path([]byte(data), strings.Index(data, marker)), marker)
	}
	require.Empty(t, Path(nil, 0))
	require.Equal(t, "a", Path([]byte(`{"a":tru`), 5))
	require.Equal(t, "a.b", Path([]byte(`{"a":{"b":tru,"c":1}}`), 15))

	long := strings.Repeat("k", 63)
	require.Equal(t, long+"k[0]", Path([]byte(`{"`+long+`k":[1]}`), 69))
	require.Equal(t, long+"k….x", Path([]byte(`{"`+long+`kk":{"x":1}}`), 74))
	require.Equal(t, long+"….x", Path([]byte(`{"`+long+`é":{"x":1}}`), 74), "no letter is cut in two")
}

// TestPathLooksNoFurther: what comes after a value costs nothing, however much it is.
func TestPathLooksNoFurther(t *testing.T) {
	t.Parallel()

	data := []byte(`{"a":{"b":[5` + strings.Repeat(",5", 1<<20) + `]}}`)
	require.Equal(t, "a.b[1]", Path(data, 13))
	r := NewReader(data)
	_, found := r.path(nil, 13, 0)
	require.True(t, found)
	require.Less(t, r.Offset(), 20)
}

var corpus = []string{
	``, `{}`, ` [ ] `, `{"a":[1,2.5,-0,1e5,"\u00e9\n",null,true,false]}`, `[01]`, `[1.]`, `[-]`, `[1e]`, `{"a":1,}`, `[,]`, `{"a"}`, `{1:2}`,
	`"\ud800"`, "\"\xff\"", `"\x"`, `"\u12g4"`, "\"a\nb\"", `nul`, `truE`, `1 2`, `[[[[]]]`, `{"a":1 "b":2}`, `[1 2]`, "\ufeff{}", `{"k\u0065y":"v"}`,
}

// FuzzReader compares with encoding/json: the same bytes are JSON to both, and strings come out equal.
func FuzzReader(f *testing.F) {
	for _, s := range corpus {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		before := bytes.Clone(data)
		r := NewReader(data)
		r.Skip()
		err := r.End()
		if !r.Deep() {
			require.Equal(t, json.Valid(data), err == nil, "%q", data)
		}
		var want string
		r = NewReader(data)
		if got := r.Text(); r.End() == nil {
			require.NoError(t, json.Unmarshal(data, &want))
			require.Equal(t, want, string(got))
		}
		r = NewReader(data)
		walk(&r, 0)
		if !r.Deep() {
			require.Equal(t, json.Valid(data), r.End() == nil, "%q", data)
		}
		for at := range min(len(data), 64) {
			_ = Path(data, at)
		}
		require.Equal(t, before, data)
	})
}

// walk reads everything by its kind.
func walk(r *Reader, depth int) {
	kind := r.Kind()
	switch {
	case depth == 100:
		r.Skip()
	case kind == '{':
		for r.Enter(); r.NextKey(); {
			walk(r, depth+1)
		}
	case kind == '[':
		for r.Enter(); r.NextItem(); {
			walk(r, depth+1)
		}
	case kind == '"':
		r.Text()
	default:
		r.Value()
	}
}
