package chatpage_test

import (
	"bytes"
	"image"
	"image/color"
	stddraw "image/draw"
	"image/png"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/internal/browsertest"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/simulator"
)

// A person comes by links, ads and plugins, comments, blocks the page and starts anew, by the menu beside their name.
func TestWhatAPersonCanDo(t *testing.T) {
	t.Parallel()
	w := serve(t, simulator.Config{})
	p := open(t, w.url+"#p="+ada, browsertest.DeskDark)
	does := func(what string) {
		p.TapsOn("button", "More that this person can do")
		p.TapsOn("button", what)
	}
	does("Come by a link (m.me, ref)")
	p.IsAccessible("dialog")
	p.Fills("ref", "spring")
	p.TapsOn("button", "Open")
	w.told(`"referral"`, `"ref":"spring"`, `"SHORTLINK"`)

	does("Come from an ad")
	p.Fills("Title of the ad", "Green lamps")
	p.TapsOn("button", "Open")
	w.told(`"ad_id":"6045246247433"`, `"ADS"`, "Green lamps")

	does("Opt in (plugin)")
	p.Fills("data-ref", "newsletter")
	p.TapsOn("button", "Opt in")
	w.told(`"optin"`, `"ref":"newsletter"`)

	does("Comment on a post")
	p.Fills("Text", "How much is it?")
	p.TapsOn("button", "Comment")
	w.told(`"feed"`, `"comment"`, "How much is it?")
	p.Until("the comment is shown", `the("dialog", "On the feed")?.innerText.includes("No public answer yet")`)
	comment := p.Eval(`the("dialog", "On the feed").innerText.match(/\d+_\d+/)[0]`)
	require.Equal(t, http.StatusOK, w.call(http.MethodPost, comment+"/comments", map[string]string{"message": "Five euros"}))
	p.Until("the public answer is shown", `the("dialog", "On the feed").innerText.includes("Five euros")`)
	require.Equal(t, http.StatusOK, w.call(http.MethodPost, "me/messages", map[string]any{
		"recipient": map[string]string{"comment_id": comment}, "message": map[string]string{"text": "Shall I keep one for you?"},
	}))
	p.IsAccessible("dialog")
	p.TapsOn("button", "Close")
	p.Until("the private reply is in the conversation", `said("page", "Shall I keep one for you?")`)

	does("Write on the page's feed")
	p.Fills("Text", "I like lamps")
	p.TapsOn("button", "Post")
	w.told(`"feed"`, "I like lamps")
	p.TapsOn("button", "Close")

	does("Block the page")
	p.Until("the block is said", `find("banner").innerText.includes("has blocked the page")`)
	p.TapsOn("button", "Unblock")
	p.Until("the block is gone", `!find("banner")?.innerText.includes("has blocked the page")`)
	require.Equal(t, http.StatusOK, w.call(http.MethodPost, "me/messages", map[string]any{"recipient": map[string]string{"id": ada}, "message": map[string]string{"text": "Welcome back"}}))

	p.Types("A new beginning")
	does("Restart the conversation")
	p.TapsOn("button", "Restart")
	p.Until("the conversation is empty", `all("message").length === 0`)
	p.Types("first again")

	does("Restart as a new person")
	p.Until("somebody like Ada is there, who has not written", `document.getElementById("chat-name").textContent === "Ada Byron 2" && all("message").length === 0`)
	p.HasNotComplained()
}

// A person sends what a messenger can send.
func TestComposer(t *testing.T) {
	t.Parallel()
	w := serve(t, simulator.Config{})
	require.Equal(t, http.StatusOK, w.call(http.MethodPost, "me/messenger_profile", map[string]any{"commands": []any{
		map[string]any{"locale": "default", "commands": []any{map[string]string{"name": "flights", "description": "Find flights"}}},
	}}))
	p := open(t, w.url+"#p="+ada, browsertest.PhoneLight)

	p.TapsOn("button", "Emoji")
	p.TapsOn("button", "Insert 🎉")
	p.Press(kb.Escape)
	p.TapsOn("button", "Send")
	w.told(`"text":"🎉"`)
	p.TapsOn("button", "Send a thumbs up")
	w.told(`"sticker_id":369239263222822`)
	p.Taps("composer-text")
	p.Press("/")
	p.Until("the commands are suggested", `find("toast")?.innerText.includes("/flights")`)
	p.Press("flights", kb.Enter)
	w.told(`"commands":[{"name":"flights"}]`)
	require.Empty(t, p.Eval(`find("composer-text").value`), "Enter sends, and writes no line")

	dir := t.TempDir()
	red, blue, plan := filepath.Join(dir, "red.png"), filepath.Join(dir, "blue.png"), filepath.Join(dir, "plan.pdf")
	draw(t, red, color.RGBA{R: 0xc0, A: 0xff})
	draw(t, blue, color.RGBA{B: 0xc0, A: 0xff})
	require.NoError(t, os.WriteFile(plan, []byte("%PDF-1.4"), 0o600))
	p.Picks("file", red, blue)
	body := w.told(`"type":"image"`, "red.png")
	require.Contains(t, body, "blue.png", "photos that are chosen together are one message")
	p.Until("they are a collage", `the("group", "2 images") !== undefined`)
	p.Picks("file", plan)
	w.told(`"type":"file"`, "plan.pdf")
	p.Until("the file is a link", `the("link", "file: plan.pdf") !== undefined`)

	attach := func(what string) {
		p.TapsOn("button", "Attach")
		p.TapsOn("button", what)
	}
	attach("Sticker")
	p.IsAccessible("dialog")
	p.Picture("375-light-composer-stickers")
	p.TapsOn("button", "Parcel")
	w.told(`"sticker_id":500000000000201`)
	attach("Location")
	p.Fills("Title", "Alexanderplatz")
	p.Fills("Latitude", "52.5219")
	p.TapsOn("button", "Send")
	w.told(`"type":"location"`, `"lat":52.5219`)
	p.Until("the place is shown", `find("location")?.innerText.includes("Alexanderplatz")`)
	attach("Something at an address")
	p.Chooses("Kind", "video")
	p.Fills("Address", "https://shop.example/lamp.mp4")
	p.TapsOn("button", "Send")
	w.told(`"type":"video"`, "https://shop.example/lamp.mp4")

	p.TapsOn("button", "Record a voice message")
	p.TapsOn("button", "Stop and send the voice message")
	w.told(`"type":"audio"`, "voice.")
	p.Until("the voice message can be played", `document.querySelector("article[data-from=person] audio[controls]")`)
	p.IsWithin()
	p.IsAccessible("#chat")
	p.Picture("375-light-composer-end")
	p.HasNotComplained("lamp.mp4")
}

// draw makes a file with a picture of one colour.
func draw(t *testing.T, path string, of color.Color) {
	t.Helper()
	picture := image.NewRGBA(image.Rect(0, 0, 300, 200))
	stddraw.Draw(picture, picture.Bounds(), image.NewUniform(of), image.Point{}, stddraw.Src)
	var file bytes.Buffer
	require.NoError(t, png.Encode(&file, picture))
	require.NoError(t, os.WriteFile(path, file.Bytes(), 0o600))
}

// A person answers, changes and takes back messages, and reacts to them.
func TestOneMessage(t *testing.T) {
	t.Parallel()
	w := serve(t, simulator.Config{})
	w.says("I want a lamp")
	w.sends(sending.Text("Which colour?"))
	p := open(t, w.url+"#p="+ada, browsertest.PhoneDark)
	menu := func(text, what string) {
		p.Until("the menu of "+text+" is open", `(() => {
			const menu = document.getElementById("message-menu");
			if (menu.matches(":popover-open")) return true;
			all("message").find((e) => lines(e).includes(`+browsertest.Quote(text)+`))?.querySelector("[data-testid=message-more]").click();
			return false;
		})()`)
		p.TapsOn("button", what)
	}
	menu("Which colour?", "React with 😆")
	w.told(`"action":"react"`, "😆")
	p.Until("the reaction is below the message", `find("reaction")?.innerText.includes("😆")`)
	menu("Which colour?", "Take back 😆")
	w.told(`"action":"unreact"`)
	p.Until("it is gone", `find("reaction") === undefined`)

	menu("Which colour?", "Reply")
	p.Until("what is answered is shown", `document.getElementById("about-text").innerText.includes("Answering: Which colour?")`)
	p.Picture("375-dark-one-message-reply")
	p.Types("Blue")
	w.told(`"reply_to"`, `"text":"Blue"`)
	p.TapsOn("button", "Answers: Which colour?")
	p.Until("the message that was answered has the focus", `document.activeElement.innerText.includes("Which colour?")`)

	menu("Blue", "Edit")
	p.Until("the text is in the composer", `find("composer-text").value === "Blue"`)
	p.Fills("Message as Ada Byron", "Green")
	p.TapsOn("button", "Send")
	w.told(`"message_edit"`, `"text":"Green"`)
	p.Until("the message has the new text", `said("person", "Green") && !said("person", "Blue") && talk().includes("Edited")`)
	p.IsAccessible("#chat")
	p.HasNotComplained()
}

// What was said is lived through again by a new person: all up to a message, or all from it on.
func TestReplay(t *testing.T) {
	t.Parallel()
	w := serve(t, simulator.Config{})
	for _, text := range []string{"one", "two", "three"} {
		w.says(text)
	}
	_, err := w.SendAttachments(t.Context(), ada, "image", w.url+"simulator/pictures/"+ada, w.url+"simulator/pictures/"+ada)
	require.NoError(t, err)
	p := open(t, w.url+"#p="+ada, browsertest.DeskLight)
	replay := func(text, what string) {
		p.Taps("person-" + ada)
		p.Until("the menu is open", `document.getElementById("chat-name").textContent === "Ada Byron" && (() => {
			all("message").find((e) => lines(e).includes(`+browsertest.Quote(text)+`))?.querySelector("[data-testid=message-more]").click();
			return document.getElementById("message-menu").matches(":popover-open");
		})()`)
		p.TapsOn("button", what)
	}
	texts := `all("message").map((e) => e.querySelector("[data-testid=text]")?.innerText ?? e.querySelector("[data-testid=collage]")?.ariaLabel).join()`
	replay("two", "Replay up to here as a new person")
	p.Until("all up to the message is said again", `document.getElementById("chat-name").textContent === "Ada Byron 2" && `+texts+` === "one,two" && find("toast")?.innerText.includes("done")`)
	replay("three", "Replay from here as a new person")
	p.Until("all from the message on is said again", `document.getElementById("chat-name").textContent === "Ada Byron 3" && `+texts+` === "three,2 images"`)
	p.HasNotComplained()
}

// On Instagram a message can be unsent.
func TestUnsend(t *testing.T) {
	t.Parallel()
	const lin, insta = "7300000000000001", "300000000000003"
	w := serve(t, simulator.Config{
		Pages:  []simulator.Page{{ID: insta, Name: "Lamps", Platform: simulator.PlatformInstagram}},
		People: []simulator.Person{{ID: lin, FirstName: "Lin", PageID: insta}},
	})
	p := open(t, w.url+"#p="+lin, browsertest.PhoneLight)
	p.Types("Oh no")
	w.told(`"text":"Oh no"`)
	p.TapsOn("button", "Message actions")
	p.TapsOn("button", "Unsend")
	w.told(`"is_deleted":true`)
	p.Until("the message is gone", `said("person", "You unsent a message") && !talk().includes("Oh no")`)
	p.IsAccessible("#chat")
	p.HasNotComplained()
}
