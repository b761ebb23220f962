package simulator_test

import (
	"encoding/json"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/simulator"
)

// TestMultipartWithoutItsEnd: some clients never write the closing boundary.
func TestMultipartWithoutItsEnd(t *testing.T) {
	t.Parallel()
	p := serve(t, simulator.Config{})
	const kind, path = "multipart/form-data; boundary=x", "/me/message_attachments"
	const message = "--x\r\nContent-Disposition: form-data; name=\"message\"\r\n\r\n" + imageField + "\r\n"
	const file = "--x\r\nContent-Disposition: form-data; name=\"filedata\"; filename=\"a.png\"\r\nContent-Type: image/png\r\n\r\npicture"
	for name, body := range map[string]string{
		"the body ends the part": message + file, "a new line ends it": message + file + "\r\n", "a boundary ends it": message + file + "\r\n--x",
		"and a new line": message + file + "\r\n--x\r\n", "file first": file + "\r\n" + strings.TrimSuffix(message, "\r\n"),
	} {
		a := p.with(t, "simulator-page-token", "POST", path, kind, body)
		id := attachmentID(t, a)
		_, err := p.Say(t.Context(), ada, "hi")
		require.NoError(t, err)
		p.sendMessage(t, ada, `{"attachment":{"type":"image","payload":{"attachment_id":"`+id+`"}}}`)
		list := p.Messages(ada)
		shown := list[len(list)-1].Attachments[0].URL
		require.Equal(t, "picture", string(p.do(t, "GET", strings.TrimPrefix(shown, p.url), "").body), name)
	}
	require.Contains(t, p.Requests()[0].Warnings[0], "closing boundary")
	whole := p.with(t, "simulator-page-token", "POST", path, kind, message+file+"\r\n--x--\r\n")
	attachmentID(t, whole)
	list := p.Requests()
	require.Empty(t, list[len(list)-1].Warnings)
	for name, body := range map[string]string{
		"nothing": "nonsense", "no boundary at all": "\r\n\r\n", "half a header": "--x\r\nContent-Disposition: form-da",
		"two files": file + "\r\n" + file, "header without end": "--x\r\nContent-Disposition: form-data; name=\"a\"\r\n",
		"many parts": strings.Repeat("--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n\r\n", 1100),
	} {
		a := p.with(t, "simulator-page-token", "POST", path, kind, body)
		a.is(t, 100, 0, name)
		require.Equal(t, name == "many parts", strings.Contains(string(a.body), "over 1000 parts"), "%s: %s", name, a.body)
	}
	p.with(t, "simulator-page-token", "POST", path, "multipart/form-data", message).is(t, 100, 0, "no boundary named")
}

// TestHostileBodies: each has an answer of the platform's shape.
func TestHostileBodies(t *testing.T) {
	t.Parallel()
	p := serve(t, simulator.Config{})
	big := strings.Repeat("x", 1<<20)
	for name, test := range map[string][2]string{
		"10 MB of text": {jsonBody, `{"recipient":{"id":"` + ada + `"},"message":{"text":"` + strings.Repeat(big, 10) + `"}}`},
		"brackets":      {jsonBody, `{"message":` + strings.Repeat("[", 1<<20) + strings.Repeat("]", 1<<20) + `}`},
		"a long name":   {jsonBody, `{"` + big + `":1}`},
		"a long form":   {formBody, "recipient=" + big},
		"deep":          {jsonBody, `{"message":` + strings.Repeat(`{"a":`, 9000) + "1" + strings.Repeat("}", 9000) + `}`},
		"deep in text":  {formBody, "message=" + strings.Repeat("[", 100000)},
		"many fields":   {formBody, strings.Repeat("a[]=1&", 9000)},
	} {
		a := p.with(t, "simulator-page-token", "POST", "/v27.0/me/messages", test[0], test[1])
		a.is(t, 100, 0, name)
		require.Less(t, len(a.body), 2000, name)
	}
}

func TestHugeLimits(t *testing.T) {
	t.Parallel()
	p := serve(t, simulator.Config{})
	for i := range 120 {
		idOf(t, p.do(t, "POST", "/me/custom_labels", `{"page_label_name":"label `+strconv.Itoa(i)+`"}`))
	}
	count := func(query string) int {
		var got struct{ Data []json.RawMessage }
		a := p.do(t, "GET", "/me/custom_labels?"+query, "")
		require.Equal(t, 200, a.status, "%s", a.body)
		require.NoError(t, json.Unmarshal(a.body, &got))
		return len(got.Data)
	}
	require.Equal(t, 25, count(""))
	require.Equal(t, 1, count("limit=1"))
	require.Equal(t, 100, count("limit=100000000"))
	require.Equal(t, 100, count("limit="+strings.Repeat("9", 100)))
	for _, bad := range []string{"limit=0", "limit=-1", "limit=x", "after=!", "after=", "before=" + strings.Repeat("A", 100), "after=AAAA"} {
		if bad == "after=" {
			require.Equal(t, 25, count(bad))
			continue
		}
		p.do(t, "GET", "/me/custom_labels?"+bad, "").is(t, 100, 0, bad)
	}
}

// TestListsInParts: whoever follows the cursors or the links sees each entry once, also when entries are deleted meanwhile.
func TestListsInParts(t *testing.T) {
	t.Parallel()
	p := serve(t, simulator.Config{})
	var ids []string
	for i := range 7 {
		ids = append(ids, idOf(t, p.do(t, "POST", "/me/custom_labels", `{"name":"label `+strconv.Itoa(i)+`"}`)))
	}
	type part struct {
		Data   []struct{ ID string }
		Paging struct {
			Cursors        struct{ Before, After string }
			Next, Previous string
		}
	}
	get := func(path string) part {
		var got part
		a := p.with(t, "", "GET", path, "", "") // the token is in the links
		require.NoError(t, json.Unmarshal(a.body, &got), "%s", a.body)
		require.Equal(t, 200, a.status, "%s", a.body)
		return got
	}
	var seen []string
	var last part
	for path := "/v27.0/me/custom_labels?limit=3&access_token=simulator-page-token"; path != ""; {
		last = get(path)
		for _, label := range last.Data {
			seen = append(seen, label.ID)
			p.do(t, "DELETE", "/"+label.ID, "").is(t, 0, 0)
		}
		path = strings.TrimPrefix(last.Paging.Next, p.url)
	}
	require.Equal(t, ids, seen)

	ids = nil
	for i := range 7 {
		ids = append(ids, idOf(t, p.do(t, "POST", "/me/custom_labels", `{"name":"label `+strconv.Itoa(i)+`"}`)))
	}
	last = get("/me/custom_labels?limit=100&access_token=simulator-page-token")
	require.Empty(t, last.Paging.Next+last.Paging.Previous)
	back := get("/me/custom_labels?limit=2&access_token=simulator-page-token&before=" + last.Paging.Cursors.After)
	require.Equal(t, ids[4], back.Data[0].ID)
	require.Equal(t, ids[4+1], back.Data[1].ID)
	require.NotEmpty(t, back.Paging.Next)
	back = get(strings.TrimPrefix(back.Paging.Previous, p.url))
	require.Equal(t, ids[2], back.Data[0].ID)
	require.Equal(t, ids[2+1], back.Data[1].ID)
	require.Empty(t, get("/me/custom_labels?access_token=simulator-page-token&after="+last.Paging.Cursors.After).Data)
	for _, r := range p.Requests() {
		require.NotContains(t, r.Answer+r.Query, "simulator-page-token")
	}
}
