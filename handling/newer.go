package handling

import "errors"

// ErrNewer is the context.Cause of the context of a route with CancelOnNewer whose person has written
// again: what the route works on is obsolete.
var ErrNewer = errors.New("handling: the person has written again")
