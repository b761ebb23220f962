package command

import (
	"fmt"
	"os"
	"strings"

	"github.com/djmessenger/messenger/simulator"
)

// restore reads --pages: a file as GET /simulator/snapshot gives it, or as one writes it by hand.
func restore(sim *simulator.Simulator, flag string) error {
	path, ok := strings.CutPrefix(flag, "@")
	if !ok {
		return fmt.Errorf("write @%s: a file is named with @", flag)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if err := sim.Restore(data); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	if len(sim.Pages()) == 0 {
		return fmt.Errorf("%s has no pages", path)
	}
	return nil
}
