package receiving

import "net/http"

// verify answers a verification request, which the platform sends when the webhook URL is set in the dashboard.
func (w *Webhook) verify(rw http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	mode, token, challenge := query.Get("hub.mode"), query.Get("hub.verify_token"), query.Get("hub.challenge")
	switch {
	case mode == "" || token == "" || challenge == "":
		w.refuseVerification(rw, r, http.StatusBadRequest, "hub.mode, hub.verify_token or hub.challenge is missing")
	case mode != "subscribe":
		w.refuseVerification(rw, r, http.StatusBadRequest, "hub.mode is not subscribe")
	case !w.config.VerifyToken.Equal(token):
		w.refuseVerification(rw, r, http.StatusForbidden, "wrong verify token")
	default:
		w.counters.verifications.Add(1)
		w.config.Logger.InfoContext(r.Context(), "the platform verified the webhook")
		answer(rw, http.StatusOK, challenge)
	}
}

func (w *Webhook) refuseVerification(rw http.ResponseWriter, r *http.Request, status int, why string) {
	w.counters.refusedTokens.Add(1)
	w.config.Logger.WarnContext(r.Context(), "refused a verification request", "reason", why, "status", status)
	answer(rw, status, why)
}
