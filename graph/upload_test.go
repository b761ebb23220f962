package graph_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/attachment"
	"github.com/djmessenger/messenger/graph"
)

func upload(ctx context.Context, client *graph.Client, r io.Reader) (string, error) {
	return client.Upload(ctx, page, attachment.Image, `my "cat".png`, "image/png", r)
}

func TestUploadSendsAForm(t *testing.T) {
	t.Parallel()
	content := make([]byte, 3<<20)
	_, err := rand.Read(content)
	require.NoError(t, err)
	platform := newPlatform(t, answering(200, `{"attachment_id":1854626884821032}`))
	id, err := upload(t.Context(), platform.client(t), bytes.NewReader(content))
	require.NoError(t, err)
	require.Equal(t, "1854626884821032", id)

	sent := platform.only(t)
	require.Equal(t, "POST /prefix/v27.0/me/message_attachments?appsecret_proof="+proof, sent.method+" "+sent.uri)
	require.Equal(t, "Bearer "+token, sent.header.Get("Authorization"))
	_, parameters, err := mime.ParseMediaType(sent.header.Get("Content-Type"))
	require.NoError(t, err)
	form := multipart.NewReader(strings.NewReader(sent.body), parameters["boundary"])
	message, err := form.NextPart()
	require.NoError(t, err)
	require.Equal(t, "message", message.FormName())
	text, err := io.ReadAll(message)
	require.NoError(t, err)
	require.JSONEq(t, `{"attachment":{"type":"image","payload":{"is_reusable":true}}}`, string(text))
	file, err := form.NextPart()
	require.NoError(t, err)
	require.Equal(t, "filedata", file.FormName())
	require.Equal(t, `my "cat".png`, file.FileName())
	require.Equal(t, "image/png", file.Header.Get("Content-Type"))
	got, err := io.ReadAll(file)
	require.NoError(t, err)
	require.True(t, bytes.Equal(content, got))
	_, err = form.NextPart()
	require.Equal(t, io.EOF, err)
}

// TestUploadStreams hands the platform the first bytes before the reader has the last ones.
func TestUploadStreams(t *testing.T) {
	t.Parallel()
	arrived := make(chan struct{})
	client := newPlatform(t, nil).client(t, func(c *graph.Config) {
		c.HTTPClient = &http.Client{Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
			form, err := r.MultipartReader()
			if err != nil {
				return nil, err
			}
			if _, err = form.NextPart(); err != nil {
				return nil, err
			}
			file, err := form.NextPart()
			if err != nil {
				return nil, err
			}
			if _, err := io.ReadFull(file, make([]byte, 1)); err != nil {
				return nil, err
			}
			close(arrived)
			_, err = io.Copy(io.Discard, file)
			return &http.Response{StatusCode: 200, Body: io.NopCloser(strings.NewReader(`{"attachment_id":"1"}`))}, err
		})}
	})
	first := true
	_, err := upload(t.Context(), client, readerFunc(func(p []byte) (int, error) {
		if first {
			first = false
			return len(p), nil
		}
		<-arrived
		return 0, io.EOF
	}))
	require.NoError(t, err)
}

func TestUploadBreaksOffWhenTheReaderFails(t *testing.T) {
	t.Parallel()
	fault := errors.New("disk on fire")
	platform := newPlatform(t, answering(200, `{"attachment_id":"1"}`))
	id, err := upload(t.Context(), platform.client(t), failing(strings.Repeat("x", 1<<20), fault))
	require.Empty(t, id)
	require.ErrorIs(t, err, fault)
	require.Equal(t, graph.RetryNever, graph.Classify(err))
	require.Empty(t, platform.received(t), "the platform must not take half a file for a whole one")
}

func TestUploadEndsWithItsContextThoughTheReaderBlocks(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	release := make(chan struct{})
	t.Cleanup(func() { close(release) })
	_, err := upload(ctx, newPlatform(t, nil).client(t), readerFunc(func([]byte) (int, error) {
		cancel()
		<-release
		return 0, io.EOF
	}))
	require.ErrorIs(t, err, context.Canceled)
}

func TestUploadHasATimeoutOfItsOwn(t *testing.T) {
	t.Parallel()
	stall := func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
	change := func(c *graph.Config) { c.Timeout, c.UploadTimeout = time.Hour, time.Second }
	withPipedPlatform(t, stall, change, func(t *testing.T, client *graph.Client) {
		start := time.Now()
		_, err := upload(t.Context(), client, strings.NewReader("x"))
		require.Equal(t, time.Second, time.Since(start))
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.Equal(t, graph.RetryUncertain, graph.Classify(err))
	})
}

func TestUploadThatIsRefused(t *testing.T) {
	t.Parallel()
	_, err := upload(t.Context(), newPlatform(t, answering(400, `{"error":{"code":190}}`)).client(t), strings.NewReader("x"))
	require.ErrorIs(t, err, graph.ErrTokenInvalid)
	requireNoCredentials(t, err)

	_, err = upload(t.Context(), newPlatform(t, nil).client(t), strings.NewReader("x"))
	var unusable *graph.ResponseError
	require.ErrorAs(t, err, &unusable, "an answer without an id")

	client := newPlatform(t, nil).client(t, func(c *graph.Config) { c.Tokens = graph.PageToken("") })
	_, err = upload(t.Context(), client, readerFunc(func([]byte) (int, error) { panic("read without a token") }))
	require.ErrorIs(t, err, graph.ErrNoToken)
}

func TestUploadChecksItsArguments(t *testing.T) {
	t.Parallel()
	platform := newPlatform(t, nil)
	client := platform.client(t)
	for name, try := range map[string]func() (string, error){
		"kind": func() (string, error) {
			return client.Upload(t.Context(), page, "", "f", "image/png", strings.NewReader(""))
		},
		"name": func() (string, error) {
			return client.Upload(t.Context(), page, "image", "", "image/png", strings.NewReader(""))
		},
		"type": func() (string, error) {
			return client.Upload(t.Context(), page, "image", "f", "", strings.NewReader(""))
		},
		"type, header": func() (string, error) {
			return client.Upload(t.Context(), page, "image", "f", "image/png\r\nX: y", strings.NewReader(""))
		},
		"reader": func() (string, error) { return client.Upload(t.Context(), page, "image", "f", "image/png", nil) },
	} {
		_, err := try()
		var refused *graph.RequestError
		require.ErrorAs(t, err, &refused, name)
	}
	require.Empty(t, platform.received(t))
}
