package bubble

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"strings"
	"sync"
	"testing"
)

// Traced is a record of the debug log about a route.
type Traced struct {
	Level    string   `json:"level"`
	Message  string   `json:"msg"`
	Event    string   `json:"event"`
	Type     string   `json:"type"`
	Route    string   `json:"route"`
	Why      string   `json:"why"`
	Error    string   `json:"error"`
	Sends    []string `json:"sends"`
	Writes   int      `json:"writes"`
	Standby  bool     `json:"standby"`
	OwnEcho  bool     `json:"own_echo"`
	CountsAs string   `json:"counts_as"`
}

// TracesIn returns the debug records of a log in JSON that are about turns.
func TracesIn(t *testing.T, log []byte) []Traced {
	t.Helper()
	var out []Traced
	for line := range bytes.Lines(log) {
		var r Traced
		if json.Unmarshal(line, &r) == nil && r.Level == "DEBUG" && r.Event != "" {
			out = append(out, r)
		}
	}
	return out
}

// DebugLog logs in JSON, as TracesIn reads it.
func DebugLog(to *bytes.Buffer) *slog.Logger {
	return slog.New(slog.NewJSONHandler(to, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

// Log is a log that may be read while it is written.
type Log struct {
	mu   sync.Mutex
	text strings.Builder
}

// Write adds to it.
func (l *Log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

// String returns all of it.
func (l *Log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}
