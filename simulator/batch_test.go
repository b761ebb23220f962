package simulator_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/simulator"
)

// partOf is one answer of a batch.
type partOf struct {
	Code    int
	Headers []struct{ Name, Value string }
	Body    string
}

// batch posts a batch as JSON, and returns its answers.
func (p platform) batch(t *testing.T, parts string) []*partOf {
	t.Helper()
	a := p.do(t, "POST", "/v27.0/", `{"batch":`+parts+`}`)
	require.Equal(t, 200, a.status, "%s", a.body)
	var got []*partOf
	require.NoError(t, json.Unmarshal(a.body, &got))
	return got
}

// sendPart is a message to a person as a part of a batch.
func sendPart(psid, text, more string) string {
	body := url.Values{"recipient": {`{"id":"` + psid + `"}`}, "message": {string(must(json.Marshal(map[string]string{"text": text})))}}
	return `{"method":"POST","relative_url":"me/messages","body":"` + body.Encode() + `"` + more + `}`
}

func TestBatchesThatAreRefused(t *testing.T) {
	t.Parallel()
	p := serve(t, simulator.Config{})
	part := `{"method":"GET","relative_url":"me"}`
	many := func(n int) string { return "[" + strings.TrimSuffix(strings.Repeat(part+",", n), ",") + "]" }
	for name, batch := range map[string]string{
		"no list": `{}`, "empty": `[]`, "a number": `1`, "null in it": `[null]`, "text in it": `["GET me"]`, "a method that is a number": `[{"method":1}]`,
		"51": many(51), "1000": many(1000),
		"a circle":            `[{"method":"GET","relative_url":"me","name":"a","depends_on":"b"},{"method":"GET","relative_url":"me","name":"b","depends_on":"a"}]`,
		"itself":              `[{"method":"GET","relative_url":"{result=a:$.id}","name":"a"}]`,
		"a circle by results": `[{"method":"GET","relative_url":"{result=b:$.id}","name":"a"},{"method":"GET","relative_url":"{result=a:$.id}","name":"b"}]`,
		"an unknown name":     `[{"method":"GET","relative_url":"{result=missing:$.id}"}]`,
		"no such dependency":  `[{"method":"GET","relative_url":"me","depends_on":["x"]}]`,
		"a name twice":        `[{"method":"GET","relative_url":"me","name":"a"},{"method":"GET","relative_url":"me","name":"a"}]`,
		"deep":                strings.Repeat("[", 5000) + strings.Repeat("]", 5000),
	} {
		a := p.do(t, "POST", "/v27.0/", `{"batch":`+batch+`}`)
		a.is(t, 100, 0, name)
		require.Contains(t, string(a.body), "GraphBatchException", name)
	}
	p.with(t, "", "POST", "/", jsonBody, `{"batch":`+many(1)+`}`).is(t, 104, 0)
	p.with(t, "wrong", "POST", "/", jsonBody, `{"batch":`+many(1)+`}`).is(t, 190, 0)
	p.do(t, "POST", "/?include_headers=perhaps", `{"batch":`+many(1)+`}`).is(t, 100, 0)
	require.Len(t, p.batch(t, many(50)), 50)
	strict := serve(t, simulator.Config{RequireProof: true})
	strict.do(t, "POST", "/", `{"batch":`+many(1)+`}`).is(t, 100, 0)
}

// TestPartsThatAreRefused: the others are answered.
func TestPartsThatAreRefused(t *testing.T) {
	t.Parallel()
	p := serve(t, simulator.Config{})
	for name, test := range map[string]struct {
		part string
		code int
	}{
		"no method":       {`{"relative_url":"me"}`, 100},
		"PUT":             {`{"method":"PUT","relative_url":"me"}`, 100},
		"another host":    {`{"method":"GET","relative_url":"https://example.com/me"}`, 100},
		"another host, 2": {`{"method":"GET","relative_url":"//example.com/me"}`, 100},
		"escape":          {`{"method":"GET","relative_url":"%zz"}`, 100},
		"no path":         {`{"method":"GET","relative_url":""}`, 2500},
		"a batch":         {`{"method":"POST","relative_url":"?batch=[]"}`, 100},
		"a batch of me":   {`{"method":"POST","relative_url":"me?batch=[]"}`, 100},
		"a JSON body":     {`{"method":"POST","relative_url":"me/messages","body":"{\"a\":1}"}`, 100},
		"an object":       {`{"method":"POST","relative_url":"me/messages","body":{"a":1}}`, 100},
		"no form":         {`{"method":"POST","relative_url":"me/messages","body":"%zz"}`, 100},
		"no such file":    {`{"method":"POST","relative_url":"me/message_attachments","attached_files":"a"}`, 100},
		"a wrong token":   {`{"method":"GET","relative_url":"me?access_token=wrong"}`, 190},
		"not simulated":   {`{"method":"GET","relative_url":"me/nothing"}`, 2500},
		"the page's API":  {`{"method":"GET","relative_url":"simulator/state"}`, 2500},
	} {
		got := p.batch(t, `[`+test.part+`,{"method":"GET","relative_url":"me"}]`)
		require.Equal(t, 400, got[0].Code, name)
		var e struct{ Error struct{ Code int } }
		require.NoError(t, json.Unmarshal([]byte(got[0].Body), &e), name)
		require.Equal(t, test.code, e.Error.Code, "%s: %s", name, got[0].Body)
		require.Equal(t, 200, got[1].Code, name)
	}
}

func TestBatchSendsInOrder(t *testing.T) {
	t.Parallel()
	p := serve(t, simulator.Config{})
	_, err := p.Say(t.Context(), ada, "hi")
	require.NoError(t, err)
	list := `[` + sendPart(ada, "one", "") + `,` + sendPart(lin, "outside of the window", "") + `,` + sendPart(ada, "two & three", "") + `]`
	for _, a := range []answer{
		p.do(t, "POST", "/v27.0/", `{"batch":`+list+`}`),
		p.with(t, "", "POST", "/", formBody, url.Values{"batch": {list}, "access_token": {"simulator-page-token"}, "include_headers": {"false"}}.Encode()),
		p.with(t, "", "POST", "/v27.0/me", formBody, url.Values{"batch": {list}, "access_token": {"simulator-page-token"}}.Encode()),
	} {
		var got []partOf
		require.NoError(t, json.Unmarshal(a.body, &got), "%s", a.body)
		require.Equal(t, []int{200, 400, 200}, []int{got[0].Code, got[1].Code, got[2].Code})
		require.Contains(t, got[0].Body, `"message_id":"m_`)
		require.Contains(t, got[1].Body, `"error_subcode":2018278`)
	}
	var texts []string
	for _, m := range p.Messages(ada) {
		texts = append(texts, m.Text)
	}
	require.Equal(t, []string{"hi", "one", "two & three", "one", "two & three", "one", "two & three"}, texts)
	requests := p.Requests()
	require.Len(t, requests, 12, "each part is a call of its own")
	require.Equal(t, [3]string{"batch", "/v27.0/me/messages", "POST"}, [3]string{requests[0].Via, requests[0].Path, requests[0].Method})
	require.Contains(t, requests[0].Body, `"text":"one"`)
	require.Empty(t, requests[3].Via)
	log := p.Log()
	require.Equal(t, [2]string{"POST batch", "POST messages"}, [2]string{log[1].Name, log[2].Name})
	for _, r := range requests {
		require.NotContains(t, string(must(json.Marshal(r))), "simulator-page-token")
	}
}

func TestBatchHeaders(t *testing.T) {
	t.Parallel()
	p := serve(t, simulator.Config{})
	p.SetUsage("usage")
	const part = `[{"method":"GET","relative_url":"v26.0/me"}]`
	got := p.batch(t, part)
	headers := map[string]string{}
	for _, h := range got[0].Headers {
		headers[h.Name] = h.Value
	}
	require.Equal(t, "usage", headers["X-Business-Use-Case-Usage"])
	require.Equal(t, "v26.0", headers["Facebook-Api-Version"])
	a := p.do(t, "POST", "/v27.0/?include_headers=false", `{"batch":`+part+`}`)
	require.JSONEq(t, `[{"code":200,"body":"{\"id\":\"`+page+`\",\"name\":\"Simulated Page\"}"}]`, string(a.body))
}

// TestBatchOfResults: a call refers to what another answered, which comes first wherever it stands, and is answered null.
func TestBatchOfResults(t *testing.T) {
	t.Parallel()
	p := serve(t, simulator.Config{})
	_, err := p.Say(t.Context(), ada, "hi")
	require.NoError(t, err)
	for _, name := range []string{"a", "b"} {
		idOf(t, p.do(t, "POST", "/me/personas", `{"name":"`+name+`","profile_picture_url":"https://e.x/a.png"}`))
	}
	text := url.QueryEscape(`{"text":"{result=list:$.data.*.name}"}`)
	got := p.batch(t, `[
		{"method":"POST","relative_url":"me/messages","body":"recipient=%7B%22id%22%3A%22`+ada+`%22%7D&message=`+text+`"},
		{"method":"GET","relative_url":"me/personas","name":"list"},
		{"method":"GET","relative_url":"{result=list:$.data[1].id}?fields=name"},
		{"method":"GET","relative_url":"%7Bresult%3Dlist%3A%24%5B%27data%27%5D%5B0%5D.id%7D?fields=name"},
		{"method":"DELETE","relative_url":"{result=list:$.data[0].id}","name":"gone","omit_response_on_success":false},
		{"method":"GET","relative_url":"me","depends_on":"gone"},
		{"method":"GET","relative_url":"me/nothing","name":"bad"},
		{"method":"GET","relative_url":"me","depends_on":["bad"]},
		{"method":"GET","relative_url":"me","omit_response_on_success":true},
		{"method":"GET","relative_url":"{result=list:$.data[0}","name":"wrong"},
		{"method":"GET","relative_url":"{result=list:data}"}
	]`)
	require.Len(t, got, 11)
	require.Equal(t, "a,b", p.Messages(ada)[1].Text)
	require.Equal(t, 200, got[0].Code)
	require.Nil(t, got[1], "others depend on it")
	require.Contains(t, got[2].Body, `"name":"b"`)
	require.Contains(t, got[3].Body, `"name":"a"`)
	require.JSONEq(t, `{"success":true}`, got[4].Body)
	require.Equal(t, 200, got[5].Code)
	require.Equal(t, 400, got[6].Code, "a failure is never omitted")
	require.Nil(t, got[7], "what it depends on failed")
	require.Nil(t, got[8])
	require.Equal(t, 400, got[9].Code)
	require.Equal(t, 400, got[10].Code, "no reference: a strange id")
}

// TestBatchResultsDoNotGrowWithoutBound: each call doubles what it was told.
func TestBatchResultsDoNotGrowWithoutBound(t *testing.T) {
	t.Parallel()
	p := serve(t, simulator.Config{})
	parts := []string{fmt.Sprintf(`{"method":"GET","relative_url":"%s","name":"p0"}`, strings.Repeat("z1", 1000))}
	for i := 1; i < 50; i++ {
		ref := fmt.Sprintf("{result=p%d:$.error.message}", i-1)
		parts = append(parts, fmt.Sprintf(`{"method":"GET","relative_url":"%s","name":"p%d","depends_on":"p%d"}`, strings.Repeat(ref, 8), i, i-1))
	}
	got := p.batch(t, "["+strings.Join(parts, ",")+"]")
	require.Equal(t, 400, got[0].Code)
	require.Nil(t, got[49])

	_, err := p.Say(t.Context(), ada, strings.Repeat("x", 100<<10))
	require.NoError(t, err)
	long := "{result=text:$.data[0].messages.data[0].message}"
	got = p.batch(t, `[{"method":"GET","relative_url":"me/conversations?fields=messages{message}","name":"text","omit_response_on_success":false},
		{"method":"GET","relative_url":"me?fields=`+strings.Repeat(long, 10)+`"},{"method":"GET","relative_url":"me?fields=`+strings.Repeat(long, 11)+`"}]`)
	require.Contains(t, got[0].Body, "xxx")
	require.NotContains(t, got[1].Body, "too long")
	require.Contains(t, got[2].Body, "too long")
}

// TestFaultsInABatch: they hit the parts, and a cut connection is null.
func TestFaultsInABatch(t *testing.T) {
	t.Parallel()
	p := serve(t, simulator.Config{})
	_, err := p.Say(t.Context(), ada, "hi")
	require.NoError(t, err)
	p.Fault(simulator.Fault{Error: simulator.RefusalNamed("calls limit").GraphError()})
	p.Fault(simulator.Fault{Drop: simulator.DropBefore})
	p.Fault(simulator.Fault{Drop: simulator.DropAfter})
	got := p.batch(t, "["+sendPart(ada, "613", "")+","+sendPart(ada, "before", "")+","+sendPart(ada, "after", "")+","+sendPart(ada, "fine", "")+"]")
	require.Contains(t, got[0].Body, `"code":613`)
	require.Nil(t, got[1])
	require.Nil(t, got[2])
	require.Equal(t, 200, got[3].Code)
	list := p.Messages(ada)
	require.Len(t, list, 3)
	require.Equal(t, "after", list[1].Text)
	require.True(t, p.Requests()[1].Fault)
	require.Zero(t, p.Requests()[1].Status)
}

func TestFilesInABatch(t *testing.T) {
	t.Parallel()
	p := serve(t, simulator.Config{})
	message := url.QueryEscape(`{"attachment":{"type":"image","payload":{"is_reusable":true}}}`)
	list := `[{"method":"POST","relative_url":"me/message_attachments","body":"message=` + message + `","attached_files":"one"},` +
		`{"method":"POST","relative_url":"me/message_attachments","body":"message=` + message + `","attached_files":"two"}]`
	body := strings.TrimSuffix(multipartOf("batch", list, "access_token", "simulator-page-token"), "--x--\r\n")
	for _, name := range []string{"one", "two"} {
		body += "--x\r\nContent-Disposition: form-data; name=\"" + name + "\"; filename=\"" + name + ".png\"\r\nContent-Type: image/png\r\n\r\n" + name + "\r\n"
	}
	a := p.with(t, "", "POST", "/", "multipart/form-data; boundary=x", body+"--x--\r\n")
	var got []partOf
	require.NoError(t, json.Unmarshal(a.body, &got), "%s", a.body)
	for _, part := range got {
		require.Equal(t, 200, part.Code, part.Body)
	}
}
