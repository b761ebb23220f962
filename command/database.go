package command

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"

	"github.com/urfave/cli/v3"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/operations"
	"github.com/djmessenger/messenger/secret"
	"github.com/djmessenger/messenger/store/gormstore"
	"github.com/djmessenger/messenger/store/postgres"
)

// databaseFlags choose the database in place of the API.
func databaseFlags() []cli.Flag {
	return []cli.Flag{
		&cli.BoolFlag{Name: "dsn", Usage: "open the bots' PostgreSQL database itself, that of " + envDatabase + ", in place of --url"},
		&cli.StringFlag{Name: "dsn-file", Usage: "the same, with the `FILE` that has the DSN"},
	}
}

// dsnOnCommandLine returns an error if a DSN is among the arguments, where all users of the machine can read it. Nothing of it is shown.
func dsnOnCommandLine(name string, args []string) error {
	for i, arg := range args {
		given := strings.HasPrefix(arg, "--dsn=") && arg != "--dsn=true" && arg != "--dsn=false"
		if arg == "--dsn" && i+1 < len(args) {
			next := args[i+1]
			given = strings.Contains(next, "://") || strings.Contains(next, "host=") || strings.Contains(next, "password=")
		}
		if given {
			return &usageError{name, "--dsn takes no value: what is on a command line can be read by others. Set " + envDatabase + ", or give --dsn-file"}
		}
	}
	return nil
}

// fromDatabase reports whether the flags choose the database.
func fromDatabase(cmd *cli.Command) bool { return cmd.Bool("dsn") || cmd.String("dsn-file") != "" }

// dsnOf reads the DSN.
func dsnOf(config Config, cmd *cli.Command) (string, error) {
	dsn, from := config.Env(envDatabase), envDatabase
	if name := cmd.String("dsn-file"); name != "" {
		data, err := content(config, name, maxTokenFile)
		if err != nil {
			return "", fmt.Errorf("the DSN cannot be read: %w", err)
		}
		dsn, from = string(data), name
	}
	dsn = strings.TrimSpace(dsn)
	switch {
	case cmd.String("url") != "":
		return "", usagef(cmd, "give either --url, or --dsn or --dsn-file")
	case dsn == "":
		return "", usagef(cmd, "there is no DSN: set %s, or give --dsn-file", envDatabase)
	case !strings.Contains(dsn, "://") && !strings.Contains(dsn, "="):
		return "", fmt.Errorf("what is in %s is no DSN of PostgreSQL, such as postgres://user:password@host:5432/database; "+
			"of a bot with another store use the operations API, by --url", from)
	}
	return dsn, nil
}

// databaseOf opens the database of bots that run elsewhere, with an operations API in this process. The bot of that API is not run, takes no
// callback and sends nothing: it needs no secret.
func databaseOf(config Config, cmd *cli.Command) (*operationsClient, error) {
	dsn, err := dsnOf(config, cmd)
	if err != nil {
		return nil, err
	}
	log := slog.New(slog.NewTextHandler(config.Err, &slog.HandlerOptions{Level: slog.LevelError}))
	st, err := postgres.Attach(dsn, gormstore.WithLogger(log))
	if err != nil {
		return nil, &exitError{NoAPI, fmt.Errorf("the database cannot be used: %w", err)}
	}
	api, err := operationsOn(st, config, log)
	if err != nil {
		_ = st.Close() // nothing was written
		return nil, err
	}
	return &operationsClient{base: "http://database", client: &http.Client{Transport: inProcess{api}}, closing: st.Close}, nil
}

func operationsOn(st *gormstore.Store, config Config, log *slog.Logger) (http.Handler, error) {
	const unused = "unused"
	bot, err := messenger.New(messenger.Config{
		Apps: messenger.App(unused), VerifyToken: secret.New(unused), Tokens: graph.TokenMap{}, Policy: config.Policy, Store: st, Logger: log,
	})
	if err != nil {
		return nil, err
	}
	return operations.Handler(bot, operations.Config{Authorize: func(*http.Request, operations.Action) error { return nil }, Logger: log})
}

// inProcess makes requests of a handler.
type inProcess struct{ handler http.Handler }

// RoundTrip implements [http.RoundTripper].
func (p inProcess) RoundTrip(r *http.Request) (*http.Response, error) {
	answer := &kept{header: http.Header{}, status: http.StatusOK}
	p.handler.ServeHTTP(answer, r)
	return &http.Response{
		StatusCode: answer.status, Header: answer.header, Body: io.NopCloser(&answer.body), ContentLength: int64(answer.body.Len()), Request: r,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Status: http.StatusText(answer.status),
	}, r.Context().Err()
}

// kept is an answer.
type kept struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (k *kept) Header() http.Header         { return k.header }
func (k *kept) WriteHeader(status int)      { k.status = status }
func (k *kept) Write(p []byte) (int, error) { return k.body.Write(p) }
