package policyfile

import (
	"errors"
	"fmt"
	"strings"

	"github.com/djmessenger/messenger/attachment"
	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/handling/pythonre"
	"github.com/djmessenger/messenger/internal/datatree"
	"github.com/djmessenger/messenger/sending"
)

// The classes of djmessenger are registered by their dotted names, in the modules
// djmessenger.handling and djmessenger.sending, and bare. The modules are inferred from
// its README, which speaks of the handling module and the sending module; so a class
// is also found in any other module below djmessenger.

// inHandling returns the option that gives a handler the names of a class.
func inHandling(class string) (name string, alias Option) {
	return "djmessenger.handling." + class, Alias(class)
}

func inSending(class string) (name string, alias Option) {
	return "djmessenger.sending." + class, Alias(class)
}

type regexArgs struct {
	Regex *string `doc:"A regular expression of Python that the whole text must match. Default: every text."`
}

func addOriginalHandlers(r *Registry) {
	for class, h := range map[string]handling.Handler{
		"SaveMessagingHandler": handling.SaveMessage{},
		"UserProfileHandler":   handling.UserProfile{},
		"ThumbUpHandler":       handling.ThumbUp{},
		"LocationHandler":      handling.Location{},
		"DummyHandler":         handling.Dummy{},
	} {
		name, alias := inHandling(class)
		Handler(r, name, func(noArgs) (handling.Handler, error) { return h, nil }, alias,
			Doc(fmt.Sprintf("The class of djmessenger: %T.", h)))
	}
	name, alias := inHandling("SimpleTextBaseHandler")
	Handler(r, name, simpleTextOf, alias,
		Doc("The class of djmessenger: texts that match a pattern of Python, white space at the ends included."), Dump(regexOf))

	const port = "is a base class of djmessenger, which its users subclassed: register the port of your subclass by its own name, " +
		"or use Dummy if only the senders matter"
	for class, base := range map[string]string{
		"BaseQuickReplyPayloadHandler": "handling.QuickReplyBase, handling.OnPayload",
		"BaseQuickReplyHandler":        "handling.QuickReplyBase, handling.OnPayload",
		"BasePostbackHandler":          "handling.PostbackBase, handling.OnPayload",
		"MultimediaBaseHandler":        "handling.MultimediaBase",
		"AuthenticationBaseHandler":    "handling.AuthenticationBase",
		"AccountLinkingBaseHandler":    "handling.AccountLinkingBase",
		"DeliveryBaseHandler":          "handling.DeliveryBase",
		"ReadBaseHandler":              "handling.ReadBase",
		"EchoBaseHandler":              "handling.EchoBase",
		"BaseHandler":                  "handling.Func",
	} {
		name, alias := inHandling(class)
		r.abstract(handlers, name, alias, fmt.Sprintf("%s %s; in Go: %s", class, port, base))
	}
}

// abstract registers a name that cannot be used, and why.
func (r *Registry) abstract(s sort, name string, alias Option, why string) {
	e := &entry{name: name, source: caller(), abstract: why}
	alias.apply(e)
	r.add(s, e)
}

// simpleTextOf makes a handler as SimpleTextBaseHandler(regex=None) was.
func simpleTextOf(a regexArgs) (handling.Handler, error) {
	if a.Regex == nil || *a.Regex == "" {
		return handling.SimpleText{Exact: true}, nil
	}
	p, err := pythonre.Compile(*a.Regex)
	if err != nil {
		return nil, ArgError("regex", err)
	}
	return handling.SimpleText{Matcher: p, Exact: true}, nil
}

func regexOf(h handling.SimpleText) (regexArgs, bool) {
	p, ok := h.Matcher.(*pythonre.Pattern)
	if !ok || !h.Exact {
		return regexArgs{}, false
	}
	source := p.String()
	return regexArgs{&source}, true
}

type originalActionArgs struct {
	Action string `doc:"mark_seen, typing_on or typing_off." required:"true"`
}

type originalMediaArgs struct {
	SendingType string `doc:"image, audio, video or file."   required:"true"`
	URL         string `doc:"Where the platform fetches it." required:"true"`
}

type baseQuickReplyArgs struct {
	Text    string               `doc:"What the message says."                                    required:"true"`
	Replies []sending.QuickReply `doc:"The quick replies, which a subclass added in djmessenger."`
}

type baseButtonArgs struct {
	Text    string           `doc:"What the message says."                                       required:"true"`
	Buttons []sending.Button `doc:"One to three buttons, which a subclass added in djmessenger."`
}

func addOriginalSenders(r *Registry) {
	name, alias := inSending("SimpleMessageSender")
	Sender(r, name, func(a simpleMessageArgs) (sending.Sender, error) {
		s := sending.SimpleMessage(a)
		return s, s.Validate()
	}, alias, Doc("The class of djmessenger: SimpleMessage."))

	name, alias = inSending("DefaultSender")
	Sender(r, name, func(noArgs) (sending.Sender, error) { return sending.Default{}, nil }, alias, Doc("The class of djmessenger: Default."))

	name, alias = inSending("SenderActionSender")
	Sender(r, name, func(a originalActionArgs) (sending.Sender, error) {
		action := sending.Action(strings.ToLower(a.Action))
		switch action {
		case sending.MarkSeen, sending.TypingOn, sending.TypingOff:
			return sending.SenderAction{Action: action}, nil
		}
		return nil, ArgError("action", fmt.Errorf("is %s, and has to be one of mark_seen, typing_on, typing_off", datatree.Quoted(a.Action)))
	}, alias, Doc("The class of djmessenger: SenderAction."))

	name, alias = inSending("MultimediaSender")
	Sender(r, name, func(a originalMediaArgs) (sending.Sender, error) {
		s := multimedia(multimediaArgs{Type: strings.ToLower(a.SendingType), URL: a.URL})
		switch s.Type {
		case attachment.Image, attachment.Audio, attachment.Video, attachment.File:
			return s, s.Validate()
		}
		return nil, ArgError("sending_type", fmt.Errorf("is %s, and has to be one of image, audio, video, file", datatree.Quoted(a.SendingType)))
	}, alias, Doc("The class of djmessenger: Multimedia."))

	name, alias = inSending("BaseQuickReplySender")
	Sender(r, name, func(a baseQuickReplyArgs) (sending.Sender, error) {
		s := sending.QuickReplies{Text: a.Text, Replies: a.Replies}
		if len(a.Replies) == 0 {
			return nil, errors.New("replies are missing, which a subclass added in djmessenger: write them here, or register the port of your subclass by its own name")
		}
		return s, s.Validate()
	}, alias, Doc("The class of djmessenger, with the quick replies that a subclass added: QuickReplies."))

	name, alias = inSending("BaseButtonSender")
	Sender(r, name, func(a baseButtonArgs) (sending.Sender, error) {
		s := sending.Buttons{Text: a.Text, Buttons: a.Buttons}
		if len(a.Buttons) == 0 {
			return nil, errors.New("buttons are missing, which a subclass added in djmessenger: write them here, or register the port of your subclass by its own name")
		}
		return s, s.Validate()
	}, alias, Doc("The class of djmessenger, with the buttons that a subclass added: Buttons."))

	for class, instead := range map[string]string{
		"GenericTemplateSender": "GenericTemplate", "ReceiptTemplateSender": "ReceiptTemplate", "BaseSender": "a sender of your own, by its own name",
	} {
		name, alias := inSending(class)
		r.abstract(senders, name, alias, class+" was never written in djmessenger, or was its base class; use "+instead)
	}
}
