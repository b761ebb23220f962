package graphhosts

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	_ "embed"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/djmessenger/messenger/internal/atomicfile"
)

// Kit is a CA in a directory, and what makes clients use it. It is installed nowhere: each client is told of it by the
// environment of its process.
type Kit struct {
	CA      string // the path of the certificate of the CA
	Bundle  string // the path of the CA with all roots that a client trusts now
	PHP     string // the path of a directory with settings for PHP
	Preload string // the path of a script that Node loads first

	certifier *certifier
}

//go:embed node.cjs
var preload []byte

// DefaultDir is a directory of the user's cache. It fails if the environment has no home.
func DefaultDir() (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	return filepath.Join(cache, "djmessenger", "simulator"), nil
}

// Open reads the CA in a directory, or makes one that ends after two years; 30 days before that it is replaced. It writes the
// other files of the kit, if they have changed; the bundle only if it lacks the CA. A directory that is made here is closed
// to other users; the key is always. A key in the directory that is not the simulator's is an error.
func Open(dir string, env func(string) string, now func() time.Time) (*Kit, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	a, err := openAuthority(dir, now())
	if err != nil {
		return nil, err
	}
	k := &Kit{
		CA: filepath.Join(dir, "ca.pem"), Bundle: filepath.Join(dir, "bundle.pem"), PHP: filepath.Join(dir, "php"), Preload: filepath.Join(dir, "node.cjs"),
		certifier: &certifier{authority: a, now: now},
	}
	if err := os.MkdirAll(k.PHP, 0o755); err != nil { //nolint:gosec // the directory above may be shared with a bot
		return nil, err
	}
	for path, data := range map[string][]byte{
		k.CA: a.public(), k.Preload: preload,
		filepath.Join(k.PHP, "simulator.ini"): fmt.Appendf(nil, "curl.cainfo=%q\nopenssl.cafile=%q\n", k.Bundle, k.Bundle),
	} {
		if err := update(path, data); err != nil {
			return nil, err
		}
	}
	if old, err := readSmall(k.Bundle); err == nil && bytes.Contains(old, a.public()) {
		return k, nil
	}
	_, err = k.WriteBundle(env)
	return k, err
}

// WriteBundle writes the bundle anew: the roots of the system, those that the environment names, and the CA. hasRoots is
// false if the system keeps its roots in no file that is known: a client with this bundle trusts only the simulator then.
func (k *Kit) WriteBundle(env func(string) string) (hasRoots bool, err error) {
	data, hasRoots := bundle(k.certifier.authority, systemRoots, env)
	return hasRoots, update(k.Bundle, data)
}

// Roots are the CA alone, for a client in Go.
func (k *Kit) Roots() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(k.certifier.authority.certificate)
	return pool
}

// TLS is how a server speaks for the platform's hosts and this machine, with a key that is in memory only. It is nil without a kit.
func (k *Kit) TLS() *tls.Config {
	if k == nil {
		return nil
	}
	return &tls.Config{GetCertificate: k.certifier.get, MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"}}
}

// readSmall reads a file of a few megabytes at most.
func readSmall(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	const most = 16 << 20
	data, err := io.ReadAll(io.LimitReader(file, most+1))
	if err == nil && len(data) > most {
		err = fmt.Errorf("%s has more than %d MiB", path, most>>20)
	}
	return data, err
}

// update writes a file that all may read, if it is not as it should be.
func update(path string, data []byte) error {
	if old, err := readSmall(path); err == nil && bytes.Equal(old, data) {
		return nil
	}
	return atomicfile.WriteMode(path, data, 0o644)
}
