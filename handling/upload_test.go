package handling_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/store"
)

func TestFileFromKnowsItsKindByItsName(t *testing.T) {
	t.Parallel()
	files := fstest.MapFS{"a/b.png": {Data: []byte("content")}}
	for name, want := range map[string]handling.File{
		"a/b.png":   {Type: sending.AttachmentImage, ContentType: "image/png"},
		"a.b.jpeg":  {Type: sending.AttachmentImage, ContentType: "image/jpeg"},
		"terms.pdf": {Type: sending.AttachmentFile, ContentType: "application/pdf"},
		"README":    {Type: sending.AttachmentFile, ContentType: "application/octet-stream"},
	} {
		file := handling.FileFrom(files, name)
		require.Equal(t, name, file.Name)
		require.Equal(t, want.Type, file.Type, name)
		require.Equal(t, want.ContentType, file.ContentType, name)
	}
	content, err := handling.FileFrom(files, "a/b.png").Open()
	require.NoError(t, err)
	text, err := io.ReadAll(content)
	require.NoError(t, err)
	require.Equal(t, "content", string(text))
	_, err = handling.FileFrom(files, "no.png").Open()
	require.Error(t, err)
}

func ExampleUpload() {
	platform := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"attachment_id":"1857777774821032"}`)
	}))
	defer platform.Close()
	client, err := graph.New(graph.Config{BaseURL: platform.URL, Tokens: graph.PageToken("EAAG")})
	if err != nil {
		fmt.Println(err)
		return
	}
	// The bot hands such a context to every handler.
	turn := store.NewTurn(store.NewMemory(), store.Person{PageID: "1234", PSID: "42"})
	ctx := graph.With(turn.Begin("map").Context(context.Background()), client)

	files := fstest.MapFS{"map.png": {Data: []byte("\x89PNG")}} // or an embed.FS
	m, err := handling.Upload(ctx, "1234", handling.FileFrom(files, "map.png"))
	fmt.Println(m.Kind(), string(m.Attachment.Payload), err)
	// Output: image {"attachment_id":"1857777774821032"} <nil>
}
