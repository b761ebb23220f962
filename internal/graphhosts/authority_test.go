package graphhosts

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

var noEnv = func(string) string { return "" }

var start = time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)

func at(now time.Time) func() time.Time { return func() time.Time { return now } }

func open(t *testing.T, dir string, now time.Time) *Kit {
	t.Helper()
	k, err := Open(dir, noEnv, at(now))
	require.NoError(t, err)
	return k
}

func contents(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	return data
}

func TestTheCAIsMadeOnceAndIsClosedToOthers(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "a", "b")
	k := open(t, dir, start)
	key := filepath.Join(dir, "ca-key.pem")
	before := contents(t, key)
	require.NoError(t, os.Chmod(key, 0o644)) // as a copy may have it
	open(t, dir, start.Add(24*time.Hour))
	require.Equal(t, before, contents(t, key))
	require.Equal(t, k.certifier.authority.public(), contents(t, k.CA))
	require.NotContains(t, string(contents(t, k.CA)), "PRIVATE")
	require.NotContains(t, string(contents(t, k.Bundle)), "PRIVATE")
	for path, mode := range map[string]os.FileMode{dir: 0o700, key: 0o600} {
		info, err := os.Stat(path)
		require.NoError(t, err)
		require.Equal(t, mode, info.Mode().Perm(), path)
	}
	left, err := filepath.Glob(filepath.Join(dir, ".new-*"))
	require.NoError(t, err)
	require.Empty(t, left)
	c := k.certifier.authority.certificate
	require.Equal(t, start.Add(authorityLife), c.NotAfter)
	require.Equal(t, elliptic.P256(), k.certifier.authority.key.Curve)
}

func TestTheCAIsRenewedBeforeItsEnd(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		after time.Duration
		same  bool
	}{
		"the next day":       {24 * time.Hour, true},
		"31 days before":     {authorityLife - 31*24*time.Hour, true},
		"30 days before":     {authorityLife - 30*24*time.Hour, false},
		"after the end":      {authorityLife + time.Hour, false},
		"a clock set back":   {-365 * 24 * time.Hour, false},
		"a clock a bit back": {-10 * time.Minute, true},
	} {
		dir := t.TempDir()
		before := open(t, dir, start)
		old := contents(t, before.CA)
		after := open(t, dir, start.Add(c.after))
		require.Equal(t, c.same, bytes.Equal(old, contents(t, after.CA)), name)
		require.Equal(t, c.same, bytes.Contains(contents(t, after.Bundle), old), "%s: the old CA is in the bundle", name)
		require.Contains(t, string(contents(t, after.Bundle)), string(contents(t, after.CA)), name)
	}
}

// TestTheCAOfAnotherVersionIsReplaced: one that may speak for more, or for less, than this version's.
func TestTheCAOfAnotherVersionIsReplaced(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*x509.Certificate){
		"more names":   func(c *x509.Certificate) { c.PermittedDNSDomains = append(c.PermittedDNSDomains, "example.com") },
		"no names":     func(c *x509.Certificate) { c.PermittedDNSDomains = nil },
		"not critical": func(c *x509.Certificate) { c.PermittedDNSDomainsCritical = false },
		"no networks":  func(c *x509.Certificate) { c.PermittedIPRanges = nil },
		"no CA":        func(c *x509.Certificate) { c.IsCA, c.MaxPathLenZero = false, false },
	} {
		dir := t.TempDir()
		a, err := newAuthority(start)
		require.NoError(t, err)
		template := *a.certificate
		change(&template)
		der, err := x509.CreateCertificate(rand.Reader, &template, &template, a.key.Public(), a.key)
		require.NoError(t, err)
		a.certificate, err = x509.ParseCertificate(der)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(dir, "ca-key.pem"), a.encode(), 0o600))
		k := open(t, dir, start)
		require.NotEqual(t, a.public(), contents(t, k.CA), name)
		require.True(t, k.certifier.authority.lasts(start), name)
	}
}

// TestAKeyThatIsNotOursIsNotTouched: a directory may hold a CA of its owner's.
func TestAKeyThatIsNotOursIsNotTouched(t *testing.T) {
	t.Parallel()
	ours, err := newAuthority(start)
	require.NoError(t, err)
	other, err := newAuthority(start)
	require.NoError(t, err)
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{Organization: []string{"Example"}}, NotBefore: start, NotAfter: start.Add(time.Hour), IsCA: true}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	require.NoError(t, err)
	foreign, err := x509.ParseCertificate(der)
	require.NoError(t, err)
	keyOnly, certificate := pem.Decode(ours.encode())
	for name, data := range map[string][]byte{
		"empty":              {},
		"no PEM":             []byte("hello"),
		"half":               ours.encode()[:200],
		"the key alone":      pem.EncodeToMemory(keyOnly),
		"the certificate":    certificate,
		"no pair":            (&authority{ours.certificate, other.key}).encode(),
		"another's":          (&authority{foreign, key}).encode(),
		"broken certificate": append(pem.EncodeToMemory(keyOnly), pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: []byte("x")})...),
		"broken key":         append(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: []byte("x")}), certificate...),
		"megabytes":          bytes.Repeat([]byte("x"), 16<<20+1),
	} {
		dir := t.TempDir()
		path := filepath.Join(dir, "ca-key.pem")
		require.NoError(t, os.WriteFile(path, data, 0o600))
		_, err := Open(dir, noEnv, at(start))
		require.ErrorContains(t, err, path, name)
		require.True(t, bytes.Equal(data, contents(t, path)), name)
		require.NoFileExists(t, filepath.Join(dir, "ca.pem"), name)
	}
	path := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(path, nil, 0o600))
	_, err = Open(path, noEnv, at(start))
	require.Error(t, err, "the directory is a file")
}

// TestProcessesThatStartTogetherHaveOneCA: else one of them serves certificates that the files do not vouch for.
func TestProcessesThatStartTogetherHaveOneCA(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	kits := make([]*Kit, 8)
	errs := make([]error, len(kits))
	var all sync.WaitGroup
	for i := range kits {
		all.Go(func() { kits[i], errs[i] = Open(dir, noEnv, at(start)) })
	}
	all.Wait()
	for i, k := range kits {
		require.NoError(t, errs[i])
		require.Equal(t, contents(t, k.CA), k.certifier.authority.public())
	}
}

// forged are certificates that the CA may not make, as one who steals the key would.
var forged = []struct{ name, ip string }{
	{"example.com", ""}, {"facebook.com", ""}, {"www.facebook.com", ""}, {"graph.facebook.com.example.com", ""}, {"local", ""},
	{"*.facebook.com", ""}, {"", "10.0.0.1"}, {"", "8.8.8.8"}, {"", "::2"},
}

func TestTheCASpeaksForNothingElse(t *testing.T) {
	t.Parallel()
	k := open(t, t.TempDir(), start)
	a := k.certifier.authority
	verify := func(leaf *x509.Certificate, host string) error {
		_, err := leaf.Verify(x509.VerifyOptions{DNSName: host, Roots: k.Roots(), CurrentTime: start})
		return err
	}
	leaf, err := k.certifier.get(nil)
	require.NoError(t, err)
	for _, host := range append(Names(), "localhost", "127.0.0.1", "::1") {
		require.NoError(t, verify(leaf.Leaf, host), host)
	}
	for _, f := range forged {
		leaf := a.forge(t, f.name, f.ip)
		require.Error(t, verify(leaf, f.name+f.ip), f)
		_, err := leaf.Verify(x509.VerifyOptions{Roots: k.Roots(), CurrentTime: start})
		require.ErrorContains(t, err, "not permitted", f)
	}

	below, err := newAuthority(start)
	require.NoError(t, err)
	template := *below.certificate
	template.PermittedDNSDomains, template.PermittedIPRanges, template.PermittedDNSDomainsCritical = nil, nil, false
	der, err := x509.CreateCertificate(rand.Reader, &template, a.certificate, below.key.Public(), a.key)
	require.NoError(t, err)
	below.certificate, err = x509.ParseCertificate(der)
	require.NoError(t, err)
	pool := x509.NewCertPool()
	pool.AddCert(below.certificate)
	fake, err := below.certify(start, Names()...)
	require.NoError(t, err)
	_, err = fake.Leaf.Verify(x509.VerifyOptions{DNSName: "graph.facebook.com", Roots: k.Roots(), Intermediates: pool, CurrentTime: start})
	require.Error(t, err, "it makes no other CA")
}

// forge signs any name or address.
func (a *authority) forge(t *testing.T, name, ip string) *x509.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: name}, NotBefore: start, NotAfter: start.Add(time.Hour),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	if name != "" {
		template.DNSNames = []string{name}
	} else {
		template.IPAddresses = []net.IP{net.ParseIP(ip)}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.certificate, key.Public(), a.key)
	require.NoError(t, err)
	leaf, err := x509.ParseCertificate(der)
	require.NoError(t, err)
	return leaf
}

// TestOpenSSLRefusesWhatTheCAMayNotSay: the clients of most languages verify with it.
func TestOpenSSLRefusesWhatTheCAMayNotSay(t *testing.T) {
	t.Parallel()
	openssl, err := exec.LookPath("openssl")
	if err != nil {
		t.Skip("there is no openssl")
	}
	dir := t.TempDir()
	k := open(t, dir, start)
	verify := func(c *x509.Certificate) string {
		path := filepath.Join(dir, "leaf.pem")
		require.NoError(t, os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw}), 0o600))
		out, _ := exec.CommandContext(t.Context(), openssl, "verify", "-no-CApath", "-purpose", "sslserver", "-attime", fmt.Sprint(start.Unix()), "-CAfile", k.CA, path).CombinedOutput() // the output says it
		return string(out)
	}
	leaf, err := k.certifier.get(nil)
	require.NoError(t, err)
	require.Contains(t, verify(leaf.Leaf), "OK")
	for _, f := range forged {
		require.Contains(t, verify(k.certifier.authority.forge(t, f.name, f.ip)), "permitted subtree violation", f)
	}
}

func TestACertificateIsReplacedBeforeItsEnd(t *testing.T) {
	t.Parallel()
	now := start
	k, err := Open(t.TempDir(), noEnv, func() time.Time { return now })
	require.NoError(t, err)
	first, err := k.certifier.get(nil)
	require.NoError(t, err)
	require.Equal(t, start.Add(90*24*time.Hour), first.Leaf.NotAfter)
	now = start.Add(88 * 24 * time.Hour)
	same, err := k.certifier.get(nil)
	require.NoError(t, err)
	require.Same(t, first, same)
	now = start.Add(89*24*time.Hour + time.Minute)
	next, err := k.certifier.get(nil)
	require.NoError(t, err)
	require.Equal(t, now.Add(90*24*time.Hour), next.Leaf.NotAfter)
	now = start.Add(authorityLife - 24*time.Hour)
	last, err := k.certifier.get(nil)
	require.NoError(t, err)
	require.Equal(t, k.certifier.authority.certificate.NotAfter, last.Leaf.NotAfter, "not beyond the CA's")
}
