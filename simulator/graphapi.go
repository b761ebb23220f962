package simulator

import (
	"fmt"
	"net/http"
)

// routeGraph adds what bots in other languages need of what stands behind Graph calls.
func (s *Simulator) routeGraph(mux *routes) {
	mux.HandleFunc("POST /simulator/people/{psid}/linking_token", answering(func(r *http.Request, _ struct{}) (any, error) {
		token, err := s.LinkingToken(r.PathValue("psid"))
		return map[string]string{"token": token}, err
	}))
	mux.HandleFunc("GET /simulator/people/{psid}/labels", func(w http.ResponseWriter, r *http.Request) {
		psid := r.PathValue("psid")
		if s.ThreadOf(psid).PSID == "" {
			refuseControl(w, fmt.Errorf("%w: %s", ErrNoPerson, psid))
			return
		}
		respond(w, append([]string{}, s.LabelsOf(psid)...))
	})
	mux.HandleFunc("PUT /simulator/pages/{page}/template", answering(func(r *http.Request, in templateStatus) (any, error) {
		page, err := s.page(r.PathValue("page"))
		if err != nil {
			return nil, err
		}
		return struct{}{}, page.SetTemplateStatus(in.Name, in.Language, in.Status)
	}))
}

// templateStatus is the state that a utility template gets.
type templateStatus struct {
	Name     string `json:"name"`
	Language string `json:"language"`
	Status   string `json:"status"`
}
