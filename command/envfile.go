package command

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
)

// maxEnvFile is the most bytes of a file with variables.
const maxEnvFile = 1 << 16

var envLine = regexp.MustCompile(`^(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*)$`)

// readEnvFile reads lines NAME=value; the value may be in single or double quotes. Empty lines and those that begin with # are
// skipped. Nothing is expanded. Errors name the line and never the value.
func readEnvFile(name string) (map[string]string, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	content, err := io.ReadAll(io.LimitReader(file, maxEnvFile+1))
	if err != nil {
		return nil, err
	}
	if len(content) > maxEnvFile {
		return nil, fmt.Errorf("%s: more than %d bytes", name, maxEnvFile)
	}
	values := map[string]string{}
	for i, line := range strings.Split(string(bytes.TrimPrefix(content, []byte("\ufeff"))), "\n") {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		found := envLine.FindStringSubmatch(line)
		if found == nil {
			return nil, fmt.Errorf("%s:%d: not of the form NAME=value", name, i+1)
		}
		value, ok := unquoted(found[2])
		if !ok {
			return nil, fmt.Errorf("%s:%d: the quotes of %s do not end at the end of the line", name, i+1, found[1])
		}
		values[found[1]] = value
	}
	return values, nil
}

// unquoted returns a value without its quotes, or without a comment after it if it has none.
func unquoted(value string) (string, bool) {
	if value == "" || value[0] != '"' && value[0] != '\'' {
		value, _, _ = strings.Cut(value, " #")
		return strings.TrimSpace(value), true
	}
	if len(value) < 2 || value[len(value)-1] != value[0] {
		return "", false
	}
	return value[1 : len(value)-1], true
}
