package operations_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

type broadcast struct {
	Page, Key, State              string
	Total, Sent, Unknown, Skipped int
	Cancelled, Remaining          int
}

func TestBroadcasts(t *testing.T) {
	t.Parallel()
	onEachStore(t, func(w *world) {
		w.greeted()
		path := "/pages/" + w.page + "/broadcasts/"
		body := fmt.Sprintf(`{"messages":[{"text":"News"}],"people":[%q,"4711"]}`, w.ada)
		b := get[broadcast](w, "PUT", path+"march", body)
		require.Equal(w, 2, b.Total)
		require.Eventually(w, func() bool { return get[broadcast](w, "GET", path+"march", "").State == "done" }, patience, 20*time.Millisecond)
		b = get[broadcast](w, "GET", path+"march", "")
		require.Equal(w, broadcast{Page: w.page, Key: "march", State: "done", Total: 2, Sent: 1, Unknown: 1}, b)
		require.Equal(w, b, get[broadcast](w, "PUT", path+"march", body), "once for a key")
		w.refused(w.do("PUT", path+"march", `{"messages":[{"text":"Other"}],"everyone":true}`), 409, "conflict")

		require.Equal(w, 1, get[broadcast](w, "PUT", path+"all", `{"messages":[{"text":"All"}],"everyone":true,"active_within":"24h"}`).Total)
		require.Equal(w, 0, get[broadcast](w, "PUT", path+"none", `{"messages":[{"text":"None"}],"everyone":true,"active_within":"1ns"}`).Total)
		require.Contains(w, []string{"cancelling", "cancelled", "done"}, get[broadcast](w, "POST", path+"all/cancel", "").State)

		var keys []string
		for after := ""; ; {
			one := get[list[broadcast]](w, "GET", "/broadcasts?limit=2&page="+w.page+"&after="+after, "")
			for _, b := range one.Items {
				keys = append(keys, b.Key)
			}
			if after = one.Next; after == "" {
				break
			}
		}
		require.Equal(w, []string{"none", "all", "march"}, keys)
		require.Empty(w, get[list[broadcast]](w, "GET", "/broadcasts?page=1", "").Items)
		w.refused(w.do("GET", "/pages/1/broadcasts/march", ""), 404, "not_found")
	})
}
