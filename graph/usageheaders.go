package graph

import (
	"encoding/json"
	"net/http"
	"strings"
	"time"
)

const (
	// maxUsageHeader bounds what is read of a header, in bytes: four times what 32 objects, the platform's most, take.
	maxUsageHeader = 32 << 10
	// maxRegain bounds what is believed of the time to regain access: the platform's longest window.
	maxRegain = 24 * time.Hour
)

// parseUsage reads the headers in which the platform tells of usage. What it cannot read is taken for absent.
func parseUsage(header http.Header, now time.Time) Usage {
	usage := Usage{
		App:  parseAllowance(usageHeader(header, "X-App-Usage"), now),
		Page: parseAllowance(usageHeader(header, "X-Page-Usage"), now),
	}
	// By the id of a page or a business, which says nothing that the page of the call does not.
	for _, entries := range decodeObject(usageHeader(header, "X-Business-Use-Case-Usage")) {
		for _, entry := range decodeArray(entries) {
			told := parseAllowance(entry, now)
			switch strings.ToLower(decodeText(decodeObject(entry)["type"])) {
			case "instagram":
				usage.Instagram = usage.Instagram.worst(told)
			case "messenger":
				usage.Messenger = usage.Messenger.worst(told)
			case "pages":
				usage.Pages = usage.Pages.worst(told)
			}
		}
	}
	return usage
}

// usageHeader returns a header's value, or nothing if it is too long.
func usageHeader(header http.Header, name string) json.RawMessage {
	value := header.Get(name)
	if len(value) > maxUsageHeader {
		return nil
	}
	return json.RawMessage(value)
}

// parseAllowance returns the zero Allowance if raw tells no figure.
func parseAllowance(raw json.RawMessage, now time.Time) Allowance {
	object, told := decodeObject(raw), false
	if len(object) == 0 {
		return Allowance{}
	}
	figure := func(key string) float64 {
		number := decodeFloat(object[key])
		if number == nil {
			return 0
		}
		told = true
		return max(0, *number)
	}
	allowance := Allowance{
		CallCount: figure("call_count"),
		CPUTime:   figure("total_cputime"),
		TotalTime: figure("total_time"),
		Seen:      now,
	}
	minutes := min(figure("estimated_time_to_regain_access"), maxRegain.Minutes())
	allowance.Regain = time.Duration(minutes * float64(time.Minute))
	if !told {
		return Allowance{}
	}
	return allowance
}

// worst returns of each figure the highest of two allowances of one type.
func (a Allowance) worst(b Allowance) Allowance {
	if b.Seen.IsZero() {
		return a
	}
	return Allowance{
		CallCount: max(a.CallCount, b.CallCount),
		CPUTime:   max(a.CPUTime, b.CPUTime),
		TotalTime: max(a.TotalTime, b.TotalTime),
		Regain:    max(a.Regain, b.Regain),
		Seen:      b.Seen,
	}
}
