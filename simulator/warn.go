package simulator

// Warn adds an [EntryWarning] to the log: what happened, and what to do about it. It is for the server around a simulator,
// which sees what never reaches it, such as a client that does not trust its certificate. Advice may be empty.
func (s *Simulator) Warn(what, advice string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.warn(nil, "server", what, advice)
}
