package simulator

import (
	_ "embed"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

//go:embed openapi.yaml
var openapi []byte

// routes is a mux that knows its patterns. It answers what it does not route as the control API answers everything, and
// refuses parameters in the query that a route does not have, so that a typing error is found.
type routes struct {
	mux      *http.ServeMux
	patterns []string
}

func newRoutes() *routes { return &routes{mux: http.NewServeMux()} }

// HandleFunc adds a route. params are the parameters that its query may have.
func (m *routes) HandleFunc(pattern string, handler http.HandlerFunc, params ...string) {
	m.patterns = append(m.patterns, pattern)
	_, path, _ := strings.Cut(pattern, " ")
	if !strings.HasPrefix(path, "/simulator/") || strings.HasPrefix(path, "/simulator/ui/") {
		m.mux.HandleFunc(pattern, handler) // the chat page is a file, whatever the query
		return
	}
	m.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		for name := range r.URL.Query() {
			if !slices.Contains(params, name) {
				complain(w, http.StatusBadRequest, unknownParameter(name, params))
				return
			}
		}
		handler(w, r)
	})
}

func unknownParameter(name string, params []string) error {
	err := fmt.Errorf("simulator: no parameter %q; there is none", name)
	switch n := len(params); {
	case n == 1:
		err = fmt.Errorf("simulator: no parameter %q; there is %s", name, params[0])
	case n > 1:
		err = fmt.Errorf("simulator: no parameter %q; there are %s and %s", name, strings.Join(params[:n-1], ", "), params[n-1])
	}
	return &controlError{err: err, code: "unknown_field", field: name}
}

// ServeHTTP routes a request.
func (m *routes) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	_, pattern := m.mux.Handler(r)
	if pattern != "" {
		m.mux.ServeHTTP(w, r)
		return
	}
	if allowed := m.methodsOf(r); len(allowed) > 0 {
		w.Header().Set("Allow", strings.Join(allowed, ", "))
		complain(w, http.StatusMethodNotAllowed,
			fmt.Errorf("simulator: %s %s: the method is %s", r.Method, r.URL.Path, strings.Join(allowed, " or ")))
		return
	}
	complain(w, http.StatusNotFound, &controlError{
		err: errors.New("simulator: there is no " + r.URL.Path + "; /simulator/openapi.yaml lists what there is"), code: "no_such_route",
	})
}

// methodsOf are the methods by which the path of a request is routed.
func (m *routes) methodsOf(r *http.Request) []string {
	var allowed []string
	for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete} {
		other := r.Clone(r.Context())
		other.Method = method
		if _, pattern := m.mux.Handler(other); pattern != "" {
			allowed = append(allowed, method)
		}
	}
	return allowed
}

// serveOpenAPI answers with the description of the control API.
func serveOpenAPI(w http.ResponseWriter, _ *http.Request) {
	h := w.Header()
	h.Set("Content-Type", "application/yaml")
	h.Set("Cache-Control", "no-cache")
	h.Set("X-Content-Type-Options", "nosniff")
	_, _ = w.Write(openapi) // a caller that has gone away needs no file
}

// aboutAPI is the answer to GET /simulator/.
type aboutAPI struct {
	Name  string `json:"name"`
	API   int    `json:"api"`   // grows with a change that breaks callers; such a change gets other paths
	Graph string `json:"graph"` // the version of the Graph API that is followed

	DefaultAppSecret   bool `json:"default_app_secret"` // that of the main page is [DefaultAppSecret]
	DefaultVerifyToken bool `json:"default_verify_token"`
}
