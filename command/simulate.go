package command

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/urfave/cli/v3"

	"github.com/djmessenger/messenger/internal/graphhosts"
	"github.com/djmessenger/messenger/simulator"
)

const (
	verifyEvery  = 2 * time.Second  // until the bot is verified for the first time
	shutdownTime = 5 * time.Second  // for answers that are under way
	silentAfter  = 10 * time.Second // default of --warn-silence
)

// headerTime is how long a client may take for the handshake of TLS and the header of a request.
var headerTime = graphhosts.FirstByteTimeout

// The environment variables that a bot reads. A simulator takes its secrets from the same ones.
const (
	envAppSecret   = "MESSENGER_APP_SECRET" //nolint:gosec // a name
	envVerifyToken = "MESSENGER_VERIFY_TOKEN"
	envPageToken   = "MESSENGER_PAGE_TOKEN"
	envPageID      = "MESSENGER_PAGE_ID"
	envWebhook     = "MESSENGER_WEBHOOK"
	envGraphURL    = "MESSENGER_GRAPH_URL"
)

func simulate(config Config) *cli.Command {
	return common(config, &cli.Command{
		Name:     "simulate",
		Usage:    "run a fake Messenger Platform for a bot in any language",
		Commands: []*cli.Command{simulateEnv(config), simulateHealth(config), simulateRecord(config), simulateReplay(config)},
		Description: "It is the Graph API that the bot calls, people who write to it, and a chat page for a browser.\n" +
			"The app's id and secret, the verify token, the page's token and id are those of the environment\n" +
			"(" + strings.Join([]string{envAppID, envAppSecret, envVerifyToken, envPageToken, envPageID}, ", ") + "), or public defaults.\n" +
			"It runs until it is interrupted. The same port serves http and https, and is a proxy for bots\n" +
			"that have https://graph.facebook.com compiled in: the command env prints what they need.\n\n" +
			"With --scenario it waits for the bot, plays what the files say, and ends.\n\n" +
			"The exit code is 0 after an interrupt and if all scenarios pass, 1 if one fails, 2 if the command line\n" +
			"or a file is wrong, 3 if it cannot listen, 4 if the bot cannot be verified (--require-bot, --scenario),\n" +
			"and 130 if an interrupt ends the scenarios.",
		Flags: []cli.Flag{ // local, so that the commands below simulate do not take them
			&cli.StringSliceFlag{Name: "listen", Local: true, Value: []string{defaultListen}, Usage: "an `ADDRESS` to listen on, loopback unless --public is given; repeatable"},
			&cli.StringFlag{Name: "webhook", Local: true, Usage: "the `URL` that the bot listens on; default: $" + envWebhook + ", else the chat page asks for it"},
			&cli.StringFlag{Name: "people", Local: true, Usage: "a `NUMBER`, names as Ada:en_US,Bo:de_DE, or @FILE with a JSON list; default: three people"},
			&cli.Uint64Flag{Name: "seed", Local: true, HideDefault: true, Usage: "a `NUMBER` that decides all ids; default: drawn, and printed"},
			&cli.StringFlag{Name: "pages", Local: true, Usage: "a @`FILE` with pages, people and what they know, as GET /simulator/snapshot gives it; default: one page"},
			&cli.StringFlag{Name: "clock", Local: true, Usage: "a `TIME` at which the platform's clock starts (2026-12-01T09:00:00Z), frozen, or both with a comma; default: this machine's"},
			&cli.StringFlag{Name: "fields", Local: true, Usage: "the webhook `FIELDS` that the page is subscribed to, with commas, or all; default: every act of a person"},
			&cli.StringFlag{Name: "retries", Local: true, Value: "quick", Usage: "`HOW` callbacks that fail are posted again: quick (three times within 7 s), platform (as the platform does it, by the clock) or none"},
			&cli.BoolFlag{Name: "lenient", Local: true, Usage: "answer Graph calls that are not simulated with success and a warning, instead of an error"},
			&cli.IntFlag{Name: "profile-calls", Local: true, Value: simulator.DefaultProfileCalls, Usage: "a `NUMBER`: how many calls of the Messenger Profile API a page may make in 10 minutes; 0: no limit"},
			&cli.StringFlag{Name: "log", Local: true, Value: "text", Usage: "the `FORMAT` of what went over the wire: text, json (a line each) or none"},
			&cli.DurationFlag{Name: "warn-silence", Local: true, Value: silentAfter, Usage: "a `TIME`: warn if the bot took a message and nothing arrived for so long; 0: never"},
			&cli.StringSliceFlag{Name: "allow-host", Local: true, Usage: "a host `NAME` that it answers to besides localhost; repeatable"},
			&cli.StringFlag{Name: "others", Local: true, Value: "refuse", Usage: "`WHAT` the proxy does with hosts that are not the platform's: refuse, or tunnel (never to this machine or a private network)"},
			caDirFlag(),
			&cli.BoolFlag{Name: "public", Local: true, Usage: "allow an address that other machines reach: anyone who reaches it can act as any person"},
			&cli.BoolFlag{Name: "require-bot", Local: true, Usage: "end with code 4 if the bot cannot be verified, without waiting for it"},
			&cli.StringSliceFlag{Name: "scenario", Local: true, Usage: "play the scenarios of a `FILE`, and end; repeatable"},
			junitFlag(),
			&cli.DurationFlag{Name: "wait", Local: true, Value: botWait, Usage: "with --scenario: the `TIME` to wait for the bot to be verified"},
		},
		Action: func(ctx context.Context, cmd *cli.Command) error {
			if cmd.NArg() > 0 {
				return usagef(cmd, "simulate takes no arguments, only flags: %q", cmd.Args().First())
			}
			run, err := simulationOf(config, cmd)
			if err != nil {
				return err
			}
			defer run.sim.Close()
			return run.run(ctx)
		},
	})
}

// simulation is one run of the command.
type simulation struct {
	sim        *simulator.Simulator
	terminal   *terminal
	name       string // of the command
	caDir      string // --ca-dir
	listen     []string
	hosts      []string // --allow-host
	openKit    func() (*graphhosts.Kit, error)
	tunnel     bool
	webhook    string
	seed       uint64
	requireBot bool
	exports    []export
	scenarios  *scenarios // --scenario; nil: none
	graph      string     // where the bot reaches it, while it runs
}

// simulationOf makes a simulator of flags and environment.
func simulationOf(config Config, cmd *cli.Command) (*simulation, error) {
	people, err := peopleOf(config, cmd.String("people"))
	if err != nil {
		return nil, usagef(cmd, "--people: %v", err)
	}
	webhook := cmd.String("webhook")
	if webhook == "" {
		webhook = config.Env(envWebhook)
	}
	if !beginsWithHTTP(webhook) {
		from := "--webhook"
		if cmd.String("webhook") == "" {
			from = envWebhook
		}
		return nil, usagef(cmd, "%s: must begin with http:// or https://, such as http://localhost:3000/webhook", from)
	}
	seed := cmd.Uint64("seed")
	for seed == 0 {
		seed = rand.Uint64N(1_000_000) // easy to type
	}
	settings := simulator.Config{
		AppID: config.Env(envAppID), AppSecret: config.Env(envAppSecret), VerifyToken: config.Env(envVerifyToken),
		PageToken: config.Env(envPageToken), PageID: config.Env(envPageID),
		WebhookURL: webhook, People: people, Hosts: cmd.StringSlice("allow-host"), Seed: seed, Lenient: cmd.Bool("lenient"),
		ProfileCalls: cmd.Int("profile-calls"),
	}
	switch {
	case settings.ProfileCalls < 0:
		return nil, usagef(cmd, "--profile-calls must not be negative")
	case settings.ProfileCalls == 0:
		settings.ProfileCalls = -1
	}
	now, frozen, err := clockOf(cmd.String("clock"))
	if err != nil {
		return nil, usagef(cmd, "--clock: %v", err)
	}
	settings.Now = now
	pages := cmd.String("pages")
	for _, flag := range []string{"people", "clock", "fields"} {
		if pages != "" && cmd.IsSet(flag) {
			return nil, usagef(cmd, "--%s does not go with --pages: the file has it", flag)
		}
	}
	retries := cmd.String("retries")
	if !slices.Contains([]string{simulator.RetriesQuick, simulator.RetriesPlatform, simulator.RetriesNone}, retries) {
		return nil, usagef(cmd, "--retries is quick, platform or none, not %q", retries)
	}
	switch fields := cmd.String("fields"); fields {
	case "":
	case "all":
		settings.Fields = simulator.AllFields()
	default:
		settings.Fields = strings.Split(fields, ",")
	}
	played, err := scenariosOf(config, cmd)
	if err != nil {
		return nil, err
	}
	screen := &terminal{to: config.Out, notes: config.Err}
	format := cmd.String("log")
	if played != nil && !cmd.IsSet("log") {
		format = "none" // the results say what happened
	}
	screen.quiet = played != nil && format == "none"
	switch format {
	case "text":
		screen.text = true
		screen.silence = cmd.Duration("warn-silence")
	case "json":
		screen.json = json.NewEncoder(config.Out)
		screen.silence = cmd.Duration("warn-silence")
	case "none":
	default:
		return nil, usagef(cmd, "--log is text, json or none, not %q", format)
	}
	settings.Logger = slog.New(warnings{screen})
	for _, address := range cmd.StringSlice("listen") {
		if problem := checkListen(address, cmd.Bool("public")); problem != "" {
			return nil, usagef(cmd, "--listen: %s", problem)
		}
	}
	tunnel, err := tunnelOf(cmd)
	if err != nil {
		return nil, err
	}
	for flag, given := range map[string]bool{"require-bot": cmd.Bool("require-bot"), "scenario": played != nil} {
		if given && webhook == "" {
			return nil, usagef(cmd, "--%s needs --webhook", flag)
		}
	}
	sim, err := simulator.New(settings)
	if err != nil {
		return nil, usagef(cmd, "%v", err)
	}
	if pages == "" {
		sim.FreezeClock(frozen)
	} else if err := restore(config, sim, pages); err != nil {
		return nil, usagef(cmd, "--pages: %v", err)
	}
	if pages == "" || cmd.IsSet("retries") {
		if err := sim.SetDisorder(simulator.Disorder{Retries: retries, Seed: seed}); err != nil {
			return nil, usagef(cmd, "%v", err)
		}
	}
	return &simulation{
		sim: sim, terminal: screen, name: config.Name, caDir: cmd.String("ca-dir"), listen: cmd.StringSlice("listen"), hosts: cmd.StringSlice("allow-host"), webhook: webhook, seed: seed,
		requireBot: cmd.Bool("require-bot"), exports: exportsOf(config, sim.Pages()[0]), tunnel: tunnel, scenarios: played,
		openKit: func() (*graphhosts.Kit, error) { return openKit(config, cmd) },
	}, nil
}

// run serves until ctx ends or the process is interrupted. A second interrupt ends the process.
func (s *simulation) run(ctx context.Context) error {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	listeners, err := listen(ctx, s.listen)
	if err != nil {
		return &exitError{CannotListen, s.cannotListen(err)}
	}
	kit, noKit := s.openKit()
	if wrong, ok := errors.AsType[*usageError](noKit); ok {
		closeAll(listeners)
		return wrong
	}
	proxy := graphhosts.New(graphhosts.Config{Handler: s.sim, Hosts: s.hosts, TLS: kit.TLS(), Tunnel: s.tunnel, Warn: s.sim.Warn})
	server := &http.Server{
		Handler: proxy, ConnContext: proxy.ConnContext, ReadHeaderTimeout: headerTime, ReadTimeout: time.Minute, IdleTimeout: time.Minute,
		MaxHeaderBytes: 64 << 10, ErrorLog: slog.NewLogLogger(warnings{s.terminal}, slog.LevelWarn),
	}
	followed := make(chan struct{})
	following, stopFollowing := context.WithCancel(context.WithoutCancel(ctx))
	defer stopFollowing()
	entries := s.sim.Follow(following)
	go func() {
		defer close(followed)
		s.terminal.follow(following, entries)
	}()
	failed := make(chan error, len(listeners)+1)
	for _, l := range listeners {
		go func() { failed <- server.Serve(proxy.Listen(l)) }()
	}
	go func() { failed <- server.Serve(proxy.Inner()) }()
	page, graph := addresses(s.listen[0], listeners[0].Addr(), s.hosts)
	s.graph, s.terminal.graph = graph, graph
	s.terminal.start(page, s.seed, s.webhook, envCommand(s.name, page, s.caDir), append(s.exports, export{envGraphURL, graph, false}))
	if noKit != nil {
		s.terminal.warn(fmt.Sprintf("There is no https, because there is no directory for the certificates (%v). Name one with --ca-dir.", noKit))
	}
	err = s.serve(ctx, failed)
	stop() // a second interrupt ends the process
	closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTime)
	defer cancel()
	_ = s.sim.Close() // ends the live streams, so that the server can stop
	if server.Shutdown(closing) != nil {
		_ = server.Close()
	}
	_ = proxy.Close() // ends the tunnels
	stopFollowing()
	<-followed
	s.terminal.stop()
	return err
}

// cannotListen says what to do about a port that is taken: often it is a simulator's.
func (s *simulation) cannotListen(err error) error {
	if s.scenarios != nil {
		return fmt.Errorf("%w: choose another --listen; if a simulator runs there, %s simulate replay plays the files on it", err, s.name)
	}
	return fmt.Errorf("%w: choose another --listen", err)
}

// serve verifies the bot, and waits for the end.
func (s *simulation) serve(ctx context.Context, failed <-chan error) error {
	verifying, cancel := context.WithCancel(ctx)
	defer cancel()
	verified := make(chan error, 1)
	go func() { verified <- s.verify(verifying) }()
	if s.scenarios != nil {
		return s.play(ctx, failed, verified)
	}
	for {
		select {
		case <-ctx.Done():
			return nil
		case err := <-failed:
			return &exitError{CannotListen, err}
		case err := <-verified:
			if err != nil && ctx.Err() == nil {
				return &exitError{NoBot, errors.New("the bot could not be verified")}
			}
		}
	}
}

// verify asks for the handshake until it succeeds; with requireBot only once. A bot may start later than its platform.
func (s *simulation) verify(ctx context.Context) error {
	if s.webhook == "" {
		return nil
	}
	var before string
	for {
		start := time.Now()
		err := s.sim.Verify(ctx)
		switch {
		case err == nil:
			s.terminal.verified(time.Since(start))
			return nil
		case ctx.Err() == nil && err.Error() != before:
			before = err.Error()
			s.terminal.notVerified(err, !s.requireBot)
		}
		if s.requireBot {
			return err // it is not used when the context has ended
		}
		again := time.NewTimer(verifyEvery)
		select {
		case <-again.C:
		case <-ctx.Done():
			again.Stop()
			return nil
		}
	}
}
