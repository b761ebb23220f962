package command

import (
	"fmt"
	"strings"

	"github.com/djmessenger/messenger/simulator"
)

// pagesFileMost is how large a file of pages may be, as a snapshot over HTTP.
const pagesFileMost = 256 << 20

// restore reads --pages: a file as GET /simulator/snapshot gives it, or as one writes it by hand.
func restore(config Config, sim *simulator.Simulator, flag string) error {
	path, ok := strings.CutPrefix(flag, "@")
	if !ok {
		return fmt.Errorf("write @%s: a file is named with @", flag)
	}
	data, err := content(config, path, pagesFileMost)
	if err != nil {
		return err
	}
	if len(data) > pagesFileMost {
		return fmt.Errorf("%s is larger than %d MiB", path, pagesFileMost>>20)
	}
	if err := sim.Restore(data); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	if len(sim.Pages()) == 0 {
		return fmt.Errorf("%s has no pages", path)
	}
	return nil
}
