package graph_test

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/djmessenger/messenger/graph"
)

func TestCustomUserSettings(t *testing.T) {
	t.Parallel()
	settings := func(answer string, want graph.CustomUserSettings) exchange {
		want.Raw = []byte(answer)
		return exchange{
			call:   func(ctx context.Context, c *graph.Client) (any, error) { return c.CustomUserSettings(ctx, page, "9") },
			answer: answer, wire: `GET me/custom_user_settings?psid=9`, want: want, lenient: true,
		}
	}
	set := func(menu any) exchange {
		x := change(func(ctx context.Context, c *graph.Client) error { return c.SetCustomUserSettings(ctx, page, "9", menu) },
			`POST me/custom_user_settings {"persistent_menu":[{"locale":"default"}],"psid":"9"}`)
		x.answer = `{"result":"success"}`
		return x
	}
	runExchanges(t, map[string]exchange{
		"set":            set(json.RawMessage(`[{"locale":"default"}]`)),
		"set, bytes":     set([]byte(`[{"locale":"default"}]`)),
		"set, values":    set([]map[string]string{{"locale": "default"}}),
		"both menus":     settings(`{"data":[{"user_level_persistent_menu":[{"a":1}],"page_level_persistent_menu":[{"b":2}]}]}`, graph.CustomUserSettings{PersonMenu: []byte(`[{"a":1}]`), PageMenu: []byte(`[{"b":2}]`)}),
		"in two objects": settings(`{"data":[{"user_level_persistent_menu":[{"a":1}]},{"page_level_persistent_menu":[{"b":2}]}]}`, graph.CustomUserSettings{PersonMenu: []byte(`[{"a":1}]`), PageMenu: []byte(`[{"b":2}]`)}),
		"no menu":        settings(`{"data":[{"user_level_persistent_menu":[],"page_level_persistent_menu":null}]}`, graph.CustomUserSettings{}),
		"strange":        settings(`{"data":[7,{"user_level_persistent_menu":"x"}]}`, graph.CustomUserSettings{}),
		"delete": change(func(ctx context.Context, c *graph.Client) error { return c.DeleteCustomUserSettings(ctx, page, "9") },
			`DELETE me/custom_user_settings?params=%5B%22persistent_menu%22%5D&psid=9`),
	})
}

func TestCustomUserSettingsThatAreNotAskedFor(t *testing.T) {
	t.Parallel()
	set := func(psid string, menu any) func(context.Context, *graph.Client) error {
		return func(ctx context.Context, c *graph.Client) error {
			return c.SetCustomUserSettings(ctx, page, psid, menu)
		}
	}
	requireNotSent(t, map[string]func(context.Context, *graph.Client) error{
		"of nobody": set("", json.RawMessage(`[]`)),
		"no menu":   set("9", nil),
		"no JSON":   set("9", []byte(`[`)),
		"get nobody": func(ctx context.Context, c *graph.Client) error {
			_, err := c.CustomUserSettings(ctx, page, "")
			return err
		},
		"take nobody": func(ctx context.Context, c *graph.Client) error { return c.DeleteCustomUserSettings(ctx, page, "") },
	})
}
