package simulator

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"io"
	mathrand "math/rand/v2"
	"sync"
)

// random draws the ids of people, pages, messages, comments and uploads.
type random struct {
	mu     sync.Mutex
	from   io.Reader
	seeded bool
}

// newRandom makes a source whose draws depend on the seed only. Zero stands for no seed: then they cannot be foreseen.
func newRandom(seed uint64) *random {
	if seed == 0 {
		return &random{from: rand.Reader}
	}
	var key [32]byte
	binary.LittleEndian.PutUint64(key[:], seed)
	return &random{from: mathrand.NewChaCha8(key), seeded: true}
}

// branchOff makes what is drawn from now on depend on a document too. The document may have ids that another source of the
// same seed has drawn, and this one would draw again.
func (r *random) branchOff(document any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.seeded {
		return
	}
	hash := sha256.New()
	_, _ = io.CopyN(hash, r.from, sha256.Size) // neither fails; a document that comes twice is no way back
	_ = json.NewEncoder(hash).Encode(document) // cannot fail: it was JSON
	r.from = mathrand.NewChaCha8([sha256.Size]byte(hash.Sum(nil)))
}

func (r *random) read(b []byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	_, _ = io.ReadFull(r.from, b) // neither source fails
}

// digits draws n decimal digits.
func (r *random) digits(n int) string {
	out := make([]byte, 0, n)
	var b [1]byte
	for len(out) < n {
		if r.read(b[:]); b[0] < 250 { // each digit is as likely as another
			out = append(out, '0'+b[0]%10)
		}
	}
	return string(out)
}

// text draws 26 letters and digits.
func (r *random) text() string {
	var b [20]byte
	r.read(b[:])
	return base32.StdEncoding.EncodeToString(b[:])[:26]
}

// mid draws a message id, which looks different on Instagram. It is never counted: bots remember the ids they have seen,
// also across a restart of the simulator.
func (p *page) newMID() string {
	if p.instagram {
		return "aWdfZAG1faXRlbToxOkl" + p.random.text() + p.random.text()
	}
	return "m_" + p.random.text() + p.random.text()
}

// newTrace is the id of one answer of the Graph API.
func newTrace() string { return "A" + rand.Text()[:10] }

// randomHex is a name that cannot be guessed, whatever the seed.
func randomHex() string {
	var b [12]byte
	_, _ = rand.Read(b[:]) // crypto/rand never fails
	return hex.EncodeToString(b[:])
}
