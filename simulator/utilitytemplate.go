package simulator

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// The states of a utility template.
const (
	TemplateApproved = "APPROVED"
	TemplatePending  = "PENDING"
	TemplateRejected = "REJECTED"
)

// templateStates are all that the platform has.
var templateStates = []string{
	TemplateApproved, "ARCHIVED", "DELETED", "DISABLED", "IN_APPEAL", "LIMIT_EXCEEDED", "PAUSED", TemplatePending, "PENDING_DELETION", TemplateRejected,
}

// utilityTemplate is a template that the page has made: messages of messaging_type UTILITY name it.
type utilityTemplate struct {
	serial                           int
	id, name, language, status, from string
	components                       json.RawMessage
}

var templateName = regexp.MustCompile(`^[a-z0-9_]{1,512}$`)

// callTemplates makes, lists and deletes the utility templates of a page, see
// https://developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages/utility-messages
// A new one is approved, unless [PageControl.SetTemplateStatus] says otherwise.
func (s *Simulator) callTemplates(c *call) (any, *GraphError) {
	if c.page.instagram {
		return nil, errObject(c.method, c.node)
	}
	switch c.method {
	case http.MethodPost:
		return s.createTemplate(c)
	case http.MethodDelete:
		return s.deleteTemplate(c)
	}
	fields, err := readFields(c.get("fields"))
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return listTemplates(c, c.page.templates, fields)
}

// listTemplates lists what the filters of the call leave of templates.
func listTemplates(c *call, templates []*utilityTemplate, fields []field) (any, *GraphError) {
	is := func(name, has string) bool {
		v := c.get(name)
		return !v.present() || strings.EqualFold(v.string(), has)
	}
	holds := func(name, text string) bool {
		v := c.get(name)
		return !v.present() || strings.Contains(strings.ToLower(text), strings.ToLower(v.string()))
	}
	var found []*utilityTemplate
	for _, t := range templates {
		if is("status", t.status) && is("name", t.name) && is("language", t.language) && is("category", "UTILITY") &&
			holds("content", string(t.components)) && holds("name_or_content", t.name+" "+string(t.components)) {
			found = append(found, t)
		}
	}
	return list(c, found, func(t *utilityTemplate) string { return strconv.Itoa(t.serial) },
		func(t *utilityTemplate) (any, *GraphError) { return t.read(fields) })
}

func (t *utilityTemplate) read(fields []field) (any, *GraphError) {
	all := map[string]any{
		"name": t.name, "language": t.language, "status": t.status, "category": "UTILITY", "components": t.components,
		"library_template_name": t.from, "parameter_format": nil, "rejected_reason": nil,
	}
	return choose(t.id, fields, []string{"name", "language", "status", "category", "components", "library_template_name"}, all)
}

func (s *Simulator) createTemplate(c *call) (any, *GraphError) {
	var ck check
	t := &utilityTemplate{name: ck.required(c.get("name"), 512), language: ck.required(c.get("language"), 10), status: TemplateApproved}
	if ck.err == nil && !templateName.MatchString(t.name) {
		ck.refuse("Param name must have lower-case letters, digits and underscores only.")
	}
	if ck.err == nil && !languageCode.MatchString(t.language) {
		ck.refuse("Param language must be like en_US.")
	}
	if category := c.get("category"); ck.oneOf(category, "UTILITY") == "" {
		ck.refuse("Param category must be UTILITY.")
	}
	ck.oneOf(c.get("parameter_format"), "NAMED", "POSITIONAL")
	components, library := c.get("components"), c.get("library_template_name")
	switch {
	case components.present() == library.present():
		ck.refuse("There must be exactly one of components and library_template_name.")
	case library.present():
		t.from = ck.required(library, 512)
		t.components = libraryComponents(t.from)
		if t.components == nil {
			ck.refuse("Param library_template_name: the library has no template %q.", t.from)
		}
	default:
		ck.components(components)
		t.components = components.unquoted().raw
	}
	if ck.err != nil {
		return nil, ck.err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if c.page.templateNamed(t.name, t.language) != nil {
		return nil, refuse(0, "There is already a template %s in the language %s", t.name, t.language)
	}
	t.serial, t.id = s.nextSerial(), "4"+c.page.random.digits(15)
	c.page.templates = append(c.page.templates, t)
	return map[string]string{"id": t.id, "status": t.status, "category": "UTILITY"}, nil
}

var languageCode = regexp.MustCompile(`^[a-z]{2,3}(_[A-Z]{2})?$`)

// components checks the parts of a template: at most one header and one set of buttons, and exactly one body.
func (c *check) components(v value) {
	count := map[string]int{}
	for _, item := range c.list(v, 1, 3) {
		part := c.object(item, "type", "format", "text", "buttons", "example")
		kind := c.oneOf(part("type"), "HEADER", "BODY", "BUTTONS")
		count[kind]++
		switch kind {
		case "":
			c.refuse("Param %s[type] must be one of {HEADER, BODY, BUTTONS}.", item.path)
		case "HEADER":
			c.oneOf(part("format"), "TEXT", "IMAGE")
		case "BODY":
			c.required(part("text"), maxText)
		case "BUTTONS":
			for _, b := range c.list(part("buttons"), 1, 3) {
				button := c.object(b, "type", "text", "url", "payload", "example")
				if c.oneOf(button("type"), "URL", "POSTBACK") == "" {
					c.refuse("Param %s[type] must be one of {URL, POSTBACK}.", b.path)
				}
				c.required(button("text"), maxTitle)
			}
		}
	}
	if c.err == nil && (count["BODY"] != 1 || count["HEADER"] > 1 || count["BUTTONS"] > 1) {
		c.refuse("Param %s must have one BODY, and at most one HEADER and one BUTTONS.", v.path)
	}
}

func (s *Simulator) deleteTemplate(c *call) (any, *GraphError) {
	var ck check
	name := ck.required(c.get("name"), 512)
	if ck.err != nil {
		return nil, ck.err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	before := len(c.page.templates)
	c.page.templates = slices.DeleteFunc(c.page.templates, func(t *utilityTemplate) bool { return t.name == name })
	if len(c.page.templates) == before {
		return nil, refuse(0, "There is no template %s", name)
	}
	return successful, nil
}

// templateByID returns nil if the page has none of that id.
func (p *page) templateByID(id string) *utilityTemplate {
	at := slices.IndexFunc(p.templates, func(t *utilityTemplate) bool { return t.id == id })
	if at < 0 {
		return nil
	}
	return p.templates[at]
}

// templateNamed returns nil if the page has none of that name in that language.
func (p *page) templateNamed(name, language string) *utilityTemplate {
	at := slices.IndexFunc(p.templates, func(t *utilityTemplate) bool { return t.name == name && t.language == language })
	if at < 0 {
		return nil
	}
	return p.templates[at]
}

// admitTemplate checks that the template that a message names is approved. One that was not made by message_templates is
// taken, with a warning. s.mu must be held.
func (p *page) admitTemplate(c *call, name, language string) *GraphError {
	t := p.templateNamed(name, language)
	switch {
	case t == nil:
		c.warn("The page has made no template %s in the language %s. The simulator takes it as approved; the platform would not.", name, language)
	case t.status != TemplateApproved:
		return refuse(0, "The template %s is not approved: it is %s", name, t.status)
	}
	return nil
}

// SetTemplateStatus changes the state of a utility template that the page has made, such as [TemplatePending] or
// [TemplateRejected]: messages that name it are refused then. It is an error if there is no such template or state.
func (p PageControl) SetTemplateStatus(name, language, status string) error {
	p.sim.mu.Lock()
	defer p.sim.mu.Unlock()
	t := p.pg.templateNamed(name, language)
	switch {
	case t == nil:
		return fmt.Errorf("simulator: page %s has no template %q in %q", p.pg.id, name, language)
	case !slices.Contains(templateStates, status):
		return fmt.Errorf("simulator: %q is no state of a template", status)
	}
	t.status = status
	return nil
}
