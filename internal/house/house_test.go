package house_test

import (
	"bytes"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const module = "github.com/djmessenger/messenger"

// room says what one package may import besides the standard library.
type room struct {
	ours   []string // packages of this module, by their folder; "." is the root
	others []string // prefixes of import paths
}

// house is the picture in docs/architecture.md as a table. What has no row may not
// exist; commands and examples have none, they may import all that is public.
var house = map[string]room{
	".": {
		ours: []string{"graph", "handling", "i18n", "internal/engine", "internal/instagramlogin", "internal/nilcheck", "internal/raise", "internal/routes", "internal/stack", "receiving", "receiving/payload", "routing", "secret", "sending", "store", "store/memory", "threadsettings"},
	},
	"attachment": {},
	"command": {
		ours: []string{
			".", "graph", "i18n", "i18n/catalogfile", "i18n/extract", "i18n/gettext", "internal/atomicfile", "internal/catalogedit", "internal/graphhosts", "internal/nearest", "internal/printable", "internal/simclient",
			"operations", "receiving", "routing", "routing/policyfile", "secret", "sending", "simulator", "simulator/scenario", "store", "store/gormstore", "store/memory",
			"store/postgres", "threadsettings", "threadsettings/settingsfile",
		},
		others: []string{"github.com/urfave/cli/v3"},
	},
	"compat": {},
	"dialog": {
		ours:   []string{"handling", "i18n", "internal/cldrdates", "internal/joined", "receiving", "receiving/payload", "sending", "store"},
		others: []string{"golang.org/x/text"},
	},
	"graph": {
		ours:   []string{"attachment", "internal/jitter", "internal/nilcheck", "internal/weburl", "secret"},
		others: []string{"github.com/go-json-experiment/json"},
	},
	"handling":           {ours: []string{"attachment", "graph", "i18n", "internal/raise", "internal/turnctx", "receiving", "receiving/payload", "sending", "store"}},
	"handling/pythonre":  {},
	"i18n":               {ours: []string{"i18n/internal/cldr", "internal/nearest"}, others: []string{"github.com/clipperhouse/uax29/v2", "golang.org/x/text"}},
	"i18n/gettext":       {ours: []string{"i18n"}, others: []string{"golang.org/x/text"}},
	"i18n/internal/cldr": {},
	"i18n/extract":       {others: []string{"golang.org/x/tools"}},
	"i18n/catalogfile":   {ours: []string{"i18n"}, others: []string{"go.yaml.in/yaml/v4"}},
	"internal/engine": {
		ours:   []string{"attachment", "graph", "handling", "i18n", "internal/jitter", "internal/metadata", "internal/replier", "internal/routes", "internal/stack", "internal/turnctx", "receiving", "receiving/payload", "routing", "secret", "sending", "store", "threadsettings"},
		others: []string{"golang.org/x/time"},
	},
	"internal/webbrowser": {others: []string{"github.com/stretchr/testify"}},
	"internal/atomicfile": {},
	"internal/bubble": {
		ours:   []string{"handling", "internal/metadata", "receiving", "routing", "sending", "simulator", "store", "store/memory"},
		others: []string{"github.com/stretchr/testify"},
	},
	"internal/catalogedit": {
		ours:   []string{"i18n", "i18n/catalogfile"},
		others: []string{"go.yaml.in/yaml/v4"},
	},
	"internal/chaos":     {},
	"internal/cldrdates": {others: []string{"golang.org/x/text"}},
	"internal/cost": {
		ours:   []string{".", "graph", "handling", "receiving", "routing", "secret", "sending", "store", "store/memory", "store/postgres", "store/sqlite"},
		others: []string{"github.com/jackc/pgx/v5"},
	},
	"internal/datatree":       {others: []string{"github.com/go-json-experiment/json", "go.yaml.in/yaml/v4"}},
	"internal/graphhosts":     {ours: []string{"internal/atomicfile"}},
	"internal/printable":      {},
	"internal/shown":          {ours: []string{"internal/printable", "simulator"}},
	"internal/simclient":      {},
	"internal/simulation":     {},
	"internal/testdisk":       {others: []string{"github.com/stretchr/testify"}},
	"internal/instagramlogin": {ours: []string{"graph", "internal/sealed", "secret", "store"}},
	"internal/jitter":         {},
	"internal/joined":         {},
	"internal/metadata":       {},
	"internal/nearest":        {},
	"internal/nilcheck":       {},
	"internal/queue":          {ours: []string{"store"}},
	"internal/raise":          {ours: []string{"receiving", "receiving/payload", "store"}},
	"internal/replier":        {},
	"internal/routes":         {ours: []string{"handling", "receiving", "sending"}, others: []string{"golang.org/x/text"}},
	"internal/sealed":         {ours: []string{"secret"}},
	"internal/stack":          {},
	"internal/turnctx":        {ours: []string{"store"}},
	"internal/weburl":         {},
	"internal/testpostgres":   {others: []string{"github.com/jackc/pgx/v5", "github.com/stretchr/testify"}},
	"messengertest": {
		ours:   []string{".", "dialog", "graph", "handling", "i18n", "internal/nearest", "receiving", "receiving/payload", "routing", "secret", "sending", "simulator", "store", "store/memory", "threadsettings"},
		others: []string{"github.com/stretchr/testify"},
	},
	"operations": {ours: []string{".", "dialog", "handling", "internal/nearest", "receiving", "routing", "secret", "sending", "store"}},
	"receiving": {
		ours:   []string{"attachment", "internal/metadata", "internal/nearest", "receiving/internal/scan", "receiving/payload", "secret"},
		others: []string{"github.com/go-json-experiment/json"},
	},
	"receiving/internal/scan": {others: []string{"github.com/go-json-experiment/json"}},
	"receiving/payload":       {},
	"routing":                 {ours: []string{"graph", "handling", "i18n", "internal/joined", "internal/routes", "receiving", "receiving/payload", "sending", "store"}},
	"routing/policyfile": {
		ours: []string{"attachment", "handling", "handling/pythonre", "internal/datatree", "internal/joined", "internal/nearest", "receiving", "routing", "sending"},
	},
	"secret":    {},
	"sending":   {ours: []string{"attachment", "graph", "i18n", "internal/joined", "internal/nilcheck", "internal/replier", "internal/weburl", "receiving", "receiving/payload"}, others: []string{"github.com/clipperhouse/uax29/v2"}},
	"simulator": {ours: []string{"internal/nearest"}},
	"simulator/scenario": {
		ours:   []string{"internal/atomicfile", "internal/nearest", "internal/printable", "internal/shown", "internal/simclient", "simulator"},
		others: []string{"go.yaml.in/yaml/v4", "golang.org/x/text"},
	},
	"simulator/scenario/scenariotest": {ours: []string{"simulator/scenario"}},
	"store":                           {},
	"store/gormstore": {
		ours:   []string{"internal/queue", "store", "store/internal/database", "store/memory"},
		others: []string{"gorm.io/gorm"},
	},
	"store/internal/database": {ours: []string{"internal/queue", "store"}, others: []string{"gorm.io/gorm"}},
	"store/internal/oncommittest": {
		ours:   []string{"store", "store/gormstore", "store/memory"},
		others: []string{"github.com/stretchr/testify", "gorm.io/gorm"},
	},
	"store/internal/queuedump": {
		ours:   []string{"internal/queue", "store", "store/gormstore"},
		others: []string{"github.com/stretchr/testify", "gorm.io/gorm"},
	},
	"store/internal/upgradetest": {ours: []string{"store", "store/gormstore"}, others: []string{"github.com/stretchr/testify"}},
	"store/memory":               {ours: []string{"internal/queue", "store"}},
	"store/postgres": {
		ours: []string{"internal/queue", "store", "store/gormstore", "store/internal/database"},
		others: []string{
			"github.com/jackc/pgx/v5", "gorm.io/driver/postgres", "gorm.io/gorm",
		},
	},
	"store/sqlite": {
		ours:   []string{"internal/queue", "store", "store/gormstore", "store/internal/database"},
		others: []string{"github.com/mattn/go-sqlite3", "gorm.io/driver/sqlite", "gorm.io/gorm"},
	},
	"store/storetest": {ours: []string{"internal/queue", "store", "store/memory"}, others: []string{"github.com/stretchr/testify"}},
	"threadsettings":  {ours: []string{"graph", "i18n", "internal/weburl"}, others: []string{"golang.org/x/text"}},
	"threadsettings/settingsfile": {
		ours: []string{"graph", "internal/datatree", "internal/nearest", "threadsettings"},
	},
}

// linked are the modules that package messenger links besides this one.
var linked = []string{
	"github.com/clipperhouse/uax29/v2",   // sending and i18n break no character of a long text
	"github.com/go-json-experiment/json", // receiving and graph read JSON without building its tree
	"golang.org/x/text",                  // i18n matches languages and has their plural rules
	"golang.org/x/time",                  // the engine paces pages
}

func TestAUserOfMessengerLinksNoDatabaseNoYAMLAndNoSimulator(t *testing.T) {
	t.Parallel()
	for _, p := range list(t, "-deps", ".") {
		switch {
		case p.Standard:
		case p.folder() != "":
			_, known := house[p.folder()]
			require.True(t, known, "messenger links %s, which has no row in the house", p.ImportPath)
			require.NotContains(t, []string{"simulator", "messengertest"}, p.folder(), "messenger links it")
			require.False(t, strings.HasPrefix(p.folder(), "store/") && p.folder() != "store/memory",
				"messenger links %s: stores are the user's choice, all but the default", p.ImportPath)
		default:
			require.Contains(t, linked, p.Module.Path,
				"messenger links %s; if that is meant, give it a row and its reason here and in the README", p.ImportPath)
			require.Empty(t, p.CgoFiles, "messenger links %s, which needs a C compiler", p.ImportPath)
		}
	}
}

func TestMessengerBuildsWithoutCgo(t *testing.T) {
	t.Parallel()
	for _, pkg := range []string{".", "./cmd/messenger"} {
		run(t, root(t), []string{"CGO_ENABLED=0"}, "go", "build", "-o", os.DevNull, pkg)
	}
}

// The command opens PostgreSQL, whose driver is Go; SQLite's needs a C compiler.
func TestTheCommandLinksNoSQLite(t *testing.T) {
	t.Parallel()
	for _, p := range list(t, "-deps", "./cmd/messenger") {
		require.NotContains(t, p.ImportPath, "sqlite")
	}
}

func TestNoArrowPointsUp(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, p := range list(t, "./...") {
		folder := p.folder()
		if folder == "internal/house" || isUser(folder) {
			for _, imported := range p.Imports {
				require.NotRegexp(t, "^"+regexp.QuoteMeta(module)+"/(.+/)?internal/", imported,
					"%s is a user, and imports what no user can", folder)
			}
			continue
		}
		seen[folder] = true
		room, known := house[folder]
		require.True(t, known, "%s has no row in the house: add one here and in .golangci.yml", folder)
		for _, imported := range p.Imports {
			require.True(t, room.allows(imported), "%s may not import %s", folder, imported)
		}
	}
	for folder := range house {
		require.True(t, seen[folder], "the house has a row for %s, which does not exist", folder)
	}
}

// The simulator checks this library, so not even its tests use it.
func TestTestsOfTheSimulatorUseOnlyTheSimulator(t *testing.T) {
	t.Parallel()
	p := list(t, "./simulator")[0]
	for _, imported := range slices.Concat(p.TestImports, p.XTestImports) {
		if strings.HasPrefix(imported, module) {
			require.Equal(t, module+"/simulator", imported)
		}
	}
}

func TestLintHasTheSameHouse(t *testing.T) {
	t.Parallel()
	config, err := os.ReadFile(filepath.Join(root(t), ".golangci.yml"))
	require.NoError(t, err)
	for _, folder := range slices.Sorted(maps.Keys(house)) {
		want := rule(folder, house[folder])
		require.True(t, bytes.Contains(config, []byte(want)), "the rule for %s in .golangci.yml has to be this:\n%s", folder, want)
	}
	rules := regexp.MustCompile(`(?m)^ +house-[a-z0-9-]+:$`).FindAll(config, -1)
	require.Len(t, rules, len(house)+1, "each row has one rule, and house-users is for commands and examples")
}

func (r room) allows(imported string) bool {
	if imported == "C" {
		return false
	}
	if !strings.Contains(strings.Split(imported, "/")[0], ".") {
		return true // the standard library
	}
	for _, folder := range r.ours {
		if imported == path.Join(module, folder) {
			return true
		}
	}
	for _, prefix := range r.others {
		if imported == prefix || strings.HasPrefix(imported, prefix+"/") {
			return true
		}
	}
	return false
}

// rule is a row as depguard wants it.
func rule(folder string, r room) string {
	name, files := strings.ReplaceAll(folder, "/", "-"), folder+"/*.go"
	if folder == "." {
		name, files = "messenger", "*.go"
	}
	var b strings.Builder
	b.WriteString("        house-" + name + ":\n" +
		"          list-mode: strict\n" +
		"          files: [\"${config-path}/" + files + "\", \"!$test\"]\n" +
		"          allow:\n" +
		"            - $gostd\n")
	for _, ours := range r.ours {
		b.WriteString("            - " + path.Join(module, ours) + "$\n")
	}
	for _, other := range r.others {
		b.WriteString("            - " + other + "\n")
	}
	return b.String()
}

// isUser reports whether a folder holds a program that uses the library as any
// user does.
func isUser(folder string) bool {
	return strings.HasPrefix(folder, "cmd/") || strings.HasPrefix(folder, "examples/")
}
