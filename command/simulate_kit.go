package command

import (
	"strings"
	"time"

	"github.com/urfave/cli/v3"

	"github.com/djmessenger/messenger/internal/graphhosts"
)

func caDirFlag() cli.Flag {
	return &cli.StringFlag{Name: "ca-dir", Local: true, Usage: "a `DIRECTORY` for the certificates; default: djmessenger/simulator in the user's cache"}
}

// openKit opens the certificates. A directory that was named and does not work is a wrong command line.
func openKit(config Config, cmd *cli.Command) (*graphhosts.Kit, error) {
	if dir := cmd.String("ca-dir"); dir != "" {
		kit, err := graphhosts.Open(dir, config.Env, time.Now)
		if err != nil {
			return nil, usagef(cmd, "--ca-dir: %v", err)
		}
		return kit, nil
	}
	dir, err := graphhosts.DefaultDir()
	if err != nil {
		return nil, err
	}
	return graphhosts.Open(dir, config.Env, time.Now)
}

// envCommand is the command that prints what a bot needs of the simulator with this chat page.
func envCommand(name, page, caDir string) string {
	text := name + " simulate env"
	if address := strings.TrimPrefix(page, "http://"); address != defaultListen {
		text += " --simulator " + quotePOSIX(address)
	}
	if caDir != "" {
		text += " --ca-dir " + quotePOSIX(caDir)
	}
	return text
}
