//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// sample is what one round measured of a bot.
type sample struct {
	cpu      time.Duration // per event
	p50, p99 time.Duration // from the post of a callback to the arrival of its reply
	rate     float64       // events a second
}

func (s sample) String() string {
	return fmt.Sprintf("%v CPU per event, p50 %v, p99 %v, %.0f events/s",
		s.cpu.Round(100*time.Nanosecond), s.p50.Round(10*time.Microsecond), s.p99.Round(10*time.Microsecond), s.rate)
}

// measure runs one bot for one round, on a new database.
func measure(ctx context.Context, s settings, v variant) (result sample, err error) {
	var server *cluster
	database := ""
	switch v.kind {
	case kindSQLite:
		dir, err := os.MkdirTemp(s.dir, "messenger-cost")
		if err != nil {
			return sample{}, err
		}
		defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
		database = filepath.Join(dir, "bot.db")
	case kindPostgres:
		if server, err = openCluster(ctx, s.postgres); err != nil {
			return sample{}, err
		}
		defer func() { err = errors.Join(err, server.close()) }()
		database = server.dsn
	}
	l := newLoad(s)
	defer l.close()
	environment := []string{
		botVariable + "=" + v.kind, databaseVariable + "=" + database, graphVariable + "=" + l.platform.URL,
		workersVariable + "=" + strconv.Itoa(s.workers),
	}
	if s.profile != "" {
		environment = append(environment, profileVariable+"="+filepath.Join(s.profile, strings.ReplaceAll(v.name, ", ", "-")))
	}
	p, err := startProcess(ctx, v.program, environment...)
	if err != nil {
		return sample{}, err
	}
	defer func() { err = errors.Join(err, p.stop()) }()
	l.url = p.url
	return drive(ctx, s, l, meter{p, server})
}

// drive warms a bot up, and then measures it.
func drive(ctx context.Context, s settings, l *load, m meter) (sample, error) {
	if _, err := l.run(ctx, s.warmUp); err != nil {
		return sample{}, err
	}
	before, err := m.read()
	if err != nil {
		return sample{}, err
	}
	began := time.Now()
	took, err := l.run(ctx, s.events)
	elapsed := time.Since(began)
	if err != nil {
		return sample{}, err
	}
	after, err := m.read()
	if err != nil {
		return sample{}, err
	}
	return sample{
		cpu:  (after - before) / time.Duration(s.events),
		p50:  took[len(took)/2],
		p99:  took[len(took)*99/100],
		rate: float64(s.events) / elapsed.Seconds(),
	}, nil
}

// meter reads the CPU time of a bot and of its database server, if it has one.
type meter struct {
	bot    *process
	server *cluster
}

func (m meter) read() (time.Duration, error) {
	used, err := m.bot.cpu()
	if err != nil || m.server == nil {
		return used, err
	}
	served, err := m.server.cpu()
	return used + served, err
}
