package handling

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"mime"
	"path"
	"strings"
	"sync/atomic"
	"time"

	"github.com/djmessenger/messenger/attachment"
	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/store"
)

// attachmentLife is how long an attachment id is used: a day less than the
// platform keeps it.
const attachmentLife = 89 * 24 * time.Hour

// File is something to upload. [FileFrom] makes one that notices when its content
// has become another.
type File struct {
	// Name identifies an upload of the program: "welcome.png". In a File
	// made by hand it is ALL that the attachment id is remembered by: other
	// content under the same name is not uploaded, and people go on being shown
	// the old one, for up to 89 days and over a new deployment. So change the
	// name with the content, as in "welcome-2.png".
	Name string
	// Type is image, audio, video or file.
	Type attachment.Type
	// ContentType is the media type: "image/png".
	ContentType string
	// Open returns the content. It is called when the file must be uploaded.
	Open func() (io.ReadCloser, error)

	// content identifies the content under the name; nil if the
	// name does.
	content *fingerprint
}

// FileFrom is a file of a file system, such as an embedded one or
// os.DirFS. Its media type is that of the name's extension, and says whether it
// is an image, a sound or a video; all else is a file.
//
// The attachment id is remembered by the name and the content, so that a new
// deployment with another picture under the same name shows that. The content is
// read for this by the first Upload of the File, and not again by those of its
// copies: make the File once, when the program starts, rather than for each event.
// If Open is replaced, the content is still taken to be that of the file system.
func FileFrom(fsys fs.FS, name string) File {
	contentType := cmp.Or(mime.TypeByExtension(path.Ext(name)), "application/octet-stream")
	kind := attachment.File
	switch major, _, _ := strings.Cut(contentType, "/"); major {
	case "image", "audio", "video":
		kind = attachment.Type(major)
	}
	open := func() (io.ReadCloser, error) { return fsys.Open(name) }
	return File{Name: name, Type: kind, ContentType: contentType, Open: open, content: &fingerprint{open: open}}
}

// key is what the attachment id is remembered by.
func (f File) key() (string, error) {
	if f.content == nil {
		return f.Name, nil
	}
	sum, err := f.content.sum()
	return f.Name + "#" + sum, err
}

// fingerprint is the hash of a content, which is read when it is asked for, and not
// again once that went well. It is safe for concurrent use.
type fingerprint struct {
	open  func() (io.ReadCloser, error)
	known atomic.Pointer[string]
}

func (f *fingerprint) sum() (string, error) {
	if known := f.known.Load(); known != nil {
		return *known, nil
	}
	content, err := f.open()
	if err != nil {
		return "", err
	}
	defer func() { _ = content.Close() }()
	hash := sha256.New()
	if _, err := io.Copy(hash, content); err != nil {
		return "", err
	}
	sum := hex.EncodeToString(hash.Sum(nil))
	f.known.Store(&sum)
	return sum, nil
}

// Upload returns a message with a file of the program's own. The file is
// uploaded once to each page; the id that the platform gives is kept in the
// store, by the file's name and if it is of [FileFrom] by its content too, and
// used for 89 days. It is for use inside of Handle: elsewhere it returns
// [store.ErrNoTurn]. Other errors are those of Open and of reading the content,
// and of graph.Client.Upload.
func Upload(ctx context.Context, pageID string, file File) (sending.Message, error) {
	return uploadOnce(ctx, pageID, file.Type, file.Name, file.key, func(client *graph.Client) (string, error) {
		content, err := file.Open()
		if err != nil {
			return "", err
		}
		defer func() { _ = content.Close() }()
		return client.Upload(ctx, pageID, file.Type, path.Base(file.Name), file.ContentType, content)
	})
}

// UploadURL is [Upload] of what the platform is to fetch from a URL, which is
// the name that the attachment id is remembered by.
func UploadURL(ctx context.Context, pageID string, kind attachment.Type, url string) (sending.Message, error) {
	key := func() (string, error) { return url, nil }
	return uploadOnce(ctx, pageID, kind, url, key, func(client *graph.Client) (string, error) {
		return client.UploadURL(ctx, pageID, kind, url)
	})
}

func uploadOnce(
	ctx context.Context, pageID string, kind attachment.Type, name string,
	key func() (string, error), upload func(*graph.Client) (string, error),
) (sending.Message, error) {
	reader, client := store.From(ctx), graph.From(ctx)
	if reader == nil || client == nil {
		return sending.Message{}, store.ErrNoTurn
	}
	known, err := key()
	if err != nil {
		return sending.Message{}, fmt.Errorf("handling: upload %s: %w", name, err)
	}
	id, err := reader.Attachment(ctx, pageID, known)
	switch {
	case err == nil:
		return sending.Uploaded(kind, id), nil
	case !errors.Is(err, store.ErrNotFound):
		return sending.Message{}, err
	}
	if id, err = upload(client); err != nil {
		return sending.Message{}, fmt.Errorf("handling: upload %s: %w", name, err)
	}
	err = store.Queue(ctx, store.SaveAttachment{
		PageID: pageID, Name: known, AttachmentID: id, Expires: Now(ctx).Add(attachmentLife),
	})
	return sending.Uploaded(kind, id), err
}
