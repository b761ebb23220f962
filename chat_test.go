package messenger_test

import (
	"testing"
	"time"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/messengertest"
	"github.com/djmessenger/messenger/simulator"
)

// startChat runs a bot against a platform over HTTP, outside of a bubble. Its expectations wait a minute, as a busy machine is
// slow.
func startChat(t *testing.T, platform simulator.Config, cfg messenger.Config) *messengertest.Chat {
	t.Helper()
	chat := messengertest.StartOn(t, platform, cfg)
	chat.Patience = time.Minute
	return chat
}
