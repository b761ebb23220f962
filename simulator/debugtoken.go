package simulator

import "time"

// scopes are the permissions that the simulator's tokens have.
var scopes = []string{
	"pages_show_list", "pages_messaging", "pages_manage_metadata", "pages_read_engagement", "pages_manage_engagement",
	"pages_utility_messaging", "instagram_basic", "instagram_manage_messages", "public_profile",
}

// instagramScopes are the permissions of tokens of Instagram Login.
var instagramScopes = []string{"instagram_business_basic", "instagram_business_manage_messages", "instagram_business_manage_comments"}

// callDebugToken says what a token is, see https://developers.facebook.com/docs/graph-api/reference/debug_token
func (s *Simulator) callDebugToken(c *call) (any, *GraphError) {
	var ck check
	token := ck.required(c.get("input_token"), 10000)
	if ck.err != nil {
		return nil, ck.err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	b := s.bearerOf(token)
	data := map[string]any{"is_valid": false, "scopes": []string{}}
	switch {
	case b.kind == noToken:
		data["error"] = map[string]any{"code": codeToken, "message": known("token invalid").Message}
		return map[string]any{"data": data}, nil
	case b.app != c.app:
		return nil, refuse(0, "The App_id in the input_token did not match the Viewing App")
	case b.revoked != nil:
		data["error"] = map[string]any{"code": b.revoked.Code, "message": b.revoked.Message, "subcode": b.revoked.Subcode}
	default:
		data["is_valid"] = true
	}
	data["app_id"], data["application"] = b.app, "Simulated App"
	switch b.kind {
	case appToken:
		data["type"] = "APP"
		return map[string]any{"data": data}, nil
	case pageToken:
		data["type"], data["profile_id"] = "PAGE", b.page.id
		data["issued_at"] = b.issued.at.Unix()
		if b.page.ownLogin() {
			data["type"] = "USER"
		}
	default:
		data["type"] = "USER"
	}
	data["user_id"], data["scopes"], data["expires_at"] = "1"+b.app, scopes, 0
	data["data_access_expires_at"] = c.at.Add(90 * 24 * time.Hour).Unix()
	if b.page != nil && b.page.ownLogin() {
		data["scopes"], data["expires_at"] = instagramScopes, b.issued.until.Unix()
	}
	return map[string]any{"data": data}, nil
}
