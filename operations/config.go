package operations

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/secret"
)

// Limits.
const (
	// MinToken is the least length of a token in bytes.
	MinToken = 24
	// MaxBody is the most bytes of a request's body.
	MaxBody = 1 << 20
	// DefaultPage and MaxPage are how many entries a page of a list has.
	DefaultPage = 50
	MaxPage     = 200
	// MaxMany is how many dead letters one request replays or drops.
	MaxMany = 500
	// MaxExport is how many entries each list of an export has at most.
	MaxExport = 20_000
	// Timeout is how long a request may take.
	Timeout = 30 * time.Second
)

// Action is what a request asks for, for [Config].Authorize.
type Action struct {
	// Name is the operationId of openapi.yaml, such as "replayDead".
	Name string
	// Changes reports that it changes something. All others only read.
	Changes bool
	// PageID is the page that the request is limited to; empty means that it may be about all pages.
	PageID string
	// PSID is the person that it is about; empty if it is about no single person.
	PSID string
}

// ErrUnauthenticated is what Config.Authorize returns, wrapped or not, for a request without a known identity: the answer is
// then 401 and not 403.
var ErrUnauthenticated = errors.New("operations: the request proves no identity")

// Config says who may use the API. Tokens or Authorize are required; with both, both must allow a request.
type Config struct {
	// Authorize returns nil if the request may do what it asks for; otherwise the answer is 403, or 401 for
	// [ErrUnauthenticated]. Its error is logged and not shown. It is called before anything is read, must be safe for
	// concurrent use, and a panic of it refuses the request. Default: whoever has a token may do everything.
	Authorize func(r *http.Request, action Action) error

	// Logger takes who has changed what, by the id of the request, and what failed. Default: slog.Default.
	Logger *slog.Logger

	// Prefix is the path under which the handler is mounted, such as "/operations", for routers that leave it in the path.
	// A router that strips it, as http.StripPrefix does, works too. Default: none.
	Prefix string

	// Tokens are the bearer tokens that are taken, of at least [MinToken] bytes each: one, and while it is being changed the
	// other one too. Default: none; then Authorize is required.
	Tokens []secret.Value
}

// Handler returns the operations API of a bot. It fails without a token and without Config.Authorize, with a token that is
// shorter than [MinToken], and with a nil bot. It is safe for concurrent use, needs no Bot.Run, and keeps nothing itself.
func Handler(bot *messenger.Bot, config Config) (http.Handler, error) {
	var errs []error
	if bot == nil {
		errs = append(errs, errors.New("the bot is nil"))
	}
	if len(config.Tokens) == 0 && config.Authorize == nil {
		errs = append(errs, errors.New("neither Config.Tokens nor Config.Authorize is set: anyone who reaches the handler could read and delete everything"))
	}
	for i, token := range config.Tokens {
		if n := len(token.Reveal()); n < MinToken {
			errs = append(errs, fmt.Errorf("Config.Tokens[%d] has %d bytes, fewer than %d; make one with: openssl rand -base64 32", i, n, MinToken))
		}
		if strings.ContainsFunc(token.Reveal(), func(r rune) bool { return r <= ' ' || r > '~' }) {
			errs = append(errs, fmt.Errorf("Config.Tokens[%d] has a space or a character that no header carries", i))
		}
	}
	if p := config.Prefix; p != "" && (!strings.HasPrefix(p, "/") || strings.HasSuffix(p, "/")) {
		errs = append(errs, fmt.Errorf("Config.Prefix is %q, and has to begin with a slash and not to end with one", p))
	}
	if err := errors.Join(errs...); err != nil {
		return nil, fmt.Errorf("operations: %w", err)
	}
	if config.Logger == nil {
		config.Logger = slog.Default()
	}
	s := &server{bot: bot, store: bot.Store(), config: config, mux: http.NewServeMux()}
	s.origins = http.NewCrossOriginProtection()
	for _, rt := range s.routes() {
		s.add(rt)
	}
	return s, nil
}
