package command

import "time"

// SetHeaderTime gives clients more time, for machines that are busy with other tests.
func SetHeaderTime(d time.Duration) { headerTime = d }
