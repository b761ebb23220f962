//go:build linux

package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver
)

// cluster is a PostgreSQL server on this machine, with a schema for one round.
type cluster struct {
	dsn        string // whose connections work in the schema
	postmaster int
	admin      *sql.DB
	schema     string
}

func openCluster(ctx context.Context, dsn string) (c *cluster, err error) {
	c = &cluster{schema: "cost_" + strings.ToLower(rand.Text())}
	u, err := url.Parse(dsn)
	if err != nil {
		return nil, errors.New("-postgres is not a URL")
	}
	query := u.Query()
	query.Set("search_path", c.schema)
	u.RawQuery = query.Encode()
	c.dsn = u.String()
	if c.admin, err = sql.Open("pgx", dsn); err != nil {
		return nil, err
	}
	c.admin.SetMaxOpenConns(1)
	var backend int
	if err := c.admin.QueryRowContext(ctx, "SELECT pg_backend_pid()").Scan(&backend); err != nil {
		return nil, errors.Join(err, c.admin.Close())
	}
	status, err := readStatus(backend)
	if err == nil && status.name != "postgres" {
		err = fmt.Errorf("process %d is %q", backend, status.name)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("the PostgreSQL server does not run on this machine: %w", err), c.admin.Close())
	}
	c.postmaster = status.parent
	if _, err := c.admin.ExecContext(ctx, "CREATE SCHEMA "+c.schema); err != nil {
		return nil, errors.Join(err, c.admin.Close())
	}
	return c, nil
}

// close drops the schema, whether the program was interrupted or not.
func (c *cluster) close() error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	_, err := c.admin.ExecContext(ctx, "DROP SCHEMA "+c.schema+" CASCADE")
	return errors.Join(err, c.admin.Close())
}

// cpu returns the CPU time that all processes of the server have used so far: those that run, and those that have ended
// since its start, such as vacuum workers.
func (c *cluster) cpu() (time.Duration, error) {
	processes, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		return 0, err
	}
	var used time.Duration
	for _, path := range processes {
		pid, err := strconv.Atoi(filepath.Base(path))
		if err != nil {
			continue
		}
		status, err := readStatus(pid)
		switch {
		case err != nil: // it has ended meanwhile
		case pid == c.postmaster:
			used += status.own + status.ended
		case status.parent == c.postmaster:
			used += status.own
		}
	}
	return used, nil
}

// status is what Linux says about a process.
type status struct {
	name   string
	parent int
	own    time.Duration // CPU time, user and system
	ended  time.Duration // that of its children which have ended
}

func readStatus(pid int) (status, error) {
	line, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return status{}, err
	}
	return parseStatus(line)
}

// tick is the unit of the times in /proc/PID/stat, which is the same on all platforms that Go runs on.
const tick = 10 * time.Millisecond

// parseStatus reads /proc/PID/stat: see proc_pid_stat(5). The name may have spaces and parentheses.
func parseStatus(line []byte) (status, error) {
	before, after := bytes.IndexByte(line, '('), bytes.LastIndexByte(line, ')')
	if before < 0 || after < before {
		return status{}, errors.New("/proc/PID/stat has another form")
	}
	s := status{name: string(line[before+1 : after])}
	fields := strings.Fields(string(line[after+1:])) // the third of the manual page is the first
	if len(fields) < 15 {
		return status{}, errors.New("/proc/PID/stat is too short")
	}
	var numbers [15]int
	for _, i := range []int{1, 11, 12, 13, 14} {
		n, err := strconv.Atoi(fields[i])
		if err != nil {
			return status{}, fmt.Errorf("/proc/PID/stat: %w", err)
		}
		numbers[i] = n
	}
	s.parent = numbers[1]
	s.own = time.Duration(numbers[11]+numbers[12]) * tick
	s.ended = time.Duration(numbers[13]+numbers[14]) * tick
	return s, nil
}
