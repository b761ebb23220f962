package simulator_test

import (
	"encoding/json"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/simulator"
)

type inboxMessage struct {
	ID      string
	Created string `json:"created_time"`
	From    struct{ ID, Name, Username string }
	To      struct {
		Data []struct{ ID, Username string }
	}
	Message     string
	Attachments struct {
		Data []struct {
			ID    string
			Image *struct{ URL string }   `json:"image_data"`
			Card  *struct{ Title string } `json:"generic_template"`
		}
	}
	Sticker string
	ReplyTo struct{ Mid string } `json:"reply_to"`
	Tags    struct{ Data []struct{ Name string } }
}

type inboxConversation struct {
	ID           string
	Updated      string `json:"updated_time"`
	Unread       int    `json:"unread_count"`
	IsOwner      bool   `json:"is_owner"`
	Participants struct {
		Data []struct{ ID, Name, Username string }
	}
	Messages struct {
		Data   []inboxMessage
		Paging struct{ Next string }
	}
}

// inbox lists conversations.
func (p platform) inbox(t *testing.T, query string) []inboxConversation {
	t.Helper()
	a := p.do(t, "GET", "/v27.0/me/conversations?"+query, "")
	require.Equal(t, 200, a.status, "%s", a.body)
	var got struct{ Data []inboxConversation }
	require.NoError(t, json.Unmarshal(a.body, &got))
	return got.Data
}

func TestConversations(t *testing.T) {
	t.Parallel()
	c := newClock()
	p := serve(t, simulator.Config{Now: c.now})
	require.Empty(t, p.inbox(t, ""))
	p.send(t, `{"recipient":{"user_ref":"u"},"message":{"text":"to a user_ref"}}`).is(t, 0, 0)
	require.Empty(t, p.inbox(t, ""), "a user_ref is no person")
	_, err := p.Say(t.Context(), lin, "hi")
	require.NoError(t, err)
	c.add(time.Minute)
	first, err := p.Say(t.Context(), ada, "hello")
	require.NoError(t, err)
	second := p.send(t, `{"recipient":{"id":"`+ada+`"},"message":{"attachment":{"type":"image","payload":{"url":"https://e.x/a.png"}}},"reply_to":{"mid":"`+first+`"}}`)
	second.is(t, 0, 0)

	list := p.inbox(t, "platform=messenger&fields=participants,updated_time,unread_count,is_owner,messages.limit(1){id,message,attachments,reply_to,from,to,tags}")
	require.Len(t, list, 2)
	conv := list[0]
	require.Regexp(t, `^t_\d+$`, conv.ID)
	require.Equal(t, "2016-03-23T00:26:52+0000", conv.Updated)
	require.Equal(t, 1, conv.Unread)
	require.True(t, conv.IsOwner)
	require.Equal(t, [2]string{ada, page}, [2]string{conv.Participants.Data[0].ID, conv.Participants.Data[1].ID})
	require.Len(t, conv.Messages.Data, 1, "the newest")
	m := conv.Messages.Data[0]
	require.Equal(t, [3]string{page, ada, first}, [3]string{m.From.ID, m.To.Data[0].ID, m.ReplyTo.Mid})
	require.Equal(t, "https://e.x/a.png", m.Attachments.Data[0].Image.URL)
	require.NotEmpty(t, conv.Messages.Paging.Next)

	require.Len(t, p.inbox(t, "user_id="+lin), 1)
	require.Empty(t, p.inbox(t, "user_id=123"))
	require.Empty(t, p.inbox(t, "folder=spam"))
	var rest struct{ Data []inboxMessage }
	next := strings.TrimPrefix(conv.Messages.Paging.Next, p.url)
	require.True(t, strings.HasPrefix(next, "/v27.0/"+conv.ID+"/messages?"), next)
	require.NoError(t, json.Unmarshal(p.with(t, "", "GET", next, "", "").body, &rest))
	require.Equal(t, first, rest.Data[0].ID)
	var whole inboxConversation
	require.NoError(t, json.Unmarshal(p.do(t, "GET", "/"+conv.ID+"?fields=messages", "").body, &whole))
	require.Len(t, whole.Messages.Data, 2)
	require.Empty(t, whole.Messages.Data[0].Message, "not asked for")
	for _, bad := range []string{"fields=nothing", "fields=messages{nothing}", "platform=telegram", "fields=messages.limit(0)", "fields=messages.after(x)"} {
		p.do(t, "GET", "/me/conversations?"+bad, "").is(t, 100, 0, bad)
	}
}

func TestMessagesOfAConversation(t *testing.T) {
	t.Parallel()
	p := serve(t, simulator.Config{})
	var mids []string
	for i := range 25 {
		mid, err := p.Say(t.Context(), ada, strconv.Itoa(i))
		require.NoError(t, err)
		mids = append(mids, mid)
	}
	conv := p.inbox(t, "")[0].ID
	var got struct{ Data []inboxMessage }
	require.NoError(t, json.Unmarshal(p.do(t, "GET", "/"+conv+"/messages?fields=id,created_time,message,from", "").body, &got))
	require.Len(t, got.Data, 25)
	require.Equal(t, [2]string{mids[24], "24"}, [2]string{got.Data[0].ID, got.Data[0].Message})
	require.Equal(t, "5", got.Data[19].Message)
	require.Equal(t, mids[4], got.Data[20].ID)
	require.Empty(t, got.Data[20].Message, "of older ones only that they exist")
	require.NotEmpty(t, got.Data[20].Created)

	var m inboxMessage
	require.NoError(t, json.Unmarshal(p.do(t, "GET", "/"+mids[24]+"?fields=message,from,to,attachments,tags", "").body, &m))
	require.Equal(t, [3]string{"24", ada, page}, [3]string{m.Message, m.From.ID, m.To.Data[0].ID})
	require.Equal(t, "inbox", m.Tags.Data[0].Name)
	p.do(t, "GET", "/"+mids[4], "").is(t, 9000001, 0, "not among the 20 newest")
	p.do(t, "GET", "/"+mids[24]+"?fields=nothing", "").is(t, 100, 0)
	p.do(t, "DELETE", "/"+mids[24], "").is(t, 100, 33)

	p.sendMessage(t, ada, template(`{"template_type":"generic","elements":[{"title":"Card","subtitle":"S","buttons":[`+webURL+`]}]}`))
	_, err := p.SendSticker(t.Context(), ada, simulator.ThumbSmall)
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(p.do(t, "GET", "/"+conv+"/messages?fields=attachments,sticker&limit=2", "").body, &got))
	require.NotEmpty(t, got.Data[0].Sticker)
	require.Equal(t, "Card", got.Data[1].Attachments.Data[0].Card.Title)
}

// TestConversationsOfInstagram: they have Instagram's ids and user names, and a linked page's token reads them.
func TestConversationsOfInstagram(t *testing.T) {
	t.Parallel()
	p, _, _ := onInstagram(t, simulator.Config{})
	mid, err := p.Say(t.Context(), ana, "hola")
	require.NoError(t, err)
	_, err = p.Say(t.Context(), ada, "hi")
	require.NoError(t, err)
	list := p.inbox(t, "platform=instagram&fields=participants,messages{message,from}")
	require.Len(t, list, 1)
	require.True(t, strings.HasPrefix(list[0].ID, "aWdf"), list[0].ID)
	require.Equal(t, [2]string{"ana.cruz", "lamp.shop"}, [2]string{list[0].Participants.Data[0].Username, list[0].Participants.Data[1].Username})
	require.Equal(t, "hola", list[0].Messages.Data[0].Message)
	var m inboxMessage
	require.NoError(t, json.Unmarshal(p.do(t, "GET", "/"+mid+"?fields=message,from", "").body, &m))
	require.Equal(t, [2]string{"hola", "ana.cruz"}, [2]string{m.Message, m.From.Username})
	require.Equal(t, 200, p.do(t, "GET", "/"+list[0].ID+"/messages", "").status)
	require.NoError(t, p.Unsend(t.Context(), ana, mid))
	p.do(t, "GET", "/"+mid, "").is(t, 9000001, 0)
}

func TestModeration(t *testing.T) {
	t.Parallel()
	p := serve(t, simulator.Config{})
	const path = "/me/moderate_conversations"
	people := func(ids ...string) string {
		var list []map[string]string
		for _, id := range ids {
			list = append(list, map[string]string{"id": id})
		}
		return string(must(json.Marshal(list)))
	}
	eleven := strings.Fields(strings.Repeat(ada+" ", 11))
	for _, bad := range []string{
		`{}`, `{"user_ids":[],"actions":["block_user"]}`, `{"user_ids":` + people(ada) + `,"actions":[]}`, `{"user_ids":` + people(eleven...) + `,"actions":["block_user"]}`,
		`{"user_ids":` + people(ada) + `,"actions":["block_user","unblock_user"]}`, `{"user_ids":` + people(ada) + `,"actions":["kick"]}`,
		`{"user_ids":` + people(ada) + `,"actions":["block_user","ban_user","move_to_spam"]}`, `{"user_ids":["` + ada + `"],"actions":["block_user"]}`,
	} {
		p.do(t, "POST", path, bad).is(t, 100, 0, bad)
	}
	moderate := func(psid, actions string) answer {
		return p.do(t, "POST", path, `{"user_ids":`+people(psid, lin)+`,"actions":[`+actions+`]}`)
	}
	moderate("123", `"block_user"`).is(t, 100, 2018001)
	_, err := p.Say(t.Context(), lin, "not blocked, as the call was refused")
	require.NoError(t, err)
	_, err = p.Say(t.Context(), ada, "hi")
	require.NoError(t, err)
	require.JSONEq(t, `{"success":true}`, string(moderate(ada, `"block_user","move_to_spam"`).body))
	_, err = p.Say(t.Context(), ada, "hi")
	require.ErrorIs(t, err, simulator.ErrBarred)
	require.Len(t, p.inbox(t, "folder=spam"), 2)
	require.Empty(t, p.inbox(t, ""))
	moderate(ada, `"unblock_user","ban_user"`).is(t, 0, 0)
	_, err = p.Say(t.Context(), ada, "hi")
	require.NoError(t, err)
	_, err = p.Comment(t.Context(), ada, "first")
	require.ErrorIs(t, err, simulator.ErrBarred)
	moderate(ada, `"unban_user"`).is(t, 0, 0)
	_, err = p.Comment(t.Context(), ada, "first")
	require.NoError(t, err)
}
