package graph

import (
	"context"
	"encoding/json"
	"iter"
	"net/http"
	"net/url"
	"regexp"
)

// TemplateStatus is how far a utility template has come. Only an approved one can be sent.
type TemplateStatus string

// The states of a utility template.
const (
	TemplateApproved        TemplateStatus = "APPROVED"
	TemplateArchived        TemplateStatus = "ARCHIVED"
	TemplateDeleted         TemplateStatus = "DELETED"
	TemplateDisabled        TemplateStatus = "DISABLED"
	TemplateInAppeal        TemplateStatus = "IN_APPEAL"
	TemplateLimitExceeded   TemplateStatus = "LIMIT_EXCEEDED"
	TemplatePaused          TemplateStatus = "PAUSED"
	TemplatePending         TemplateStatus = "PENDING"
	TemplatePendingDeletion TemplateStatus = "PENDING_DELETION"
	TemplateRejected        TemplateStatus = "REJECTED"
)

// UtilityTemplate is a message with gaps that Meta has looked at, which a page may send outside the messaging window.
type UtilityTemplate struct {
	Category    string          // UTILITY
	Components  json.RawMessage // header, body and buttons, as the platform writes them
	ID          string
	Language    string // such as en_US
	LibraryName string // of Meta's template that it was made from; else empty
	Name        string
	Raw         json.RawMessage // all of it
	Status      TemplateStatus
}

// TemplateQuery narrows [Client.UtilityTemplates] and [Client.LibraryTemplates]. Its zero value is every template.
type TemplateQuery struct {
	Language      string         // such as en_US
	Name          string         // of the template; not asked of the library
	NameOrContent string         // a text that stands in either
	Status        TemplateStatus // not asked of the library
}

func (q TemplateQuery) values() url.Values {
	values := make(url.Values)
	for name, value := range map[string]string{
		"language": q.Language, "name": q.Name, "name_or_content": q.NameOrContent, "status": string(q.Status),
	} {
		if value != "" {
			values.Set(name, value)
		}
	}
	return values
}

// NewTemplate describes a utility template to make: either from components, or from a template of Meta's library.
type NewTemplate struct {
	// Components are header, body and buttons, which are JSON or are written as JSON. Exactly one of Components and
	// LibraryName is set.
	Components any
	// Language is that of the texts, such as en_US. Required.
	Language string
	// LibraryBodyInputs and LibraryButtonInputs fill what a library template leaves open. They are JSON or are written as
	// JSON. Default: nothing.
	LibraryBodyInputs, LibraryButtonInputs any
	// LibraryName is the name of a template in Meta's library.
	LibraryName string
	// Name is what sends call the template by. Required.
	Name string
	// ParameterFormat is NAMED or POSITIONAL. Default: the platform's.
	ParameterFormat string
}

// gap is what a template leaves open: {{1}} or {{name}}.
var gap = regexp.MustCompile(`\{\{[A-Za-z0-9_]+\}\}`)

const templatesPath = Me + "/message_templates"

// CreateUtilityTemplate makes a template of the page. The result has the id, the status and the category that Meta gave it.
// What Meta decides later comes as a message_template_status_update event.
//
// Errors are those of [Client.Do]; an answer without an id is a [ResponseError]. See
// https://developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages/utility-messages.
func (c *Client) CreateUtilityTemplate(ctx context.Context, pageID string, template NewTemplate) (UtilityTemplate, error) {
	switch {
	case template.Name == "" || template.Language == "":
		return UtilityTemplate{}, refuse("utility template: the name or the language is empty")
	case (template.Components == nil) == (template.LibraryName == ""):
		return UtilityTemplate{}, refuse("utility template: not exactly one of components and library name")
	}
	body := map[string]any{"category": "UTILITY", "language": template.Language, "name": template.Name}
	for name, value := range map[string]string{"library_template_name": template.LibraryName, "parameter_format": template.ParameterFormat} {
		if value != "" {
			body[name] = value
		}
	}
	for name, value := range map[string]any{
		"components":                     template.Components,
		"library_template_body_inputs":   template.LibraryBodyInputs,
		"library_template_button_inputs": template.LibraryButtonInputs,
	} {
		if value == nil {
			continue
		}
		content, err := encodePart(name, value)
		if err != nil {
			return UtilityTemplate{}, err
		}
		if err := checkURLs("utility template: "+name, gap.ReplaceAll(content, []byte("x")), nil); err != nil {
			return UtilityTemplate{}, err
		}
		body[name] = content
	}
	members, raw, err := c.node(ctx, Request{Body: body, Method: http.MethodPost, PageID: pageID, Path: templatesPath})
	if err != nil {
		return UtilityTemplate{}, err
	}
	return decodeTemplate(members, raw), nil
}

// UtilityTemplates lists the templates of the page that the query asks for. Errors are those of [List].
func (c *Client) UtilityTemplates(ctx context.Context, pageID string, query TemplateQuery) iter.Seq2[UtilityTemplate, error] {
	return listOf(ctx, c, Request{PageID: pageID, Path: templatesPath, Query: query.values()}, decodeTemplate)
}

// LibraryTemplates lists the templates of Meta's library that the query asks for by language and by name or content. They
// have names and texts, and no status; the texts are in Raw. Errors are those of [List].
func (c *Client) LibraryTemplates(ctx context.Context, pageID string, query TemplateQuery) iter.Seq2[UtilityTemplate, error] {
	query.Name, query.Status = "", ""
	return listOf(ctx, c, Request{PageID: pageID, Path: "message_template_library", Query: query.values()}, decodeTemplate)
}

func decodeTemplate(members map[string]json.RawMessage, raw json.RawMessage) UtilityTemplate {
	return UtilityTemplate{
		Category:    decodeText(members["category"]),
		Components:  members["components"],
		ID:          decodeText(members["id"]),
		Language:    decodeText(members["language"]),
		LibraryName: decodeText(members["library_template_name"]),
		Name:        decodeText(members["name"]),
		Raw:         raw,
		Status:      TemplateStatus(decodeText(members["status"])),
	}
}
