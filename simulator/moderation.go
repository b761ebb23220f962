package simulator

import (
	"errors"
	"slices"
)

// ErrBarred is returned by an act of a person whom the page has blocked, and by what they write on the feed if the page has
// banned them (POST /{page}/moderate_conversations).
var ErrBarred = errors.New("simulator: the page has blocked this person")

// moderated is what the page has done about a person.
type moderated struct {
	blocked, banned, spam bool
}

const (
	maxModerated         = 10 // people in one call
	maxModerationActions = 2
)

// moderations are the actions, each with its opposite.
var moderations = map[string]string{
	"ban_user": "unban_user", "unban_user": "ban_user", "block_user": "unblock_user", "unblock_user": "block_user", "move_to_spam": "",
}

// callModerate does something about people who write to the page, see
// https://developers.facebook.com/docs/messenger-platform/instagram/features/moderate-conversations
// Who is blocked cannot act any more; who is banned cannot comment. Instagram has no bans.
func (s *Simulator) callModerate(c *call) (any, *GraphError) {
	var ck check
	words := []string{"ban_user", "block_user", "move_to_spam", "unban_user", "unblock_user"}
	if c.page.instagram {
		words = []string{"block_user", "move_to_spam", "unblock_user"}
	}
	var actions []string
	for _, v := range ck.list(c.get("actions"), 1, maxModerationActions) {
		actions = append(actions, ck.oneOf(v, words...))
	}
	for _, action := range actions {
		if opposite := moderations[action]; opposite != "" && slices.Contains(actions, opposite) {
			ck.refuse("Param actions has %s and %s.", action, opposite)
		}
	}
	var people []string
	for _, v := range ck.list(c.get("user_ids"), 1, maxModerated) {
		people = append(people, ck.neededID(ck.object(v, "id")("id")))
	}
	if ck.err != nil {
		return nil, ck.err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, psid := range people {
		if c.page.people[psid] == nil {
			return nil, c.page.known("person unknown")
		}
	}
	for _, psid := range people {
		c.page.conversation(psid).moderated.apply(actions)
	}
	return successful, nil
}

func (m *moderated) apply(actions []string) {
	for _, action := range actions {
		switch action {
		case "ban_user", "unban_user":
			m.banned = action == "ban_user"
		case "block_user", "unblock_user":
			m.blocked = action == "block_user"
		case "move_to_spam":
			m.spam = true
		}
	}
}
