package receiving

import (
	"encoding/json"
	"time"

	"github.com/djmessenger/messenger/attachment"
)

// Attachment is something that a message carries besides text.
type Attachment struct {
	Type attachment.Type `json:"type"`
	// Title and URL stand beside the payload of some fallbacks and templates.
	Title string `json:"title,omitempty"`
	URL   string `json:"url,omitempty"`
	// Payload is nil when the platform sent none.
	Payload *AttachmentPayload `json:"payload,omitempty"`
}

// AttachmentPayload is what an attachment consists of. Which fields are set
// depends on its kind.
type AttachmentPayload struct {
	URL          string       `json:"url,omitempty"`
	Title        string       `json:"title,omitempty"`
	StickerID    string       `json:"sticker_id,omitempty"`
	Coordinates  *Coordinates `json:"coordinates,omitempty"`
	ReelVideoID  string       `json:"reel_video_id,omitempty"`
	ID           string       `json:"id,omitempty"`
	AttachmentID string       `json:"attachment_id,omitempty"`

	// BookingID to Timezone belong to an appointment. Status is "requested",
	// "confirmed", "declined" or "cancelled", and Timezone an IANA name.
	BookingID string    `json:"booking_id,omitempty"`
	Status    string    `json:"status,omitempty"`
	StartTime time.Time `json:"start_time,omitzero"`
	EndTime   time.Time `json:"end_time,omitzero"`
	Timezone  string    `json:"timezone,omitempty"`

	// Product is set on a template that shows products of a catalogue. The
	// platform sends it to apps with the catalog_management permission.
	Product *ProductTemplate `json:"product,omitempty"`

	// TemplateType to Buttons belong to the echo of a template, which has
	// them in the form in which they were sent.
	TemplateType string          `json:"template_type,omitempty"`
	Text         string          `json:"text,omitempty"`
	Elements     json.RawMessage `json:"elements,omitempty"`
	Buttons      json.RawMessage `json:"buttons,omitempty"`

	// Others are the fields that have none of their own, by their names, such
	// as those of a receipt's echo. Encoding writes them too.
	Others map[string]json.RawMessage `json:"-"`

	// Plain is the payload itself where the platform writes a string instead of
	// an object, as for some fallbacks. Encoding writes that string.
	Plain string `json:"-"`

	// Raw is the payload as the platform sent it.
	Raw json.RawMessage `json:"-"`
}

// MarshalJSON implements [json.Marshaler].
func (p AttachmentPayload) MarshalJSON() ([]byte, error) {
	type listed AttachmentPayload
	if p.Plain != "" {
		return json.Marshal(p.Plain)
	}
	data, err := json.Marshal(listed(p))
	if err != nil || len(p.Others) == 0 {
		return data, err
	}
	others, err := json.Marshal(p.Others)
	if err != nil {
		return nil, err
	}
	if len(data) == len(`{}`) {
		return others, nil
	}
	data[len(data)-1] = ','
	return append(data, others[1:]...), nil
}

// ProductTemplate shows products of a catalogue.
type ProductTemplate struct {
	Elements []ProductElement `json:"elements,omitempty"`
}

// ProductElement is a product that a template shows.
type ProductElement struct {
	ID string `json:"id,omitempty"`
	// RetailerID is the seller's own id of the product.
	RetailerID string `json:"retailer_id,omitempty"`
	ImageURL   string `json:"image_url,omitempty"`
	Title      string `json:"title,omitempty"`
	Subtitle   string `json:"subtitle,omitempty"`
}

// Coordinates are a place on the earth, in degrees.
type Coordinates struct {
	Lat  float64 `json:"lat"`
	Long float64 `json:"long"`
}
