// Package simulator simulates the Messenger Platform for any bot: the Graph API
// that a bot calls, people who write to it, signed callbacks, and a chat page
// for a browser. It runs in the bot's process or beside it, talks real HTTP,
// and needs no Facebook account.
//
// # Start
//
// A [Simulator] is an [net/http.Handler]. Serve it on a loopback address, let the
// bot call it instead of https://graph.facebook.com, and tell it where the bot
// listens:
//
//	sim, err := simulator.New(simulator.Config{WebhookURL: "http://127.0.0.1:8080/webhook"})
//	...
//	server := &http.Server{
//		Addr:              "127.0.0.1:9090",
//		Handler:           sim,
//		ReadHeaderTimeout: 5 * time.Second,
//		ReadTimeout:       time.Minute, // uploads among it
//		IdleTimeout:       time.Minute,
//		MaxHeaderBytes:    64 << 10,
//	}
//	err = server.ListenAndServe()
//
// Then open http://127.0.0.1:9090/ and write to the bot as one of its three people.
// The bot needs the page token, the app secret and the verify token of [Config];
// their defaults are fixed and public. So bind a simulator to loopback: anyone who
// can reach it can act as any person on it. Other web sites cannot: requests across
// origins that would change something are refused, and so are requests to the chat
// page and its API by a host name that is not the simulator's own (see
// [Config.Hosts]).
//
// # People
//
// In a test, people act by method: [Simulator.Say], [Simulator.TapQuickReply],
// [Simulator.TapButton], [Simulator.GetStarted], [Simulator.SendSticker],
// [Simulator.React] and others; [Simulator.TapOldButton] taps what the page offered before
// the simulator began. Each act changes the conversation at once and
// queues a callback, built and signed as the platform does it; [Simulator.Post]
// sends events without a method, [Simulator.PostRaw] any bytes.
// [Simulator.Wait] waits for the bot's answer, [Simulator.Messages] reads the
// conversation, [Simulator.Flush] waits until every callback is answered.
//
// Callbacks of one person go out one after the other. What the bot does not
// answer with 2xx in time is posted again after [Config.RetryPauses], its
// successors wait, and other people are not affected. [Simulator.SetDisorder] repeats, reorders, delays and
// batches them, and retries as the platform does it, for an hour ([RetriesPlatform]). Callbacks of different
// people, or of a person and of the page's own comments, arrive in any order.
// What is given up is in [Simulator.Deliveries] with state [Failed], and the chat
// page says that the last callback failed, until one is taken again. Each
// [Attempt] has the bot's answer, and in words what may be wrong with the bot. Events that
// the page did not subscribe to ([Config.Fields]) are not sent; echoes and receipts
// have to be asked for. A delivery receipt follows each send at once, a read
// receipt follows [Simulator.Read] or a look at the chat page.
//
// # Pages
//
// A simulator has one page, of [Config.PageID], and those of [Config.Pages] and
// [Simulator.AddPage]. People write to one of them ([Person.PageID]); everything
// else is found by the person: no two people have the same id. A page is bound to an app,
// whose secret signs its callbacks; all apps share the webhook. A Graph call is about the page whose
// token it has, and another page's people, comments and uploads do not exist for
// it. [Simulator.Page] changes one of the pages, such as its token;
// [Simulator.RemovePage] removes one.
//
// # Instagram
//
// A [Page] of [PlatformInstagram] is an Instagram professional account. Its callbacks
// have Instagram's object, ids, fields and shapes: echoes are among the
// messages, a read receipt names a message, comments are on media. People can
// also answer a story, mention the account in one, and take a message back
// ([Simulator.ReplyToStory], [Simulator.MentionInStory], [Simulator.Unsend]); what
// Instagram has not is [ErrNotOnInstagram]. The Send API has Instagram's limits
// and refusals. The token is that of the page to which the account is linked, or its own.
// An account that is linked to no page is one of Instagram Login: its token lasts 60 days, and of the hosts
// graph.instagram.com and graph.facebook.com only the first takes it.
// Mentions outside of stories, live comments, ephemeral and unsupported messages are not simulated; [Simulator.Post] and
// [PageControl.PostChange] send such events as they are.
//
// # Other apps and people at work
//
// [Simulator.Inbox] and [Simulator.OtherApp] act on the page beside the bot: they write to a person, and take, pass,
// request and release the conversation. [OtherApp] has the rules, which are those of Conversation Routing;
// [Config.DefaultApp] turns routing on. While another app has a conversation, the bot gets its events under standby,
// and what it sends is refused with error 10, subcode 2018300. [Simulator.ThreadOf] says who has it. The page must be
// subscribed to message_echoes, messaging_handovers and standby for the bot to notice.
//
// # Graph API
//
// Below /v27.0, or any version, for the page's id or me:
//
//	POST            /                            a batch of up to 50 calls, which can use each other's results
//	GET             /{psid}, /{page}, /{id}      profiles; the page; labels, personas, templates, conversations, messages, comments
//	POST            /{page}/messages             messages, templates, sender actions, reactions
//	POST            /{page}/message_attachments  uploads by URL or filedata
//	GET POST DELETE /{page}/messenger_profile    get_started, persistent_menu, greeting, …
//	GET POST DELETE /{page}/custom_user_settings the menu of one person
//	GET POST        /{page}/personas             and DELETE /{persona}
//	GET POST        /{page}/custom_labels        /{label}/label, /{psid}/custom_labels, DELETE /{label}
//	GET             /{page}/conversations        /{conversation}/messages: what people and page have said here
//	POST            /{page}/moderate_conversations  block, ban, spam
//	POST            /{page}/pass_thread_control, take_, request_, release_, extend_thread_control
//	GET             /{page}/thread_owner, secondary_receivers
//	GET POST DELETE /{page}/subscribed_apps      the page's webhook fields
//	GET POST DELETE /{app}/subscriptions         the app's, with the handshake
//	GET             /debug_token, /me/accounts   and GET POST /oauth/access_token
//	GET POST        /{comment}/comments, /{post}/comments, /{comment}/replies, /{page}/feed, /{account}/mentions
//	GET POST DELETE /{page}/message_templates    utility templates, and /message_template_library
//	GET             /sticker_packs, /sticker_packs/{pack}/stickers, /sticker_search
//	GET             /{page}/insights, messaging_feature_review, /{psid}/ids_for_apps, ids_for_pages
//	POST            /{page}/nlp_configs, unlink_accounts
//	GET             /refresh_access_token        of Instagram Login
//
// docs/simulator-graph.md says of each what is checked, and what is a guess. Calls of a page bear its token; those of an app
// {app}|{secret}; me/accounts [DefaultUserToken]. Any other call is answered with an error of type NotSimulated, which says
// that the simulator does not simulate it, or with success and a warning ([Config.Lenient]). What the platform answers and
// warns of nowhere is in [Request.Warnings].
//
// The simulator accepts messages that the platform charges for (marketing messages), and utility messages of templates that
// it does not know.
//
// The simulator is strict where the platform's documentation is clear: limits
// of length and number, unknown keys, dead tags and templates, removed
// parameters, the 24-hour window, blocked and unknown people, tokens and
// appsecret_proof. Refusals have the platform's codes and name the field. URLs
// of media are not fetched, and no rate is limited but that of custom_user_settings. [Simulator.Fault] makes
// calls fail, slow, or end in a broken connection before or after they took
// effect; [Refusals] has the platform's own errors for it;
// [Simulator.RevokeToken], [Simulator.RefuseToken], [Simulator.Block] and
// [Config.Now] do the rest. [Simulator.Requests] is the record of all calls.
//
// # Other languages
//
// The chat page works through an API that any program can use. GET
// /simulator/openapi.yaml describes it. Bodies and answers are JSON. A refusal is
// {"error":"…","code":"…"}, the code for programs; where it helps it has the field
// that is wrong, what is offered to tap, or the conversation. A request with a
// body needs the header Content-Type: application/json, or is answered 415; only
// raw callbacks and the bytes of a file have their own type. Fields and parameters that are not
// known are refused. Answers may have more fields later. GET /simulator/ says
// {"api":1}; the number grows with a change that breaks callers:
//
//	GET  /simulator/                         the version of this API; /simulator/openapi.yaml describes it
//	GET  /simulator/state                    everything the chat page shows; ?record=log: with the log in place of deliveries and requests
//	GET  /simulator/events                   server-sent events from then on; ?kinds=message,log, ?person=
//	GET  /simulator/pages                    [Page] list; POST adds one: a [Page]
//	DELETE /simulator/pages/{page}           removes one
//	GET  /simulator/people                   POST adds one: a [Person]
//	GET  /simulator/people/{psid}/messages   the conversation: [Message] list
//	GET  /simulator/people/{psid}/transcript [Simulator.Transcript]; ?format=text for a reader, ?format=scenario: [Transcript.Scenario], ?format=go: [Transcript.GoTest]
//	DELETE /simulator/people/{psid}/conversation  [Simulator.ForgetConversation]
//	POST /simulator/people/{psid}/acts       an [Act]; answers {"mid":"…"}
//	PUT  /simulator/people/{psid}/blocked    {"blocked":true}
//	POST /simulator/people/{psid}/linking_token  {}: answers {"token":"…"}, which [Simulator.LinkingToken] is
//	GET  /simulator/people/{psid}/labels     the labels that the page has put on the person
//	POST /simulator/pages/{page}/feed        a [FeedAct]: a post, comment or reaction, or a change; answers {"id":"…"}
//	PUT  /simulator/pages/{page}/template    {"name":"…","language":"…","status":"REJECTED"}: [PageControl.SetTemplateStatus]
//	POST /simulator/people/{psid}/agent      {"message":{"text":"…"},"by":"app id"}: a message of the inbox, or of an app
//	GET  /simulator/people/{psid}/thread     who has the conversation: a [Thread]
//	POST /simulator/people/{psid}/thread     {"do":"take","by":"app id","to":"app id","metadata":"…"}; also pass, request, release, and {"do":"expire"}
//	GET  /simulator/people/{psid}/wait       the next [Message] of the page: ?after=mid, ?contains=text, ?timeout=10s (5m at most); 404 if none came
//	GET  /simulator/comments/{id}            what stands below a comment or post: [Comment] list
//	GET  /simulator/requests                 [Request] list
//	GET  /simulator/deliveries               [Delivery] list
//	GET  /simulator/log                      [Entry] list: callbacks, calls and warnings in the order of time; ?after=seq, ?q=words, ?person=, ?page=, ?kind=
//	GET  /simulator/log/{seq}                one of them with its body; ?as=curl, go or event: [Simulator.Snippet]
//	POST /simulator/log/{seq}/again          {"body":"…","signature":"bad","times":3}: [Simulator.Again]
//	PUT  /simulator/webhook                  {"url":"…"}
//	POST /simulator/callbacks                {"event":{…}}, {"standby":{…}} or {"change":{"field":"…","value":{…}},"page_id":"…"}
//	POST /simulator/callbacks/kinds/{kind}   {"person":"…","set":{"message.text":"hi"}}: [Simulator.Trigger]; GET /simulator/callbacks/kinds lists the kinds
//	POST /simulator/callbacks/raw            any bytes, ?signature=bad or none; answers an [Attempt]
//	GET  /simulator/faults                   those that have calls left; DELETE forgets them
//	POST /simulator/faults                   {"code":613,"times":2}; or refusal, error, status, body, header, delay, drop, effect, method, path
//	GET  /simulator/refusals                 the refusals of the platform that a fault can name
//	PUT  /simulator/clock                    {"advance":"25h"}, or {"now":"…"}; {"frozen":true}; GET reads it
//	PUT  /simulator/delivery                 {"duplicate":0.5,"reorder":0.2,"delay_ms":[0,300],"batch":5,"seed":1,"retries":"platform"}: [Disorder]; GET reads it
//	GET  /simulator/snapshot                 [Simulator.Snapshot]; PUT restores it
//	POST /simulator/reset                    {"keep":["people"]}: [Simulator.Reset]
//	PUT  /simulator/usage                    {"header":"…"}: [Simulator.SetUsage]
//	PATCH /simulator/pages/{page}            {"token":"…","revoked":463,"fields":["messages"],"lenient":true,"usage":"…"}
//	POST /simulator/verify                   {}: the verification handshake
//	POST /simulator/flush                    {}: waits for the callbacks
//	POST /simulator/files?name=…             raw bytes; answers {"path":"…"}
package simulator
