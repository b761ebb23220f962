package simulator_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/simulator"
)

func TestCustomLabels(t *testing.T) {
	t.Parallel()
	p := serve(t, simulator.Config{})
	for _, bad := range []string{`{}`, `{"page_label_name":""}`, `{"page_label_name":["a"]}`} {
		p.do(t, "POST", "/me/custom_labels", bad).is(t, 100, 0, bad)
	}
	vip := idOf(t, p.do(t, "POST", "/me/custom_labels", `{"page_label_name":"VIP"}`))
	idOf(t, p.do(t, "POST", "/"+page+"/custom_labels", `{"name":"old"}`))
	p.do(t, "POST", "/me/custom_labels", `{"page_label_name":"VIP"}`).is(t, 100, 0, "taken")
	require.JSONEq(t, `{"id":"`+vip+`","page_label_name":"VIP"}`, string(p.do(t, "GET", "/"+vip+"?fields=page_label_name", "").body))

	p.do(t, "POST", "/"+vip+"/label", `{}`).is(t, 100, 0)
	p.do(t, "POST", "/"+vip+"/label", `{"user":"123"}`).is(t, 100, 2018001)
	p.do(t, "POST", "/999/label", `{"user":"`+ada+`"}`).is(t, 100, 33)
	for range 2 {
		require.JSONEq(t, `{"success":true}`, string(p.do(t, "POST", "/"+vip+"/label", `{"user":"`+ada+`"}`).body))
	}
	require.Equal(t, []string{"VIP"}, p.LabelsOf(ada))
	require.Contains(t, string(p.do(t, "GET", "/"+ada+"/custom_labels?fields=page_label_name", "").body), `"page_label_name":"VIP"`)
	require.JSONEq(t, `{"data":[]}`, string(p.do(t, "GET", "/"+lin+"/custom_labels", "").body))
	p.do(t, "DELETE", "/"+vip+"/label?user="+ada, "").is(t, 0, 0)
	require.Empty(t, p.LabelsOf(ada))
	p.do(t, "POST", "/"+vip+"/label", `{"user":"`+ada+`"}`).is(t, 0, 0)
	p.do(t, "DELETE", "/"+vip, "").is(t, 0, 0)
	require.Empty(t, p.LabelsOf(ada), "gone with the label")
	p.do(t, "GET", "/"+vip, "").is(t, 100, 33)
	p.Fault(simulator.Fault{Match: func(_, path string) bool { return path == "/me/custom_labels" }, Error: simulator.RefusalNamed("label terms").GraphError()})
	p.do(t, "POST", "/me/custom_labels", `{"page_label_name":"x"}`).is(t, 2, 2018344)
}
