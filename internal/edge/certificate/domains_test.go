package certificate_test

import (
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/edge/acmetest"
)

func TestEachEnvironmentGetsItsOwn(t *testing.T) {
	t.Parallel()
	f := newField(t, 0)
	f.open(map[string][]string{"one": {"a.each.test"}})
	f.SetDomains("two", []string{"b.each.test", "a.each.test"}) // which both want for a while
	f.awaitState("one", lockstep.CertificateIssued)
	f.SetDomains("one", nil)
	f.SetDomains("two", []string{"b.each.test"})
	f.awaitState("two", lockstep.CertificateIssued)
	if res, err := f.overHTTPS("b.each.test"); err != nil || res.TLS.PeerCertificates[0].DNSNames[0] != "b.each.test" {
		t.Errorf("over HTTPS: %v %v", res, err)
	}
	if _, err := f.overHTTPS("a.each.test"); err == nil || !strings.Contains(err.Error(), "unrecognized name") {
		t.Errorf("a domain that nobody wants any more: %v", err)
	}
	if status := f.overHTTP("a.each.test"); status != http.StatusOK {
		t.Errorf("over HTTP it answers %d", status)
	}
	asked := f.ca.Asked()
	f.SetDomains("three", []string{"a.each.test"})
	f.awaitState("three", lockstep.CertificateIssued)
	if res, err := f.overHTTPS("a.each.test"); err != nil {
		t.Errorf("a domain that came back: %v %v, after %d requests to the CA", res, err, f.ca.Asked()-asked)
	}
}

func TestNobodyElseGetsACertificate(t *testing.T) {
	t.Parallel()
	f := newField(t, 0)
	f.open(map[string][]string{"one": {"app.nobody.test"}})
	f.awaitState("one", lockstep.CertificateIssued)
	asked := f.ca.Asked()
	for _, name := range []string{"other.nobody.test", "nobody.test", "staging.sunday.localhost", "www.app.nobody.test"} {
		if _, err := f.overHTTPS(name); err == nil || !strings.Contains(err.Error(), "unrecognized name") {
			t.Errorf("%s over HTTPS: %v, want an unrecognized name", name, err)
		}
		if status := f.overHTTP(name); status != http.StatusOK {
			t.Errorf("%s over HTTP: %d", name, status)
		}
	}
	f.SetDomains("two", []string{"staging.sunday.localhost", "localhost", "127.0.0.1", "[::1]", "::1", "intranet", "*.nobody.test", "a:80"})
	if all := f.Report("two"); len(all) != 0 {
		t.Errorf("domains that no CA vouches for: %+v", all)
	}
	if again := f.ca.Asked(); again != asked {
		t.Errorf("the CA was asked %d times", again-asked)
	}
}

// Each of the two ways of showing that a domain is ours suffices by itself.
func TestOneChallengeSuffices(t *testing.T) {
	t.Parallel()
	for name, blocked := range map[string]func(*field) (http, https int){
		"http":     func(f *field) (int, int) { return portOf(f.plain), closedPort(t) },
		"tls-alpn": func(f *field) (int, int) { return closedPort(t), portOf(f.secure) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newField(t, 0)
			http, https := blocked(f)
			f.ca = acmetest.Start(t, http, https, 0)
			f.open(map[string][]string{"one": {name + ".challenge.test"}})
			f.awaitState("one", lockstep.CertificateIssued)
		})
	}
}

func closedPort(t *testing.T) int {
	t.Helper()
	l := listen(t, "127.0.0.1:0")
	defer l.Close()
	return portOf(l)
}

// A CA that accepts and never says anything holds nobody up.
func TestNobodyWaitsForTheCA(t *testing.T) {
	t.Parallel()
	f := newField(t, 0)
	f.ca.Directory = "https://" + listen(t, "127.0.0.1:0").Addr().(*net.TCPAddr).String() + "/directory"
	began := time.Now()
	stop := f.open(map[string][]string{"one": {"a.silent.test"}})
	f.SetDomains("two", []string{"b.silent.test"})
	if status := f.overHTTP("a.silent.test"); status != http.StatusOK {
		t.Errorf("over HTTP: %d", status)
	}
	for _, env := range []string{"one", "two"} {
		if got := f.Report(env); len(got) != 1 || got[0].State != lockstep.CertificatePending {
			t.Errorf("%s: %+v, want one that is pending", env, got)
		}
	}
	stop()
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("it took %s", took)
	}
}

// An app that gets certificates of its own is asked for its challenges.
func TestOtherChallengesReachTheApp(t *testing.T) {
	t.Parallel()
	f := newField(t, 0)
	f.open(map[string][]string{"one": {"app.other.test"}})
	f.awaitState("one", lockstep.CertificateIssued)
	res, body, err := f.get(f.plain, "http://app.other.test/.well-known/acme-challenge/abc")
	if err != nil || res.StatusCode != http.StatusOK || body != "HTTP/1.1 app.other.test false" {
		t.Errorf("%v %v %q", res, err, body)
	}
}
