package simulator

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
)

// faultPresets are faults by the names that people give them.
var faultPresets = map[string]faultOrder{
	"rate_limit":     {Refusal: "calls limit"},
	"page_limit":     {Refusal: "messenger calls"},
	"expired_token":  {Refusal: "token expired"},
	"outside_window": {Refusal: "outside window"},
	"blocked":        {Refusal: "person unavailable"},
	"temporary":      {Error: &GraphError{Code: 2, Message: "(#2) Service temporarily unavailable", Type: oauth, IsTransient: true}},
	"server_error":   {Status: http.StatusInternalServerError},
	"html_502":       {Status: http.StatusBadGateway, Body: "<html><body>502 Bad Gateway</body></html>", Header: headers{"Content-Type": {"text/html"}}},
	"slow":           {Delay: "8s"},
	"cut_before":     {Drop: DropBefore},
	"cut_after":      {Drop: DropAfter},
}

// FaultPresets returns the names that POST /simulator/faults and scenarios take as preset, such as "rate_limit", in order.
func FaultPresets() []string { return slices.Sorted(maps.Keys(faultPresets)) }

// expanded is the order with what its preset says; what the order says itself comes first.
func (in faultOrder) expanded() (faultOrder, error) {
	if in.Preset == "" {
		return in, nil
	}
	out, ok := faultPresets[in.Preset]
	if !ok {
		return in, &controlError{err: fmt.Errorf("simulator: there is no preset %q%s; there are %s", in.Preset, nearestHint(in.Preset, FaultPresets()),
			strings.Join(FaultPresets(), ", ")), field: "preset"}
	}
	if in.Refusal != "" || in.Code != 0 || in.Error != nil {
		out.Refusal, out.Error = "", nil
	}
	out.Header = headers(http.Header(out.Header).Clone())
	err := json.Unmarshal(mustJSON(in), &out)
	out.Preset = ""
	return out, err
}
