package messengertest

import "github.com/djmessenger/messenger/simulator"

// SendsImage sends the image at an absolute URL, or several in one message, 30 at most. The bot gets the URLs as they are; nothing is
// fetched.
func (p *Person) SendsImage(url string, more ...string) {
	p.t.Helper()
	p.Sends("image", append([]string{url}, more...)...)
}

// SendsVideo sends the video at an absolute URL.
func (p *Person) SendsVideo(url string) { p.t.Helper(); p.Sends("video", url) }

// SendsAudio sends the recording at an absolute URL, such as a voice message.
func (p *Person) SendsAudio(url string) { p.t.Helper(); p.Sends("audio", url) }

// SendsFile sends the file at an absolute URL.
func (p *Person) SendsFile(url string) { p.t.Helper(); p.Sends("file", url) }

// Sends sends attachments of a type by their absolute URLs, in one message: image, video, audio, file, reel, ig_reel, post, ig_post or
// fallback; on Instagram image, video, audio, file, share, reel, ig_reel, ig_post or story_mention. Another type, no URL, or over 30 fail
// the test.
func (p *Person) Sends(kind string, urls ...string) {
	p.t.Helper()
	p.act(p.chat.SendAttachments(p.t.Context(), p.ID, kind, urls...))
}

// SendsSticker sends a sticker by its id, of digits. Of Instagram's stickers the bot gets no callback.
func (p *Person) SendsSticker(id string) {
	p.t.Helper()
	p.act(p.chat.SendSticker(p.t.Context(), p.ID, id))
}

// SendsThumb sends the thumb, which is the sticker [simulator.ThumbSmall].
func (p *Person) SendsThumb() { p.t.Helper(); p.SendsSticker(simulator.ThumbSmall) }

// SendsLocation sends a place, in degrees. Instagram has none.
func (p *Person) SendsLocation(lat, long float64) {
	p.t.Helper()
	p.act(p.chat.SendLocation(p.t.Context(), p.ID, lat, long, "Here"))
}
