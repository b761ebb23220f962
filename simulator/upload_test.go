package simulator_test

import (
	"bytes"
	"encoding/json"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/simulator"
)

// upload posts fields and filedata as multipart.
func (p platform) upload(t *testing.T, path string, fields map[string]string, name, kind string, data []byte) answer {
	t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for field, v := range fields {
		require.NoError(t, w.WriteField(field, v))
	}
	part, err := w.CreatePart(textproto.MIMEHeader{
		"Content-Disposition": {`form-data; name="filedata"; filename="` + name + `"`}, "Content-Type": {kind},
	})
	require.NoError(t, err)
	_, err = part.Write(data)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	a, err := p.try(t.Context(), "POST", path, w.FormDataContentType(), body.Bytes())
	require.NoError(t, err)
	return a
}

func attachmentID(t *testing.T, a answer) string {
	t.Helper()
	var got struct {
		ID string `json:"attachment_id"`
	}
	require.NoError(t, json.Unmarshal(a.body, &got))
	require.Regexp(t, `^\d+$`, got.ID, "%s", a.body)
	return got.ID
}

const imageField = `{"attachment":{"type":"image","payload":{"is_reusable":true}}}`

func TestUploadAndUse(t *testing.T) {
	t.Parallel()
	c := newClock()
	p := serve(t, simulator.Config{Now: c.now, Fields: []string{"messages", "message_echoes"}})
	_, err := p.Say(t.Context(), ada, "hi")
	require.NoError(t, err)
	data := []byte("\x89PNG and more")
	id := attachmentID(t, p.upload(t, "/v27.0/me/message_attachments", map[string]string{"message": imageField}, "../a.png", "image/png", data))

	p.sendMessage(t, ada, `{"attachment":{"type":"image","payload":{"attachment_id":"`+id+`"}}}`)
	shown := p.Messages(ada)[1].Attachments[0]
	require.True(t, strings.HasPrefix(shown.URL, p.url+"/simulator/files/"), shown.URL)
	require.True(t, strings.HasSuffix(shown.URL, "/a.png"), shown.URL)
	a := p.do(t, "GET", strings.TrimPrefix(shown.URL, p.url), "")
	require.Equal(t, data, a.body)
	require.Equal(t, "image/png", a.header.Get("Content-Type"))
	require.Equal(t, `inline; filename=a.png`, a.header.Get("Content-Disposition"))
	require.Contains(t, p.Deliveries()[1].Body, `"attachment_id":`+id+`}`, "a number in echoes")

	to := map[string]string{"recipient": `{"id":"` + ada + `"}`, "message": imageField}
	again := attachmentID(t, p.upload(t, "/v27.0/me/messages", to, "b.png", "image/png", data))
	p.sendMessage(t, ada, template(`{"template_type":"media","elements":[{"media_type":"image","attachment_id":"`+again+`"}]}`))
	require.NotEmpty(t, p.Messages(ada)[3].Attachments[0].Template.Elements[0].URL)
	record := p.Requests()[2]
	require.Contains(t, record.Body, `"filedata":{"bytes":13,"filename":"b.png","type":"image/png"}`)

	byURL := attachmentID(t, p.do(t, "POST", "/me/message_attachments", `{"message":{"attachment":{"type":"file","payload":{"url":"https://example.com/a.pdf"}}}}`))
	for name, test := range map[string][2]string{"unknown": {"image", "123"}, "another kind": {"image", byURL}} {
		_, sub := p.send(t, `{"recipient":{"id":"`+ada+`"},"message":{"attachment":{"type":"`+test[0]+`","payload":{"attachment_id":"`+test[1]+`"}}}}`).code(t)
		require.Contains(t, []int{2018074, 2018047}, sub, name)
	}
	c.add(90*24*time.Hour + time.Second)
	_, err = p.Say(t.Context(), ada, "hi")
	require.NoError(t, err)
	_, sub := p.send(t, `{"recipient":{"id":"`+ada+`"},"message":{"attachment":{"type":"image","payload":{"attachment_id":"`+id+`"}}}}`).code(t)
	require.Equal(t, 2018074, sub, "expired")
}

func TestUploadsThatAreRefused(t *testing.T) {
	t.Parallel()
	p := serve(t, simulator.Config{})
	const path = "/v27.0/me/message_attachments"
	message := map[string]string{"message": imageField}
	for name, test := range map[string]struct {
		a   answer
		sub int
	}{
		"too big":    {p.upload(t, path, message, "a.png", "image/png", make([]byte, 25<<20+1)), 2018109},
		"way bigger": {p.upload(t, path, message, "a.png", "image/png", make([]byte, 28<<20)), 2018109},
		"no image":   {p.upload(t, path, message, "a.png", "application/octet-stream", []byte("x")), 2018047},
		"empty":      {p.upload(t, path, message, "a.png", "image/png", nil), 2018047},
		"two sources": {p.upload(t, path, map[string]string{
			"message": `{"attachment":{"type":"image","payload":{"url":"https://example.com/a.png"}}}`,
		}, "a.png", "image/png", []byte("x")), 0},
		"template": {p.do(t, "POST", path, `{"message":`+template(`{"template_type":"calling_optin"}`)+`}`), 0},
		"text":     {p.do(t, "POST", path, `{"message":{"text":"x"}}`), 0},
		"method":   {p.do(t, "GET", path, ""), 0},
	} {
		code, sub := test.a.code(t)
		require.Equal(t, [2]int{100, test.sub}, [2]int{code, sub}, "%s: %s", name, test.a.body)
	}
	_, err := p.Say(t.Context(), ada, "hi")
	require.NoError(t, err)
	a := p.upload(t, "/me/messages", map[string]string{"recipient": `{"id":"` + ada + `"}`, "message": `{"text":"x"}`}, "a.png", "image/png", []byte("x"))
	code, _ := a.code(t)
	require.Equal(t, 100, code, "filedata without an attachment")
}

// TestUploadsCannotRunScripts: an upload is served from the chat page's origin.
func TestUploadsCannotRunScripts(t *testing.T) {
	t.Parallel()
	p := serve(t, simulator.Config{})
	for _, kind := range []string{"text/html", "image/svg+xml", "IMAGE/SVG+XML; charset=utf-8", "image/svg+xml;=", "video/x+xml", "application/xhtml+xml", "", "text/javascript"} {
		a, err := p.try(t.Context(), "POST", "/simulator/files?name=x.html", kind, []byte("<script>alert(1)</script>"))
		require.NoError(t, err)
		var got struct{ Path string }
		require.NoError(t, json.Unmarshal(a.body, &got))
		a = p.do(t, "GET", "/"+got.Path, "")
		require.Equal(t, "application/octet-stream", a.header.Get("Content-Type"), kind)
		require.Contains(t, a.header.Get("Content-Disposition"), "attachment")
		require.Equal(t, "nosniff", a.header.Get("X-Content-Type-Options"))
		require.Contains(t, a.header.Get("Content-Security-Policy"), "sandbox")
	}
}

// TestAnUploadUnderAHostOfThePlatform: its address is one that exists, not the platform's.
func TestAnUploadUnderAHostOfThePlatform(t *testing.T) {
	t.Parallel()
	p := serve(t, simulator.Config{})
	_, err := p.Say(t.Context(), ada, "hi")
	require.NoError(t, err)
	host := strings.TrimSuffix(strings.TrimPrefix(p.url, "http://"), "/base")
	for name, want := range map[string]string{"graph.facebook.com": host, "localhost": "localhost"} {
		body := strings.NewReader("--x\r\nContent-Disposition: form-data; name=\"recipient\"\r\n\r\n{\"id\":\"" + ada + "\"}\r\n" +
			"--x\r\nContent-Disposition: form-data; name=\"message\"\r\n\r\n" + imageField + "\r\n" +
			"--x\r\nContent-Disposition: form-data; name=\"filedata\"; filename=\"a.png\"\r\nContent-Type: image/png\r\n\r\nPNG\r\n--x--\r\n")
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, p.url+"/me/messages?access_token=simulator-page-token", body)
		require.NoError(t, err)
		req.Host = name
		req.Header.Set("Content-Type", "multipart/form-data; boundary=x")
		resp, err := http.DefaultClient.Do(req)
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		require.Equal(t, http.StatusOK, resp.StatusCode)
		messages := p.Messages(ada)
		require.Regexp(t, "^http://"+regexp.QuoteMeta(want)+"/base/simulator/files/[0-9a-f]{24}/a.png$", messages[len(messages)-1].Attachments[0].URL)
	}
}

// TestUploadsAreBounded: 256 MiB of files are kept, and of what went over the wire 64 MiB; the oldest go first.
func TestUploadsAreBounded(t *testing.T) {
	t.Parallel()
	p := serve(t, simulator.Config{})
	large := strings.Repeat("x", 25<<20)
	var paths []string
	for range 11 {
		var got struct{ Path string }
		require.NoError(t, json.Unmarshal([]byte(p.ok(t, "POST", "/simulator/files?name=a.bin", large)), &got))
		paths = append(paths, got.Path)
	}
	require.Equal(t, 404, p.do(t, "GET", "/"+paths[0], "").status)
	require.Len(t, p.ok(t, "GET", "/"+paths[1], ""), 25<<20)
}

// TestRawIsBounded: what went over the wire with the newest messages is kept, 64 MiB of it.
func TestRawIsBounded(t *testing.T) {
	t.Parallel()
	p := serve(t, simulator.Config{})
	_, err := p.Say(t.Context(), ada, "hi")
	require.NoError(t, err)
	first := p.Messages(ada)[0]
	for range 4 {
		_, err := p.Say(t.Context(), ada, strings.Repeat("x", 20<<20))
		require.NoError(t, err)
	}
	sum := 0
	for _, m := range p.Messages(ada) {
		sum += len(m.Raw)
	}
	require.LessOrEqual(t, sum, 64<<20)
	require.Empty(t, p.Messages(ada)[0].Raw)
	require.NotEmpty(t, p.Messages(ada)[4].Raw)
	require.NotEmpty(t, first.Raw, "a copy that was given out")
}
