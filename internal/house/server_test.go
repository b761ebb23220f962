package house_test

import (
	"io/fs"
	"os"
	"path"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// withoutLimits starts a server that waits for slow clients without end.
var withoutLimits = regexp.MustCompile(`\bhttp\.(ListenAndServe|ListenAndServeTLS|Serve|ServeTLS)\(|\bnew\(http\.Server\)|\bvar \w+ (http\.Server|= http\.Server)\b`)

// serverLimits are the fields that every published server sets.
var serverLimits = []string{"ReadHeaderTimeout", "ReadTimeout", "IdleTimeout", "MaxHeaderBytes"}

// People copy the servers that they see: those of the documentation, of doc
// comments, of Examples and of example programs all bound what a client costs.
func TestEveryPublishedServerHasLimits(t *testing.T) {
	t.Parallel()
	servers := map[string]int{}
	for name, content := range published(t) {
		require.Empty(t, serverFaults(content), name)
		servers[name] = strings.Count(content, "http.Server{")
	}
	for _, name := range []string{"README.md", "docs/setup.md", "simulator/doc.go", "examples/production/main.go", "examples/quickstart/main.go"} {
		require.Equal(t, 1, servers[name], "%s has a server", name)
	}
}

func TestServersWithoutLimitsAreFound(t *testing.T) {
	t.Parallel()
	limits := "ReadHeaderTimeout: 1, ReadTimeout: 1, IdleTimeout: 1, MaxHeaderBytes: 1"
	for source, fault := range map[string]string{
		`http.ListenAndServe(":80", nil)`:            "http.ListenAndServe(",
		`http.ListenAndServeTLS(":80", "", "", nil)`: "http.ListenAndServeTLS(",
		`http.Serve(l, nil)`:                         "http.Serve(",
		`s := new(http.Server)`:                      "new(http.Server)",
		`var s http.Server`:                          "var s http.Server",
		`&http.Server{}`:                             "ReadHeaderTimeout",
		`&http.Server{ReadHeaderTimeout: 1, ReadTimeout: 1, MaxHeaderBytes: 1}`:                "IdleTimeout",
		`&http.Server{` + limits + `}; x := http.Server{Handler: h{}}`:                         "ReadHeaderTimeout",
		`&http.Server{ReadHeaderTimeout: 1, TLS: {ReadTimeout: 1}, IdleTimeout: 1}`:            "MaxHeaderBytes",
		`&http.Server{` + strings.Replace(limits, "IdleTimeout: 1", "IdleTimeout: 0", 1):       "IdleTimeout",
		`&http.Server{` + limits + `}`:                                                         "",
		`&http.Server{Handler: h{}, ` + limits + `, TLSConfig: &tls.Config{}}`:                 "",
		`server.ListenAndServe(); server.Serve(l); s, _ := v.(*http.Server); // [http.Server]`: "",
	} {
		faults := serverFaults(source)
		if fault == "" {
			require.Empty(t, faults, source)
			continue
		}
		require.Contains(t, faults, fault, source)
	}
}

// serverFaults are the calls in a text that start a server without limits, and
// the limits that its http.Server literals lack.
func serverFaults(text string) []string {
	faults := withoutLimits.FindAllString(text, -1)
	for {
		_, rest, found := strings.Cut(text, "http.Server{")
		if !found {
			return faults
		}
		literal := rest[:closingBrace(rest)]
		for _, limit := range serverLimits {
			if !regexp.MustCompile(`\b` + limit + `:\s*[^0\s]`).MatchString(literal) {
				faults = append(faults, limit)
			}
		}
		text = rest
	}
}

// closingBrace is where the brace that is open before a text is closed.
func closingBrace(text string) int {
	depth := 1
	for i, c := range text {
		switch c {
		case '{':
			depth++
		case '}':
			depth--
		}
		if depth == 0 {
			return i
		}
	}
	return len(text)
}

// published are the texts that people copy from, by their path: the Markdown
// pages, all code that is no test, and Examples.
func published(t *testing.T) map[string]string {
	t.Helper()
	top, err := os.OpenRoot(root(t))
	require.NoError(t, err)
	t.Cleanup(func() { _ = top.Close() })
	texts := map[string]string{}
	err = fs.WalkDir(top.FS(), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		base := path.Base(name)
		test := strings.HasSuffix(base, "_test.go") && !strings.HasPrefix(base, "example")
		if ext := path.Ext(name); ext != ".md" && ext != ".go" || test {
			return nil
		}
		content, err := fs.ReadFile(top.FS(), name)
		texts[name] = string(content)
		return err
	})
	require.NoError(t, err)
	require.Greater(t, len(texts), 100, "the walk has missed the repository")
	return texts
}
