package simulator

// Routes are the patterns of the chat page and the control API.
func (s *Simulator) Routes() []string { return s.api.patterns }
