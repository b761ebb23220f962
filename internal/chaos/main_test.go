package chaos_test

import (
	"fmt"
	"io"
	"os"
	"testing"
)

const childVariable = "CHAOS_CHILD"

// The test binary is the bot too, when a test runs it again.
func TestMain(m *testing.M) {
	if os.Getenv(childVariable) == "" {
		os.Exit(m.Run())
	}
	go func() {
		// The other end of this pipe is the test's. It must not outlive it.
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(1)
	}()
	if err := runBot(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}
