package simulator_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/simulator"
)

// Every URL that the simulator is given is checked by one rule.
func TestURLsAreCheckedEverywhere(t *testing.T) {
	t.Parallel()
	p := serve(t, simulator.Config{})
	for name, give := range map[string]func(link string) error{
		"webhook": p.SetWebhook,
		"webhook of the configuration": func(link string) error {
			s, err := simulator.New(simulator.Config{WebhookURL: link})
			if err == nil {
				require.NoError(t, s.Close())
			}
			return err
		},
		"attachment": func(link string) error {
			_, err := p.SendImage(t.Context(), ada, link)
			return err
		},
		"profile picture": func(link string) error {
			_, err := p.AddPerson(simulator.Person{FirstName: "Zoë", ProfilePic: link})
			return err
		},
		"profile picture of the configuration": func(link string) error {
			s, err := simulator.New(simulator.Config{People: []simulator.Person{{FirstName: "Zoë", ProfilePic: link}}})
			if err == nil {
				require.NoError(t, s.Close())
			}
			return err
		},
	} {
		for _, link := range []string{
			"http://127.0.0.1:1/", "https://a.example/b%20c?d=e/f?g#h", "HTTPS://a.example", "https://u:p@[::1]:8080/", "https://a_b.example:/",
		} {
			require.NoError(t, give(link), "%s: %q", name, link)
		}
		for _, link := range []string{
			"a.png", "/a.png", "//a.example/", "https:///a.png", "https://", "ftp://a.example/", "javascript:alert(1)", "data:image/png;base64,AA==",
			"https://a.example/red shoes.png", " https://a.example/", "https://a.example/\n", "https://a.example/é", "https://a.example/%zz",
			"https://a.example/%2", "https://a.example/[0]", "https://a.example/#a#b", "https://a .example/", "https://a.example\\b", "https://a.example:x/",
		} {
			require.ErrorContains(t, give(link), "absolute http or https URL", "%s: %q", name, link)
		}
	}
	answer := p.send(t, `{"recipient":{"id":"`+ada+`"},"message":{"attachment":{"type":"image","payload":{"url":"https://a.example/red shoes.png"}}}}`)
	code, _ := answer.code(t)
	require.Equal(t, 100, code)
	require.Contains(t, string(answer.body), "absolute http or https URL")
}
