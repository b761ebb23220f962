package command

import (
	"context"
	"crypto/rand"
	"net/url"
	"strings"

	"github.com/urfave/cli/v3"
)

func webhookVerifyURL(config Config) *cli.Command {
	return common(config, &cli.Command{
		Name:      "verify-url",
		Usage:     "print a random path for the webhook, which cannot be guessed",
		ArgsUsage: "[URL]",
		Description: "Serve the bot under the path, and enter the address as the callback URL. The path has 130 random bits. It keeps scanners\n" +
			"away; what protects the bot is the signature of the callbacks, which it checks in any case.\n" +
			"URL is the address that the path is added to, such as https://bot.example/webhook.",
		Flags: []cli.Flag{asJSON()},
		Action: func(_ context.Context, cmd *cli.Command) error {
			base, err := baseURL(cmd)
			if err != nil {
				return err
			}
			path := strings.TrimRight(base.EscapedPath(), "/") + "/" + strings.ToLower(rand.Text())
			whole := ""
			if base.Host != "" {
				whole = base.Scheme + "://" + base.Host + path
			}
			switch {
			case cmd.Bool("json"):
				answer := map[string]string{"path": path}
				if whole != "" {
					answer["url"] = whole
				}
				return writeJSON(config.Out, answer)
			case whole != "":
				say(config.Out, "%s\n", whole)
			default:
				say(config.Out, "%s\n", path)
			}
			return nil
		},
	})
}

// baseURL reads the argument of verify-url: an address, a path, or nothing.
func baseURL(cmd *cli.Command) (*url.URL, error) {
	base, err := url.Parse(cmd.Args().First())
	switch {
	case cmd.NArg() > 1:
		return nil, usagef(cmd, "verify-url takes one URL: %q", cmd.Args().Get(1))
	case err != nil, base.RawQuery != "", base.Fragment != "", base.User != nil, base.Opaque != "",
		base.Host == "" && base.Path != "" && !strings.HasPrefix(base.Path, "/"), base.Host != "" && base.Scheme != "https":
		return nil, usagef(cmd, "the URL has to be an address such as https://bot.example/webhook, or a path such as /webhook")
	}
	return base, nil
}
