package simulator_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/simulator"
)

func TestFieldsOfThePage(t *testing.T) {
	t.Parallel()
	p, _, _ := onInstagram(t, simulator.Config{DefaultApp: simulator.InboxApp})
	var got struct {
		Category string
		Picture  struct{ Data struct{ URL string } }
		Status   struct {
			HopV2 bool `json:"hop_v2"`
		} `json:"messaging_feature_status"`
		Account struct{ ID string } `json:"instagram_business_account"`
	}
	a := p.do(t, "GET", "/me?fields=category,picture{url},messaging_feature_status,instagram_business_account", "")
	require.NoError(t, json.Unmarshal(a.body, &got), "%s", a.body)
	require.NotEmpty(t, got.Category)
	require.True(t, got.Status.HopV2)
	require.Equal(t, account, got.Account.ID)
	require.Equal(t, 200, p.do(t, "GET", strings.TrimPrefix(got.Picture.Data.URL, p.url), "").status)
}

func TestLinkingToken(t *testing.T) {
	t.Parallel()
	c := newClock()
	p := serve(t, simulator.Config{Now: c.now})
	_, err := p.LinkingToken("123")
	require.ErrorIs(t, err, simulator.ErrNoPerson)
	token, err := p.LinkingToken(lin)
	require.NoError(t, err)
	path := "/v27.0/me?fields=recipient&account_linking_token="
	require.JSONEq(t, `{"id":"`+page+`","recipient":"`+lin+`"}`, string(p.do(t, "GET", path+token, "").body))
	p.do(t, "GET", path+"wrong", "").is(t, 10303, 0)
	p.do(t, "GET", path, "").is(t, 10303, 0)
	p.do(t, "GET", "/me?fields=recipient", "").is(t, 100, 0)
	c.add(5*time.Minute + time.Second)
	p.do(t, "GET", path+token, "").is(t, 10303, 0)
	for _, r := range p.Requests() {
		require.NotContains(t, r.Query, token)
	}
	require.JSONEq(t, `{"result":"unlink account success"}`, string(p.do(t, "POST", "/me/unlink_accounts", `{"psid":"`+lin+`"}`).body))
	p.do(t, "POST", "/me/unlink_accounts", `{}`).is(t, 100, 0)
	p.do(t, "POST", "/me/unlink_accounts", `{"psid":"123"}`).is(t, 100, 2018001)
}

func TestInsights(t *testing.T) {
	t.Parallel()
	p := serve(t, simulator.Config{})
	const path = "/v27.0/me/insights"
	for _, bad := range []string{
		"", "metric=", "metric=A", "metric=" + strings.Repeat("x", 101), "metric=page_x&period=year", "metric=page_x&since=yesterday",
		"metric=page_x&since=2026-01-02&until=2026-01-01", "metric=page_x&since=0&until=9999999999", "metric=page_x&since=-1",
		"metric=page_x&since=99999999999999999999",
	} {
		p.do(t, "GET", path+"?"+bad, "").is(t, 100, 0, bad)
	}
	var got struct {
		Data []struct {
			Name, Period string
			Values       []struct {
				Value int
				End   string `json:"end_time"`
			}
		}
	}
	const metric = "page_messages_new_conversations_unique"
	require.NoError(t, json.Unmarshal(p.do(t, "GET", path+"/?metric="+metric+",page_x&since=2026-01-01&until=2026-01-03", "").body, &got))
	require.Len(t, got.Data, 2)
	require.Equal(t, [2]string{metric, "day"}, [2]string{got.Data[0].Name, got.Data[0].Period})
	require.Len(t, got.Data[0].Values, 2)
	require.Equal(t, "2026-01-02T00:00:00+0000", got.Data[0].Values[0].End)
	require.Equal(t, 200, p.do(t, "GET", path+"/"+metric, "").status)
}

func TestSettingsThatChangeNothing(t *testing.T) {
	t.Parallel()
	p := serve(t, simulator.Config{})
	for body, want := range map[string]int{
		`{"nlp_enabled":true}`: 0, `{"nlp_enabled":"true","model":"ENGLISH","n_best":3,"verbose":false}`: 0, `{"nlp_enabled":true,"model":"CUSTOM","custom_token":"t"}`: 0,
		`{"nlp_enabled":true,"other_language_support":{"de_DE":{"model":"GERMAN_STANDARD"}}}`: 0,
		`{}`: 100, `{"nlp_enabled":"perhaps"}`: 100, `{"nlp_enabled":true,"model":"KLINGON"}`: 100, `{"nlp_enabled":true,"model":"CUSTOM"}`: 100,
		`{"nlp_enabled":true,"n_best":9}`: 100, `{"nlp_enabled":true,"other_language_support":[]}`: 100,
	} {
		p.do(t, "POST", "/me/nlp_configs", body).is(t, want, 0, body)
	}
	p.do(t, "POST", "/me/nlp_configs?nlp_enabled=true", "").is(t, 0, 0, "as query parameters")
	for _, r := range p.Requests() {
		require.NotContains(t, r.Body, `"t"`, "a token of Wit.ai")
	}
	require.Contains(t, string(p.do(t, "GET", "/me/messaging_feature_review", "").body), `{"feature":"human_agent","status":"approved"}`)
	a := p.do(t, "GET", "/me/secondary_receivers", "")
	require.JSONEq(t, `{"data":[{"id":"`+simulator.InboxApp+`","name":"Page Inbox"}]}`, string(a.body))
	list := p.Requests()
	require.Contains(t, list[len(list)-1].Warnings[0], "Handover Protocol")
	require.JSONEq(t, `{"data":[]}`, string(p.do(t, "GET", "/me/notification_message_tokens", "").body))
	p.do(t, "POST", "/me/notification_messages_dev_support", `{"recipient":{"notification_messages_token":"1"},"developer_action":"ENABLE_FOLLOWUP_MESSAGE"}`).is(t, 0, 0)
	p.do(t, "POST", "/me/notification_messages_dev_support", `{}`).is(t, 100, 0)
}

func TestIDsElsewhere(t *testing.T) {
	t.Parallel()
	p := serve(t, simulator.Config{})
	proof := proofOf("simulator-page-token", "simulator-app-secret")
	p.do(t, "GET", "/"+ada+"/ids_for_pages", "").is(t, 100, 0, "the platform wants a proof")
	require.Contains(t, string(p.do(t, "GET", "/"+ada+"/ids_for_pages?appsecret_proof="+proof, "").body), `"id":"`+ada+`","page":{"id":"`+page+`"`)
	a := p.do(t, "GET", "/"+ada+"/ids_for_apps?appsecret_proof="+proof, "")
	require.Contains(t, string(a.body), `"app":{"id":"1000000000000001"`)
	require.NotContains(t, string(a.body), ada, "an app has another id for a person")
	require.Equal(t, dataOf(t, a), dataOf(t, p.do(t, "GET", "/"+ada+"/ids_for_apps?app=1000000000000001&appsecret_proof="+proof, "")))
	require.Empty(t, dataOf(t, p.do(t, "GET", "/"+ada+"/ids_for_apps?app=1&appsecret_proof="+proof, "")))
	p.do(t, "GET", "/123/ids_for_apps?appsecret_proof="+proof, "").is(t, 100, 33)
}

// dataOf are the entries of a list.
func dataOf(t *testing.T, a answer) []any {
	t.Helper()
	var got struct{ Data []any }
	require.NoError(t, json.Unmarshal(a.body, &got), "%s", a.body)
	require.NotNil(t, got.Data, "%s", a.body)
	return got.Data
}

func TestUtilityTemplates(t *testing.T) {
	t.Parallel()
	p := serve(t, simulator.Config{})
	const path = "/v27.0/me/message_templates"
	const body = `"components":[{"type":"BODY","text":"Your order {{1}} was shipped."}]`
	for _, bad := range []string{
		`{}`, `{"name":"A b","language":"en_US","category":"UTILITY",` + body + `}`, `{"name":"a","language":"english","category":"UTILITY",` + body + `}`,
		`{"name":"a","language":"en_US",` + body + `}`, `{"name":"a","language":"en_US","category":"MARKETING",` + body + `}`,
		`{"name":"a","language":"en_US","category":"UTILITY"}`, `{"name":"a","language":"en_US","category":"UTILITY","library_template_name":"none"}`,
		`{"name":"a","language":"en_US","category":"UTILITY","library_template_name":"order_shipped",` + body + `}`,
		`{"name":"a","language":"en_US","category":"UTILITY","components":[{"type":"HEADER","format":"TEXT","text":"x"}]}`,
		`{"name":"a","language":"en_US","category":"UTILITY","components":[{"type":"FOOTER"}]}`,
		`{"name":"a","language":"en_US","category":"UTILITY","components":[{"type":"BODY","text":"x"},{"type":"BODY","text":"x"}]}`,
		`{"name":"a","language":"en_US","category":"UTILITY","components":[{"type":"BODY","text":"x"},{"type":"BUTTONS","buttons":[{"type":"PHONE","text":"x"}]}]}`,
	} {
		p.do(t, "POST", path, bad).is(t, 100, 0, bad)
	}
	a := p.do(t, "POST", path, `{"name":"shipped","language":"en_US","category":"UTILITY",`+body+`}`)
	id := idOf(t, a)
	require.JSONEq(t, `{"id":"`+id+`","status":"APPROVED","category":"UTILITY"}`, string(a.body))
	p.do(t, "POST", path, `{"name":"shipped","language":"en_US","category":"UTILITY",`+body+`}`).is(t, 100, 0, "taken")
	p.do(t, "POST", path, `{"name":"shipped","language":"de_DE","category":"UTILITY","library_template_name":"order_shipped"}`).is(t, 0, 0)
	for query, want := range map[string]int{"": 2, "language=de_DE": 1, "name=shipped": 2, "status=PENDING": 0, "name_or_content=your+ORDER": 2, "content=track": 1, "name=ship": 0} {
		require.Len(t, dataOf(t, p.do(t, "GET", path+"?"+query, "")), want, query)
	}
	require.Contains(t, string(p.do(t, "GET", "/"+id+"?fields=status", "").body), "APPROVED")
	require.NotEmpty(t, dataOf(t, p.do(t, "GET", "/message_template_library?name_or_content=payment", "")))

	send := func(name string) answer {
		return p.send(t, `{"recipient":{"id":"`+ada+`"},"messaging_type":"UTILITY","message":{"template":{"name":"`+name+`","language":{"code":"en_US"}}}}`)
	}
	send("shipped").is(t, 0, 0)
	require.NoError(t, p.Page(page).SetTemplateStatus("shipped", "en_US", simulator.TemplatePending))
	send("shipped").is(t, 100, 0)
	require.Error(t, p.Page(page).SetTemplateStatus("shipped", "en_US", "FINE"))
	require.Error(t, p.Page(page).SetTemplateStatus("none", "en_US", simulator.TemplateRejected))
	send("elsewhere").is(t, 0, 0)
	list := p.Requests()
	require.Contains(t, list[len(list)-1].Warnings[0], "has made no template elsewhere")
	p.do(t, "DELETE", path, "").is(t, 100, 0)
	p.do(t, "DELETE", path+"?name=none", "").is(t, 100, 0)
	p.do(t, "DELETE", path+"?name=shipped", "").is(t, 0, 0)
	require.Empty(t, dataOf(t, p.do(t, "GET", path, "")), "in every language")
}

func TestStickerPacks(t *testing.T) {
	t.Parallel()
	p := serve(t, simulator.Config{})
	get := func(path string) answer { return p.with(t, appToken, "GET", path, "", "") }
	packs := dataOf(t, get("/v27.0/sticker_packs?locale=en_US"))
	require.Len(t, packs, 2)
	pack, _ := packs[0].(map[string]any)
	stickers := dataOf(t, get("/sticker_packs/"+pack["id"].(string)+"/stickers"))
	require.Len(t, stickers, int(pack["sticker_count"].(float64)))
	found := dataOf(t, get("/sticker_search?q=thumbs"))
	require.Len(t, found, 1)
	sticker, _ := found[0].(map[string]any)
	_, err := p.Say(t.Context(), ada, "hi")
	require.NoError(t, err)
	p.sendMessage(t, ada, `{"sticker_id":`+sticker["id"].(string)+`}`)
	get("/sticker_search?q=t").is(t, 100, 0)
	get("/sticker_search").is(t, 100, 0)
	get("/sticker_packs/9/stickers").is(t, 100, 33)
	require.Empty(t, dataOf(t, get("/sticker_search?q=nothing")))
}

func TestFeedOfThePage(t *testing.T) {
	t.Parallel()
	p, _, _ := onInstagram(t, simulator.Config{})
	p.do(t, "POST", "/me/feed", `{}`).is(t, 100, 0)
	post := idOf(t, p.do(t, "POST", "/me/feed", `{"message":"Sale"}`))
	p.do(t, "POST", "/"+post+"/comments", `{"message":"Until Monday"}`).is(t, 0, 0)
	require.Equal(t, "Until Monday", p.Comments(post)[0].Text)

	comment, err := p.Comment(t.Context(), lin, "How much?")
	require.NoError(t, err)
	require.Contains(t, string(p.do(t, "GET", "/"+comment+"?fields=message", "").body), "How much?")
	p.do(t, "POST", "/999/private_replies", `{"message":"5"}`).is(t, 100, 33)
	p.do(t, "POST", "/"+comment+"/private_replies", `{}`).is(t, 100, 0)
	require.Contains(t, string(p.do(t, "POST", "/"+comment+"/private_replies", `{"message":"5"}`).body), `"user_id":"`+lin+`"`)
	require.Equal(t, "5", p.Messages(lin)[0].Text)
	p.do(t, "POST", "/"+comment+"/private_replies", `{"message":"5"}`).is(t, 10900, 0, "one only")

	p.do(t, "POST", "/"+account+"/mentions", `{"message":"Thanks"}`).is(t, 100, 0)
	idOf(t, p.do(t, "POST", "/"+account+"/mentions", `{"message":"Thanks","media_id":"17900000000000001","comment_id":"17900000000000002"}`))
	require.Equal(t, "Thanks", p.Comments("17900000000000002")[0].Text)
	p.do(t, "POST", "/me/mentions", `{"message":"Thanks","media_id":"1"}`).is(t, 100, 33, "a page has none")
}

// proofOf is the appsecret_proof of a token.
func proofOf(token, secret string) string {
	h := hmac.New(sha256.New, []byte(secret))
	h.Write([]byte(token))
	return hex.EncodeToString(h.Sum(nil))
}
