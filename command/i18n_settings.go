package command

import (
	"errors"
	"fmt"
	"strings"

	"github.com/djmessenger/messenger/threadsettings/settingsfile"
)

// settingsTexts finds the texts of a file with thread settings, and reports whether it is right.
func settingsTexts(config Config, name string, byID map[string]*text) (bool, error) {
	data, err := content(config, name, settingsfile.MaxSize)
	if err != nil {
		return false, fmt.Errorf("--settings: %w", err)
	}
	if name == "-" {
		name = "stdin"
	}
	texts, err := settingsfile.Strings(name, data)
	if mistakes, ok := errors.AsType[settingsfile.Mistakes](err); ok {
		say(config.Err, "%v\n", mistakes)
		return false, nil
	}
	if err != nil {
		return false, err
	}
	for _, s := range texts {
		if strings.TrimSpace(s.Text) == "" {
			continue
		}
		one := byID[s.Text]
		if one == nil {
			one = &text{ID: s.Text, Key: isKey(s.Text)}
			byID[s.Text] = one
		}
		one.Optional = false
		one.Places = append(one.Places, place{s.File, s.Line, s.Column})
		if one.limit == 0 || s.Limit < one.limit {
			one.limit = s.Limit
		}
	}
	return true, nil
}
