package memory

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/store"
)

// TestRecordsAreThoseOfAPlainList: whatever is added and erased, a person's records are those that a scan of all finds.
func TestRecordsAreThoseOfAPlainList(t *testing.T) {
	t.Parallel()
	const bound = 20
	random := rand.New(rand.NewPCG(1, 2))
	r := newRecords(bound, func(s store.Sent) store.Conversation { return of(s.PageID, s.PSID) })
	var plain []store.Sent
	for i := range 3000 {
		one := store.Sent{PageID: "p", PSID: fmt.Sprint(random.IntN(6)), Key: fmt.Sprint(i), At: time.Unix(random.Int64N(50), 0)}
		gone, full := r.add(one)
		plain = append(plain, one)
		require.Equal(t, len(plain) > bound, full)
		if full {
			require.Equal(t, plain[0], gone)
			plain = plain[1:]
		}
		if random.IntN(10) == 0 {
			psid := fmt.Sprint(random.IntN(6))
			is := func(s store.Sent) bool { return s.PSID == psid }
			want := slices.DeleteFunc(slices.Clone(plain), func(s store.Sent) bool { return !is(s) })
			require.Equal(t, want, append([]store.Sent{}, r.erase(is)...))
			plain = slices.DeleteFunc(plain, is)
		}
		for person := range 7 {
			psid := fmt.Sprint(person)
			want := []store.Sent{}
			for _, s := range slices.Backward(plain) {
				if s.PSID == psid {
					want = append(want, s)
				}
			}
			slices.SortStableFunc(want, func(x, y store.Sent) int { return y.At.Compare(x.At) })
			got := append([]store.Sent{}, r.newest(bound, of("p", psid), func(s store.Sent) time.Time { return s.At })...)
			require.Equal(t, want, got)
			require.Len(t, r.newest(1, of("p", psid), func(s store.Sent) time.Time { return s.At }), min(1, len(want)))
		}
		require.LessOrEqual(t, len(r.last), 6)
	}
	require.Empty(t, r.newest(bound, of("q", "1"), func(s store.Sent) time.Time { return s.At }))
}
