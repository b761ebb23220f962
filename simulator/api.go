package simulator

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"slices"
	"strings"
	"time"
)

// newAPI routes the chat page and what it needs. doc.go lists it for bots in
// other languages.
func (s *Simulator) newAPI() *routes {
	mux := newRoutes()
	mux.HandleFunc("GET /{$}", s.serveAsset("index.html"))
	mux.HandleFunc("GET /favicon.ico", s.serveAsset("favicon.svg"))
	mux.HandleFunc("GET /simulator/ui/{file}", func(w http.ResponseWriter, r *http.Request) {
		s.serveAsset(r.PathValue("file"))(w, r)
	})
	mux.HandleFunc("GET /simulator/ui/{folder}/{file}", func(w http.ResponseWriter, r *http.Request) {
		s.serveAsset(r.PathValue("folder")+"/"+r.PathValue("file"))(w, r)
	})
	mux.HandleFunc("GET /simulator/{$}", func(w http.ResponseWriter, _ *http.Request) {
		respond(w, aboutAPI{
			Name: "messenger simulator", API: 1, Graph: graphVersion,
			DefaultAppSecret: s.secretOf(s.cfg.AppID) == DefaultAppSecret, DefaultVerifyToken: s.cfg.VerifyToken == DefaultVerifyToken,
		})
	})
	mux.HandleFunc("GET /simulator/openapi.yaml", serveOpenAPI)
	mux.HandleFunc("GET /simulator/events", s.serveEvents, "after", "kinds", "person")
	mux.HandleFunc("GET /simulator/files/{id}/{name}", s.serveFile)
	mux.HandleFunc("GET /simulator/pictures/{psid}", s.servePicture)
	mux.HandleFunc("GET /simulator/state", s.serveState, "record")
	mux.HandleFunc("GET /simulator/requests", func(w http.ResponseWriter, _ *http.Request) { respond(w, s.Requests()) })
	mux.HandleFunc("GET /simulator/deliveries", func(w http.ResponseWriter, _ *http.Request) { respond(w, s.Deliveries()) })
	mux.HandleFunc("GET /simulator/people", func(w http.ResponseWriter, _ *http.Request) { respond(w, s.People()) })
	mux.HandleFunc("GET /simulator/people/{psid}/messages", func(w http.ResponseWriter, r *http.Request) {
		psid := r.PathValue("psid")
		if err := s.knowsMessage(psid, ""); err != nil {
			refuseControl(w, err)
			return
		}
		respond(w, append([]Message{}, s.Messages(psid)...))
	})
	mux.HandleFunc("GET /simulator/people/{psid}/transcript", s.serveTranscript, "format")
	mux.HandleFunc("GET /simulator/comments/{parent}", func(w http.ResponseWriter, r *http.Request) {
		respond(w, append([]Comment{}, s.Comments(r.PathValue("parent"))...))
	})
	mux.HandleFunc("POST /simulator/files", s.takeFile, "name")
	mux.HandleFunc("POST /simulator/people", answering(func(_ *http.Request, p Person) (any, error) { return s.AddPerson(p) }))
	mux.HandleFunc("POST /simulator/people/{psid}/acts", answering(func(r *http.Request, in actOrder) (any, error) {
		psid := r.PathValue("psid")
		a, err := in.act()
		if err != nil {
			return nil, err
		}
		mid, err := s.Do(r.Context(), psid, a)
		if _, ok := errors.AsType[notOfferedError](err); ok {
			err = &controlError{err: err, code: "not_offered", offered: append([]Offer{}, s.Offers(psid)...)}
		} else if errors.Is(err, ErrAmbiguous) {
			err = &controlError{err: err, offered: append([]Offer{}, s.Offers(psid)...)}
		}
		return map[string]string{"mid": mid}, err
	}))
	mux.HandleFunc("PUT /simulator/people/{psid}/blocked", answering(func(r *http.Request, in struct{ Blocked bool }) (any, error) {
		return struct{}{}, s.setBlocked(r.PathValue("psid"), in.Blocked)
	}))
	mux.HandleFunc("DELETE /simulator/people/{psid}/conversation", func(w http.ResponseWriter, r *http.Request) {
		if err := s.ForgetConversation(r.PathValue("psid")); err != nil {
			refuseControl(w, err)
			return
		}
		respond(w, struct{}{})
	})
	mux.HandleFunc("PUT /simulator/webhook", answering(func(_ *http.Request, in struct{ URL string }) (any, error) {
		return struct{}{}, s.SetWebhook(in.URL)
	}))
	mux.HandleFunc("POST /simulator/verify", answering(func(r *http.Request, _ struct{}) (any, error) {
		return struct{}{}, s.Verify(r.Context())
	}))
	mux.HandleFunc("POST /simulator/flush", answering(func(r *http.Request, _ struct{}) (any, error) {
		return struct{}{}, s.Flush(r.Context())
	}))
	s.routeControls(mux)
	s.routeClock(mux)
	s.routeDisorder(mux)
	s.routeLog(mux)
	s.routeSnapshot(mux)
	s.routeFaults(mux)
	s.routePages(mux)
	s.routeThreads(mux)
	s.routeFeed(mux)
	s.routeGraph(mux)
	return mux
}

// Act is one thing a person does, as the chat page and bots in other languages
// name it; which other fields count depends on Type.
type Act struct {
	// Type is one of the constants, such as ActSay.
	Type string `json:"type"`

	MID       string  `json:"mid,omitempty"`  // reply, edit, react, unreact, unsend; button: of this message only
	Text      string  `json:"text,omitempty"` // say, reply, edit, comment, post, story_reply
	Title     string  `json:"title,omitempty"`
	Payload   string  `json:"payload,omitempty"`    // quick_reply, menu: instead of title; button: instead, or of several the one; old_…: both
	StickerID string  `json:"sticker_id,omitempty"` // default: the Like button
	Kind      string  `json:"kind,omitempty"`       // attachment: image, audio, …
	URL       string  `json:"url,omitempty"`        // attachment; story_reply, story_mention: of the story
	Latitude  float64 `json:"latitude,omitempty"`
	Longitude float64 `json:"longitude,omitempty"`
	Emoji     string  `json:"emoji,omitempty"`
	Ref       string  `json:"ref,omitempty"`  // link, optin
	Code      string  `json:"code,omitempty"` // account_linking; empty unlinks

	URLs    []string          `json:"urls,omitempty"`    // attachment: instead of url, several
	AdID    string            `json:"ad_id,omitempty"`   // ad; default: DefaultAdID
	Answer  string            `json:"answer,omitempty"`  // feedback: the score, or a text; Text is the comment
	Answers map[string]string `json:"answers,omitempty"` // customer_information
}

// What a person does, the values of [Act].Type; each is the method beside it.
const (
	ActSay            = "say"             // [Simulator.Say]
	ActReply          = "reply"           // [Simulator.Reply]
	ActEdit           = "edit"            // [Simulator.Edit]
	ActQuickReply     = "quick_reply"     // [Simulator.TapQuickReply]
	ActButton         = "button"          // [Simulator.TapButton]
	ActOldQuickReply  = "old_quick_reply" // [Simulator.TapOldQuickReply]
	ActOldButton      = "old_button"      // [Simulator.TapOldButton]
	ActMenu           = "menu"            // [Simulator.TapMenu]
	ActIceBreaker     = "ice_breaker"     // [Simulator.TapIceBreaker]
	ActGetStarted     = "get_started"     // [Simulator.GetStarted]
	ActSticker        = "sticker"         // [Simulator.SendSticker]
	ActAttachment     = "attachment"      // [Simulator.SendAttachment]
	ActLocation       = "location"        // [Simulator.SendLocation]
	ActReact          = "react"           // [Simulator.React]
	ActUnreact        = "unreact"         // [Simulator.Unreact]
	ActRead           = "read"            // [Simulator.Read]
	ActLink           = "link"            // [Simulator.FollowLink]
	ActOptIn          = "optin"           // [Simulator.OptIn]
	ActAccountLinking = "account_linking" // [Simulator.LinkAccount], and without a code UnlinkAccount
	ActComment        = "comment"         // [Simulator.Comment]
	ActPost           = "post"            // [Simulator.VisitorPost]
	ActStoryReply     = "story_reply"     // [Simulator.ReplyToStory]
	ActUnsend         = "unsend"          // [Simulator.Unsend]
	ActStoryMention   = "story_mention"   // [Simulator.MentionInStory]
	ActAd             = "ad"              // [Simulator.ClickAd]
	ActCoupon         = "coupon"          // [Simulator.RevealCoupon]
	ActFeedback       = "feedback"        // [Simulator.AnswerFeedback]

	ActInformation        = "customer_information" // [Simulator.GiveInformation]
	ActNotificationOptIn  = "notification_optin"   // [Simulator.AllowNotifications]
	ActNotificationStop   = "notification_stop"    // [Simulator.StopNotifications]
	ActNotificationResume = "notification_resume"  // [Simulator.ResumeNotifications]
)

// actTypes are all of them.
var actTypes = []string{
	ActSay, ActReply, ActEdit, ActQuickReply, ActButton, ActOldQuickReply, ActOldButton, ActMenu, ActIceBreaker, ActGetStarted, ActSticker,
	ActAttachment, ActLocation, ActReact, ActUnreact, ActRead, ActLink, ActOptIn, ActAccountLinking, ActComment, ActPost, ActStoryReply, ActUnsend,
	ActStoryMention, ActAd, ActCoupon, ActFeedback, ActInformation, ActNotificationOptIn, ActNotificationStop, ActNotificationResume,
}

// ActTypes returns the types of acts that [Simulator.Do] knows. The result is a copy.
func ActTypes() []string { return slices.Clone(actTypes) }

// Do lets a person do what the act says, like the method of that name, and
// returns the mid of what was written, if anything was; of a comment or a post its id.
func (s *Simulator) Do(ctx context.Context, psid string, a Act) (mid string, err error) {
	switch a.Type {
	case ActSay:
		return s.Say(ctx, psid, a.Text)
	case ActReply:
		return s.Reply(ctx, psid, a.MID, a.Text)
	case ActEdit:
		return "", s.Edit(ctx, psid, a.MID, a.Text)
	case ActQuickReply:
		if a.Title != "" {
			return s.TapQuickReply(ctx, psid, a.Title)
		}
		return s.TapQuickReplyPayload(ctx, psid, a.Payload)
	case ActButton:
		return s.tapButton(ctx, psid, a.MID, a.Title, a.Payload)
	case ActOldQuickReply:
		return s.TapOldQuickReply(ctx, psid, a.Title, a.Payload)
	case ActOldButton:
		return s.TapOldButton(ctx, psid, a.Title, a.Payload)
	case ActMenu:
		if a.Title != "" {
			return s.TapMenu(ctx, psid, a.Title)
		}
		return s.TapMenuPayload(ctx, psid, a.Payload)
	case ActIceBreaker:
		return s.TapIceBreaker(ctx, psid, a.Title)
	case ActGetStarted:
		return s.GetStarted(ctx, psid)
	case ActSticker:
		if a.StickerID == "" {
			a.StickerID = ThumbSmall
		}
		return s.SendSticker(ctx, psid, a.StickerID)
	case ActAttachment:
		if len(a.URLs) > 0 {
			return s.SendAttachments(ctx, psid, a.Kind, a.URLs...)
		}
		return s.SendAttachment(ctx, psid, a.Kind, a.URL)
	case ActLocation:
		return s.SendLocation(ctx, psid, a.Latitude, a.Longitude, a.Title)
	case ActReact:
		return "", s.React(ctx, psid, a.MID, a.Emoji)
	case ActUnreact:
		return "", s.Unreact(ctx, psid, a.MID)
	case ActRead:
		return "", s.Read(ctx, psid)
	case ActLink:
		return "", s.FollowLink(ctx, psid, a.Ref)
	case ActOptIn:
		return "", s.OptIn(ctx, psid, a.Ref)
	case ActAccountLinking:
		if a.Code == "" {
			return "", s.UnlinkAccount(ctx, psid)
		}
		return "", s.LinkAccount(ctx, psid, a.Code)
	case ActComment:
		return s.Comment(ctx, psid, a.Text)
	case ActPost:
		return s.VisitorPost(ctx, psid, a.Text)
	case ActStoryReply:
		return s.ReplyToStory(ctx, psid, a.URL, a.Text)
	case ActUnsend:
		return "", s.Unsend(ctx, psid, a.MID)
	case ActStoryMention:
		return s.MentionInStory(ctx, psid, a.URL)
	case ActAd:
		return "", s.ClickAd(ctx, psid, Ad{ID: a.AdID, Ref: a.Ref, Title: a.Title})
	case ActCoupon:
		return "", s.RevealCoupon(ctx, psid, a.MID)
	case ActFeedback:
		return "", s.AnswerFeedback(ctx, psid, a.MID, a.Answer, a.Text)
	case ActInformation:
		return "", s.GiveInformation(ctx, psid, a.MID, a.Answers)
	case ActNotificationOptIn:
		_, err = s.AllowNotifications(ctx, psid, a.MID)
		return "", err
	case ActNotificationStop:
		return "", s.StopNotifications(ctx, psid)
	case ActNotificationResume:
		return "", s.ResumeNotifications(ctx, psid)
	}
	return "", fmt.Errorf("simulator: no act of type %q; there are %s", a.Type, strings.Join(actTypes, ", "))
}

// answering makes a handler of a function from a JSON body to a JSON answer. Errors are answered as refuseControl does.
func answering[In any](do func(*http.Request, In) (any, error)) http.HandlerFunc {
	return answeringUpTo(1<<20, do)
}

// answeringUpTo is answering for bodies of at most so many bytes.
func answeringUpTo[In any](most int64, do func(*http.Request, In) (any, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var in In
		if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
			complain(w, http.StatusUnsupportedMediaType, errors.New("simulator: the body must be application/json"))
			return
		}
		if err := readBody(w, r, most, &in); err != nil {
			refuseControl(w, err)
			return
		}
		outlive(w)
		out, err := do(r, in)
		if err != nil {
			refuseControl(w, err)
			return
		}
		respond(w, out)
	}
}

// outlive lets an answer take longer than the ReadTimeout of the server. That ends the context of a request too, even one that
// was read.
func outlive(w http.ResponseWriter) {
	_ = http.NewResponseController(w).SetReadDeadline(time.Time{}) // a server without deadlines has none to move
}

// outliveFor lets an answer take a minute longer than a time that is waited, whatever the timeouts of the server.
func outliveFor(w http.ResponseWriter, wait time.Duration) {
	outlive(w)
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(wait + time.Minute))
}

// readBody decodes one JSON value, of at most so many bytes and with no field that is unknown.
func readBody(w http.ResponseWriter, r *http.Request, most int64, in any) error {
	dec := json.NewDecoder(http.MaxBytesReader(w, r.Body, most))
	dec.DisallowUnknownFields()
	if err := dec.Decode(in); err != nil {
		return bodyError(err, in)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return errors.New("simulator: the body does not fit: there is more after the JSON value")
	}
	return nil
}

func respond(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	_ = json.NewEncoder(w).Encode(v) // a browser that has gone away needs no answer
}

// takeFile stores what a person picked to send; the answer has its path relative
// to the chat page.
func (s *Simulator) takeFile(w http.ResponseWriter, r *http.Request) {
	data, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxUpload))
	if err != nil {
		complain(w, http.StatusRequestEntityTooLarge, errors.New("simulator: a file can have 25 MiB at most"))
		return
	}
	if len(data) == 0 {
		complain(w, http.StatusBadRequest, errors.New("simulator: the file is empty"))
		return
	}
	s.mu.Lock()
	where := s.keep(&file{name: r.URL.Query().Get("name"), contentType: r.Header.Get("Content-Type"), data: data})
	s.mu.Unlock()
	respond(w, map[string]string{"path": where})
}
