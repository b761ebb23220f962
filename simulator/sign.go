package simulator

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // what the platform sends, for bots that check nothing else
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"unicode/utf16"
	"unicode/utf8"
)

// Sign returns the X-Hub-Signature-256 header for a callback body: the HMAC of
// exactly these bytes under the secret of [Config.AppID]. Tests use it to forge and to damage
// callbacks. See
// https://developers.facebook.com/docs/messenger-platform/webhooks#validate-payloads
func (s *Simulator) Sign(body []byte) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return sign(s.apps[s.cfg.AppID], body)
}

func sign(secret string, body []byte) string { return "sha256=" + mac(secret, body) }

// signSHA1 returns the X-Hub-Signature header, which the platform sends beside the other. Many bot frameworks check only this.
func signSHA1(secret string, body []byte) string {
	h := hmac.New(sha1.New, []byte(secret))
	h.Write(body)
	return "sha1=" + hex.EncodeToString(h.Sum(nil))
}

// mac is the lowercase hex HMAC-SHA256 that signatures and proofs are made of.
func mac(secret string, message []byte) string {
	h := hmac.New(sha256.New, []byte(secret))
	h.Write(message)
	return hex.EncodeToString(h.Sum(nil))
}

// encode writes a value as the platform serialises callbacks.
func encode(v any) ([]byte, error) {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, fmt.Errorf("simulator: encoding a callback: %w", err)
	}
	return escape(bytes.TrimSuffix(buf.Bytes(), []byte("\n"))), nil
}

// escape rewrites valid JSON the way the platform writes it: everything outside
// ASCII as lowercase \uXXXX, in surrogate pairs where needed, and / as \/. The
// meaning stays; a bot that signs a re-encoded body instead of the raw bytes
// gets another signature.
func escape(data []byte) []byte {
	const hexDigits = "0123456789abcdef"
	out := make([]byte, 0, len(data)+len(data)/8)
	unit := func(u uint16) {
		out = append(out, '\\', 'u', hexDigits[u>>12], hexDigits[u>>8&15], hexDigits[u>>4&15], hexDigits[u&15])
	}
	for i := 0; i < len(data); {
		switch c := data[i]; {
		case c == '\\' && i+1 < len(data): // an escape already, kept as it is
			out = append(out, c, data[i+1])
			i += 2
		case c == '/':
			out = append(out, '\\', '/')
			i++
		case c < utf8.RuneSelf:
			out = append(out, c)
			i++
		default:
			r, size := utf8.DecodeRune(data[i:])
			if high, low := utf16.EncodeRune(r); high != utf8.RuneError {
				unit(uint16(high)) //nolint:gosec // a surrogate fits 16 bits
				unit(uint16(low))  //nolint:gosec // a surrogate fits 16 bits
			} else {
				unit(uint16(r)) //nolint:gosec // not a pair, so it fits 16 bits
			}
			i += size
		}
	}
	return out
}
