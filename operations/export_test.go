package operations

import "strings"

// Routes are all operations: method, path and name.
func Routes() (all []string) {
	for _, rt := range (&server{}).routes() {
		all = append(all, strings.TrimSuffix(rt.pattern, "{$}")+" "+rt.name)
	}
	return all
}

// Parameters are those of the query of an operation.
func Parameters(name string) []string {
	for _, rt := range (&server{}).routes() {
		if rt.name == name {
			return rt.query
		}
	}
	return nil
}
