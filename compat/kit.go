package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// kit is what the software needs to run.
type kit struct {
	root   string // of the repository
	node   string // the program
	folder map[string]string
	tmp    string // of this run alone
}

// oldestNode is the first version of Node.js that the tables are true of.
const oldestNode = 20

// newKit installs the software. What was installed before, of the same lock file, is used again.
func newKit(ctx context.Context, root string) (*kit, error) {
	k := &kit{root: root, folder: map[string]string{}}
	if _, err := exec.LookPath("npm"); err != nil {
		return nil, fmt.Errorf("npm is not installed: on Debian apt-get install npm (%w)", err)
	}
	for _, name := range []string{"", "bootbot"} {
		folder, err := install(ctx, filepath.Join(root, "compat", name))
		if err != nil {
			return nil, err
		}
		k.folder[name] = folder
	}
	var err error
	k.node, err = findNode(ctx, root)
	return k, err
}

// findNode is the machine's Node.js, or one from npm where that is too old.
func findNode(ctx context.Context, root string) (string, error) {
	if out, err := exec.CommandContext(ctx, "node", "--version").Output(); err == nil {
		major, _, _ := strings.Cut(strings.TrimPrefix(string(out), "v"), ".")
		if n, err := strconv.Atoi(major); err == nil && n >= oldestNode {
			return exec.LookPath("node")
		}
	}
	folder, err := install(ctx, filepath.Join(root, "compat", "node"))
	if err != nil {
		return "", err
	}
	found, err := filepath.Glob(filepath.Join(folder, "node_modules", "node-*", "bin", "node"))
	if err != nil || len(found) != 1 {
		return "", fmt.Errorf("this machine needs Node.js %d or newer", oldestNode)
	}
	return found[0], nil
}

// install runs npm ci for the package.json of a folder, in the user's cache directory, and returns where.
func install(ctx context.Context, from string) (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	hash := sha256.New()
	files := map[string][]byte{}
	for _, name := range []string{"package.json", "package-lock.json"} {
		data, err := os.ReadFile(filepath.Join(from, name))
		if err != nil {
			return "", err
		}
		files[name] = data
		hash.Write(data)
	}
	parent := filepath.Join(cache, "djmessenger", "compat")
	folder := filepath.Join(parent, filepath.Base(from)+"-"+hex.EncodeToString(hash.Sum(nil))[:12])
	if _, err := os.Stat(folder); err == nil {
		return folder, nil
	}
	if err := os.MkdirAll(parent, 0o700); err != nil {
		return "", err
	}
	tmp, err := os.MkdirTemp(parent, "installing-")
	if err != nil {
		return "", err
	}
	defer func() { _ = os.RemoveAll(tmp) }()
	for name, data := range files {
		if err := os.WriteFile(filepath.Join(tmp, name), data, 0o600); err != nil {
			return "", err
		}
	}
	fmt.Printf("npm ci of %s\n", filepath.Base(from))
	npm := exec.CommandContext(ctx, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
	npm.Dir = tmp
	if out, err := npm.CombinedOutput(); err != nil {
		return "", fmt.Errorf("npm ci of %s: %w\n%s", filepath.Base(from), err, out)
	}
	if err := os.Rename(tmp, folder); err != nil {
		if _, there := os.Stat(folder); there == nil {
			return folder, nil // another run was first
		}
		return "", err
	}
	return folder, nil
}

// build makes the command, and a place for what this run alone needs.
func (k *kit) build(ctx context.Context) error {
	var err error
	if k.tmp, err = os.MkdirTemp("", "compat-"); err != nil {
		return err
	}
	if err := os.Mkdir(k.home(), 0o700); err != nil {
		return err
	}
	build := exec.CommandContext(ctx, "go", "build", "-o", k.messenger(), "./cmd/messenger") //nolint:gosec // a file of this run
	build.Dir = k.root
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("go build: %w\n%s", err, out)
	}
	return os.WriteFile(k.picture(), bytes.Clone(png), 0o600)
}

func (k *kit) remove() { _ = os.RemoveAll(k.tmp) }

func (k *kit) home() string      { return filepath.Join(k.tmp, "home") }
func (k *kit) messenger() string { return filepath.Join(k.tmp, "messenger") }
func (k *kit) picture() string   { return filepath.Join(k.tmp, "dot.png") }

// png is an image of one point.
var png = []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89" +
	"\x00\x00\x00\rIDATx\x9cc\xf8\x0f\x00\x01\x01\x01\x00\x18\xdd\x8d\xb0\x00\x00\x00\x00IEND\xaeB`\x82")

// version is that of an installed package.
func (k *kit) version(folder, name string) string {
	var about struct{ Version string }
	data, err := os.ReadFile(filepath.Join(k.folder[folder], "node_modules", name, "package.json"))
	if err != nil || json.Unmarshal(data, &about) != nil {
		return "?"
	}
	return about.Version
}

// modules is the search path of a piece of software.
func (k *kit) modules(folder string) string { return filepath.Join(k.folder[folder], "node_modules") }

var shellWord = regexp.MustCompile(`^[A-Za-z0-9_@%+=:,./-]+$`)

// quoted is a word for a shell.
func quoted(s string) string {
	if shellWord.MatchString(s) {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
