package certificate

import (
	"crypto/tls"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/caddyserver/certmagic"
	"github.com/mholt/acmez/v3"
)

// TLSConfig serves the certificates that are there, and answers TLS-ALPN-01
// challenges. Who asks for another name is told that it is not known.
func (k *Keeper) TLSConfig() *tls.Config {
	return &tls.Config{
		MinVersion:     tls.VersionTLS12,
		NextProtos:     []string{"h2", "http/1.1", acmez.ACMETLS1Protocol},
		GetCertificate: k.certificateFor,
	}
}

// certificateFor gives nil for names that are none of ours: crypto/tls says so
// with an alert of its own.
func (k *Keeper) certificateFor(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	domain := nameOf(hello.ServerName)
	if _, ok := (*k.sites.Load())[domain]; !ok {
		return nil, nil
	}
	if slices.Equal(hello.SupportedProtos, []string{acmez.ACMETLS1Protocol}) {
		return k.config.GetCertificate(hello)
	}
	c, ok := k.find(domain)
	if !ok {
		return nil, nil
	}
	return &c.Certificate, nil
}

// Plain is the handler of the plain listener: it answers HTTP-01 challenges,
// leads requests for domains with a valid certificate to HTTPS, and leaves
// the rest to next.
func (k *Keeper) Plain(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		domain := nameOf(r.Host)
		if _, ours := (*k.sites.Load())[domain]; !ours {
			next.ServeHTTP(w, r)
			return
		}
		if certmagic.LooksLikeHTTPChallenge(r) {
			if !k.issuer.HandleHTTPChallenge(w, r) {
				next.ServeHTTP(w, r) // an app that gets certificates of its own
			}
			return
		}
		if !k.Usable(domain) || r.URL.Path == "" || r.URL.Path[0] != '/' {
			next.ServeHTTP(w, r)
			return
		}
		host := domain
		if k.port != "" {
			host = net.JoinHostPort(domain, k.port)
		}
		w.Header().Set("Location", "https://"+host+r.URL.RequestURI())
		w.Header().Set("Content-Length", "0")
		w.WriteHeader(http.StatusPermanentRedirect)
	})
}

// nameOf is the name in a Host header or a client's hello.
func nameOf(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	return strings.ToLower(strings.TrimSuffix(host, "."))
}

// redirectPort is what an https:// address needs to say, "" for 443.
func redirectPort(tls net.Addr) string {
	if a, ok := tls.(*net.TCPAddr); ok && a.Port != 443 {
		return strconv.Itoa(a.Port)
	}
	return ""
}

// challengeAddress is where certmagic looks whether somebody answers
// challenges, before it would begin to listen by itself: our listeners do.
func challengeAddress(plain, secure net.Addr) (host string, httpPort, tlsPort int) {
	p, _ := plain.(*net.TCPAddr)
	s, _ := secure.(*net.TCPAddr)
	if p == nil || s == nil {
		return "", 0, 0
	}
	if p.IP.Equal(s.IP) && !p.IP.IsUnspecified() {
		host = p.IP.String()
	}
	return host, p.Port, s.Port
}
