package simulator

import (
	"cmp"
	"net/http"
	"regexp"
	"slices"
	"strings"
)

// endpoint is something that can be called.
type endpoint struct {
	methods string // "GET POST"
	tokens  tokenKinds
	serve   func(*call) (any, *GraphError)
}

// rootEdges are calls about nothing in particular.
func (s *Simulator) rootEdges() map[string]endpoint {
	return map[string]endpoint{
		"":                         {"POST", anyToken, s.callBatch},
		"debug_token":              {"GET", appToken | userToken, s.callDebugToken},
		"message_template_library": {"GET", pageToken | userToken, s.callTemplateLibrary},
		"oauth/access_token":       {"GET POST", noToken, s.callAccessToken},
		"refresh_access_token":     {"GET", pageToken, s.callRefreshToken},
		"sticker_packs":            {"GET", appToken, s.callStickerPacks},
		"sticker_packs/*/stickers": {"GET", appToken, s.callStickers},
		"sticker_search":           {"GET", appToken, s.callStickerSearch},
	}
}

// pageEdges are calls about a page, an Instagram account, or me.
func (s *Simulator) pageEdges() map[string]endpoint {
	return map[string]endpoint{
		"accounts":                          {"GET", userToken | pageToken, s.callAccounts},
		"conversations":                     {"GET", pageToken, s.callConversations},
		"custom_labels":                     {"GET POST", pageToken, s.callLabels},
		"custom_user_settings":              {"GET POST DELETE", pageToken, s.callUserSettings},
		"extend_thread_control":             {"POST", pageToken, s.callControl(s.callExtend)},
		"feed":                              {"POST", pageToken, s.callFeed},
		"insights":                          {"GET", pageToken, s.callInsights},
		"insights/*":                        {"GET", pageToken, s.callInsights},
		"mentions":                          {"POST", pageToken, s.callMentions},
		"message_attachments":               {"POST", pageToken, s.callAttachments},
		"message_template_library":          {"GET", pageToken, s.callTemplateLibrary},
		"message_templates":                 {"GET POST DELETE", pageToken, s.callTemplates},
		"messages":                          {"POST", pageToken, s.callMessages},
		"messaging_feature_review":          {"GET", pageToken, s.callFeatureReview},
		"messenger_profile":                 {"GET POST DELETE", pageToken, s.callProfile},
		"moderate_conversations":            {"POST", pageToken, s.callModerate},
		"nlp_configs":                       {"POST", pageToken, s.callNLP},
		"notification_message_tokens":       {"GET", pageToken, s.callNotificationTokens},
		"notification_messages_dev_support": {"POST", pageToken, s.callNotificationSupport},
		"pass_thread_control":               {"POST", pageToken, s.callControl(s.callPass)},
		"personas":                          {"GET POST", pageToken, s.callPersonas},
		"release_thread_control":            {"POST", pageToken, s.callControl(s.callRelease)},
		"request_thread_control":            {"POST", pageToken, s.callControl(s.callRequest)},
		"secondary_receivers":               {"GET", pageToken, s.callSecondaryReceivers},
		"subscribed_apps":                   {"GET POST DELETE", pageToken, s.callSubscriptions},
		"take_thread_control":               {"POST", pageToken, s.callControl(s.callTake)},
		"thread_owner":                      {"GET", pageToken, s.callThreadOwner},
		"unlink_accounts":                   {"POST", pageToken, s.callUnlink},
	}
}

// objectEdges are calls about an app, a person, a label, a conversation, a comment or a post.
func (s *Simulator) objectEdges() map[string]endpoint {
	return map[string]endpoint{
		"comments":        {"GET POST", pageToken, s.callComments},
		"custom_labels":   {"GET", pageToken, s.callLabelsOf},
		"ids_for_apps":    {"GET", pageToken, s.callScopedIDs},
		"ids_for_pages":   {"GET", pageToken, s.callScopedIDs},
		"label":           {"POST DELETE", pageToken, s.callLabel},
		"messages":        {"GET", pageToken, s.callConversationMessages},
		"private_replies": {"POST", pageToken, s.callPrivateReplies},
		"replies":         {"GET POST", pageToken, s.callComments},
		"subscriptions":   {"GET POST DELETE", appToken, s.callAppSubscriptions},
	}
}

// node is what can be called on an object itself.
func (s *Simulator) node() endpoint { return endpoint{"GET DELETE", pageToken | userToken, s.callNode} }

// word is the first part of a path that is no id.
var word = regexp.MustCompile(`^[a-z][a-z_]*$`)

// route finds what a path names, without looking at any object: on a page, and on another object. Both are nil if the
// simulator does not simulate it.
func (s *Simulator) route(c *call, path []string) (onPage, onObject *endpoint) {
	find := func(edges map[string]endpoint, name string) *endpoint {
		if e, ok := edges[name]; ok {
			return &e
		}
		return nil
	}
	whole := strings.Join(path, "/")
	if len(path) == 3 && path[0] == "sticker_packs" {
		whole = "sticker_packs/*/" + path[2]
	}
	if len(path) <= 3 {
		if e := find(s.rootEdges(), whole); e != nil {
			return e, nil
		}
	}
	c.node = path[0]
	c.edge = strings.Join(path[1:], "/")
	named := c.edge
	if name, metric, ok := strings.Cut(c.edge, "/"); ok && name == "insights" && !strings.Contains(metric, "/") {
		named = "insights/*"
	}
	switch {
	case c.edge != "":
		return find(s.pageEdges(), named), find(s.objectEdges(), named)
	case c.node != "me" && word.MatchString(c.node) && !s.cfg.Strangers, c.method == http.MethodPost:
		return nil, nil
	}
	node := s.node()
	return &node, &node
}

// dispatch answers a call in the platform's order: is there such a call, whose token is it, what may it do, and only then
// are its parameters right.
func (s *Simulator) dispatch(c *call, path []string, problem *GraphError) (any, *GraphError) {
	c.path = "/" + strings.Join(path, "/")
	s.warnOfVersion(c)
	if len(path) > 0 && strangeVersion.MatchString(path[0]) {
		return nil, errPath(c.path)
	}
	if problem != nil && len(path) == 0 { // whether it is a batch cannot be seen
		return nil, cmp.Or(s.authorize(c, anyToken), problem)
	}
	if _, multi := c.values["ids"]; multi && len(path) == 0 {
		return nil, errRemovedParameter("ids")
	}
	if _, batch := c.values["batch"]; batch && c.method == http.MethodPost && c.path == "/me" {
		path = nil
	}
	var onPage, onObject *endpoint
	if len(path) > 0 || c.method == http.MethodPost && c.values["batch"] != nil {
		onPage, onObject = s.route(c, path)
	}
	if onPage == nil && onObject == nil {
		return s.callUnknown(c)
	}
	tokens := noToken
	for _, e := range []*endpoint{onPage, onObject} {
		if e != nil {
			tokens |= e.tokens
		}
	}
	if err := s.authorize(c, tokens); err != nil {
		return nil, err
	}
	if problem != nil {
		return nil, problem
	}
	for _, name := range removedParameters {
		if _, ok := c.values[name]; ok {
			return nil, errRemovedParameter(name)
		}
	}
	if c.node == "" {
		return c.serve(onPage)
	}
	if err := s.aim(c); err != nil {
		return nil, err
	}
	switch {
	case onPage != nil && (c.page != nil && c.node == c.page.id || c.user && c.node == "me"):
		return c.serve(onPage)
	case onObject != nil && (onPage == nil || onObject.has(c.method)):
		return c.serve(onObject)
	}
	return nil, errObject(c.method, c.node)
}

// serve calls an endpoint, if it has the method.
func (c *call) serve(e *endpoint) (any, *GraphError) {
	if !e.has(c.method) {
		return nil, errMethod(c.method)
	}
	return e.serve(c)
}

func (e *endpoint) has(method string) bool { return slices.Contains(strings.Fields(e.methods), method) }
