package simulator

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// metricNames is the form of a metric's name. The platform drops metrics now and then: any name of that form is taken.
var metricNames = regexp.MustCompile(`^[a-z][a-z0-9_]{2,99}$`)

// maxInsightDays is how far the bounds of one call can be apart.
const maxInsightDays = 93

// callInsights answers with the figures of a page, which are all 0, one for each day of the period. See
// https://developers.facebook.com/docs/graph-api/reference/page/insights
func (s *Simulator) callInsights(c *call) (any, *GraphError) {
	metrics := fieldNames(c.get("metric"))
	if _, named, ok := strings.Cut(c.edge, "/"); ok {
		metrics = strings.Split(named, ",")
	}
	if len(metrics) == 0 {
		return nil, refuse(0, "The parameter metric is required")
	}
	if len(metrics) > maxFields || slices.ContainsFunc(metrics, func(name string) bool { return !metricNames.MatchString(name) }) {
		return nil, refuse(0, "The value must be a valid insights metric")
	}
	var ck check
	period := ck.oneOf(c.get("period"), "day", "week", "days_28", "month", "lifetime", "total_over_range")
	until := ck.date(c.get("until"), c.at)
	since := ck.date(c.get("since"), until.AddDate(0, 0, -2))
	days := int(until.Sub(since).Hours() / 24)
	if days < 0 || days > maxInsightDays {
		ck.refuse("The time between since and until must be from 0 to %d days.", maxInsightDays)
	}
	if ck.err != nil {
		return nil, ck.err
	}
	if period == "" {
		period = "day"
	}
	data := []any{}
	for _, name := range metrics {
		values := []any{}
		if period == "total_over_range" || period == "lifetime" {
			values = append(values, map[string]any{"value": 0})
		} else {
			for day := 1; day <= days; day++ {
				values = append(values, map[string]any{"value": 0, "end_time": timeOf(since.AddDate(0, 0, day))})
			}
		}
		data = append(data, map[string]any{
			"id": c.page.id + "/insights/" + name + "/" + period, "name": name, "period": period, "values": values,
			"title": strings.ReplaceAll(name, "_", " "), "description": "The simulator counts nothing.",
		})
	}
	return map[string]any{"data": data}, nil
}

// date reads a time: seconds since 1970, or a day.
func (c *check) date(v value, usual time.Time) time.Time {
	if !v.present() {
		return usual
	}
	text := v.string()
	if seconds, err := strconv.ParseInt(text, 10, 64); err == nil && seconds >= 0 && seconds < 1e11 {
		return time.Unix(seconds, 0)
	}
	day, err := time.Parse(time.DateOnly, text)
	if err != nil {
		c.refuse("Param %s must be seconds since 1970, or a day such as 2026-11-28.", v.path)
		return usual
	}
	return day
}
