// Package sealed encrypts small texts that are kept where others may read them, such as access tokens in a database.
//
// It uses AES-256-GCM. The key is derived from a secret of any length with HKDF-SHA256, so the secret should be long and
// random; what is sealed for one purpose cannot be opened for another.
package sealed

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"

	"github.com/djmessenger/messenger/secret"
)

// ErrNoKey is returned by [Open] for what none of the keys opens: it was sealed with another key or for another purpose,
// or has been changed.
var ErrNoKey = errors.New("no key opens it")

// Seal encrypts a text. Each call gives other bytes.
func Seal(key secret.Value, purpose string, text []byte) ([]byte, error) {
	aead, err := cipherOf(key, purpose)
	if err != nil {
		return nil, err
	}
	nonce := make([]byte, aead.NonceSize())
	_, _ = rand.Read(nonce) // it never fails
	return aead.Seal(nonce, nonce, text, nil), nil
}

// Open decrypts what [Seal] gave, with the key that it was sealed with.
func Open(keys []secret.Value, purpose string, sealed []byte) ([]byte, error) {
	for _, key := range keys {
		aead, err := cipherOf(key, purpose)
		if err != nil {
			return nil, err
		}
		if len(sealed) < aead.NonceSize() {
			break
		}
		nonce, content := sealed[:aead.NonceSize()], sealed[aead.NonceSize():]
		if text, err := aead.Open(nil, nonce, content, nil); err == nil {
			return text, nil
		}
	}
	return nil, ErrNoKey
}

func cipherOf(key secret.Value, purpose string) (cipher.AEAD, error) {
	derived, err := hkdf.Key(sha256.New, []byte(key.Reveal()), nil, "djmessenger/messenger sealed v1: "+purpose, 32)
	if err != nil {
		return nil, fmt.Errorf("deriving a key: %w", err)
	}
	block, err := aes.NewCipher(derived)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}
