package graphhosts

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"net"
	"sync"
	"time"
)

// certifier has the certificate of a running server. It is in memory only, and a new one replaces it a day before its end.
type certifier struct {
	authority *authority
	now       func() time.Time

	mu   sync.Mutex
	leaf *tls.Certificate
	ends time.Time
}

func (c *certifier) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.now()
	if c.leaf != nil && now.Before(c.ends.Add(-24*time.Hour)) {
		return c.leaf, nil
	}
	leaf, err := c.authority.certify(now, Names()...)
	if err != nil {
		return nil, err
	}
	c.leaf, c.ends = leaf, leaf.Leaf.NotAfter
	return leaf, nil
}

// certify makes a certificate for names and this machine, with a key of its own.
func (a *authority) certify(now time.Time, names ...string) (*tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	ends := now.Add(leafLife)
	if a.certificate.NotAfter.Before(ends) {
		ends = a.certificate.NotAfter
	}
	template := &x509.Certificate{
		SerialNumber: serial(), Subject: pkix.Name{Organization: []string{organization}, CommonName: names[0]},
		NotBefore: now.Add(-clockSkew), NotAfter: ends, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		DNSNames: append(names, "localhost"), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.certificate, key.Public(), a.key)
	if err != nil {
		return nil, err
	}
	leaf, err := x509.ParseCertificate(der)
	return &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}, err
}
