package simulator

import (
	"encoding/json"
	"slices"
	"strconv"
)

// templateLibrary is a small one of the simulator's own: Meta's is not public.
var templateLibrary = []*utilityTemplate{
	libraryTemplate(1, "appointment_reminder", `[{"type":"BODY","text":"Your appointment is on {{1}} at {{2}}."},{"type":"BUTTONS","buttons":[{"type":"POSTBACK","text":"Confirm","payload":"CONFIRM"}]}]`),
	libraryTemplate(2, "order_shipped", `[{"type":"HEADER","format":"TEXT","text":"On its way"},{"type":"BODY","text":"Your order {{1}} was shipped."},{"type":"BUTTONS","buttons":[{"type":"URL","text":"Track","url":"https://example.com/{{1}}"}]}]`),
	libraryTemplate(3, "payment_received", `[{"type":"BODY","text":"We received your payment of {{1}}."}]`),
}

func libraryTemplate(serial int, name, components string) *utilityTemplate {
	return &utilityTemplate{
		serial: serial, id: "49000000000000" + strconv.Itoa(serial), name: name, language: "en_US", status: TemplateApproved,
		from: name, components: json.RawMessage(components),
	}
}

// libraryComponents are those of a template of the library, nil if there is none of that name.
func libraryComponents(name string) json.RawMessage {
	at := slices.IndexFunc(templateLibrary, func(t *utilityTemplate) bool { return t.name == name })
	if at < 0 {
		return nil
	}
	return templateLibrary[at].components
}

// callTemplateLibrary lists the templates from which a page can make its own.
func (s *Simulator) callTemplateLibrary(c *call) (any, *GraphError) {
	fields, err := readFields(c.get("fields"))
	if err != nil {
		return nil, err
	}
	return listTemplates(c, templateLibrary, fields)
}
