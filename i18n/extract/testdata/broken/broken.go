// Package broken does not compile.
package broken

import (
	"context"

	"github.com/djmessenger/messenger/i18n"
)

func say(ctx context.Context) string {
	return i18n.From(ctx).Text("hello", missing) + 1
}
