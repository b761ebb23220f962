package routing

import (
	"maps"
	"slices"
)

// Under returns a policy with the same routes under each of the types. A route that
// has a name gets one for each type, such as "thanks/IMAGE".
//
//	media := routing.Types{receiving.TypeImage, receiving.TypeVideo}
//	policy := routing.Join(
//		routing.BuiltIn(),
//		routing.Under(media, routing.Route{Name: "thanks", Handler: handling.Dummy{}, Senders: sending.List(sending.Text("Nice!"))}),
//	)
func Under(types Types, routes ...Route) Policy {
	p := Policy{}
	for _, t := range types {
		p[t] = slices.Clone(routes)
		for i, r := range p[t] {
			if r.Name != "" && len(types) > 1 {
				p[t][i].Name = r.Name + "/" + string(t)
			}
		}
	}
	return p
}

// Join returns the policy that has the routes of all policies, those of the first one
// first within each entry.
func Join(policies ...Policy) Policy {
	all := Policy{}
	for _, p := range policies {
		for _, t := range slices.Sorted(maps.Keys(p)) {
			all[t] = slices.Concat(all[t], p[t])
		}
	}
	return all
}
