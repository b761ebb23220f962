package graph_test

import (
	"context"
	"strings"
	"testing"

	"github.com/djmessenger/messenger/graph"
)

func TestPersonas(t *testing.T) {
	t.Parallel()
	name := strings.Repeat("ä", graph.MaxPersonaName)
	runExchanges(t, map[string]exchange{
		"create": {
			call: func(ctx context.Context, c *graph.Client) (any, error) {
				return c.CreatePersona(ctx, page, name, "https://x.example/a.png?sig=1")
			},
			answer: `{"id":8}`,
			wire:   `POST me/personas {"name":"` + name + `","profile_picture_url":"https://x.example/a.png?sig=1"}`,
			want:   "8",
		},
		"get": {
			call:   func(ctx context.Context, c *graph.Client) (any, error) { return c.Persona(ctx, page, "8/..") },
			answer: `{"id":"8","name":"Adam","profile_picture_url":"https://f/a","new":[1]}`,
			wire:   `GET 8%2F..`,
			want: graph.Persona{
				ID: "8", Name: "Adam", PictureURL: "https://f/a",
				Raw: []byte(`{"id":"8","name":"Adam","profile_picture_url":"https://f/a","new":[1]}`),
			},
		},
		"list": {
			call:   func(ctx context.Context, c *graph.Client) (any, error) { return collect(c.Personas(ctx, page)) },
			answer: `{"data":[{"id":8,"name":{},"profile_picture_url":7}],"paging":{"cursors":{"after":"A"}}}`,
			wire:   `GET me/personas`,
			want:   []graph.Persona{{ID: "8", PictureURL: "7", Raw: []byte(`{"id":8,"name":{},"profile_picture_url":7}`)}},
		},
		"delete": change(func(ctx context.Context, c *graph.Client) error { return c.DeletePersona(ctx, page, "8") }, `DELETE 8`),
	})
}

func TestPersonasThatAreNotAskedFor(t *testing.T) {
	t.Parallel()
	create := func(name, picture string) func(context.Context, *graph.Client) error {
		return func(ctx context.Context, c *graph.Client) error {
			_, err := c.CreatePersona(ctx, page, name, picture)
			return err
		}
	}
	requireNotSent(t, map[string]func(context.Context, *graph.Client) error{
		"no name":       create("", "https://x.example/a"),
		"long name":     create(strings.Repeat("ä", graph.MaxPersonaName+1), "https://x.example/a"),
		"no picture":    create("Adam", ""),
		"a path":        create("Adam", "/a.png"),
		"other scheme":  create("Adam", "file:///a.png"),
		"no host":       create("Adam", "https:///a.png"),
		"get nobody":    func(ctx context.Context, c *graph.Client) error { _, err := c.Persona(ctx, page, ""); return err },
		"delete nobody": func(ctx context.Context, c *graph.Client) error { return c.DeletePersona(ctx, page, "") },
		"out of here":   func(ctx context.Context, c *graph.Client) error { return c.DeletePersona(ctx, page, "..") },
	})
}
