package receiving

import (
	"encoding/json"

	"github.com/djmessenger/messenger/attachment"
)

func (d *decoder) attachment(to []Attachment) []Attachment {
	if d.Kind() != '{' {
		d.refuse("an object")
		return to
	}
	var a Attachment
	plain := -1 // where a payload is that is a string
	for d.Enter(); d.NextKey(); {
		switch string(d.Key()) {
		case "type":
			d.text((*string)(&a.Type))
		case "title":
			d.text(&a.Title)
		case "url":
			d.text(&a.URL)
		case "payload":
			if plain = -1; d.Kind() == '"' {
				plain = d.Offset()
			}
			a.Payload = d.attachmentPayload()
		default:
			d.Skip()
		}
	}
	if plain >= 0 && a.Type != attachment.Fallback {
		d.report(plain, "is a string, not an object")
		a.Payload = nil
	}
	return append(to, a)
}

func (d *decoder) attachmentPayload() *AttachmentPayload {
	start := d.Offset()
	if d.Kind() == '"' {
		p := &AttachmentPayload{Plain: string(d.Text())}
		p.Raw = json.RawMessage(d.Since(start))
		return p
	}
	if !d.object() {
		return nil
	}
	p := new(AttachmentPayload)
	for d.NextKey() {
		switch string(d.Key()) {
		case "url":
			d.text(&p.URL)
		case "title":
			d.text(&p.Title)
		case "sticker_id":
			d.id(&p.StickerID)
		case "coordinates":
			p.Coordinates = d.coordinates()
		case "reel_video_id":
			d.id(&p.ReelVideoID)
		case "id":
			d.id(&p.ID)
		case "attachment_id":
			d.id(&p.AttachmentID)
		case "booking_id":
			d.id(&p.BookingID)
		case "status":
			d.text(&p.Status)
		case "start_time":
			d.time(&p.StartTime)
		case "end_time":
			d.time(&p.EndTime)
		case "timezone":
			d.text(&p.Timezone)
		case "product":
			p.Product = d.productTemplate()
		case "template_type":
			d.text(&p.TemplateType)
		case "text":
			d.text(&p.Text)
		case "elements":
			d.raw(&p.Elements)
		case "buttons":
			d.raw(&p.Buttons)
		default:
			d.other(&p.Others)
		}
	}
	p.Raw = json.RawMessage(d.Since(start))
	return p
}

// other keeps a field that is not listed. Like an item of an array, it must find room.
func (d *decoder) other(to *map[string]json.RawMessage) {
	name := string(d.Key())
	var value json.RawMessage
	if !d.take(len(*to)) {
		return
	}
	if d.raw(&value); value == nil {
		delete(*to, name)
		return
	}
	if *to == nil {
		*to = map[string]json.RawMessage{}
	}
	(*to)[name] = value
}

func (d *decoder) coordinates() *Coordinates {
	if !d.object() {
		return nil
	}
	c := new(Coordinates)
	for d.NextKey() {
		switch string(d.Key()) {
		case "lat":
			d.float(&c.Lat)
		case "long":
			d.float(&c.Long)
		default:
			d.Skip()
		}
	}
	return c
}

func (d *decoder) productTemplate() *ProductTemplate {
	if !d.object() {
		return nil
	}
	t := new(ProductTemplate)
	for d.NextKey() {
		switch string(d.Key()) {
		case "elements":
			t.Elements = nil
			d.items(func() { t.Elements = d.productElement(t.Elements) })
		default:
			d.Skip()
		}
	}
	return t
}

func (d *decoder) productElement(to []ProductElement) []ProductElement {
	if !d.object() {
		return to
	}
	var p ProductElement
	for d.NextKey() {
		switch string(d.Key()) {
		case "id":
			d.id(&p.ID)
		case "retailer_id":
			d.id(&p.RetailerID)
		case "image_url":
			d.text(&p.ImageURL)
		case "title":
			d.text(&p.Title)
		case "subtitle":
			d.text(&p.Subtitle)
		default:
			d.Skip()
		}
	}
	return append(to, p)
}
