package receiving

import (
	"crypto/hmac"
	"crypto/sha256"
	"hash"
	"net/http"
	"strings"
	"sync"
)

// signatureHeader, in the form in which net/http keeps it, carries "sha256=" and the HMAC-SHA256 of the body, in lower-case hexadecimal digits. The older
// X-Hub-Signature, of SHA-1, is not looked at.
//
// https://developers.facebook.com/documentation/business-messaging/messenger-platform/webhooks
const signatureHeader = "X-Hub-Signature-256"

// mac is an HMAC-SHA256.
type mac [sha256.Size]byte

// parseSignature reads the signature of a request. It takes what the platform documents and nothing else: one header, the
// prefix, 64 lower-case digits.
func parseSignature(h http.Header) (m mac, ok bool) {
	values := h[signatureHeader]
	if len(values) != 1 {
		return m, false
	}
	digits, ok := strings.CutPrefix(values[0], "sha256=")
	if !ok || len(digits) != 2*len(m) {
		return m, false
	}
	for i := range m {
		high, ok := digit(digits[2*i])
		low, okLow := digit(digits[2*i+1])
		if !ok || !okLow {
			return mac{}, false
		}
		m[i] = high<<4 | low
	}
	return m, true
}

// digit returns the value of a lower-case hexadecimal digit.
func digit(c byte) (value byte, ok bool) {
	switch {
	case c >= '0' && c <= '9':
		return c - '0', true
	case c >= 'a' && c <= 'f':
		return c - 'a' + 10, true
	}
	return 0, false
}

// key is one app secret.
type key struct {
	app    int
	hashes sync.Pool // of hash.Hash, keyed with the secret
}

func newKey(app int, secret string) *key {
	k := &key{app: app}
	k.hashes.New = func() any { return hmac.New(sha256.New, []byte(secret)) }
	return k
}

// signed reports whether want is this key's signature of body, in a time that does not depend on where it differs.
func (k *key) signed(body []byte, want *mac) bool {
	h, _ := k.hashes.Get().(hash.Hash)
	defer k.hashes.Put(h)
	h.Reset()
	h.Write(body) // a hash returns no error
	var sum mac
	return hmac.Equal(h.Sum(sum[:0]), want[:])
}
