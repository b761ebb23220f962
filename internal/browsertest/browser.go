package browsertest

import (
	"context"
	"fmt"
	"os"
	"sync"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/internal/webbrowser"
)

// process is a browser that runs.
type process struct {
	ctx  context.Context
	stop func()
}

// shared is the browser of all tests of a package. The first page starts it, Main stops it.
var shared struct {
	once sync.Once
	process
	err error
}

// Main is the TestMain of a package that opens pages.
func Main(m *testing.M) {
	m.Run()
	if shared.stop != nil {
		shared.stop()
	}
}

// start returns the context of the browser, or skips the test if the machine has none.
func start(t *testing.T) context.Context {
	t.Helper()
	path := webbrowser.Path(t)
	shared.once.Do(func() { shared.process, shared.err = launch(path) })
	require.NoError(t, shared.err, "the browser does not start")
	return shared.ctx
}

func launch(path string) (process, error) {
	profile, err := os.MkdirTemp("", "messenger-browser-")
	if err != nil {
		return process{}, fmt.Errorf("a profile for the browser: %w", err)
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path),
		chromedp.UserDataDir(profile),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("enable-blink-features", "ComputedAccessibilityInfo"), // what a script sees of roles and names
		chromedp.Flag("use-fake-device-for-media-stream", true),             // a microphone that beeps
		chromedp.Flag("use-fake-ui-for-media-stream", true),                 // and may be used
	)
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox) // Chromium has none for root
	}
	allocator, free := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, cancel := chromedp.NewContext(allocator)
	stop := func() {
		_ = chromedp.Cancel(ctx) // waits until the browser is gone
		cancel()
		free()
		_ = os.RemoveAll(profile)
	}
	return process{ctx, stop}, chromedp.Do(ctx)
}
