package simulator

import (
	"errors"
	"net/http"
)

// routePages adds what bots in other languages need of the pages.
func (s *Simulator) routePages(mux *http.ServeMux) {
	mux.HandleFunc("GET /simulator/pages", func(w http.ResponseWriter, _ *http.Request) { respond(w, s.Pages()) })
	mux.HandleFunc("POST /simulator/pages", answering(func(_ *http.Request, p Page) (any, error) { return s.AddPage(p) }))
	mux.HandleFunc("DELETE /simulator/pages/{page}", func(w http.ResponseWriter, r *http.Request) {
		switch err := s.RemovePage(r.PathValue("page")); {
		case errors.Is(err, ErrNoPage):
			complain(w, http.StatusNotFound, err)
		case err != nil:
			complain(w, http.StatusServiceUnavailable, err)
		default:
			respond(w, struct{}{})
		}
	})
}
