package sending

import "fmt"

func (a *Attachment) check(c *check, at string) {
	payload := node{c: c, at: at + ".payload"}
	if len(a.Payload) > 0 {
		var ok bool
		if payload, ok = c.decode(payload.at, a.Payload); !ok {
			return
		}
	}
	if a.isMedia() {
		payload.checkMediaPayload()
		return
	}
	switch a.Type {
	case AttachmentTemplate:
		payload.checkTemplate()
	case AttachmentLikeHeart, AttachmentMediaShare:
		if c.messenger() {
			c.fail(at+".type", fmt.Sprintf("%s is for Instagram only", a.Type))
		}
		if a.Type == AttachmentMediaShare && payload.isObject() && payload.get("id").need() {
			payload.get("id").id()
		}
	case "":
		c.fail(at+".type", "is missing")
	}
}

func (n node) checkMediaPayload() {
	if n.isObject() {
		n.needOne("url", "attachment_id")
		n.get("url").url()
		n.get("attachment_id").id()
	}
}
