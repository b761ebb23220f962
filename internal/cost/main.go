//go:build linux

package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
)

// settings are the flags of the program.
type settings struct {
	against   string // another build of this program; "" without
	bots      []string
	dir       string
	events    int
	inFlight  int
	keepAlive bool
	postgres  string
	profile   string
	rounds    int
	warmUp    int
	workers   int
}

// most bounds the numbers that flags may ask for.
const most = 1_000_000

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	var err error
	if kind := os.Getenv(botVariable); kind != "" {
		err = serveBot(kind, os.Stdin, os.Stdout)
	} else {
		err = run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	}
	stop()
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		_, _ = fmt.Fprintln(os.Stderr, "cost:", err)
		os.Exit(1)
	}
}

// run measures as the arguments say. The table goes to out, and progress to progress.
func run(ctx context.Context, args []string, out, progress io.Writer) error {
	s, err := parse(args, progress)
	if err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	variants := variantsOf(s, self)
	measured := make([][]sample, s.rounds)
	for round := range s.rounds {
		measured[round] = make([]sample, len(variants))
		for i := range variants {
			place := (i + round) % len(variants)
			v := variants[place]
			result, err := measure(ctx, s, v)
			if err != nil {
				return fmt.Errorf("%s: %w", v.name, err)
			}
			measured[round][place] = result
			_, _ = fmt.Fprintf(progress, "round %d of %d: %s: %v\n", round+1, s.rounds, v.name, result)
		}
	}
	return report(out, s, variants, measured)
}

// variant is one line of the table.
type variant struct {
	name    string
	kind    string
	program string // whose process it is
}

// variantsOf returns what is measured: the floor first.
func variantsOf(s settings, self string) []variant {
	all := []variant{{name: kindFloor, kind: kindFloor, program: self}}
	for _, kind := range s.bots {
		if s.against != "" {
			all = append(all, variant{name: kind + ", base", kind: kind, program: s.against})
		}
		all = append(all, variant{name: kind, kind: kind, program: self})
	}
	return all
}

func parse(args []string, usage io.Writer) (settings, error) {
	var s settings
	var bots string
	flags := flag.NewFlagSet("cost", flag.ContinueOnError)
	flags.SetOutput(usage)
	flags.StringVar(&s.against, "against", "", "another build of this program, whose bots are measured too")
	flags.StringVar(&bots, "bots", "", "bots to measure beside the floor, separated by commas (default memory,sqlite, and postgres with -postgres)")
	flags.StringVar(&s.dir, "dir", "", "folder on a disk, for databases of SQLite (default that of temporary files)")
	flags.IntVar(&s.events, "events", 8000, "events of a round")
	flags.IntVar(&s.inFlight, "inflight", 32, "events in flight")
	flags.BoolVar(&s.keepAlive, "keepalive", false, "post callbacks over connections that stay open (default: each over a new one)")
	flags.StringVar(&s.postgres, "postgres", "", "DSN of a PostgreSQL server on this machine that serves nothing else")
	flags.StringVar(&s.profile, "profile", "", "folder to write CPU profiles of the bots to, which include their warm-up")
	flags.IntVar(&s.rounds, "rounds", 7, "rounds")
	flags.IntVar(&s.warmUp, "warmup", 3000, "events before a round")
	flags.IntVar(&s.workers, "workers", 0, "Config.Workers of the bots (default that of the library)")
	if err := flags.Parse(args); err != nil {
		return s, err
	}
	if flags.NArg() > 0 {
		return s, fmt.Errorf("unknown argument %q", flags.Arg(0))
	}
	if bots == "" {
		bots = kindMemory + "," + kindSQLite
		if s.postgres != "" {
			bots += "," + kindPostgres
		}
	}
	for bot := range strings.SplitSeq(bots, ",") {
		if !slices.Contains([]string{kindMemory, kindSQLite, kindPostgres}, bot) {
			return s, fmt.Errorf("-bots: %q is none of %s, %s, %s", bot, kindMemory, kindSQLite, kindPostgres)
		}
		if bot == kindPostgres && s.postgres == "" {
			return s, errors.New("-bots: postgres needs -postgres")
		}
		s.bots = append(s.bots, bot)
	}
	if u, err := url.Parse(s.postgres); s.postgres != "" && (err != nil || !strings.HasPrefix(u.Scheme, "postgres")) {
		return s, errors.New("-postgres is not a postgres:// URL")
	}
	for name, n := range map[string]int{"events": s.events, "inflight": s.inFlight, "rounds": s.rounds} {
		if n < 1 || n > most {
			return s, fmt.Errorf("-%s must be from 1 to %d", name, most)
		}
	}
	for name, n := range map[string]int{"warmup": s.warmUp, "workers": s.workers} {
		if n < 0 || n > most {
			return s, fmt.Errorf("-%s must be from 0 to %d", name, most)
		}
	}
	if s.against != "" {
		path, err := filepath.Abs(s.against)
		if err != nil {
			return s, err
		}
		s.against = path
	}
	return s, nil
}
