package simulator

import (
	"bytes"
	"errors"
	"mime"
	"net/http"
	"net/url"
	"path"
	"strings"
	"time"
)

// attachment is something the page uploaded once to send it often.
type attachment struct {
	kind, url string
	at        time.Time
}

// attachmentLife is how long an attachment_id can be used.
const attachmentLife = 90 * 24 * time.Hour

// file holds uploaded bytes; the chat page and bots fetch them below
// /simulator/files/.
type file struct {
	name, contentType string
	data              []byte
}

// What is kept of uploads; older ones answer 404.
const (
	maxFiles  = 200
	filesKeep = 256 << 20 // bytes of all together
)

// keep stores bytes and returns their path relative to the simulator's root.
// s.mu must be held.
func (s *Simulator) keep(f *file) string {
	f.name = path.Base("/" + strings.ReplaceAll(f.name, `\`, "/"))
	if f.name == "/" || f.name == "." {
		f.name = "file"
	}
	id := randomHex()
	s.files[id] = f
	s.fileOrder = append(s.fileOrder, id)
	for len(s.fileOrder) > maxFiles || s.fileBytes() > filesKeep {
		delete(s.files, s.fileOrder[0])
		s.fileOrder = s.fileOrder[1:]
	}
	return "simulator/files/" + id + "/" + url.PathEscape(f.name)
}

// fileBytes is how long all uploads are together. s.mu must be held.
func (s *Simulator) fileBytes() int {
	sum := 0
	for _, f := range s.files {
		sum += len(f.data)
	}
	return sum
}

// takeUpload checks filedata for an attachment of this type.
func (sd *send) takeUpload(kind string) {
	up := sd.upload
	sd.upload = nil
	if sd.err != nil {
		return
	}
	media, _, err := mime.ParseMediaType(up.contentType)
	major, _, _ := strings.Cut(media, "/")
	switch {
	case len(up.data) > maxUpload:
		sd.err = known("attachment too large")
	case len(up.data) == 0:
		sd.err = refuse(2018047, "Upload attachment failure: filedata is empty")
	case err != nil, kind != "file" && major != kind:
		sd.err = refuse(2018047, "Upload attachment failure: filedata of type %q is no %s", up.contentType, kind)
	}
	sd.uploaded = up
}

// resolve gives every attachment its URL: of uploads, the simulator's own. It
// returns the attachment_id the answer carries, if any. s.mu must be held.
func (p *page) resolve(s *Simulator, sd *send, c *call) (string, *GraphError) {
	look := func(id, kind string) (string, *GraphError) {
		known, ok := p.attachments[id]
		switch {
		case !ok:
			return "", refuse(2018074, "Invalid attachment ID %s: it is not owned by this page", id)
		case c.at.Sub(known.at) > attachmentLife:
			return "", refuse(2018074, "Invalid attachment ID %s: it has expired", id)
		case known.kind != kind:
			return "", refuse(2018047, "Attachment %s is of type %s, not %s", id, known.kind, kind)
		}
		return known.url, nil
	}
	var err *GraphError
	for i := range sd.message.Attachments {
		a := &sd.message.Attachments[i]
		if a.AttachmentID != "" {
			if a.URL, err = look(a.AttachmentID, a.Type); err != nil {
				return "", err
			}
		}
		if a.Template == nil {
			continue
		}
		for j := range a.Template.Elements {
			e := &a.Template.Elements[j]
			if e.AttachmentID != "" {
				if e.URL, err = look(e.AttachmentID, e.MediaType); err != nil {
					return "", err
				}
			}
		}
	}
	if len(sd.message.Attachments) != 1 || (sd.uploaded == nil && !sd.reusable) {
		return "", nil
	}
	a := &sd.message.Attachments[0]
	if sd.uploaded != nil {
		a.URL = c.base + "/" + s.keep(&file{sd.uploaded.name, sd.uploaded.contentType, sd.uploaded.data})
	}
	if a.AttachmentID != "" {
		return a.AttachmentID, nil
	}
	return p.addAttachment(a.Type, a.URL, c.at), nil
}

func (p *page) addAttachment(kind, url string, at time.Time) string {
	id := "1" + p.random.digits(15)
	p.attachments[id] = attachment{kind, url, at}
	return id
}

// callAttachments is the Attachment Upload API, see
// https://developers.facebook.com/docs/messenger-platform/reference/attachment-upload-api
// A URL is not fetched.
func (s *Simulator) callAttachments(c *call) (any, *GraphError) {
	sd := &send{check: check{instagram: c.page.instagram}, upload: c.upload, reusable: true}
	get := sd.object(c.get("message"), "attachment")
	a := sd.readAttachment(get("attachment"))
	if a.Type == "template" || a.Type == "like_heart" || a.Type == "MEDIA_SHARE" || a.AttachmentID != "" {
		sd.refuse("Param message[attachment] must be media by url or filedata.")
	}
	sd.message.Attachments, sd.reusable = []Attachment{a}, true
	if sd.err != nil {
		return nil, sd.err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	id, err := c.page.resolve(s, sd, c)
	if err != nil {
		return nil, err
	}
	return map[string]string{"attachment_id": id}, nil
}

var errNoFile = &controlError{err: errors.New("simulator: there is no such file, or not any more"), code: "no_such_file"}

// serveFile serves an upload. It cannot run scripts in the chat page's origin.
func (s *Simulator) serveFile(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	f := s.files[r.PathValue("id")]
	s.mu.Unlock()
	if f == nil {
		complain(w, http.StatusNotFound, errNoFile)
		return
	}
	media, _, _ := mime.ParseMediaType(f.contentType)
	inline := !strings.HasSuffix(media, "+xml") && // image/svg+xml and its like can hold scripts
		(strings.HasPrefix(media, "image/") || strings.HasPrefix(media, "audio/") || strings.HasPrefix(media, "video/"))
	disposition := "attachment"
	if inline {
		disposition = "inline"
	} else {
		media = "application/octet-stream"
	}
	h := w.Header()
	h.Set("Content-Disposition", mime.FormatMediaType(disposition, map[string]string{"filename": f.name}))
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	h.Set("Content-Type", media)
	h.Set("X-Content-Type-Options", "nosniff")
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(f.data))
}
