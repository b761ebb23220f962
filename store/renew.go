package store

import "fmt"

// RenewError is returned by [Queuer].Renew for leases that could not be extended because something
// else, such as a query of the host, keeps their conversations locked in the database. They are not
// lost, and can be renewed as long as no other worker has claimed them. All others were extended.
type RenewError struct {
	// Leases were not extended.
	Leases []LeaseID
}

func (e *RenewError) Error() string {
	return fmt.Sprintf("store: %d leases cannot be extended: something else keeps their conversations locked in the database", len(e.Leases))
}
