package simulator

import "net/http"

// routePages adds what bots in other languages need of the pages.
func (s *Simulator) routePages(mux *routes) {
	mux.HandleFunc("GET /simulator/pages", func(w http.ResponseWriter, _ *http.Request) { respond(w, s.Pages()) })
	mux.HandleFunc("POST /simulator/pages", answering(func(_ *http.Request, p Page) (any, error) { return s.AddPage(p) }))
	mux.HandleFunc("DELETE /simulator/pages/{page}", func(w http.ResponseWriter, r *http.Request) {
		if err := s.RemovePage(r.PathValue("page")); err != nil {
			refuseControl(w, err)
			return
		}
		respond(w, struct{}{})
	})
}
