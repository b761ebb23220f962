package policyfile_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/routing/policyfile"
)

func policyOf(route string) *fstest.MapFile {
	return &fstest.MapFile{Data: []byte("routers: [{type: IMAGE, handlers: [{name: Dummy, " + route + "}]}]")}
}

// disk is a file system and a log that a watcher and its test share.
type disk struct {
	mu   sync.Mutex
	file *fstest.MapFile // nil if it is missing
	log  bytes.Buffer
}

func (d *disk) Open(name string) (fs.File, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	files := fstest.MapFS{}
	if d.file != nil {
		files[name] = d.file
	}
	return files.Open(name)
}

func (d *disk) Write(line []byte) (int, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.log.Write(line)
}

func (d *disk) put(file *fstest.MapFile) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.file = file
}

// logged returns what was logged since it was called last.
func (d *disk) logged() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	defer d.log.Reset()
	return d.log.String()
}

// What is wrong is logged once, however often the watcher looks, and the old policy stays.
func TestWatcherLogsEachProblemOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var set []string
		d := &disk{file: policyOf("route: one")}
		w := policyfile.Watcher{FS: d, Name: "p.yaml", Logger: slog.New(slog.NewTextHandler(d, nil)), Set: func(p routing.Policy) error {
			name := p[receiving.TypeImage][0].Name
			set = append(set, name)
			if name == "four" {
				return errors.New("the bot refuses it")
			}
			return nil
		}}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- w.Run(ctx) }()
		// looks lets it look several times, and returns what it has logged.
		looks := func() string {
			<-time.After(11 * time.Second)
			synctest.Wait()
			return d.logged()
		}
		synctest.Wait()
		require.Equal(t, []string{"one"}, set, "the first look is at the start")
		require.Contains(t, d.logged(), "policy: read")
		require.Empty(t, looks())

		d.put(policyOf("route: two"))
		require.Equal(t, 1, strings.Count(looks(), "\n"))
		require.Equal(t, []string{"one", "two"}, set)

		d.put(policyOf("root: three, finale: true"))
		said := looks()
		require.Equal(t, 2, strings.Count(said, "level=ERROR"), said)
		require.Contains(t, said, "at=p.yaml:1:")
		require.Contains(t, said, "handlers[0].root")

		d.put(nil)
		said = looks()
		require.Equal(t, 1, strings.Count(said, "\n"), said)
		require.Contains(t, said, "level=WARN")
		require.Contains(t, said, "the old policy stays")
		require.Empty(t, looks())

		d.put(policyOf("root: three, finale: true"))
		said = looks()
		require.Equal(t, 1, strings.Count(said, "\n"), said)
		require.Contains(t, said, "it has not changed", "its mistakes are known")
		d.put(nil)
		require.Contains(t, looks(), "level=WARN", "it is missing once more")

		d.put(policyOf("route: four"))
		said = looks()
		require.Equal(t, 1, strings.Count(said, "the bot refuses it"), said)
		require.Equal(t, []string{"one", "two", "four"}, set, "what is refused is not tried again")

		d.put(&fstest.MapFile{Data: bytes.Repeat([]byte("#"), 2<<20)})
		require.Contains(t, looks(), "more than 1048576 bytes")
		d.put(&fstest.MapFile{})
		require.Contains(t, looks(), "the file is empty")

		half := policyOf("route: five")
		half.Data = append([]byte("# half of it\n"), half.Data...)
		d.put(half)
		<-time.After(2 * time.Second)
		synctest.Wait()
		d.put(policyOf("route: six"))
		require.Contains(t, looks(), "policy: read")
		require.Equal(t, []string{"one", "two", "four", "six"}, set, "a file that is being written does not count")

		cancel()
		require.NoError(t, <-done)
	})
}

func TestWatcherNeedsItsFields(t *testing.T) {
	t.Parallel()
	set := func(routing.Policy) error { return nil }
	for _, w := range []policyfile.Watcher{{}, {FS: fstest.MapFS{}, Name: "p"}, {FS: fstest.MapFS{}, Set: set}, {Name: "p", Set: set}} {
		require.ErrorContains(t, w.Run(t.Context()), "FS, Name and Set")
	}
	reg := policyfile.NewRegistry()
	policyfile.Handler[struct{}](reg, "x", nil)
	require.ErrorContains(t, policyfile.Watcher{FS: fstest.MapFS{}, Name: "p", Set: set, Registry: reg}.Run(t.Context()), "its function is nil")
}

func ExampleWatcher() {
	dir, err := os.MkdirTemp("", "policy")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	files, err := os.OpenRoot(dir)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer files.Close()
	const content = "routers: [{type: IMAGE, handlers: [{name: shop.Photo}]}]"
	if err := files.WriteFile("policy.yaml", []byte(content), 0o600); err != nil {
		fmt.Println(err)
		return
	}
	reg := policyfile.BuiltIn()
	policyfile.Handler(reg, "shop.Photo", func(struct{}) (handling.Handler, error) { return handling.Dummy{}, nil })

	ctx, cancel := context.WithCancel(context.Background())
	err = policyfile.Watcher{
		FS: files.FS(), Name: "policy.yaml", Registry: reg, Logger: slog.New(slog.DiscardHandler),
		Set: func(policy routing.Policy) error { // Bot.SetPolicy in a program
			fmt.Println(len(policy[receiving.TypeImage]), "route for images")
			cancel()
			return nil
		},
	}.Run(ctx)
	fmt.Println(err)
	// Output:
	// 1 route for images
	// <nil>
}
