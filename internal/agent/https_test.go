package agent_test

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/agent"
	"github.com/lockstep-dev/lockstep/internal/agent/agenttest"
	"github.com/lockstep-dev/lockstep/internal/agent/wire"
	"github.com/lockstep-dev/lockstep/internal/edge/acmetest"
)

// secure is a field whose edge speaks HTTPS, and the CA that it asks.
type secure struct {
	*field
	EdgeTLS string // host:port
	ca      *acmetest.CA
}

func newSecure(t *testing.T) secure {
	t.Helper()
	a := agenttest.New(t)
	f := secure{onField(t, a), agenttest.FreePort(t), nil}
	f.ca = acmetest.Start(t, portOf(t, a.Edge), portOf(t, f.EdgeTLS), 0)
	_, roots := f.ca.Trust(t)
	a.HTTPS = []string{f.EdgeTLS, f.ca.Directory, roots}
	a.Launch(t)
	return f
}

func portOf(t *testing.T, addr string) int {
	t.Helper()
	a, err := net.ResolveTCPAddr("tcp", addr)
	must(t, err)
	return a.Port
}

// domain leads one to a group.
func (f secure) domain(domain string, g lockstep.Group) {
	f.t.Helper()
	r := routingTo("one", g)
	r.Domains = []string{domain}
	must(f.t, f.SetRouting(f.t.Context(), wire.RoutingRequest{Call: f.call(), Routing: r}))
}

// awaitCertificate waits until the environment's only domain stands so.
func (f secure) awaitCertificate(state lockstep.CertificateState) lockstep.Certificate {
	f.t.Helper()
	var seen []lockstep.Certificate
	await(f.t, "a certificate that is "+string(state), func() (bool, string) {
		info, err := f.Info(f.t.Context())
		must(f.t, err)
		seen = info.Certificates[f.env]
		return len(seen) == 1 && seen[0].State == state, fmt.Sprintf("%+v", seen)
	})
	return seen[0]
}

func (f secure) get(addr, url string) (*http.Response, string, error) {
	f.t.Helper()
	req, err := http.NewRequestWithContext(f.t.Context(), http.MethodGet, url, nil)
	must(f.t, err)
	res, err := f.ca.Client(f.t, addr).Do(req)
	if err != nil {
		return nil, "", err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	return res, strings.TrimSpace(string(body)), err
}

func TestADomainIsServedOverHTTPS(t *testing.T) {
	t.Parallel()
	f := newSecure(t)
	g := f.run(f.Spec("web", agenttest.Serves), 1)
	f.domain("app.served.test", g)
	f.awaitCertificate(lockstep.CertificateIssued)
	res, body, err := f.get(f.EdgeTLS, "https://app.served.test/")
	if err != nil || res.StatusCode != http.StatusOK || body != "web" || res.Proto != "HTTP/2.0" {
		t.Fatalf("GET: %v %v %q", res, err, body)
	}
	figures, err := f.Metrics(t.Context())
	if want := `lockstep_edge_certificate_valid{domain="app.served.test"} 1`; err != nil || !strings.Contains(string(figures), want) {
		t.Errorf("the figures do not say %s: %v", want, err)
	}
	res, _, err = f.get(f.Edge, "http://app.served.test/path?a=b")
	_, port, _ := strings.Cut(f.EdgeTLS, ":")
	if err != nil || res.StatusCode != http.StatusPermanentRedirect || res.Header.Get("Location") != "https://app.served.test:"+port+"/path?a=b" {
		t.Errorf("over HTTP: %v %v", res, err)
	}
	if res, body, err = f.get(f.Edge, "http://staging.sunday.localhost/"); err != nil || body != "web" {
		t.Errorf("the environment's own name over HTTP: %v %v %q", res, err, body)
	}
}

// An agent that dies is followed by one that serves at once, whether the CA
// can be reached or not.
func TestACertificateOutlivesItsAgent(t *testing.T) {
	t.Parallel()
	f := newSecure(t)
	g := f.run(f.Spec("web", agenttest.Serves), 1)
	f.domain("app.outlives.test", g)
	before := f.awaitCertificate(lockstep.CertificateIssued)
	f.ca.Down()
	f.Restart(t)
	began := time.Now()
	res, body, err := f.get(f.EdgeTLS, "https://app.outlives.test/")
	if err != nil || body != "web" {
		t.Fatalf("GET: %v %v %q", res, err, body)
	}
	if after := f.awaitCertificate(lockstep.CertificateIssued); !after.Until.Equal(*before.Until) {
		t.Errorf("%+v became %+v", before, after)
	}
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("it took %s", took)
	}
}

// Whatever an agent was in the middle of when it died, the next one is not
// held up by it.
func TestAnAgentThatDiesAskingHoldsNobodyUp(t *testing.T) {
	t.Parallel()
	f := newSecure(t)
	g := f.run(f.Spec("web", agenttest.Serves), 1)
	for n := range 4 {
		asked := f.ca.Asked()
		f.domain(fmt.Sprintf("app%d.dies.test", n), g)
		await(t, "a request to the CA", func() (bool, string) { return f.ca.Asked() >= asked+int64(3*n), "" })
		f.Restart(t)
		began := time.Now()
		f.awaitCertificate(lockstep.CertificateIssued)
		if took := time.Since(began); took > 8*time.Second { // locks that are left behind take 10 s to get stale
			t.Errorf("the next agent took %s", took)
		}
	}
}

// A CA that refuses changes nothing for users, and says why.
func TestARefusedCertificateDoesNotAffectTraffic(t *testing.T) {
	t.Parallel()
	f := newSecure(t)
	f.ca.Refuse(t, "app.refused.test")
	g := f.run(f.Spec("web", agenttest.Serves), 1)
	f.domain("app.refused.test", g)
	got := f.awaitCertificate(lockstep.CertificateFailed)
	if !strings.Contains(got.Problem, "the CA refuses (rejectedIdentifier)") || got.Until != nil {
		t.Errorf("got %+v", got)
	}
	res, body, err := f.get(f.Edge, "http://app.refused.test/")
	if err != nil || body != "web" {
		t.Errorf("over HTTP: %v %v %q", res, err, body)
	}
	if _, _, err = f.get(f.EdgeTLS, "https://app.refused.test/"); err == nil || !strings.Contains(err.Error(), "unrecognized name") {
		t.Errorf("over HTTPS: %v, want an unrecognized name", err)
	}
	if log := f.Log(); !strings.Contains(log, "level=WARN") || !strings.Contains(log, "domain=app.refused.test") {
		t.Errorf("the log does not tell of it:\n%s", log)
	}
	await(t, "the failed handshake in the log, for who looks closely", func() (bool, string) {
		log := f.Log()
		return strings.Contains(log, `level=DEBUG msg="the HTTPS server complains" of="http: TLS handshake error`), log
	})
}

func TestAPortThatNeedsAPermissionIsExplained(t *testing.T) {
	t.Parallel()
	err := agent.CannotListen(":443", &net.OpError{Op: "listen", Net: "tcp", Err: os.NewSyscallError("bind", syscall.EACCES)})
	wantCode(t, err, lockstep.CodeUnavailable)
	for _, want := range []string{":443", "permission denied", "AmbientCapabilities=CAP_NET_BIND_SERVICE", "setcap cap_net_bind_service=+ep"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q does not say %s", err, want)
		}
	}
}
