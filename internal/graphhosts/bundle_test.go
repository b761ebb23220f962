package graphhosts

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// organizations are those of the certificates in a bundle.
func organizations(t *testing.T, data []byte) (found []string) {
	t.Helper()
	for block, rest := pem.Decode(data); block != nil; block, rest = pem.Decode(rest) {
		c, err := x509.ParseCertificate(block.Bytes)
		require.NoError(t, err)
		found = append(found, strings.Join(c.Subject.Organization, "")+c.Subject.CommonName)
	}
	return found
}

// rootOf is a certificate that is not ours.
func rootOf(t *testing.T, name string) []byte {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, NotBefore: start, NotAfter: start.Add(time.Hour), IsCA: true}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	require.NoError(t, err)
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}

// TestTheBundleHasAllThatIsTrustedNow: a client takes one file in place of another, and a bot calls other hosts as well.
func TestTheBundleHasAllThatIsTrustedNow(t *testing.T) {
	t.Parallel()
	ours, err := newAuthority(start)
	require.NoError(t, err)
	before, err := newAuthority(start.Add(-authorityLife))
	require.NoError(t, err)
	dir := t.TempDir()
	write := func(name string, parts ...[]byte) string {
		path := filepath.Join(dir, name)
		var all []byte
		for _, p := range parts {
			all = append(all, p...)
		}
		require.NoError(t, os.WriteFile(path, all, 0o600))
		return path
	}
	root := func(name string) []byte { return rootOf(t, name) }
	one, two, company := root("one"), root("two"), root("company")
	env := map[string]string{
		"SSL_CERT_FILE":       write("earlier", one, company, before.public(), ours.public()), // a bundle of an earlier run
		"NODE_EXTRA_CA_CERTS": write("extra", []byte("# a comment\n"), root("node"), []byte("garbage")),
		"REQUESTS_CA_BUNDLE":  filepath.Join(dir, "gone"),
		"CURL_CA_BUNDLE":      write("key", ours.encode()[:100], []byte("\n"), root("curl")),
	}
	data, hasRoots := bundle(ours, []string{filepath.Join(dir, "none"), write("roots", one, two), write("others", root("never"))}, func(name string) string { return env[name] })
	require.True(t, hasRoots)
	require.Equal(t, []string{"one", "two", "company", "node", "curl", organization + ours.certificate.Subject.CommonName}, organizations(t, data))
	require.NotContains(t, string(data), "PRIVATE")

	data, hasRoots = bundle(ours, nil, noEnv)
	require.False(t, hasRoots)
	require.Len(t, organizations(t, data), 1)
}

// TestABundleIsKeptUntilItIsAskedFor: a simulator that starts in another terminal, without the variables of this one, does not
// take roots away.
func TestABundleIsKeptUntilItIsAskedFor(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	extra := filepath.Join(t.TempDir(), "extra.pem")
	require.NoError(t, os.WriteFile(extra, rootOf(t, "company"), 0o600))
	k, err := Open(dir, func(name string) string { return map[string]string{"SSL_CERT_FILE": extra}[name] }, at(start))
	require.NoError(t, err)
	open(t, dir, start)
	require.Contains(t, organizations(t, contents(t, k.Bundle)), "company")
	_, err = k.WriteBundle(noEnv)
	require.NoError(t, err)
	require.NotContains(t, organizations(t, contents(t, k.Bundle)), "company")
}
