package certificate_test

import (
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/edge"
	"github.com/lockstep-dev/lockstep/internal/edge/acmetest"
	"github.com/lockstep-dev/lockstep/internal/edge/certificate"
)

const patience = 30 * time.Second

// field is a keeper between a plain and a secure server, and a CA that checks
// domains through them.
type field struct {
	*certificate.Keeper
	t      *testing.T
	ca     *acmetest.CA
	dir    string
	every  time.Duration
	now    func() time.Time
	plain  net.Listener
	secure net.Listener
}

func newField(t *testing.T, seconds uint64) *field {
	t.Helper()
	f := &field{t: t, dir: filepath.Join(t.TempDir(), "certificates"), plain: listen(t, "127.0.0.1:0"), secure: listen(t, "127.0.0.1:0")}
	f.ca = acmetest.Start(t, portOf(f.plain), portOf(f.secure), seconds)
	return f
}

// open begins a life of the keeper; stop ends it and its servers.
func (f *field) open(wanted map[string][]string) (stop func()) {
	f.t.Helper()
	roots, _ := f.ca.Trust(f.t)
	k, err := certificate.Open(certificate.Options{
		Dir: f.dir, HTTP: f.plain.Addr(), TLS: f.secure.Addr(), CA: f.ca.Directory, Roots: roots,
		Log: slog.New(slog.NewTextHandler(logOf{f.t}, nil)), CheckEvery: f.every, Now: f.now,
	}, wanted)
	if err != nil {
		f.t.Fatal(err)
	}
	f.Keeper = k
	app := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "%s %s %t", r.Proto, r.Host, r.TLS != nil)
	})
	plain := edge.NewServer(k.Plain(app))
	secure := edge.NewServer(app)
	secure.TLSConfig = k.TLSConfig()
	secure.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelDebug)
	go plain.Serve(f.plain)              //nolint:errcheck // until it is closed
	go secure.ServeTLS(f.secure, "", "") //nolint:errcheck // until it is closed
	stop = func() {
		k.Close()
		_ = plain.Close()
		_ = secure.Close()
	}
	f.t.Cleanup(stop)
	return stop
}

type logOf struct{ t *testing.T }

func (l logOf) Write(p []byte) (int, error) {
	if l.t.Context().Err() == nil {
		l.t.Log(strings.TrimSpace(string(p)))
	}
	return len(p), nil
}

func listen(t *testing.T, addr string) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

func portOf(l net.Listener) int { return l.Addr().(*net.TCPAddr).Port }

// awaitState waits until an environment's only domain stands so.
func (f *field) awaitState(env string, state lockstep.CertificateState) lockstep.Certificate {
	f.t.Helper()
	return f.await(env, func(c lockstep.Certificate) bool { return c.State == state })
}

func (f *field) await(env string, cond func(lockstep.Certificate) bool) lockstep.Certificate {
	f.t.Helper()
	deadline := time.After(patience)
	for {
		all := f.Report(env)
		if len(all) == 1 && cond(all[0]) {
			return all[0]
		}
		select {
		case <-deadline:
			f.t.Fatalf("waited in vain: %+v", all)
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// overHTTPS is what a domain answers there.
func (f *field) overHTTPS(domain string) (*http.Response, error) {
	f.t.Helper()
	res, _, err := f.get(f.secure, "https://"+domain+"/")
	return res, err
}

// overHTTP is the status that a domain answers there with.
func (f *field) overHTTP(domain string) int {
	f.t.Helper()
	res, _, err := f.get(f.plain, "http://"+domain+"/")
	if err != nil {
		f.t.Fatal(err)
	}
	return res.StatusCode
}

func (f *field) get(l net.Listener, url string) (*http.Response, string, error) {
	f.t.Helper()
	req, err := http.NewRequestWithContext(f.t.Context(), http.MethodGet, url, nil)
	if err != nil {
		f.t.Fatal(err)
	}
	res, err := f.ca.Client(f.t, l.Addr().String()).Do(req)
	if err != nil {
		return nil, "", err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	return res, string(body), err
}

func TestADomainGetsItsCertificate(t *testing.T) {
	t.Parallel()
	f := newField(t, 0)
	f.open(map[string][]string{"one": {"app.issue.test"}})
	got := f.awaitState("one", lockstep.CertificateIssued)
	if got.Until == nil || time.Until(*got.Until) < 24*time.Hour || got.Problem != "" {
		t.Errorf("got %+v", got)
	}
	res, body, err := f.get(f.secure, "https://app.issue.test/")
	if err != nil || body != "HTTP/2.0 app.issue.test true" {
		t.Fatalf("over TLS: %v %q", err, body)
	}
	if v := res.TLS.PeerCertificates[0].DNSNames; len(v) != 1 || v[0] != "app.issue.test" {
		t.Errorf("the certificate is for %v", v)
	}
	res, _, err = f.get(f.plain, "http://app.issue.test/a%2Fb?c=d")
	want := fmt.Sprintf("https://app.issue.test:%d/a%%2Fb?c=d", portOf(f.secure))
	if err != nil || res.StatusCode != http.StatusPermanentRedirect || res.Header.Get("Location") != want {
		t.Errorf("over HTTP: %v %v, want a redirect to %s", err, res, want)
	}
}
