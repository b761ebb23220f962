// Package routes is the compiled form of a routing.Policy: the routes of each receiving
// type in the order in which they are tried, and the rules that decide which of them run
// for an event. The engine runs turns by it, and package routing validates and explains
// policies by it. Users have routing.Policy, so none of this is public.
//
// Package routing imports this package. What is named there and needed here, such as
// conditions, offers and explanations, is declared here again in the same form.
package routes

// Compile checks a policy, as its Validate does, and compiles it. Package routing sets it. The
// policy is a routing.Policy, which cannot be named here; Compile panics on anything else.
var Compile func(policy any) (*Table, error)
