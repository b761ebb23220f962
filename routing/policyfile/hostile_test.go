package policyfile_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"unicode"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/routing/policyfile"
)

// Whatever is in a file, its mistakes are short lines that a terminal may show.
func TestMistakesAreShortAndPrintable(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 50_000)
	for _, odd := range []string{long, `a\nb`, `\e[31m`, `\u202e`, `\u0000`, `a.b`, ``} {
		text := `"` + odd + `"`
		number := strings.Repeat("9", len(odd)+1)
		for _, file := range []string{
			text + ": 1",
			"routers: [{" + text + ": 1}]",
			"routers: [{type: " + text + ", handlers: []}, {type: " + text + ", handlers: []}]",
			"routers: " + number,
			"routers: [{type: IMAGE, handlers: [{name: " + text + "}]}]",
			"routers: [{type: IMAGE, handlers: [{name: Dummy, " + text + ": 1, args: {" + text + ": 1}}]}]",
			"routers: [{type: IMAGE, handlers: [{name: Dummy, timeout: " + text + "}]}]",
			"routers: [{type: IMAGE, handlers: [{name: Dummy, senders: [{name: SenderAction, args: {action: " + text + "}}, {name: SenderActionSender, args: {action: " + text + "}}]}]}]",
			"{routers: [], " + text + ": 1, " + text + ": 2}",
		} {
			_, mistakes := policyfile.BuiltIn().Check("p.yaml", []byte(file))
			require.NotEmpty(t, mistakes, "%.200s", file)
			for _, m := range mistakes {
				require.Less(t, len(m.Error()), 1000, "%.200s", m.Error())
				require.NotContains(t, m.Error(), "\n")
				for _, r := range m.Error() {
					require.True(t, unicode.IsPrint(r), "%q", m.Error())
				}
			}
		}
	}
	_, err := policyfile.BuiltIn().Parse("p.yaml", []byte(`routers: [{"a b": 1}]`))
	require.ErrorContains(t, err, `p.yaml:1:12: routers[0]["a b"]: there is no such field`)
}

// Reading is bounded, and what was not read is not called missing.
func TestLimitsHaveTheirPlaces(t *testing.T) {
	t.Parallel()
	for file, want := range map[string]string{
		"p.json": "p.json:1:77: more than 64 lists and objects in one another",
		"p.yaml": "p.yaml:1:77: more than 64 lists and objects in one another",
	} {
		_, err := policyfile.BuiltIn().Parse(file, []byte(`{"routers": `+strings.Repeat("[", 65)+strings.Repeat("]", 65)+`}`))
		require.EqualError(t, err, want)
	}
	for _, file := range []string{"p.json", "p.yaml"} {
		_, err := policyfile.BuiltIn().Parse(file, []byte("{\"routers\":\n["+strings.Repeat("0,", 100_000)+"0]}"))
		require.ErrorContains(t, err, file+":2:")
		require.ErrorContains(t, err, ": more than 100000 values, repetitions by aliases included")
		require.NotContains(t, err.Error(), "\n")
	}
}

type panics struct{}

func (*panics) UnmarshalJSON([]byte) error { panic("no") }

type panicsToo string

func (*panicsToo) UnmarshalText([]byte) error { panic("no") }

func TestTypesThatPanicAreMistakes(t *testing.T) {
	t.Parallel()
	reg := policyfile.NewRegistry()
	policyfile.Handler(reg, "shop.Panics", func(struct {
		JSON panics    `json:"json"`
		Text panicsToo `json:"text"`
	}) (handling.Handler, error) {
		return handling.Dummy{}, nil
	})
	_, err := reg.Parse("p", []byte("routers: [{type: IMAGE, handlers: [{name: shop.Panics, args: {json: 1, text: a}}]}]"))
	require.EqualError(t, err, "p:1:69: routers[0].handlers[0].args.json: its type panics: no\np:1:78: routers[0].handlers[0].args.text: its type panics: no")
}

func TestRegistryIsUsedByManyGoroutines(t *testing.T) {
	t.Parallel()
	reg := policyfile.BuiltIn()
	policyfile.Handler(reg, "djmessenger.shop.Many", func(struct{}) (handling.Handler, error) { return handling.Dummy{}, nil },
		policyfile.Alias("a", "b"), policyfile.Alias("Many"))
	var all sync.WaitGroup
	errs := make([]error, 8)
	for i := range errs {
		all.Go(func() {
			policy, err := reg.Parse("p", []byte("routers: [{type: IMAGE, handlers: [{name: djmessenger.other.Many}, {name: djmessenger.x.DummyHandler}]}]"))
			_, dumped := reg.Dump(policy, policyfile.YAML)
			_, schema := reg.Schema()
			errs[i] = errors.Join(err, dumped, schema)
		})
	}
	all.Wait()
	require.NoError(t, errors.Join(errs...))
}

func TestWhatIsNoFile(t *testing.T) {
	t.Parallel()
	files := fstest.MapFS{"policies/shop.yaml": {Data: []byte("routers: []")}}
	for _, name := range []string{"policies", ".", "../policies", "", "/policies/shop.yaml"} {
		_, err := policyfile.BuiltIn().Load(files, name)
		require.ErrorContains(t, err, "policyfile: ", name)
		var mistakes policyfile.Mistakes
		require.NotErrorAs(t, err, &mistakes, fmt.Sprint(err))
	}
}
