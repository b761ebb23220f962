package simulator

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
)

// callScopedIDs answers GET /{psid}/ids_for_apps and ids_for_pages: the ids that a person has elsewhere. The platform wants
// appsecret_proof. See https://developers.facebook.com/docs/messenger-platform/identity/id-matching
// The people of one page are none of another's here, so that ids_for_pages has the person's own id only.
func (s *Simulator) callScopedIDs(c *call) (any, *GraphError) {
	if !c.proved {
		return nil, known("proof missing")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	pg := c.page
	if pg.people[c.node] == nil || pg.instagram {
		return nil, errObject(c.method, c.node)
	}
	of, asked := "page", pg.id
	id, about := c.node, map[string]string{"id": pg.id, "name": pg.name}
	if c.edge == "ids_for_apps" {
		of, asked = "app", pg.appID
		id, about = scopedID(pg.appID, c.node), map[string]string{"id": pg.appID, "name": "Simulated App", "link": "https://example.com/"}
	}
	var entries []map[string]any
	if only := c.get(of); !only.present() || only.string() == asked {
		entries = append(entries, map[string]any{"id": id, of: about})
	}
	return list(c, entries, func(map[string]any) string { return id }, func(e map[string]any) (any, *GraphError) { return e, nil })
}

// scopedID is the id that an app has for a person.
func scopedID(app, psid string) string {
	sum := sha256.Sum256([]byte("app " + app + " " + psid))
	return fmt.Sprintf("1%016d", binary.BigEndian.Uint64(sum[:])%1e16)
}
