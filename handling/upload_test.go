package handling_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/attachment"
	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/memory"
)

func TestFileFromKnowsItsKindByItsName(t *testing.T) {
	t.Parallel()
	files := fstest.MapFS{"a/b.png": {Data: []byte("content")}}
	for name, want := range map[string]handling.File{
		"a/b.png":   {Type: attachment.Image, ContentType: "image/png"},
		"a.b.jpeg":  {Type: attachment.Image, ContentType: "image/jpeg"},
		"terms.pdf": {Type: attachment.File, ContentType: "application/pdf"},
		"README":    {Type: attachment.File, ContentType: "application/octet-stream"},
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
	turn := store.NewTurn(memory.New(memory.Config{}), store.Person{PageID: "1234", PSID: "42"})
	ctx := graph.With(turn.Begin("map").Context(context.Background()), client)

	files := fstest.MapFS{"map.png": {Data: []byte("\x89PNG")}} // or an embed.FS
	m, err := handling.Upload(ctx, "1234", handling.FileFrom(files, "map.png"))
	fmt.Println(m.Kind(), string(m.Attachment.Payload), err)
	// Output: image {"attachment_id":"1857777774821032"} <nil>
}

// shop is a page's store and the platform that it uploads to, over several
// deployments of the bot.
type shop struct {
	t       *testing.T
	store   store.Store
	client  *graph.Client
	uploads int
}

func newShop(t *testing.T) *shop {
	t.Helper()
	s := &shop{t: t, store: memory.New(memory.Config{})}
	platform := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		s.uploads++
		_, _ = fmt.Fprintf(w, `{"attachment_id":"%d"}`, s.uploads)
	}))
	t.Cleanup(platform.Close)
	client, err := graph.New(graph.Config{BaseURL: platform.URL, Timeout: time.Minute, Tokens: graph.PageToken("EAAG")})
	require.NoError(t, err)
	s.client = client
	return s
}

// upload uploads a file in a turn that commits, and returns the attachment id.
func (s *shop) upload(file handling.File) (string, error) {
	s.t.Helper()
	set := store.NewTurn(s.store, store.Person{PageID: "1234", PSID: "42"}).Begin("map")
	m, err := handling.Upload(graph.With(set.Context(s.t.Context()), s.client), "1234", file)
	if err != nil {
		return "", err
	}
	require.NoError(s.t, s.store.Apply(s.t.Context(), set.End()...))
	var payload struct {
		ID string `json:"attachment_id"`
	}
	require.NoError(s.t, json.Unmarshal(m.Attachment.Payload, &payload))
	return payload.ID, nil
}

func TestAnotherContentUnderTheSameNameIsUploadedAgain(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	deployed := func(content string) handling.File {
		return handling.FileFrom(fstest.MapFS{"map.png": {Data: []byte(content)}}, "map.png")
	}
	for _, c := range []struct{ content, want string }{
		{"old", "1"}, {"old", "1"}, {"new", "2"}, {"old", "1"},
	} {
		id, err := s.upload(deployed(c.content))
		require.NoError(t, err)
		require.Equal(t, c.want, id, c.content)
	}

	byHand := func(content string) handling.File {
		return handling.File{Name: "map.png", Type: attachment.Image, ContentType: "image/png", Open: func() (io.ReadCloser, error) {
			return io.NopCloser(strings.NewReader(content)), nil
		}}
	}
	for _, content := range []string{"old", "new"} {
		id, err := s.upload(byHand(content))
		require.NoError(t, err)
		require.Equal(t, "3", id, "of a File made by hand the name is all")
	}
}

// counted is a file system that counts how often it was asked, and fails as long
// as it is told to.
type counted struct {
	fstest.MapFS

	opened int
	broken error
}

func (c *counted) Open(name string) (fs.File, error) {
	c.opened++
	if c.broken != nil {
		return nil, c.broken
	}
	return c.MapFS.Open(name)
}

func TestFileIsReadOnceToKnowItsContent(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	files := &counted{MapFS: fstest.MapFS{"map.png": {Data: []byte("content")}}, broken: errors.New("too many open files")}
	file := handling.FileFrom(files, "map.png")
	require.Zero(t, files.opened, "it is not read before it is needed")
	_, err := s.upload(file)
	require.ErrorIs(t, err, files.broken)
	require.ErrorContains(t, err, "handling: upload map.png")

	files.broken, files.opened = nil, 0
	for range 3 {
		id, err := s.upload(file)
		require.NoError(t, err, "a failure to read is not for ever")
		require.Equal(t, "1", id)
	}
	require.Equal(t, 2, files.opened, "for its hash, and for the upload")
}
