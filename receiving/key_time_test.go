package receiving_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestKeyTime: the time of a message, echo or postback, and the time in a content that identifies an event. All else has none.
func TestKeyTime(t *testing.T) {
	t.Parallel()

	own := time.Unix(1_764_000_000, 0).UTC()
	none := time.Time{}
	const who, ms = `"sender":{"id":"7"},"recipient":{"id":"10"},`, `"timestamp":1764000000999`
	change := func(field, value string) string {
		return fmt.Sprintf(`"changes":[{"field":%q,"value":{%s}}]`, field, value)
	}
	for name, test := range map[string]struct {
		list string
		want time.Time
	}{
		"message":                 {`"messaging":[{` + who + ms + `,"message":{"mid":"m"}}]`, own},
		"message, time last":      {`"messaging":[{` + who + `"message":{"mid":"m"},` + ms + `}]`, own},
		"message, in seconds":     {`"messaging":[{` + who + `"timestamp":"1764000000","message":{"mid":"m"}}]`, own},
		"message, no time":        {`"messaging":[{` + who + `"message":{"mid":"m"}}]`, none},
		"message, on standby":     {`"standby":[{` + who + ms + `,"message":{"mid":"m"}}]`, own},
		"message, as a change":    {change("messages", who+ms+`,"message":{"mid":"m"}`), own},
		"message, as entry":       {who + ms + `,"message":{"mid":"m"}`, own},
		"message, in a list":      {`"field":"messages","value":[{` + who + ms + `,"message":{"mid":"m"}}]`, own},
		"message, time beside it": {`"changes":[{"field":"messages",` + ms + `,"value":{` + who + `"message":{"mid":"m"}}}]`, none},
		"message, time inside":    {`"messaging":[{` + who + `"message":{"mid":"m",` + ms + `}}]`, none},
		"message without an id":   {`"messaging":[{` + who + ms + `,"message":{"text":"a"}}]`, own},
		"echo":                    {`"messaging":[{"sender":{"id":"10"},"recipient":{"id":"7"},` + ms + `,"message":{"mid":"m","is_echo":true}}]`, own},
		"postback":                {`"messaging":[{` + who + ms + `,"postback":{"mid":"m"}}]`, own},
		"edit":                    {`"messaging":[{` + who + ms + `,"message_edit":{"mid":"m","text":"b"}}]`, own},
		"reaction":                {`"messaging":[{` + who + ms + `,"reaction":{"mid":"m","action":"react"}}]`, own},
		"unknown":                 {`"messaging":[{` + who + ms + `,"surprise":{}}]`, own},
		"delivery without a time": {`"messaging":[{` + who + `"delivery":{"watermark":1764000000999}}]`, none},
		"deletion":                {`"messaging":[{` + who + ms + `,"message":{"mid":"m","is_deleted":true}}]`, none},
		"deletion without an id":  {`"messaging":[{` + who + ms + `,"message":{"is_deleted":true}}]`, none},
		"deletion of an echo":     {`"standby":[{` + who + ms + `,"message":{"mid":"m","is_deleted":true,"is_echo":true}}]`, none},
		"group comment":           {`"messaging":[{` + ms + `,"group_id":"1","item":"comment","verb":"add","comment_id":"2"}]`, none},
		"group comment, removed":  {`"messaging":[{` + ms + `,"group_id":"1","item":"comment","verb":"remove","comment_id":"2"}]`, own},
		"call":                    {`"calls":[{"id":"1","from":"7","to":"10","event":"connect","timestamp":1764000000}]`, own},
		"comment":                 {change("feed", `"item":"comment","verb":"add","comment_id":"1","created_time":1764000000`), none},
		"comment, edited":         {change("feed", `"item":"comment","verb":"edited","comment_id":"1","created_time":1764000000`), own},
		"comment, as entry":       {`"field":"feed","value":{"item":"comment","verb":"edited","created_time":1764000000}`, own},
		"Instagram comment":       {change("comments", `"id":"1","created_time":1764000000,`+ms), none},
		"mention":                 {change("mention", `"item":"post","verb":"add","post_id":"1","created_time":1764000000`), none},
		"marketing message":       {`"changes":[{"field":"marketing_message_reads","recipient_id":"7",` + ms + `}]`, own},
		"marketing, as entry":     {`"field":"marketing_message_reads","recipient_id":"7",` + ms, own},
		"business integrity":      {change("business_integrity", `"status":"a",`+ms), own},
		"unknown change":          {change("leadgen", `"leadgen_id":"1","created_time":1764000000`), none},
		"label":                   {change("inbox_labels", `"user":{"id":"7"},"action":"add"`), none},
	} {
		for _, sent := range []string{`"time":1764000060000,`, `"time":1764000000000,`, `"time":"soon",`, ``} {
			c := split(t, `{"object":"page","entry":[{"id":"10",`+sent+test.list+`}]}`)
			require.Len(t, c.Envelopes, 1, name)
			require.Equal(t, test.want, c.Envelopes[0].KeyTime, name)
		}
	}
}

// TestKeyTimeIsOneThePlatformCanSend: what is malformed or absurd is no KeyTime.
func TestKeyTimeIsOneThePlatformCanSend(t *testing.T) {
	t.Parallel()

	for in, want := range map[string]int64{ // in seconds; 0 is none
		`1764000000999`:                1_764_000_000,
		`"1764000000999"`:              1_764_000_000,
		`1764000000`:                   1_764_000_000,
		`1764000000.9`:                 1_764_000_000,
		`1.764e12`:                     1_764_000_000,
		`"2025-11-24T16:00:00Z"`:       1_764_000_000,
		`"2025-11-24T18:00:00.9+0200"`: 1_764_000_000,
		`946684800000`:                 946_684_800,
		`946684799999`:                 0,
		`946684799`:                    0,
		`4102444799999`:                4_102_444_799,
		`4102444800000`:                0,
		`4102444800`:                   0,
		`1`:                            0,
		`0`:                            0,
		`-1764000000999`:               0,
		`-0`:                           0,
		`"-1764000000"`:                0,
		`253402300799999`:              0,
		`9223372036854775807`:          0,
		`18446744073709551616`:         0,
		`1e400`:                        0,
		`"Infinity"`:                   0,
		`"NaN"`:                        0,
		`"soon"`:                       0,
		`""`:                           0,
		`null`:                         0,
		`true`:                         0,
		`{}`:                           0,
		`[1764000000999]`:              0,
		`"1764000000` + strings.Repeat("0", 300) + `"`: 0,
	} {
		var expected time.Time
		if want != 0 {
			expected = time.Unix(want, 0).UTC()
		}
		for _, kind := range []string{`"message":{"mid":"m"}`, `"reaction":{"mid":"m"}`} {
			e := envelope(t, `{"sender":{"id":"7"},"timestamp":`+in+`,`+kind+`}`)
			require.Equal(t, expected, e.KeyTime, in)
		}
	}
}

// TestKeyTimeOfEachInABatch: an event has its own KeyTime, whatever is in the callback before it and after it.
func TestKeyTimeOfEachInABatch(t *testing.T) {
	t.Parallel()

	var elements []string
	for i := range 10 {
		elements = append(elements,
			fmt.Sprintf(`{"timestamp":17640000%02d000,"message":{"mid":"m%d"}}`, i, i),
			fmt.Sprintf(`{"message":{"mid":"n%d"}}`, i),
			fmt.Sprintf(`{"timestamp":17640000%02d000,"message":{"mid":"m%d","is_deleted":true}}`, i, i))
	}
	list := `[` + strings.Join(elements, ",") + `]`
	c := split(t, `{"object":"page","entry":[{"id":"10","messaging":`+list+`,"time":1764000099000,"standby":`+list+`}]}`)
	require.Len(t, c.Envelopes, 2*len(elements))
	for i, e := range c.Envelopes {
		var want time.Time
		if i%3 == 0 {
			want = time.Unix(1_764_000_000+int64(i%len(elements)/3), 0).UTC()
		}
		require.Equal(t, want, e.KeyTime, elements[i%len(elements)])
		require.Equal(t, c.Envelopes[i%len(elements)].Key, e.Key)
	}
}
