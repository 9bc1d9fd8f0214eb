package monitor

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"io"
	"log"
	"math"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep"
)

// ask probes an endpoint once.
func ask(t *testing.T, p *prober, endpoint string, check lockstep.CheckSpec) result {
	t.Helper()
	if check.Timeout == 0 {
		check.Timeout = lockstep.Duration(10 * time.Second)
	}
	record := lockstep.DependencyRecord{Name: "it", Type: lockstep.ServiceCustom, Endpoint: endpoint, Check: &check}
	spec, ok := record.Checked()
	if !ok {
		t.Fatalf("%q is not checked", endpoint)
	}
	return p.probe(t.Context(), dependency{project: "shop", environmentID: "e", environment: "production", record: record, spec: spec})
}

func is(t *testing.T, r result, status lockstep.HealthStatus, message string) {
	t.Helper()
	if r.status != status || r.message != message {
		t.Errorf("got %s, %q; want %s, %q", r.status, r.message, status, message)
	}
}

func newTestProber(t *testing.T) *prober {
	t.Helper()
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "shop"), 0o700); err != nil {
		t.Fatal(err)
	}
	return newProber(dir, time.Now)
}

// credential puts a password where a matrix can name it.
func (p *prober) credential(t *testing.T, name, password string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(p.credentials, "shop", name), []byte(password+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
}

func listen(t *testing.T) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

func TestTCP(t *testing.T) {
	t.Parallel()
	p, l := newTestProber(t), listen(t)
	address := l.Addr().String()
	is(t, ask(t, p, address, lockstep.CheckSpec{}), lockstep.HealthHealthy, "")
	l.Close()
	is(t, ask(t, p, "tcp://"+address, lockstep.CheckSpec{}), lockstep.HealthUnhealthy, "the connection was refused")
	is(t, ask(t, p, "no-such-host.invalid:1", lockstep.CheckSpec{Timeout: lockstep.Duration(20 * time.Second)}), lockstep.HealthUnhealthy, "its name is not known")
}

func TestHTTP(t *testing.T) {
	t.Parallel()
	p := newTestProber(t)
	p.credential(t, "key", "hunter2")
	elsewhere := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		t.Errorf("a redirect was followed, with %q", r.Header.Get("Authorization"))
	}))
	defer elsewhere.Close()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Server", "cdn/1.0")
		switch r.URL.Path {
		case "/base/moved":
			http.Redirect(w, r, elsewhere.URL, http.StatusFound)
		case "/base/secret":
			if user, password, _ := r.BasicAuth(); user != "watch" || password != "hunter2" {
				w.WriteHeader(http.StatusUnauthorized)
			}
		case "/base/broken":
			w.WriteHeader(http.StatusBadGateway)
		case "/base/query":
			if r.URL.RawQuery != "a=b" {
				w.WriteHeader(http.StatusNotFound)
			}
		case "/base/hang":
			<-r.Context().Done()
		}
	}))
	defer s.Close()
	base := s.URL + "/base"
	r := ask(t, p, base, lockstep.CheckSpec{})
	is(t, r, lockstep.HealthHealthy, "")
	if r.version != "cdn/1.0" || r.figure() != "OK" || r.metadata["httpStatus"] != 200.0 || r.took <= 0 {
		t.Errorf("result %+v", r)
	}
	is(t, ask(t, p, base, lockstep.CheckSpec{Path: "/moved"}), lockstep.HealthHealthy, "")
	is(t, ask(t, p, base, lockstep.CheckSpec{Path: "/query?a=b"}), lockstep.HealthHealthy, "")
	is(t, ask(t, p, base, lockstep.CheckSpec{Path: "/broken"}), lockstep.HealthUnhealthy, "answers 502 Bad Gateway")
	is(t, ask(t, p, base, lockstep.CheckSpec{Path: "/secret"}), lockstep.HealthUnhealthy, "answers 401 Unauthorized")
	is(t, ask(t, p, base, lockstep.CheckSpec{Path: "/secret", User: "watch", PasswordFile: "key"}), lockstep.HealthHealthy, "")
	r = ask(t, p, base, lockstep.CheckSpec{Path: "/hang", Timeout: lockstep.Duration(50 * time.Millisecond)})
	is(t, r, lockstep.HealthUnhealthy, "no answer in time")
	if !r.timedOut {
		t.Error("it did not time out")
	}
	if r := ask(t, p, base, lockstep.CheckSpec{Warn: lockstep.CheckLimits{LatencyAbove: 1}}); r.status != lockstep.HealthWarning || !strings.HasSuffix(r.message, ", more than 1ns") {
		t.Errorf("slow: %s, %q", r.status, r.message)
	}
}

func TestWhatOthersSayIsFitToBeShown(t *testing.T) {
	t.Parallel()
	r := found("1.0\x1b[31m\x00\xff\u202e " + strings.Repeat("é", 300))
	r.fact("mode", "a\nb", "a\tb")
	r.worse(lockstep.HealthWarning, "%s", "\r\n")
	r = r.shown()
	if r.version != "1.0[31m "+strings.Repeat("é", mostShown-9)+"…" || r.figure() != "a b" || r.metadata["mode"] != "ab" || r.message != "" {
		t.Errorf("shown %+q, %+q, %+q", r.version, r.figure(), r.metadata)
	}
}

// JSON has no such numbers: one would keep everything beside it from being written.
func TestWhatIsNoNumberIsNoFact(t *testing.T) {
	t.Parallel()
	r := found("")
	r.fact("usedBytes", math.NaN(), "NaN used")
	r.fact("hitRatio", math.Inf(1), "")
	if _, err := json.Marshal(r.metadata); err != nil || len(r.metadata) > 0 || r.figure() != "" {
		t.Errorf("%v, %v, %q", err, r.metadata, r.figure())
	}
}

func TestTLS(t *testing.T) {
	t.Parallel()
	p := newTestProber(t)
	s := httptest.NewUnstartedServer(http.NotFoundHandler())
	s.Config.ErrorLog = log.New(io.Discard, "", 0) // of the handshake that is refused
	s.StartTLS()
	defer s.Close()
	is(t, ask(t, p, s.URL, lockstep.CheckSpec{}), lockstep.HealthUnhealthy, "its certificate is not trusted")
	trusted := x509.NewCertPool()
	trusted.AddCert(s.Certificate())
	p.web.client.Transport.(*http.Transport).TLSClientConfig = &tls.Config{RootCAs: trusted, MinVersion: tls.VersionTLS12}
	p.now = func() time.Time { return s.Certificate().NotAfter.Add(-73 * time.Hour) }
	r := ask(t, p, s.URL, lockstep.CheckSpec{})
	if r.figure() != "Not Found, certificate for 3 days" {
		t.Errorf("figure %q", r.figure())
	}
	s.Config.Handler = http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})
	is(t, ask(t, p, s.URL, lockstep.CheckSpec{}), lockstep.HealthWarning, "its certificate ends in 3 days")
	is(t, ask(t, p, s.URL, lockstep.CheckSpec{Warn: lockstep.CheckLimits{ExpiresWithin: lockstep.Duration(time.Hour)}}), lockstep.HealthHealthy, "")
}

// TestHTTPThatIsNone: whatever answers, it is a result.
func TestHTTPThatIsNone(t *testing.T) {
	t.Parallel()
	l := listen(t)
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			_, _ = conn.Read(make([]byte, 1024))
			_, _ = io.WriteString(conn, "SSH-2.0-hunter2\r\n")
			conn.Close()
		}
	}()
	for kind, want := range map[lockstep.CheckKind]string{
		lockstep.CheckHTTP: "it gave no answer that could be understood", lockstep.CheckRabbitMQ: "it gave no answer that could be understood",
	} {
		if r := ask(t, newTestProber(t), "http://"+l.Addr().String(), lockstep.CheckSpec{Kind: kind}); r.status != lockstep.HealthUnhealthy || strings.Contains(r.message, "hunter2") {
			t.Errorf("%s: got %s, %q; want %q or that it was broken", kind, r.status, r.message, want)
		}
	}
}

func TestCredentialsAreConfined(t *testing.T) {
	t.Parallel()
	p := newTestProber(t)
	outside := filepath.Join(t.TempDir(), "outside")
	for _, err := range []error{
		os.WriteFile(outside, []byte("hunter2"), 0o600),
		os.Symlink(outside, filepath.Join(p.credentials, "shop", "link")),
		os.Mkdir(filepath.Join(p.credentials, "shop", "folder"), 0o700),
		os.Mkdir(filepath.Join(p.credentials, "bank"), 0o700),
		os.WriteFile(filepath.Join(p.credentials, "bank", "theirs"), []byte("hunter2"), 0o600),
		syscall.Mkfifo(filepath.Join(p.credentials, "shop", "pipe"), 0o600),
		os.WriteFile(filepath.Join(p.credentials, "shop", "empty"), []byte("\n"), 0o600),
		os.WriteFile(filepath.Join(p.credentials, "shop", "open"), []byte("hunter2"), 0o604),
		os.Chmod(filepath.Join(p.credentials, "shop", "open"), 0o604),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	for name, want := range map[string]string{
		"missing": "credentials/shop/missing of the server's data directory cannot be read",
		"link":    "credentials/shop/link of the server's data directory cannot be read",
		"../" + filepath.Base(filepath.Dir(outside)) + "/outside": "cannot be read",
		"../bank/theirs": "cannot be read",
		"pipe":           "credentials/shop/pipe of the server's data directory is no file",
		"folder":         "credentials/shop/folder of the server's data directory is no file",
		"empty":          "credentials/shop/empty of the server's data directory is empty, or cannot be read",
		"open":           "everybody may read credentials/shop/open of the server's data directory: chmod 600",
	} {
		got, err := p.password("shop", name)
		if got != "" || err == nil || !strings.HasSuffix(err.Error(), want) {
			t.Errorf("%s: got %q, %v", name, got, err)
		}
	}
	p.credential(t, "right", "hunter2")
	if got, err := p.password("shop", "right"); got != "hunter2" || err != nil {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestEndpointWithAPasswordIsRefused(t *testing.T) {
	t.Parallel()
	for _, endpoint := range []string{"http://a:hunter2@127.0.0.1:1/", "postgres://a:hunter2@127.0.0.1:1/x", "http://%zz", "tcp://:1"} {
		r := ask(t, newTestProber(t), endpoint, lockstep.CheckSpec{})
		if r.status != lockstep.HealthUnhealthy || !strings.HasPrefix(r.message, "the endpoint ") || strings.Contains(r.message, "hunter2") {
			t.Errorf("%s: %s, %q", endpoint, r.status, r.message)
		}
	}
}

func TestCommand(t *testing.T) {
	t.Setenv("LOCKSTEP_DATABASE_URL", "postgres://hunter2")
	run := func(script string, timeout time.Duration) result {
		return ask(t, newTestProber(t), "", lockstep.CheckSpec{Kind: lockstep.CheckCommand, Command: []string{"sh", "-c", script}, Timeout: lockstep.Duration(timeout)})
	}
	r := run(`echo "$LOCKSTEP_ENVIRONMENT/$LOCKSTEP_SERVICE in $(pwd)"; echo more`, 0)
	is(t, r, lockstep.HealthHealthy, "")
	if r.figure() != "production/it in /" {
		t.Errorf("figure %q", r.figure())
	}
	if got := run("env | grep hunter2 || echo nothing", 0).figure(); got != "nothing" {
		t.Errorf("the command sees the server's environment: %q", got)
	}
	is(t, run("echo too old >&2; exit 3", 0), lockstep.HealthUnhealthy, "too old")
	is(t, run("exit 3", 0), lockstep.HealthUnhealthy, "exit status 3")
	is(t, run("yes | head -c 10000000", 0), lockstep.HealthHealthy, "")
	is(t, run("sleep 1000 & sleep 1000", 100*time.Millisecond), lockstep.HealthUnhealthy, "no answer in time")
	r = ask(t, newTestProber(t), "", lockstep.CheckSpec{Kind: lockstep.CheckCommand, Command: []string{"/no/such/program"}})
	is(t, r, lockstep.HealthUnhealthy, "the command cannot be run")
}

// TestCommandLeavesNobody: what a command started and left ends with it.
func TestCommandLeavesNobody(t *testing.T) {
	t.Parallel()
	l := listen(t)
	// The child is heard as long as it lives: it holds a connection.
	_, port, _ := net.SplitHostPort(l.Addr().String())
	r := ask(t, newTestProber(t), "", lockstep.CheckSpec{Kind: lockstep.CheckCommand, Command: []string{
		"bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/" + port + "; (sleep 1000 >/dev/null 2>&1 &) ; echo left",
	}})
	is(t, r, lockstep.HealthHealthy, "")
	conn, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.SetReadDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
		t.Errorf("the child lives on: %v", err)
	}
}

// A check that prints without end costs no memory.
func TestOutputIsCapped(t *testing.T) {
	t.Parallel()
	var out capped
	written, err := io.Copy(&out, io.LimitReader(endless{}, 10*mostOutput))
	if err != nil || written != 10*mostOutput || len(out.String()) != mostOutput {
		t.Errorf("kept %d of %d: %v", len(out.String()), written, err)
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}
