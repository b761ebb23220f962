package simulator

import (
	"cmp"
	"embed"
	"fmt"
	"html"
	"net/http"
	"path"
	"unicode/utf8"
)

//go:embed ui
var assets embed.FS

// policy lets the chat page run its own scripts and styles and nothing else, and make no script or markup of a text; media may
// come from anywhere, since bots send URLs.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' http: https: data:; " +
	"media-src 'self' http: https:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; " +
	"require-trusted-types-for 'script'; trusted-types 'none'"

var assetTypes = map[string]string{
	".html": "text/html; charset=utf-8", ".css": "text/css; charset=utf-8",
	".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml",
}

func (s *Simulator) serveAsset(name string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		data, err := assets.ReadFile("ui/" + name)
		if err != nil {
			http.NotFound(w, r)
			return
		}
		h := w.Header()
		h.Set("Cache-Control", "no-cache")
		h.Set("Content-Security-Policy", policy)
		h.Set("Content-Type", assetTypes[path.Ext(name)])
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Referrer-Policy", "same-origin") // ofThisSite needs it
		h.Set("X-Content-Type-Options", "nosniff")
		_, _ = w.Write(data) // a browser that has gone away needs no page
	}
}

// servePicture draws a person's first letter on a colour of their own.
func (s *Simulator) servePicture(w http.ResponseWriter, r *http.Request) {
	id := r.PathValue("psid")
	s.mu.Lock()
	name := ""
	if pg := s.home[id]; pg != nil {
		name = pg.people[id].FirstName
	} else if pg := s.pageByID(id); pg != nil {
		name = cmp.Or(pg.name, id)
	}
	s.mu.Unlock()
	if name == "" {
		complain(w, http.StatusNotFound, fmt.Errorf("%w: %s", ErrNoPerson, id))
		return
	}
	_, size := utf8.DecodeRuneInString(name)
	w.Header().Set("Content-Type", assetTypes[".svg"])
	w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; sandbox")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	_, _ = fmt.Fprintf(w, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 96 96"><rect width="96" height="96" fill="hsl(%d 45%% 40%%)"/>`+
		`<text x="48" y="48" dy=".35em" text-anchor="middle" font-family="sans-serif" font-size="44" fill="#fff">%s</text></svg>`,
		hue(id), html.EscapeString(name[:size]))
}
