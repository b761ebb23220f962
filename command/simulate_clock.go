package command

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// clockOf reads --clock: a time at which the platform's clock starts, frozen, or both with a comma. now is nil for the time of this
// machine.
func clockOf(flag string) (now func() time.Time, frozen bool, err error) {
	if flag == "" {
		return nil, false, nil
	}
	for part := range strings.SplitSeq(flag, ",") {
		if part == "frozen" {
			frozen = true
			continue
		}
		start, err := time.Parse(time.RFC3339, part)
		if err != nil {
			return nil, false, fmt.Errorf("%q is no time such as 2026-12-01T09:00:00Z, and not frozen", part)
		}
		if now != nil {
			return nil, false, errors.New("there are two times")
		}
		ahead := time.Until(start)
		now = func() time.Time { return time.Now().Add(ahead) }
	}
	return now, frozen, nil
}
