package graph

import (
	"context"
	"net/http"
	"slices"
)

// ModerationAction is what a page does about a person.
type ModerationAction string

// The actions that the platform knows. On Instagram there are no bans.
const (
	BanUser     ModerationAction = "ban_user" // from the page, its posts included
	BlockUser   ModerationAction = "block_user"
	MoveToSpam  ModerationAction = "move_to_spam" // the conversation, in the inbox
	UnbanUser   ModerationAction = "unban_user"
	UnblockUser ModerationAction = "unblock_user"
)

// How much one [Client.Moderate] may ask for.
const (
	MaxModerationActions = 2
	MaxModerationUsers   = 10
)

// Moderate does the actions, up to 2, to each of the people, up to 10. An action and its opposite do not go together. When
// the platform refuses several people, it may take them one at a time.
//
// Errors are those of [Client.Do], and a [ResponseError] for an answer that does not report success. See
// https://developers.facebook.com/docs/messenger-platform/instagram/features/moderate-conversations.
func (c *Client) Moderate(ctx context.Context, pageID string, psids []string, actions ...ModerationAction) error {
	has := func(action ModerationAction) bool { return slices.Contains(actions, action) }
	switch {
	case len(psids) == 0 || slices.Contains(psids, ""):
		return refuse("moderation: no person id, or an empty one")
	case len(psids) > MaxModerationUsers:
		return refuse("moderation: over 10 people")
	case len(actions) == 0 || has(""):
		return refuse("moderation: no action named, or an empty one")
	case len(actions) > MaxModerationActions:
		return refuse("moderation: over 2 actions")
	case has(BlockUser) && has(UnblockUser), has(BanUser) && has(UnbanUser):
		return refuse("moderation: an action and its opposite")
	}
	users := make([]threadRecipient, len(psids))
	for i, psid := range psids {
		users[i].ID = psid
	}
	body := struct {
		UserIDs []threadRecipient  `json:"user_ids"`
		Actions []ModerationAction `json:"actions"`
	}{users, actions}
	request := Request{Body: body, Method: http.MethodPost, PageID: pageID, Path: Me + "/moderate_conversations"}
	members, _, err := c.object(ctx, request)
	if err != nil {
		return err
	}
	// The field is printed as success in one place and as result in another.
	for _, name := range []string{"success", "result"} {
		if text := decodeText(members[name]); text == "success" || decodeBool(members[name]) {
			return nil
		}
	}
	return request.unusable("no success reported")
}
