package simulator

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime/multipart"
)

// multipart reads the parts of a body, in any order. A body without its closing boundary ends its last part, as some
// clients never write one; whether the platform takes it is not known.
func (p *params) multipart(data []byte, boundary string) *GraphError {
	if boundary == "" {
		return refuse(0, "The multipart body has no boundary")
	}
	if !bytes.Contains(data, []byte("--"+boundary+"--")) {
		p.broken = true
		data = bytes.TrimSuffix(bytes.TrimSuffix(data, []byte("\r\n")), []byte("\r\n--"+boundary))
		data = append(bytes.Clone(data), "\r\n--"+boundary+"--\r\n"...)
	}
	shown := map[string]json.RawMessage{}
	fields := map[string][]string{}
	reader := multipart.NewReader(bytes.NewReader(data), boundary)
	for n := 0; ; n++ {
		part, err := reader.NextPart()
		switch {
		case errors.Is(err, io.EOF) && n > 0:
			problem := p.form(fields)
			for name := range fields {
				if !isSecret(name) {
					shown[name] = mustJSON(fields[name])
					if len(fields[name]) == 1 {
						shown[name] = value{raw: quote(fields[name][0])}.unquoted().raw
					}
				}
			}
			p.body = p.marshal(shown)
			return problem
		case err != nil:
			return refuse(0, "The multipart body is broken")
		case n == maxParts:
			return refuse(0, "The multipart body has over %d parts", maxParts)
		}
		content, err := io.ReadAll(part)
		if err != nil {
			return refuse(0, "The multipart body is broken")
		}
		name, file := part.FormName(), part.FileName()
		switch {
		case name == "filedata" && p.upload != nil:
			return refuse(0, "There is more than one filedata")
		case name == "filedata" || file != "":
			up := &upload{name: file, contentType: part.Header.Get("Content-Type"), data: content}
			shown[name] = mustJSON(map[string]any{"filename": file, "type": up.contentType, "bytes": len(content)})
			if name == "filedata" {
				p.upload = up
			}
			if p.files == nil {
				p.files = map[string]*upload{}
			}
			p.files[name] = up
		default:
			fields[name] = append(fields[name], string(content))
		}
	}
}
