package simulator

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"time"
)

// graphTime is how the Graph API writes times.
const graphTime = "2006-01-02T15:04:05-0700"

func timeOf(at time.Time) string { return at.UTC().Format(graphTime) }

// inboxPrefix is what the ids of an Instagram account's conversations and messages begin with.
const inboxPrefix = "aWdf"

// conversationID is the id of the conversation with a person. It follows from the ids of both.
func (p *page) conversationID(psid string) string {
	sum := sha256.Sum256([]byte(p.id + " " + psid))
	n := fmt.Sprintf("%016d", binary.BigEndian.Uint64(sum[:])%1e16)
	if p.instagram {
		return inboxPrefix + "ZAG06MTpJR01lc3NhZAVRocmVhZAD" + n
	}
	return "t_1" + n
}

// conversationByID finds the person of a conversation, empty if there is none.
func (p *page) conversationByID(id string) string {
	if !strings.HasPrefix(id, "t_") && !strings.HasPrefix(id, inboxPrefix) {
		return ""
	}
	for psid, c := range p.conversations {
		if len(c.messages) > 0 && p.people[psid] != nil && p.conversationID(psid) == id {
			return psid
		}
	}
	return ""
}

// hasPrivate reports whether an id is that of a conversation or a message of the Instagram account.
func (p *page) hasPrivate(id string) bool {
	if !strings.HasPrefix(id, inboxPrefix) {
		return false
	}
	_, m := p.messageByID(id)
	return m != nil || p.conversationByID(id) != ""
}

// messageByID finds a message, with the person of its conversation.
func (p *page) messageByID(mid string) (psid string, m *Message) {
	if !strings.HasPrefix(mid, "m_") && !strings.HasPrefix(mid, inboxPrefix) {
		return "", nil
	}
	for psid, c := range p.conversations {
		if p.people[psid] == nil {
			continue
		}
		if m := c.find(mid); m != nil {
			return psid, m
		}
	}
	return "", nil
}

// callConversations lists the page's conversations, that with the latest message first, see
// https://developers.facebook.com/documentation/business-messaging/messenger-platform/conversations
func (s *Simulator) callConversations(c *call) (any, *GraphError) {
	var ck check
	ck.oneOf(c.get("platform"), PlatformMessenger, PlatformInstagram)
	person, folder := ck.id(c.get("user_id")), cmp.Or(ck.text(c.get("folder"), 100), "inbox")
	fields, err := readFields(c.get("fields"))
	if err := cmp.Or(ck.err, err); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	pg := c.page
	var found []string
	for psid, conv := range pg.conversations {
		if len(conv.messages) == 0 || pg.people[psid] == nil || person != "" && person != psid {
			continue
		}
		if conv.folder() == folder || person != "" && c.get("folder").raw == nil {
			found = append(found, psid)
		}
	}
	slices.SortFunc(found, func(a, b string) int {
		return cmp.Or(pg.conversations[b].newest().Time.Compare(pg.conversations[a].newest().Time), strings.Compare(a, b))
	})
	return list(c, found, pg.conversationID, func(psid string) (any, *GraphError) { return pg.readConversation(c, psid, fields) })
}

// folder is where the inbox has the conversation.
func (c *conversation) folder() string {
	if c.moderated.spam {
		return "spam"
	}
	return "inbox"
}

// readConversation answers with the fields of a conversation. s.mu must be held.
func (p *page) readConversation(c *call, psid string, fields []field) (map[string]any, *GraphError) {
	conv, id := p.conversations[psid], p.conversationID(psid)
	unread := 0
	for _, m := range conv.messages {
		if m.From == FromPerson && m.Time.After(conv.seen) {
			unread++
		}
	}
	people := map[string]any{"data": []any{p.partyOf(psid), p.partyOf(p.id)}}
	all := map[string]any{
		"updated_time": timeOf(conv.newest().Time), "participants": people, "senders": people, "snippet": conv.newest().Text,
		"message_count": len(conv.shown()), "unread_count": unread, "is_subscribed": true, "can_reply": c.at.Sub(conv.lastAct) <= standardWindow,
		"is_owner": !p.onStandby(conv, c.at), "name": nil, "link": "/" + p.id + "/inbox/" + id, "wallpaper": nil, "subject": nil,
		"messages": nested(func(f field) (any, *GraphError) { return p.listMessages(c, psid, f) }),
	}
	usual := []string{"updated_time", "link"}
	if p.instagram {
		usual = usual[:1]
	}
	return choose(id, fields, usual, all)
}

// partyOf is one side of a conversation.
func (p *page) partyOf(id string) map[string]string {
	person := p.people[id]
	switch {
	case p.instagram && person == nil:
		return map[string]string{"id": p.id, "username": p.username()}
	case p.instagram:
		return map[string]string{"id": id, "username": person.username()}
	case person == nil:
		return map[string]string{"id": p.id, "name": p.name, "email": p.id + "@facebook.com"}
	}
	return map[string]string{"id": id, "name": person.name(), "email": id + "@facebook.com"}
}

// shown are the messages that the inbox shows, the newest first.
func (c *conversation) shown() []*Message {
	list := make([]*Message, 0, len(c.messages))
	for _, m := range slices.Backward(c.messages) {
		if !m.Unsent {
			list = append(list, m)
		}
	}
	return list
}

// listMessages lists the messages of a conversation as the field messages of it, or as its own edge.
func (p *page) listMessages(c *call, psid string, f field) (any, *GraphError) {
	id := p.conversationID(psid)
	all := p.conversations[psid].shown()
	told := map[string]bool{}
	for _, m := range all[:min(len(all), messagesTold)] {
		told[m.ID] = true
	}
	arg := func(name string) string { return f.args[name] }
	if f.name == "" {
		arg = func(name string) string { return c.get(name).string() }
	}
	return listAt(c, "/"+id+"/messages", arg, all, func(m *Message) string { return m.ID }, func(m *Message) (any, *GraphError) {
		if !told[m.ID] {
			return map[string]any{"id": m.ID, "created_time": timeOf(m.Time)}, nil
		}
		return p.readMessage(psid, m, f.sub)
	})
}

// callConversationMessages lists the messages of one conversation.
func (s *Simulator) callConversationMessages(c *call) (any, *GraphError) {
	fields, err := readFields(c.get("fields"))
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	psid := c.page.conversationByID(c.node)
	if psid == "" {
		return nil, errObject(c.method, c.node)
	}
	return c.page.listMessages(c, psid, field{sub: fields})
}
