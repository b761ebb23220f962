package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v3"

	"github.com/djmessenger/messenger/internal/nearest"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/routing/policyfile"
)

// The exit codes.
const (
	// OK says that all is well.
	OK = 0
	// Mistakes says that what was checked is wrong, or could not be read.
	Mistakes = 1
	// Usage says that the command line is wrong.
	Usage = 2
	// CannotListen says that the address is taken, or is not one of this machine.
	CannotListen = 3
	// NoBot says that the bot could not be reached, or not be verified.
	NoBot = 4
	// NoAPI says that the operations API could not be reached, or refused the token, or that the database could not be used.
	NoAPI = 5
	// Declined says that someone was asked whether they mean it, and did not say yes: nothing was changed.
	Declined = 6
	// Interrupted says that an interrupt has ended the command before it was done, and that what it has said is how far it came.
	Interrupted = 130
)

// Config is what a program makes of the command.
type Config struct {
	// Env reads the environment. Default: os.Getenv.
	Env func(name string) string
	// Err is where mistakes and usage errors go. Default: os.Stderr.
	Err io.Writer
	// In is what the file "-" stands for. Default: os.Stdin.
	In io.Reader
	// Name is what the command is called in its help. Default: "messenger".
	Name string
	// Out is where results go. Default: os.Stdout.
	Out io.Writer
	// Policy is the policy that the program's bot has in Go, for the commands that are
	// given no file. Default: routing.BuiltIn().
	Policy routing.Policy
	// Registry says which names policy files may use. Default: policyfile.BuiltIn().
	Registry *policyfile.Registry

	after     func(time.Duration) <-chan time.Time
	builtIn   bool         // there was no Policy
	client    *http.Client // calls webhooks
	now       func() time.Time
	plain     bool              // there was no Registry: other programs know more names
	transport http.RoundTripper // of the calls that look at an account
}

func (c Config) withDefaults() Config {
	if c.Env == nil {
		c.Env = os.Getenv
	}
	if c.Err == nil {
		c.Err = os.Stderr
	}
	if c.In == nil {
		c.In = os.Stdin
	}
	if c.Name == "" {
		c.Name = "messenger"
	}
	if c.after == nil {
		c.after = time.After
	}
	if c.client == nil {
		c.client = http.DefaultClient
	}
	if c.now == nil {
		c.now = time.Now
	}
	if c.Out == nil {
		c.Out = os.Stdout
	}
	if c.Policy == nil {
		c.Policy, c.builtIn = routing.BuiltIn(), true
	}
	if c.Registry == nil {
		c.Registry, c.plain = policyfile.BuiltIn(), true
	}
	if c.transport == nil {
		c.transport = http.DefaultTransport
	}
	return c
}

// Main runs the command with the arguments of the process, and returns the exit code.
// An interrupt ends the process, also while it reads; simulate ends itself then.
func Main(config Config) int { return Run(context.Background(), config, os.Args[1:]) }

// Run runs the command with arguments, those after the command's name, and returns the
// exit code.
func Run(ctx context.Context, config Config, args []string) int {
	config = config.withDefaults()
	out := &output{to: config.Out}
	config.Out = out
	err := dsnOnCommandLine(config.Name, args)
	if err == nil {
		err = root(config).Run(withArgs(ctx, args), append([]string{config.Name}, args...))
	}
	if err == nil && out.err != nil {
		err = fmt.Errorf("the result is not written: %w", out.err)
	}
	var reported reportedError
	var usage *usageError
	var exit *exitError
	switch {
	case err == nil:
		return OK
	case errors.As(err, &reported):
		return Mistakes
	case errors.As(err, &usage):
		say(config.Err, "%s: %s\nRun %s --help for how it is used.\n", config.Name, usage.problem, usage.command)
		return Usage
	case errors.As(err, &exit):
		say(config.Err, "%s: %v\n", config.Name, exit.err)
		return exit.code
	default:
		say(config.Err, "%s: %v\n", config.Name, err)
		if next := nextStep(config.Name, err); next != "" {
			say(config.Err, "%s\n", next)
		}
		return Mistakes
	}
}

// exitError is an error with an exit code of its own.
type exitError struct {
	code int
	err  error
}

func (e *exitError) Error() string { return e.err.Error() }

func (e *exitError) Unwrap() error { return e.err }

// output keeps the first error of a writer, so that a result that is cut short is not
// taken for a whole one.
type output struct {
	to  io.Writer
	err error
}

func (o *output) Write(p []byte) (int, error) {
	n, err := o.to.Write(p)
	if o.err == nil {
		o.err = err
	}
	return n, err
}

// reportedError is the error of a command that has said what is wrong.
type reportedError struct{}

func (reportedError) Error() string { return "mistakes were found" }

// usageError is a wrong command line.
type usageError struct{ command, problem string }

func (e *usageError) Error() string { return e.problem }

func usagef(cmd *cli.Command, format string, args ...any) error {
	return &usageError{cmd.FullName(), fmt.Sprintf(format, args...)}
}

// say writes for a reader. The errors of results are kept by [output]; those of the
// standard error have no other place to go to.
func say(w io.Writer, format string, args ...any) { _, _ = fmt.Fprintf(w, format, args...) }

// root is the whole command. A command that is new gets a file and a line here.
func root(config Config) *cli.Command {
	return group(config, &cli.Command{
		EnableShellCompletion: true, ConfigureShellCompletionCommand: completion(config), ShellComplete: suggest(commandNames),
		Name:  config.Name,
		Usage: "tools for a Messenger and Instagram bot",
		Commands: slices.Concat(
			// The help sorts categories by their names.
			category("Begin a bot", newProject(config)),
			category("Connect it to the platform", webhook(config), profile(config), token(config), pages(config), send(config), doctor(config)),
			category("Develop and test it", policy(config), translations(config), simulate(config), trigger(config)),
			category("Operate it", stats(config), dead(config), people(config), pause(config), paused(config), resume(config)),
		),
	})
}

// category puts commands under a heading of the help.
func category(heading string, commands ...*cli.Command) []*cli.Command {
	for _, cmd := range commands {
		cmd.Category = heading
	}
	return commands
}

// group is a command that only has others.
func group(config Config, cmd *cli.Command) *cli.Command {
	cmd.Action = func(_ context.Context, cmd *cli.Command) error {
		name := cmd.Args().First()
		if name == "" {
			return usagef(cmd, "a command is missing: one of %s", strings.Join(commandNames(cmd), ", "))
		}
		return usagef(cmd, "%q is no command%s; there are %s", name, nearestCommand(cmd, name), strings.Join(commandNames(cmd), ", "))
	}
	return common(config, cmd)
}

// common is what all commands have.
func common(config Config, cmd *cli.Command) *cli.Command {
	cmd.Writer, cmd.ErrWriter, cmd.Reader = config.Out, config.Err, config.In
	cmd.HideHelpCommand = true
	cmd.ExitErrHandler = func(context.Context, *cli.Command, error) {} // Run chooses the exit code
	cmd.OnUsageError = func(_ context.Context, cmd *cli.Command, err error, _ bool) error {
		return usagef(cmd, "%v%s", err, nearestFlag(cmd, err))
	}
	if cmd.ShellComplete == nil {
		cmd.ShellComplete = cli.DefaultCompleteWithFlags
	}
	cmd.ShellComplete = completeValues(config, cmd.ShellComplete)
	cmd.DisableSliceFlagSeparator = true // a value may have commas, as JSON does
	if action := cmd.Action; action != nil {
		cmd.Action = func(ctx context.Context, cmd *cli.Command) error {
			if err := refuseFlagsOfParent(cmd); err != nil {
				return err
			}
			return action(ctx, cmd)
		}
	}
	return cmd
}

// refuseFlagsOfParent refuses flags before the name of a command, as in simulate --seed 1 env: they would have no effect.
func refuseFlagsOfParent(cmd *cli.Command) error {
	line := cmd.Lineage()
	if len(line) == 1 {
		return nil
	}
	if given := line[1].LocalFlagNames(); len(given) > 0 {
		return usagef(cmd, "--%s is a flag of %s by itself, not of %s %s", given[0], line[1].Name, line[1].Name, cmd.Name)
	}
	return nil
}

// nearestFlag says which flag was probably meant by one that is not known.
func nearestFlag(cmd *cli.Command, err error) string {
	_, unknown, ok := strings.Cut(err.Error(), "flag provided but not defined: ")
	if !ok {
		return ""
	}
	if near := nearest.Name(strings.TrimLeft(unknown, "-"), flagNames(cmd)); near != "" {
		return "; the nearest is --" + near
	}
	return ""
}

// nearestCommand says which command was probably meant by one that is not known.
func nearestCommand(cmd *cli.Command, name string) string {
	if near := nearest.Name(name, commandNames(cmd)); near != "" {
		return "; the nearest is " + near
	}
	return ""
}

func commandNames(cmd *cli.Command) []string {
	var names []string
	for _, c := range cmd.Commands {
		if !c.Hidden {
			names = append(names, c.Name)
		}
	}
	slices.Sort(names)
	return names
}
