package graph_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/secret"
)

// The platform's headers of usage.
const (
	appUsage      = "X-App-Usage"
	pageUsage     = "X-Page-Usage"
	businessUsage = "X-Business-Use-Case-Usage"
)

// telling answers with headers.
func telling(status int, body string, headers ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		for i := 0; i < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		answering(status, body)(w, r)
	}
}

func TestUsageIsReadFromHeaders(t *testing.T) {
	t.Parallel()
	type allowance = graph.Allowance
	tests := map[string]struct {
		headers []string
		want    graph.Usage // but for the times
	}{
		"app": {[]string{appUsage, `{"call_count":28,"total_time":25,"total_cputime":24}`},
			graph.Usage{App: allowance{CallCount: 28, CPUTime: 24, TotalTime: 25}}},
		"page": {[]string{pageUsage, `{"call_count":99,"total_time":0,"total_cputime":1}`},
			graph.Usage{Page: allowance{CallCount: 99, CPUTime: 1}}},
		"business": {[]string{businessUsage, `{"1234567890":[{"type":"messenger","call_count":100,"total_cputime":25,"total_time":26,"estimated_time_to_regain_access":19}]}`},
			graph.Usage{Messenger: allowance{CallCount: 100, CPUTime: 25, TotalTime: 26, Regain: 19 * time.Minute}}},
		"all": {[]string{appUsage, `{"call_count":1}`, pageUsage, `{"call_count":2}`, businessUsage,
			`{"1":[{"type":"pages","call_count":3},{"type":"instagram","call_count":4},{"type":"ads_management","call_count":100}],"2":[{"type":"MESSENGER","call_count":5}]}`},
			graph.Usage{App: allowance{CallCount: 1}, Page: allowance{CallCount: 2}, Pages: allowance{CallCount: 3}, Instagram: allowance{CallCount: 4}, Messenger: allowance{CallCount: 5}}},
		"the worst of a type": {[]string{businessUsage, `{"1":[{"type":"messenger","call_count":7,"total_time":1}],
			"2":[{"type":"messenger","call_count":9,"estimated_time_to_regain_access":2}],"3":[{"type":"messenger","total_time":8}]}`},
			graph.Usage{Messenger: allowance{CallCount: 9, TotalTime: 8, Regain: 2 * time.Minute}}},
		"words and fractions": {[]string{appUsage, `{"call_count":"28.5","total_time":"x","total_cputime":7e-1}`},
			graph.Usage{App: allowance{CallCount: 28.5, CPUTime: 0.7}}},
		"below nothing":         {[]string{appUsage, `{"call_count":-5,"total_time":1,"estimated_time_to_regain_access":-3}`}, graph.Usage{App: allowance{TotalTime: 1}}},
		"for ever":              {[]string{appUsage, `{"call_count":1e300,"estimated_time_to_regain_access":1e300}`}, graph.Usage{App: allowance{CallCount: 1e300, Regain: 24 * time.Hour}}},
		"no header":             {nil, graph.Usage{}},
		"empty":                 {[]string{appUsage, "", pageUsage, "{}", businessUsage, "{}"}, graph.Usage{}},
		"not JSON":              {[]string{appUsage, "call_count=28", pageUsage, `{"call_count":`, businessUsage, "<html>"}, graph.Usage{}},
		"other shapes":          {[]string{appUsage, `[28]`, pageUsage, `"28"`, businessUsage, `[{"type":"messenger","call_count":1}]`}, graph.Usage{}},
		"other shapes within":   {[]string{appUsage, `{"call_count":[1]}`, businessUsage, `{"1":null,"2":7,"3":[null,7,"x",[]],"4":[{"type":7,"call_count":1}],"5":[{"call_count":1}]}`}, graph.Usage{}},
		"one is readable":       {[]string{appUsage, `{`, businessUsage, `{"1":null,"2":[null,{"type":"pages","call_count":3,"total_time":{}}]}`}, graph.Usage{Pages: allowance{CallCount: 3}}},
		"not a number":          {[]string{appUsage, `{"call_count":"NaN","total_time":"Inf"}`}, graph.Usage{}},
		"very long":             {[]string{appUsage, `{"call_count":1,"x":"` + strings.Repeat("x", 32<<10) + `"}`}, graph.Usage{}},
		"very deep":             {[]string{appUsage, strings.Repeat(`{"call_count":`, 2000)}, graph.Usage{}},
		"type without a figure": {[]string{businessUsage, `{"1":[{"type":"messenger"}]}`}, graph.Usage{}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, answer := range []struct {
				status int
				body   string
			}{{200, `{}`}, {400, `{"error":{"code":80006}}`}, {404, "<html>"}} {
				before := time.Now()
				client := newPlatform(t, telling(answer.status, answer.body, test.headers...)).client(t)
				err := client.Do(t.Context(), graph.Request{PageID: page, Path: "me"}, nil)
				require.Equal(t, answer.status == 200, err == nil, "headers fail no call")
				got := client.Usage(page)
				require.Zero(t, client.Usage("another"))
				for _, a := range []*graph.Allowance{&got.App, &got.Instagram, &got.Messenger, &got.Page, &got.Pages} {
					if !a.Seen.IsZero() {
						require.WithinRange(t, a.Seen, before, time.Now())
						a.Seen = time.Time{}
					} else {
						require.Zero(t, *a)
					}
				}
				require.Equal(t, test.want, got)
			}
		})
	}
}

func TestNothingUsedIsTold(t *testing.T) {
	t.Parallel()
	client := newPlatform(t, telling(200, `{}`, appUsage, `{"call_count":0}`)).client(t)
	require.NoError(t, client.Do(t.Context(), graph.Request{PageID: page, Path: "me"}, nil))
	require.False(t, client.Usage(page).App.Seen.IsZero())
	require.Zero(t, client.Usage(page).Percent())
}

func TestUsageKeepsTheNewestOfEachAllowance(t *testing.T) {
	t.Parallel()
	headers := [][]string{
		{appUsage, `{"call_count":10}`, businessUsage, `{"1":[{"type":"messenger","call_count":80}]}`},
		{businessUsage, `{"1":[{"type":"pages","call_count":30}]}`},
		{appUsage, `{"call_count":5}`},
		{},
	}
	calls := 0
	platform := newPlatform(t, func(w http.ResponseWriter, r *http.Request) {
		calls++
		telling(200, `{}`, headers[calls-1]...)(w, r)
	})
	var told []float64
	client := platform.client(t, func(c *graph.Config) {
		c.OnUsage = func(of string, u graph.Usage) {
			require.Equal(t, page, of)
			told = append(told, u.App.CallCount, u.Messenger.CallCount, u.Pages.CallCount)
		}
	})
	for range headers {
		require.NoError(t, send(t.Context(), client))
	}
	require.Equal(t, []float64{10, 80, 0, 10, 80, 30, 5, 80, 30}, told, "once for each answer that tells")
	require.InDelta(t, 80, client.Usage(page).Percent(), 0)
}

func TestUsageRunsOut(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		usage := graph.Usage{
			App:       graph.Allowance{CallCount: 90, Seen: start},
			Messenger: graph.Allowance{CPUTime: 120, Regain: 10 * time.Minute, Seen: start},
			Page:      graph.Allowance{TotalTime: 50, Seen: start.Add(30 * time.Minute)},
			Pages:     graph.Allowance{TotalTime: 100, Regain: 2 * time.Hour, Seen: start.Add(-time.Hour)},
		}
		for _, step := range []struct {
			at      time.Duration
			percent float64
			regain  time.Duration // 0: the page may call
		}{
			{0, 120, time.Hour},
			{10*time.Minute - 1, 120, time.Hour},
			{10 * time.Minute, 100, time.Hour},
			{time.Hour - 1, 100, time.Hour},
			{time.Hour, 50, 0},
			{90*time.Minute - 1, 50, 0},
			{90 * time.Minute, 0, 0},
		} {
			time.Sleep(time.Until(start.Add(step.at)))
			require.InDelta(t, step.percent, usage.Percent(), 0, step.at)
			if step.regain == 0 {
				require.Zero(t, usage.RegainAt(), step.at)
				continue
			}
			require.Equal(t, start.Add(step.regain), usage.RegainAt(), step.at)
		}
		require.Zero(t, graph.Usage{}.Percent())
		require.Zero(t, graph.Usage{}.RegainAt())
	})
}

func TestUsageOfManyPagesIsBounded(t *testing.T) {
	t.Parallel()
	client := newPlatform(t, nil).client(t)
	ask := func(of string) {
		graph.NoteUsage(client, of, http.Header{appUsage: {`{"call_count":7}`}})
		require.InDelta(t, 7, client.Usage(of).Percent(), 0)
	}
	for i := range 10_000 {
		ask(fmt.Sprint(i))
	}
	ask("0") // told of again
	ask("new")
	require.Zero(t, client.Usage("1"), "the page of which nothing was told for longest is forgotten")
	require.NotZero(t, client.Usage("0"))
	require.NotZero(t, client.Usage("2"))
	require.NotZero(t, client.Usage("new"))
}

func TestUsageIsToldFromManyGoroutines(t *testing.T) {
	t.Parallel()
	client := newPlatform(t, telling(200, `{}`, appUsage, `{"call_count":7}`)).client(t, func(c *graph.Config) {
		c.OnUsage = func(string, graph.Usage) {}
	})
	done := make(chan error)
	for i := range 8 {
		go func() {
			err := client.Do(t.Context(), graph.Request{PageID: fmt.Sprint(i % 2), Path: "me"}, nil)
			client.Usage(fmt.Sprint(i % 2))
			done <- err
		}()
	}
	for range 8 {
		require.NoError(t, <-done)
	}
	require.InDelta(t, 7, client.Usage("0").Percent(), 0)
}

func TestOnUsageMayCallTheClient(t *testing.T) {
	t.Parallel()
	var client *graph.Client
	client = newPlatform(t, telling(200, `{}`, appUsage, `{"call_count":7}`)).client(t, func(c *graph.Config) {
		c.OnUsage = func(of string, u graph.Usage) { require.Equal(t, u, client.Usage(of), "no lock is held") }
	})
	require.NoError(t, client.Do(t.Context(), graph.Request{PageID: page, Path: "me"}, nil))
}

func TestUsageOfAnotherToken(t *testing.T) {
	t.Parallel()
	client := newPlatform(t, telling(200, `{}`, appUsage, `{"call_count":7}`)).client(t)
	require.NoError(t, client.Do(t.Context(), graph.Request{Path: "me", Token: secret.New("1|app")}, nil))
	require.InDelta(t, 7, client.Usage("").Percent(), 0)
	require.Zero(t, client.Usage(page))
}

func FuzzUsage(f *testing.F) {
	for _, seed := range []string{
		`{"call_count":28,"total_time":25,"total_cputime":25}`, `{"1":[{"type":"messenger","call_count":1,"estimated_time_to_regain_access":1e9}]}`,
		`{"call_count":"x"}`, `{"1":{"data":[{"type":"pages","call_count":-1}]}}`, `[]`, `null`, ``, `{"a":`, `{"call_count":1e999}`,
	} {
		f.Add(seed, seed, seed)
	}
	f.Fuzz(func(t *testing.T, app, pageID, business string) {
		now := time.Now()
		usage := graph.ParseUsage(http.Header{appUsage: {app}, pageUsage: {pageID}, businessUsage: {business}}, now)
		for _, a := range []graph.Allowance{usage.App, usage.Instagram, usage.Messenger, usage.Page, usage.Pages} {
			if a.Seen.IsZero() {
				require.Zero(t, a)
				continue
			}
			require.Equal(t, now, a.Seen)
			require.True(t, a.CallCount >= 0 && a.CPUTime >= 0 && a.TotalTime >= 0, "%+v", a)
			require.True(t, a.Regain >= 0 && a.Regain <= 24*time.Hour, "%+v", a)
		}
		require.GreaterOrEqual(t, usage.Percent(), 0.0)
		require.False(t, usage.RegainAt().After(now.Add(24*time.Hour)))
	})
}
