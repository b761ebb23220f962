package graph_test

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/djmessenger/messenger/graph"
)

func TestUtilityTemplates(t *testing.T) {
	t.Parallel()
	create := func(template graph.NewTemplate, wire string) exchange {
		return exchange{
			call: func(ctx context.Context, c *graph.Client) (any, error) {
				return c.CreateUtilityTemplate(ctx, page, template)
			},
			answer: `{"id":5,"status":"PENDING","category":"UTILITY"}`,
			wire:   `POST me/message_templates ` + wire,
			want: graph.UtilityTemplate{
				Category: "UTILITY", ID: "5", Status: graph.TemplatePending, Raw: []byte(`{"id":5,"status":"PENDING","category":"UTILITY"}`),
			},
		}
	}
	runExchanges(t, map[string]exchange{
		"from components": create(graph.NewTemplate{
			Components: []map[string]string{{"type": "BODY", "text": "Hi {{1}}"}}, Language: "en_US", Name: "hi", ParameterFormat: "POSITIONAL",
		}, `{"category":"UTILITY","components":[{"text":"Hi {{1}}","type":"BODY"}],"language":"en_US","name":"hi","parameter_format":"POSITIONAL"}`),
		"from bytes": create(graph.NewTemplate{Components: []byte(`[]`), Language: "en_US", Name: "hi"},
			`{"category":"UTILITY","components":[],"language":"en_US","name":"hi"}`),
		"from the library": create(graph.NewTemplate{
			Language: "en_US", LibraryName: "order_1", LibraryBodyInputs: json.RawMessage(`{"a":true}`), LibraryButtonInputs: []string{"b"}, Name: "hi",
		}, `{"category":"UTILITY","language":"en_US","library_template_body_inputs":{"a":true},"library_template_button_inputs":["b"],`+
			`"library_template_name":"order_1","name":"hi"}`),
		"list": {
			call: func(ctx context.Context, c *graph.Client) (any, error) {
				return collect(c.UtilityTemplates(ctx, page, graph.TemplateQuery{Language: "en_US", Name: "hi", NameOrContent: "a b", Status: graph.TemplateApproved}))
			},
			answer: `{"data":[{"id":"5","name":"hi","language":"en_US","status":"APPROVED","components":[{}],"library_template_name":"o"},{"status":[1],"name":null}]}`,
			wire:   `GET me/message_templates?language=en_US&name=hi&name_or_content=a+b&status=APPROVED`,
			want: []graph.UtilityTemplate{
				{
					Components: []byte(`[{}]`), ID: "5", Language: "en_US", LibraryName: "o", Name: "hi", Status: graph.TemplateApproved,
					Raw: []byte(`{"id":"5","name":"hi","language":"en_US","status":"APPROVED","components":[{}],"library_template_name":"o"}`),
				},
				{Raw: []byte(`{"status":[1],"name":null}`)},
			},
		},
		"list all": {
			call: func(ctx context.Context, c *graph.Client) (any, error) {
				return collect(c.UtilityTemplates(ctx, page, graph.TemplateQuery{}))
			},
			answer: `{"data":[{}]}`,
			wire:   `GET me/message_templates`,
			want:   []graph.UtilityTemplate{{Raw: []byte(`{}`)}},
		},
		"library": {
			call: func(ctx context.Context, c *graph.Client) (any, error) {
				return collect(c.LibraryTemplates(ctx, page, graph.TemplateQuery{Language: "en_US", Name: "x", NameOrContent: "order", Status: "x"}))
			},
			answer: `{"data":[{"id":"7","name":"order_1","body":"Hi"}]}`,
			wire:   `GET message_template_library?language=en_US&name_or_content=order`,
			want:   []graph.UtilityTemplate{{ID: "7", Name: "order_1", Raw: []byte(`{"id":"7","name":"order_1","body":"Hi"}`)}},
		},
	})
}

func TestUtilityTemplatesThatAreNotAskedFor(t *testing.T) {
	t.Parallel()
	create := func(template graph.NewTemplate) func(context.Context, *graph.Client) error {
		return func(ctx context.Context, c *graph.Client) error {
			_, err := c.CreateUtilityTemplate(ctx, page, template)
			return err
		}
	}
	requireNotSent(t, map[string]func(context.Context, *graph.Client) error{
		"no name":     create(graph.NewTemplate{Language: "en_US", LibraryName: "o"}),
		"no language": create(graph.NewTemplate{Name: "hi", LibraryName: "o"}),
		"of nothing":  create(graph.NewTemplate{Name: "hi", Language: "en_US"}),
		"of both":     create(graph.NewTemplate{Name: "hi", Language: "en_US", LibraryName: "o", Components: []byte(`[]`)}),
		"no JSON":     create(graph.NewTemplate{Name: "hi", Language: "en_US", Components: []byte(`[`)}),
		"no inputs":   create(graph.NewTemplate{Name: "hi", Language: "en_US", LibraryName: "o", LibraryBodyInputs: make(chan int)}),
	})
}
