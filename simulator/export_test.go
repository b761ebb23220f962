package simulator

// Routes are the patterns of the chat page and the control API.
func (s *Simulator) Routes() []string { return s.api.patterns }

// Endpoints are the paths of the Graph calls that are simulated, with {node} where an id or me stands.
func (s *Simulator) Endpoints() []string {
	var paths []string
	for edge := range s.rootEdges() {
		paths = append(paths, "/"+edge)
	}
	for edge := range s.pageEdges() {
		paths = append(paths, "/{node}/"+edge)
	}
	for edge := range s.objectEdges() {
		paths = append(paths, "/{node}/"+edge)
	}
	return paths
}
