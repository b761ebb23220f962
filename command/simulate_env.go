package command

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"syscall"

	"github.com/urfave/cli/v3"

	"github.com/djmessenger/messenger/internal/graphhosts"
	"github.com/djmessenger/messenger/simulator"
)

func simulateEnv(config Config) *cli.Command {
	env := common(config, &cli.Command{
		Name:  "env",
		Usage: "print the environment that a bot needs of a running simulator",
		Description: "sh, fish, powershell and dotenv are the variables of a bot that takes the address of the Graph API\n" +
			"from its environment. node, python, ruby, php, go and curl are those of a bot that has\n" +
			"https://graph.facebook.com compiled in, for a POSIX shell: what makes its client call the simulator,\n" +
			"and trust it. Nothing is installed. For example:\n\n" +
			"   e=\"$(" + config.Name + " simulate env --shell node)\" && eval \"$e\" && node bot.js\n\n" +
			"In this form the bot does not start if the command fails, or is not found: it would call the real\n" +
			"platform. Of a failure that is evaluated all the same the output is \"" + failPOSIX + "\".\n" +
			"It works before the simulator is started, too: run it with the same " + envAppID + ", " + envAppSecret + ",\n" +
			envVerifyToken + ", " + envPageToken + " and " + envPageID + " as the simulator. Secrets of the environment are not printed,\n" +
			"nor are those of a running simulator that has others than the public defaults.",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "shell", Value: "sh", Usage: "the `SHELL` or language: " + strings.Join(shellNames(), ", ")},
			simulatorFlag(),
			caDirFlag(),
		},
		Action: func(ctx context.Context, cmd *cli.Command) error {
			if cmd.NArg() > 0 {
				return usagef(cmd, "env takes no arguments, only flags: %q", cmd.Args().First())
			}
			i := slices.IndexFunc(shells, func(s shell) bool { return s.name == cmd.String("shell") })
			if i < 0 {
				return usagef(cmd, "--shell is one of %s, not %q", strings.Join(shellNames(), ", "), cmd.String("shell"))
			}
			address, err := addressOf(cmd)
			if err != nil {
				return err
			}
			return printEnv(ctx, config, cmd, shells[i], address)
		},
	})
	return failsWhenEvaluated(config, env)
}

// failsWhenEvaluated lets the command print, if it fails, what fails in the shell that evaluates it. In
// eval "$(messenger simulate env)" && node bot.js the exit code of the command is lost, and a bot that starts in spite of it
// calls the real platform.
func failsWhenEvaluated(config Config, env *cli.Command) *cli.Command {
	action, wrongUsage := env.Action, env.OnUsageError
	env.Action = func(ctx context.Context, cmd *cli.Command) error {
		err := action(ctx, cmd)
		if err != nil {
			say(config.Out, "%s", failureOf(cmd.String("shell")))
		}
		return err
	}
	env.OnUsageError = func(ctx context.Context, cmd *cli.Command, err error, isSubcommand bool) error {
		say(config.Out, "%s", failureOf(cmd.String("shell")))
		return wrongUsage(ctx, cmd, err, isSubcommand)
	}
	return env
}

// printEnv prints what one shell or language needs.
func printEnv(ctx context.Context, config Config, cmd *cli.Command, sh shell, address string) error {
	var kit *graphhosts.Kit // of a language alone: the others name no certificate
	hasRoots := true
	if sh.client != nil {
		var err error
		if kit, err = openKit(config, cmd); err != nil {
			return err
		}
		if hasRoots, err = kit.WriteBundle(config.Env); err != nil {
			return err
		}
	}
	exports, err := exportsOfRunning(ctx, kit, address)
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		say(config.Err, "%s: nothing listens on %s yet; this is for a simulator that will.\n", config.Name, address)
		exports = exportsOf(config, defaultPage())
	case err != nil:
		return err
	}
	out := &script{quote: sh.quote, assign: sh.assign}
	out.note("What a bot needs of the simulator at http://%s.", address)
	for _, e := range append(exports, export{envGraphURL, "http://" + address, false}) {
		switch {
		case e.own && config.Env(e.name) != "":
			out.note("%s is set here: give the bot the same.", e.name)
		case e.own:
			out.note("%s: give the bot the one with which the simulator was started.", e.name)
		default:
			out.set(e.name, e.value)
		}
	}
	if sh.client != nil {
		sh.client(out, client{kit: kit, address: address, env: config.Env})
		if sh.bundle && !hasRoots {
			out.note("This system keeps its roots in no file that is known: with this bundle the bot trusts the simulator alone.")
		}
	}
	say(config.Out, "%s", out.text.String())
	return nil
}

// exportsOfRunning asks a running simulator what the bot needs of it. With a kit it asks by https: that the certificate is the
// one of this directory is what most clients depend on. What the simulator has is what counts, not what is set here.
func exportsOfRunning(ctx context.Context, kit *graphhosts.Kit, address string) ([]export, error) {
	base, transport := "http://"+address, &http.Transport{}
	if kit != nil {
		base = "https://" + address
		transport.TLSClientConfig = &tls.Config{RootCAs: kit.Roots(), ServerName: "localhost", MinVersion: tls.VersionTLS12}
	}
	defer transport.CloseIdleConnections()
	client := &http.Client{Transport: transport}
	about, err := askAbout(ctx, client, base)
	var page simulator.Page
	if err == nil {
		page, err = askPage(ctx, client, base)
	}
	if _, unknown := errors.AsType[x509.UnknownAuthorityError](err); unknown {
		return nil, fmt.Errorf("the simulator at %s has its certificates in another directory: give the same --ca-dir to both", address)
	}
	if _, isTLS := errors.AsType[tls.RecordHeaderError](err); isTLS || err != nil && strings.Contains(err.Error(), "gave HTTP response") {
		return nil, fmt.Errorf("what listens on %s speaks no https: another program, or a simulator that could keep no certificates", address)
	}
	if err != nil {
		return nil, err
	}
	list := exportsOf(Config{Env: func(string) string { return "" }}, page)
	list[0].own = !about.DefaultAppSecret
	list[1].own = !about.DefaultVerifyToken
	return list, nil
}
