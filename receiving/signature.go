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
		high, low := digitValues[digits[2*i]], digitValues[digits[2*i+1]]
		if high|low > 15 {
			return mac{}, false
		}
		m[i] = high<<4 | low
	}
	return m, true
}

// digitValues are the values of the lower-case hexadecimal digits, and more than 15 for every other byte.
var digitValues = func() (values [256]byte) {
	for c := range values {
		values[c] = 0xff
	}
	for value, c := range []byte("0123456789abcdef") {
		values[c] = byte(value)
	}
	return values
}()

// key is one secret of an app.
type key struct {
	app     int
	secret  string
	signers *sync.Pool // of *signer
}

// signer makes one signature after another.
type signer struct {
	hash hash.Hash // keyed with the secret
	sum  mac
}

// newKey returns the key of a secret. It has the signers of the key before it, if there is one.
func newKey(app int, secret string, before *key) *key {
	if before != nil {
		return &key{app: app, secret: secret, signers: before.signers}
	}
	return &key{app: app, secret: secret, signers: &sync.Pool{
		New: func() any { return &signer{hash: hmac.New(sha256.New, []byte(secret))} },
	}}
}

// signed reports whether want is this key's signature of the body's bytes as they came, in a time that does not depend on where
// it differs.
func (k *key) signed(b *body, want *mac) bool {
	s, _ := k.signers.Get().(*signer)
	defer k.signers.Put(s)
	s.hash.Reset()
	for chunk := range b.chunks {
		s.hash.Write(chunk) // a hash returns no error
	}
	return hmac.Equal(s.hash.Sum(s.sum[:0]), want[:])
}
