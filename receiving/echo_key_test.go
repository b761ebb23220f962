package receiving_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestSendKeyIsOfEchoesOnly: only the page can confirm a send.
func TestSendKeyIsOfEchoesOnly(t *testing.T) {
	t.Parallel()

	require.Equal(t, "message-9J0kQm4nT1s8aB-0", onlyEnvelope(t, "events/echo").SendKey)
	require.Equal(t, "key", envelope(t, `{"message":{"metadata":"djm1:key:","is_echo":true}}`).SendKey)
	require.Empty(t, envelope(t, `{"message":{"metadata":"djm1:key:x"}}`).SendKey)
	require.Empty(t, envelope(t, `{"message":{"metadata":"djm1:key:x","is_echo":false}}`).SendKey)
	require.Empty(t, envelope(t, `{"postback":{"metadata":"djm1:key:x","is_echo":true}}`).SendKey)
	require.Empty(t, envelope(t, `{"message":{"metadata":"plain","is_echo":true}}`).SendKey)
}
