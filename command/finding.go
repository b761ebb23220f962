package command

// How bad a finding is.
const (
	fine    = "ok"
	warning = "warning" // it works today
	problem = "problem"
	skipped = "skipped" // it could not be looked at
)

// finding is something that a check has found.
type finding struct {
	Status string `json:"status"`
	What   string `json:"what"`
	Do     string `json:"do,omitempty"` // about it
}
