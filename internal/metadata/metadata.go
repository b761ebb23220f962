package metadata

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

const (
	// MaxKey is the maximum length of a send key in characters.
	MaxKey = 64
	// MaxUser is how many characters (Unicode code points) of a user's own metadata fit beside any send key. The platform
	// takes fewer than 1000 for both.
	MaxUser = maxWire - len(mark) - MaxKey - len(end)

	maxWire = 999
	mark    = "djm1:"
	end     = ":"
)

var (
	// ErrKey reports a send key that is not 1 to [MaxKey] characters of A-Z, a-z, 0-9, "_" and "-".
	ErrKey = errors.New("invalid send key")
	// ErrUser reports metadata of a user that is too long or not UTF-8.
	ErrUser = errors.New("invalid metadata")
)

// Encode returns the metadata for a message to send: the idempotency key of the send, and the user's own metadata, which
// may be empty. The platform returns metadata on the message's echo, where [Decode] separates the two. So the echo proves
// that the send was executed, although the platform has no idempotency keys.
//
// It returns [ErrKey] for an invalid key, and an error that wraps [ErrUser] if user is not UTF-8 or both together are
// longer than the platform accepts; up to [MaxUser] characters always fit.
//
// https://developers.facebook.com/documentation/business-messaging/messenger-platform/reference/send-api
func Encode(sendKey, user string) (string, error) {
	if !isSendKey(sendKey) {
		return "", ErrKey
	}
	if !utf8.ValidString(user) {
		return "", fmt.Errorf("%w: not UTF-8", ErrUser)
	}
	if n, room := utf8.RuneCountInString(user), MaxUser+MaxKey-len(sendKey); n > room {
		return "", fmt.Errorf("%w: %d characters, and %d fit beside this send key", ErrUser, n, room)
	}
	return mark + sendKey + end + user, nil
}

// Decode separates the parts of metadata that [Encode] has made. It returns any other metadata unchanged, with an
// empty key.
func Decode(metadata string) (sendKey, user string) {
	rest, ok := strings.CutPrefix(metadata, mark)
	if !ok {
		return "", metadata
	}
	sendKey, user, ok = strings.Cut(rest, end)
	if !ok || !isSendKey(sendKey) {
		return "", metadata
	}
	return sendKey, user
}

func isSendKey(key string) bool {
	if key == "" || len(key) > MaxKey {
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
