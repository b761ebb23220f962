package graph

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"sync"

	"github.com/djmessenger/messenger/secret"
)

// maxProofs is how many proofs a client remembers. Beyond it all are forgotten, those of tokens that were replaced too.
const maxProofs = 10_000

// newProofs returns a function that makes the proof of a token: the hexadecimal HMAC-SHA256 of the token under the app's
// secret. It remembers proofs, since tokens change seldom; that it is a function keeps them from being printed. See
// https://developers.facebook.com/docs/graph-api/guides/secure-requests.
func newProofs() func(key, token secret.Value) secret.Value {
	var mutex sync.Mutex
	known := map[[2]string]secret.Value{}
	return func(key, token secret.Value) secret.Value {
		pair := [2]string{key.Reveal(), token.Reveal()}
		mutex.Lock()
		defer mutex.Unlock()
		if proof, ok := known[pair]; ok {
			return proof
		}
		mac := hmac.New(sha256.New, []byte(pair[0]))
		mac.Write([]byte(pair[1]))
		proof := secret.New(hex.EncodeToString(mac.Sum(nil)))
		if len(known) >= maxProofs {
			clear(known)
		}
		known[pair] = proof
		return proof
	}
}
