package extract

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/tools/go/packages"
)

// i18nPath is the package whose functions say texts.
const i18nPath = "github.com/djmessenger/messenger/i18n"

// ErrNoGo says that there is no go command.
var ErrNoGo = errors.New("the go command is not found; it is needed to read Go code: install Go (https://go.dev/dl) and put it on the PATH")

// Config says which code to read.
type Config struct {
	// Dir is the directory in which the go command runs: one of the module. Places are relative to it. Default: the
	// working directory.
	Dir string
	// Patterns are packages as the go command names them. Default: "./...".
	Patterns []string
	// Tags are build tags. Files that they, GOOS or GOARCH exclude are not read. Default: none.
	Tags []string
}

const (
	graphOnly = packages.NeedName | packages.NeedImports | packages.NeedDeps
	withCode  = packages.NeedName | packages.NeedFiles | packages.NeedCompiledGoFiles | packages.NeedImports |
		packages.NeedTypes | packages.NeedTypesSizes | packages.NeedSyntax | packages.NeedTypesInfo
)

// Load reads the code and finds its texts. Tests are not read. The error is [ErrNoGo], a [*CompileError], that of the go
// command, or that of ctx.
func Load(ctx context.Context, config Config) (*Result, error) {
	if _, err := exec.LookPath("go"); err != nil {
		return nil, ErrNoGo
	}
	dir, err := filepath.Abs(config.Dir)
	if err != nil {
		return nil, fmt.Errorf("extract: %w", err)
	}
	if len(config.Patterns) == 0 {
		config.Patterns = []string{"./..."}
	}
	roots, err := load(ctx, dir, config, graphOnly, config.Patterns)
	if err != nil {
		return nil, err
	}
	asked := map[string]bool{}
	for _, p := range roots {
		asked[p.PkgPath] = true
	}
	var paths []string
	for p := range speaking(roots) {
		paths = append(paths, p)
	}
	if len(paths) == 0 {
		return &Result{}, nil
	}
	slices.Sort(paths)
	loaded, err := load(ctx, dir, config, withCode, paths)
	if err != nil {
		return nil, err
	}
	f := newFlow(dir, asked)
	for _, p := range loaded {
		f.collect(p)
	}
	return f.result(), nil
}

// speaking returns the packages whose code may say texts: the roots and what they import, as far as it imports package
// i18n, which is not among them.
func speaking(roots []*packages.Package) map[string]bool {
	speaks := map[string]bool{}
	packages.Visit(roots, nil, func(p *packages.Package) { // what is imported comes first
		for path := range p.Imports {
			if path == i18nPath || speaks[path] {
				speaks[p.PkgPath] = true
			}
		}
	})
	delete(speaks, i18nPath)
	return speaks
}

// load calls the go command. What does not compile is an error.
func load(ctx context.Context, dir string, config Config, mode packages.LoadMode, patterns []string) ([]*packages.Package, error) {
	request := &packages.Config{Context: ctx, Dir: dir, Mode: mode}
	if len(config.Tags) > 0 {
		request.BuildFlags = []string{"-tags=" + strings.Join(config.Tags, ",")}
	}
	loaded, err := packages.Load(request, patterns...)
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	if err != nil {
		return nil, fmt.Errorf("extract: the go command: %w", err)
	}
	var problems []string
	var unread []error
	packages.Visit(loaded, nil, func(p *packages.Package) {
		for _, e := range p.Errors {
			if e.Pos == "" || e.Pos == "-" {
				unread = append(unread, fmt.Errorf("extract: the go command: %s", e.Msg))
			} else {
				problems = append(problems, strings.TrimPrefix(e.Pos, dir+string(filepath.Separator))+": "+e.Msg)
			}
		}
	})
	switch {
	case len(problems) > 0:
		slices.Sort(problems)
		return nil, &CompileError{slices.Compact(problems)}
	case len(unread) > 0:
		return nil, errors.Join(unread...)
	}
	if len(loaded) == 0 {
		return nil, fmt.Errorf("extract: no Go package matches %s", strings.Join(patterns, " "))
	}
	return loaded, nil
}
