package command

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"strings"
	"text/template"

	"github.com/urfave/cli/v3"
)

// projectFiles are the files of a new project, as templates of a [project].
//
//go:embed project
var projectFiles embed.FS

// dotFiles are files of a project whose names begin with a dot.
var dotFiles = map[string]string{"gitignore": ".gitignore", "dockerignore": ".dockerignore", "env.example": ".env.example"}

// projectModule is what a module may be called here: what Go, Docker and YAML take alike.
var projectModule = regexp.MustCompile(`^[a-z]([a-z0-9.-]*[a-z0-9])?(/[a-zA-Z0-9]([a-zA-Z0-9._-]*[a-zA-Z0-9_-])?)*$`)

// library is the module that a project requires.
const library = "github.com/djmessenger/messenger"

func newProject(config Config) *cli.Command {
	return common(config, &cli.Command{
		Name:      "new",
		Usage:     "make a project: a bot with a policy, a handler, a test, and a Dockerfile",
		ArgsUsage: "MODULE",
		Description: "MODULE is the path of the Go module, such as shop or example.com/shop. The project is made in a new directory that is\n" +
			"called as the last part. Its README says how to run it.\n" +
			"The exit code is 0 if it was made, 1 if it was not, and 2 if the command line is wrong.",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "dir", Usage: "the `DIR` to make, or an empty one"},
			&cli.StringFlag{Name: "replace", Usage: "use the checkout of the library in `DIR`"},
		},
		Action: func(_ context.Context, cmd *cli.Command) error {
			made, err := projectOf(cmd)
			if err != nil {
				return err
			}
			files, err := made.files()
			if err != nil {
				return err
			}
			names, err := writeProject(made.dir, files)
			if err != nil {
				return fmt.Errorf("the project is not made: %w", err)
			}
			for _, name := range names {
				say(config.Out, "%s\n", name)
			}
			say(config.Out, "Go on with: cd %s && go mod tidy && go test ./...\n", made.dir)
			return nil
		},
	})
}

// project is what the templates are filled in with.
type project struct {
	Module  string
	Name    string // of the program
	Package string // before the names of its handlers
	Version string // of the library; empty: go mod tidy takes the newest
	Replace string

	dir string
}

func projectOf(cmd *cli.Command) (project, error) {
	module := cmd.Args().First()
	switch {
	case cmd.NArg() != 1:
		return project{}, usagef(cmd, "new takes the path of the module to make, such as shop or example.com/shop")
	case !projectModule.MatchString(module) || module == library || strings.HasPrefix(module, library+"/"):
		return project{}, usagef(cmd, "%q is no path of a module of yours; such are shop and example.com/shop", module)
	}
	p := project{Module: module, Name: strings.ToLower(path.Base(module)), Version: libraryVersion(), dir: cmd.String("dir")}
	p.Package = regexp.MustCompile(`[^a-z0-9]`).ReplaceAllString(p.Name, "")
	if p.dir == "" {
		p.dir = path.Base(module)
	}
	if checkout := cmd.String("replace"); checkout != "" {
		whole, err := filepath.Abs(checkout)
		if err != nil {
			return project{}, err
		}
		if _, err := os.Stat(filepath.Join(whole, "go.mod")); err != nil {
			return project{}, fmt.Errorf("--replace is no checkout: %w", err)
		}
		p.Version, p.Replace = "v0.0.0", filepath.ToSlash(whole)
	}
	return p, nil
}

// libraryVersion is the version of the library that this program has, empty if it is no released one.
func libraryVersion() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	for _, module := range append(info.Deps, &info.Main) {
		if module.Path == library && module.Replace == nil && strings.HasPrefix(module.Version, "v") && !strings.Contains(module.Version, "+") {
			return module.Version
		}
	}
	return ""
}

// projectFile is a file of a project.
type projectFile struct{ name, text string }

// files fills in the templates.
func (p project) files() ([]projectFile, error) {
	entries, err := projectFiles.ReadDir("project")
	if err != nil {
		return nil, err
	}
	var files []projectFile
	for _, entry := range entries {
		name := strings.TrimSuffix(entry.Name(), ".tmpl")
		if dotted, is := dotFiles[name]; is {
			name = dotted
		}
		parsed, err := template.ParseFS(projectFiles, "project/"+entry.Name())
		if err != nil {
			return nil, err
		}
		var text strings.Builder
		if err := parsed.Execute(&text, p); err != nil {
			return nil, err
		}
		files = append(files, projectFile{name, text.String()})
	}
	return files, nil
}

// writeProject makes a directory with files. It overwrites nothing, and after an error it leaves nothing, so that the next try finds
// what this one did.
func writeProject(dir string, files []projectFile) (names []string, err error) {
	_, err = os.Lstat(dir)
	fresh := errors.Is(err, os.ErrNotExist)
	if err := os.MkdirAll(dir, 0o755); err != nil { //nolint:gosec // a project is no secret
		return nil, err
	}
	there, err := os.ReadDir(dir)
	switch {
	case err != nil:
		return nil, err
	case len(there) > 0:
		return nil, fmt.Errorf("%s is not empty: give another --dir", dir)
	}
	defer func() {
		if err == nil {
			return
		}
		for _, name := range names {
			err = errors.Join(err, os.Remove(filepath.FromSlash(name)))
		}
		if names = nil; fresh {
			err = errors.Join(err, os.Remove(dir))
		}
	}()
	for _, file := range files {
		whole := filepath.Join(dir, file.name)
		made, err := os.OpenFile(whole, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644) //nolint:gosec // a project is no secret
		if err != nil {
			return names, err
		}
		names = append(names, filepath.ToSlash(whole))
		_, err = made.WriteString(file.text)
		if err := errors.Join(err, made.Close()); err != nil {
			return names, err
		}
	}
	return names, nil
}
