package graphhosts

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/djmessenger/messenger/internal/atomicfile"
)

const (
	authorityLife = 2 * 365 * 24 * time.Hour
	renewBefore   = 30 * 24 * time.Hour // of the end
	leafLife      = 90 * 24 * time.Hour
	clockSkew     = time.Hour // by which clients may be behind
)

// organization marks certificates as ours.
const organization = "Messenger simulator, for bots under development"

// errForeign says that a directory has a CA which is not the simulator's. It is not touched.
var errForeign = errors.New("is not a certificate authority of the simulator: remove it, or choose another directory")

// authority is a CA that can speak for nothing but the platform's hosts and this machine.
type authority struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
}

// localNetworks are those of the addresses that the CA may certify.
func localNetworks() []*net.IPNet {
	return []*net.IPNet{
		{IP: net.IPv4(127, 0, 0, 0).To4(), Mask: net.CIDRMask(8, 32)},
		{IP: net.IPv6loopback, Mask: net.CIDRMask(128, 128)},
	}
}

func newAuthority(now time.Time) (*authority, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	template := &x509.Certificate{
		SerialNumber: serial(), Subject: pkix.Name{Organization: []string{organization}, CommonName: "Messenger simulator CA " + now.UTC().Format(time.DateOnly)},
		NotBefore: now.Add(-clockSkew), NotAfter: now.Add(authorityLife),
		IsCA: true, BasicConstraintsValid: true, MaxPathLenZero: true,
		KeyUsage: x509.KeyUsageCertSign, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		PermittedDNSDomainsCritical: true, PermittedDNSDomains: permitted(), PermittedIPRanges: localNetworks(),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return nil, err
	}
	certificate, err := x509.ParseCertificate(der)
	return &authority{certificate, key}, err
}

// permitted are the names that the CA may certify.
func permitted() []string { return append(Names(), "localhost") }

func serial() *big.Int {
	n, _ := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127)) // crypto/rand never fails
	return n
}

// openAuthority reads the CA of a directory, or makes one if there is none or its end is near. Key and certificate are one
// file, so that they are always a pair; it is replaced as a whole.
func openAuthority(dir string, now time.Time) (*authority, error) {
	path := filepath.Join(dir, "ca-key.pem")
	for {
		a, err := readAuthority(path)
		switch {
		case err == nil && a.lasts(now):
			return a, os.Chmod(path, 0o600)
		case err != nil && !errors.Is(err, fs.ErrNotExist):
			return nil, err
		}
		fresh, newErr := newAuthority(now)
		if newErr != nil {
			return nil, newErr
		}
		if a != nil {
			return fresh, atomicfile.WriteMode(path, fresh.encode(), 0o600)
		}
		err = atomicfile.Create(path, fresh.encode(), 0o600)
		if !errors.Is(err, fs.ErrExist) { // else another process was faster: its CA counts
			return fresh, err
		}
	}
}

// lasts reports whether the CA can be used now and is what this version would make.
func (a *authority) lasts(now time.Time) bool {
	c := a.certificate
	equal := func(a, b *net.IPNet) bool { return a.String() == b.String() }
	return now.After(c.NotBefore) && now.Before(c.NotAfter.Add(-renewBefore)) && c.IsCA && c.PermittedDNSDomainsCritical &&
		slices.Equal(c.PermittedDNSDomains, permitted()) && slices.EqualFunc(c.PermittedIPRanges, localNetworks(), equal)
}

func (a *authority) encode() []byte {
	key, _ := x509.MarshalPKCS8PrivateKey(a.key) // a P-256 key always encodes
	return append(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key}), a.public()...)
}

// public is the certificate as PEM.
func (a *authority) public() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.certificate.Raw})
}

// readAuthority reads key and certificate, and checks that they are ours and a pair.
func readAuthority(path string) (*authority, error) {
	data, err := readSmall(path)
	if err != nil {
		return nil, err
	}
	keyBlock, rest := pem.Decode(data)
	if keyBlock == nil {
		return nil, fmt.Errorf("%s %w", path, errForeign)
	}
	block, _ := pem.Decode(rest)
	if block == nil || keyBlock.Type != "PRIVATE KEY" || block.Type != "CERTIFICATE" {
		return nil, fmt.Errorf("%s %w", path, errForeign)
	}
	parsed, keyErr := x509.ParsePKCS8PrivateKey(keyBlock.Bytes)
	certificate, err := x509.ParseCertificate(block.Bytes)
	key, ok := parsed.(*ecdsa.PrivateKey)
	if keyErr != nil || err != nil || !ok || !key.PublicKey.Equal(certificate.PublicKey) || !isOurs(certificate) {
		return nil, fmt.Errorf("%s %w", path, errForeign)
	}
	return &authority{certificate, key}, nil
}

func isOurs(c *x509.Certificate) bool { return slices.Contains(c.Subject.Organization, organization) }
