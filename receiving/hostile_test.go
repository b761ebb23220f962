package receiving_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/receiving"
)

// TestHostileBodiesAreBounded: whatever an element is made of, it costs little more memory than its bytes, its problems are short
// enough to be logged, and the element after it is not lost.
func TestHostileBodiesAreBounded(t *testing.T) { //nolint:paralleltest // it counts what is allocated
	const size = 1 << 20
	fill := func(unit string) string { return strings.TrimSuffix(strings.Repeat(unit, size/len(unit)), ",") }
	deep := func(n int) string { return strings.Repeat("[", n) + strings.Repeat("]", n) }
	long := strings.Repeat("7", size)
	numbered := func(unit string, n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, unit, i)
		}
		return strings.TrimSuffix(b.String(), ",")
	}
	for name, element := range map[string]string{
		"one text":           `{"message":{"text":"` + long + `"}}`,
		"one escaped text":   `{"message":{"text":"` + fill(`\u00e9`) + `"}}`,
		"one mid":            `{"message":{"mid":"` + long + `"}}`,
		"one metadata":       `{"message":{"is_echo":true,"metadata":"` + long + `"}}`,
		"one id":             `{"sender":{"id":"` + long + `"}}`,
		"one number":         `{"sender":{"id":` + long + `}}`,
		"one time":           `{"timestamp":` + long + `}`,
		"one whole number":   `{"message_edit":{"num_edit":` + long + `}}`,
		"one key":            `{"` + long + `":{}}`,
		"one escaped key":    `{"` + fill(`\u00e9`) + `":{}}`,
		"one key of faults":  `{"app_roles":{"` + long[:size-100] + `":[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17]}}`,
		"one deep value":     `{"message":{"x":` + deep(size/2-20) + `}}`,
		"deep values":        `{"message":{"attachments":[` + fill(deep(250)+`,`) + `]}}`,
		"nulls":              fill(`null,`),
		"faulty attachments": `{"message":{"attachments":[` + fill(`5,`) + `]}}`,
		"empty attachments":  `{"message":{"attachments":[` + fill(`{},`) + `]}}`,
		"many attachments":   `{"message":{` + fill(`"attachments":[{}],`) + `}}`,
		"many payloads":      `{"message":{"attachments":[{` + fill(`"payload":{},`) + `}]}}`,
		"many others":        `{"message":{"attachments":[{"payload":{` + fill(`"\u0061":1,"b":2,`) + `}}]}}`,
		"different others":   `{"message":{"attachments":[{"payload":{` + numbered(`"%d":{},`, 70_000) + `}}]}}`,
		"many messages":      `{` + fill(`"message":{},`) + `}`,
		"late faults":        `{"x":"` + long[:size-1000] + `","message":{"attachments":[` + strings.Repeat(`{"payload":{"url":5}},`, 20) + `{}]}}`,
	} {
		body := []byte(callback(element, `{"message":{"mid":"the next"}}`))
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		c, err := receiving.Split(body)
		require.NoError(t, err, name)
		problems := c.Problems
		mid := ""
		for _, e := range c.Envelopes {
			ev, more := e.Event()
			problems = append(problems, more...)
			if m, ok := ev.Payload.(*receiving.Message); ok && len(m.Attachments) > 0 && m.Attachments[0].Payload != nil {
				require.LessOrEqual(t, len(m.Attachments[0].Payload.Others), 1000)
			}
			mid = ev.MID()
		}
		runtime.ReadMemStats(&after)
		require.Equal(t, "the next", mid, name)
		require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(32*len(body)), name)
		require.LessOrEqual(t, len(problems), 2*16, name)
		for _, p := range problems {
			require.Less(t, len(p.String()), 300, name)
		}
	}
}

// TestDecodersLeaveNothingBehind: what one event was made of makes no difference to the next.
func TestDecodersLeaveNothingBehind(t *testing.T) {
	t.Parallel()

	long := `{"delivery":{"mids":["m"` + strings.Repeat(`,"m"`, 999) + `]}}`
	for range 50 {
		ev, problems := envelope(t, long).Event()
		require.Empty(t, problems)
		delivery, ok := ev.Payload.(*receiving.Delivery)
		require.True(t, ok)
		require.Len(t, delivery.MIDs, 1000)

		c := split(t, callback(`null`, `{"message":{"text":5}}`))
		require.Equal(t, 1, c.Malformed)
		require.Equal(t, []receiving.Problem{{Path: "entry[0].messaging[0]", Text: "is null, not an object"}}, c.Problems)
		_, problems = c.Envelopes[0].Event()
		require.Equal(t, []receiving.Problem{{Path: "message.text", Text: "is a number, not a string"}}, problems)
	}
}
