package graphhosts

import (
	"bytes"
	"crypto/sha256"
	"encoding/pem"
	"os"
)

// systemRoots are the files in which systems keep their roots; the first that exists counts.
var systemRoots = []string{
	"/etc/ssl/certs/ca-certificates.crt",                // Debian, Alpine, Arch
	"/etc/pki/tls/certs/ca-bundle.crt",                  // Fedora, RHEL
	"/etc/ssl/ca-bundle.pem",                            // openSUSE
	"/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", // CentOS, RHEL
	"/etc/ssl/cert.pem",                                 // macOS, BSD
	"/opt/homebrew/etc/ca-certificates/cert.pem",
}

// rootVariables name files of further roots that a client trusts now. Each client takes one file, in place of another.
var rootVariables = []string{"SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"}

// bundle is all that a client trusts now, and the CA. Certificates of the simulator's earlier CAs are left out: a variable
// may name an earlier bundle. hasRoots is false on a system that keeps its roots in no file that is known.
func bundle(a *authority, system []string, env func(string) string) (data []byte, hasRoots bool) {
	var out bytes.Buffer
	seen := map[[sha256.Size]byte]bool{}
	add := func(path string) (added bool) {
		if path == "" {
			return false
		}
		text, err := readSmall(path)
		if err != nil {
			return false // a client cannot read it either
		}
		for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
			if block.Type != "CERTIFICATE" {
				continue
			}
			sum := sha256.Sum256(block.Bytes)
			if seen[sum] || bytes.Contains(block.Bytes, []byte(organization)) {
				continue
			}
			seen[sum], added = true, true
			_ = pem.Encode(&out, &pem.Block{Type: "CERTIFICATE", Bytes: block.Bytes}) // a buffer takes everything
		}
		return added
	}
	for _, path := range system {
		if _, err := os.Stat(path); err == nil {
			hasRoots = add(path)
			break
		}
	}
	for _, name := range rootVariables {
		add(env(name))
	}
	out.Write(a.public())
	return out.Bytes(), hasRoots
}
