// Package acmetest gives tests a certificate authority of their own: pebble,
// the ACME server that Let's Encrypt tests clients with, and a DNS in which
// every name is this machine.
package acmetest

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/letsencrypt/challtestsrv"
	"github.com/letsencrypt/pebble/v2/ca"
	"github.com/letsencrypt/pebble/v2/db"
	"github.com/letsencrypt/pebble/v2/va"
	"github.com/letsencrypt/pebble/v2/wfe"
)

// T is the part of testing.TB that this needs, which a script can be too.
type T interface {
	Helper()
	Fatal(args ...any)
	Cleanup(end func())
	TempDir() string
}

// CA is a certificate authority that checks domains on two ports of this
// machine.
type CA struct {
	Directory string         // its URL
	Roots     *x509.CertPool // that its certificates are verified with

	addr      string
	identity  tls.Certificate
	handler   http.Handler
	names     *db.MemoryStore
	authority *ca.CAImpl
	asked     atomic.Int64

	mu     sync.Mutex
	server *http.Server
}

// setUp has pebble check at once, rather than after some seconds.
var setUp = sync.OnceValue(func() error { return os.Setenv("PEBBLE_VA_NOSLEEP", "1") })

// Start gives a test a CA whose checks arrive on these ports, and whose
// certificates are valid for so many seconds (0: five years).
func Start(tb T, httpPort, tlsPort int, seconds uint64) *CA {
	tb.Helper()
	if err := setUp(); err != nil {
		tb.Fatal(err)
	}
	quiet := log.New(io.Discard, "", 0)
	store := db.NewMemoryStore()
	profiles := map[string]ca.Profile{"default": {Description: "what tests get", ValidityPeriod: seconds}}
	authority := ca.New(quiet, store, "", "ecdsa", 0, 1, profiles)
	checks := va.New(quiet, httpPort, tlsPort, true, startDNS(tb), store)
	front := wfe.New(quiet, store, checks, authority, []string{"pebble.test"}, true, false, 0, 0)

	// A TLS identity for 127.0.0.1 that clients have to be told to trust.
	borrowed := httptest.NewTLSServer(nil)
	identity := borrowed.TLS.Certificates[0]
	borrowed.Close()

	c := &CA{identity: identity, handler: front.Handler(), names: store, authority: authority, addr: "127.0.0.1:0", Roots: x509.NewCertPool()}
	if !c.Roots.AppendCertsFromPEM(authority.GetRootCert(0).PEM()) {
		tb.Fatal("the CA has no root")
	}
	c.Up(tb)
	tb.Cleanup(c.Down)
	c.Directory = "https://" + c.addr + wfe.DirectoryPath
	return c
}

// Up lets the CA answer, at the address that it had before.
func (c *CA) Up(tb T) {
	tb.Helper()
	l, err := net.Listen("tcp", c.addr)
	if err != nil {
		tb.Fatal(err)
	}
	server := &http.Server{
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			c.asked.Add(1)
			c.handler.ServeHTTP(w, r)
		}),
		TLSConfig:         &tls.Config{Certificates: []tls.Certificate{c.identity}, MinVersion: tls.VersionTLS12},
		ErrorLog:          log.New(io.Discard, "", 0),
		ReadHeaderTimeout: time.Minute,
	}
	c.mu.Lock()
	c.addr, c.server = l.Addr().String(), server
	c.mu.Unlock()
	go server.ServeTLS(l, "", "") //nolint:errcheck // it ends with Down
}

// Down lets nobody reach the CA.
func (c *CA) Down() {
	c.mu.Lock()
	defer c.mu.Unlock()
	_ = c.server.Close() // twice is once
}

// Asked counts the requests that the CA got.
func (c *CA) Asked() int64 { return c.asked.Load() }

// Refuse has the CA refuse a domain.
func (c *CA) Refuse(tb T, domain string) {
	tb.Helper()
	if err := c.names.AddBlockedDomain(domain); err != nil {
		tb.Fatal(err)
	}
}

// Trust is who vouches for the CA's own address, and a file that says so.
func (c *CA) Trust(tb T) (*x509.CertPool, string) {
	tb.Helper()
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.identity.Certificate[0]})
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(text)
	file := filepath.Join(tb.TempDir(), "ca-roots.pem")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		tb.Fatal(err)
	}
	return pool, file
}

// startDNS gives the address of a DNS server for whom every name is 127.0.0.1.
func startDNS(tb T) string {
	tb.Helper()
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	addr := free.Addr().String()
	if err := free.Close(); err != nil {
		tb.Fatal(err)
	}
	names, err := challtestsrv.New(challtestsrv.Config{DNSAddrs: []string{addr}, Log: log.New(io.Discard, "", 0)})
	if err != nil {
		tb.Fatal(err)
	}
	names.SetDefaultDNSIPv6("")
	names.Run()
	tb.Cleanup(names.Shutdown)
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	for {
		conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", addr)
		if err == nil {
			_ = conn.Close()
			return addr
		}
		select {
		case <-ctx.Done():
			tb.Fatal("the DNS does not listen: ", err)
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// Client speaks to a domain's listener on this machine, and trusts this CA.
// Redirects are answers to it.
func (c *CA) Client(tb T, addr string) *http.Client {
	tb.Helper()
	transport := &http.Transport{
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, network, addr)
		},
		TLSClientConfig:   &tls.Config{RootCAs: c.Roots, MinVersion: tls.VersionTLS12},
		ForceAttemptHTTP2: true,
	}
	tb.Cleanup(transport.CloseIdleConnections)
	return &http.Client{
		Transport:     transport,
		Timeout:       30 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}
