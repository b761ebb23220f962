package receiving

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

const (
	// MaxSendKey is the maximum length of a send key in characters.
	MaxSendKey = 64
	// MaxMetadata is how many characters (Unicode code points) of a user's own metadata fit beside any send key. The platform
	// takes fewer than 1000 for both.
	MaxMetadata = maxWireMetadata - len(metadataMark) - MaxSendKey - len(metadataEnd)

	maxWireMetadata = 999
	metadataMark    = "djm1:"
	metadataEnd     = ":"
)

var (
	// ErrSendKey reports a send key that is not 1 to [MaxSendKey] characters of A-Z, a-z, 0-9, "_" and "-".
	ErrSendKey = errors.New("receiving: invalid send key")
	// ErrMetadata reports metadata that is too long or not UTF-8.
	ErrMetadata = errors.New("receiving: invalid metadata")
)

// EncodeMetadata returns the metadata for a message to send: the idempotency key of the send, and the user's own metadata, which
// may be empty. The platform returns metadata on the message's echo, where [DecodeMetadata] separates the two. So the echo proves
// that the send was executed, although the platform has no idempotency keys.
//
// It returns [ErrSendKey] for an invalid key, and an error that wraps [ErrMetadata] if user is not UTF-8 or both together are
// longer than the platform accepts; up to [MaxMetadata] characters always fit.
//
// https://developers.facebook.com/documentation/business-messaging/messenger-platform/reference/send-api
func EncodeMetadata(sendKey, user string) (string, error) {
	if !isSendKey(sendKey) {
		return "", ErrSendKey
	}
	if !utf8.ValidString(user) {
		return "", fmt.Errorf("%w: not UTF-8", ErrMetadata)
	}
	if n, room := utf8.RuneCountInString(user), MaxMetadata+MaxSendKey-len(sendKey); n > room {
		return "", fmt.Errorf("%w: %d characters, and %d fit beside this send key", ErrMetadata, n, room)
	}
	return metadataMark + sendKey + metadataEnd + user, nil
}

// DecodeMetadata separates the parts of metadata that [EncodeMetadata] has made. It returns any other metadata unchanged, with an
// empty key.
func DecodeMetadata(metadata string) (sendKey, user string) {
	rest, ok := strings.CutPrefix(metadata, metadataMark)
	if !ok {
		return "", metadata
	}
	sendKey, user, ok = strings.Cut(rest, metadataEnd)
	if !ok || !isSendKey(sendKey) {
		return "", metadata
	}
	return sendKey, user
}

func isSendKey(key string) bool {
	if key == "" || len(key) > MaxSendKey {
		return false
	}
	for _, c := range []byte(key) {
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '_', c == '-':
		default:
			return false
		}
	}
	return true
}
