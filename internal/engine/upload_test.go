package engine_test

import (
	"context"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/attachment"
	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/simulator"
	"github.com/djmessenger/messenger/store"
)

// uploads counts the uploads that the platform took.
func (w *world) uploads() int {
	n := 0
	for _, r := range w.Requests() {
		if strings.HasSuffix(r.Path, "/message_attachments") {
			n++
		}
	}
	return n
}

func TestFileIsUploadedOnceForItsLife(t *testing.T) {
	t.Parallel()
	files := fstest.MapFS{"shop/map.png": {Data: []byte("\x89PNG")}}
	for name, upload := range map[string]func(context.Context) (sending.Message, error){
		"a file": func(ctx context.Context) (sending.Message, error) {
			return handling.Upload(ctx, pageID, handling.FileFrom(files, "shop/map.png"))
		},
		"a URL": func(ctx context.Context) (sending.Message, error) {
			return handling.UploadURL(ctx, pageID, attachment.Image, "https://shop.example/map.png")
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			answer := route("map", func(ctx context.Context, _ *receiving.Event, reply *sending.Replier) error {
				m, err := upload(ctx)
				if err != nil {
					return err
				}
				return reply.Reply(ctx, m)
			})
			inBubble(t, simulator.Config{}, config{Policy: texts(answer)}, func(w *world) {
				for _, psid := range []string{ada, lin, ada} {
					w.Says(psid, "where are you?")
					after(time.Second)
				}
				require.Len(t, w.Texts(ada), 2)
				require.Equal(t, 1, w.uploads())
				w.Stop()
				after(90 * 24 * time.Hour) // the platform has forgotten it by then
				w.start()
				w.Says(ada, "where are you?")
				after(time.Second)
				require.Equal(t, 2, w.uploads())
			})
		})
	}
}

func TestUploadBesideATurnIsRefused(t *testing.T) {
	t.Parallel()
	_, err := handling.Upload(t.Context(), pageID, handling.File{})
	require.ErrorIs(t, err, store.ErrNoTurn)
}
