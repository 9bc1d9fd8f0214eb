package agent_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/agent/agenttest"
	"github.com/lockstep-dev/lockstep/internal/agent/wire"
	"github.com/lockstep-dev/lockstep/internal/load"
)

// The whole mix over HTTPS: single requests, slow ones, WebSockets and event
// streams on HTTP/1.1, and beside them a few clients on HTTP/2.
func TestAHandoverUnderLoadFailsNoRequestOverHTTPS(t *testing.T) {
	t.Parallel()
	f := newSecure(t)
	g := f.run(f.Spec("web", agenttest.Serves), 2)
	f.domain("app.handover.test", g)
	issued := f.awaitCertificate(lockstep.CertificateIssued)

	run := load.Start(t.Context(), load.Target{
		Addr: f.EdgeTLS, Host: "app.handover.test", TLS: &tls.Config{RootCAs: f.ca.Roots, MinVersion: tls.VersionTLS12},
	}, load.Options{Rate: 60, SlowFor: time.Second, SessionFor: time.Second, Events: 8})
	multiplexed := f.multiplex(4)
	var ended []<-chan struct{}
	for n := range 3 {
		answered(t, run, 60)
		multiplexed.answers(100)
		ended = append(ended, f.upgrade(fmt.Sprintf("upgrade %d", n)))
	}
	answered(t, run, 60)
	multiplexed.answers(100)
	for _, old := range ended {
		select {
		case <-old:
		case <-time.After(patience):
			t.Error("an agent that handed over does not end")
		}
	}
	if report := run.Stop(); report.Failed != 0 || report.Shed != 0 || report.OK == 0 {
		t.Errorf("HTTP/1.1: %s\n%v", report, report.FirstFailures)
	}
	multiplexed.stop()
	if again := f.awaitCertificate(lockstep.CertificateIssued); !again.Until.Equal(*issued.Until) {
		t.Errorf("%+v became %+v: the CA was asked again", issued, again)
	}
}

// multiplex are clients that keep asking over HTTP/2 until they are stopped.
type multiplex struct {
	t      *testing.T
	ok     atomic.Int64
	cancel context.CancelFunc
	done   sync.WaitGroup
}

func (f secure) multiplex(clients int) *multiplex {
	ctx, cancel := context.WithCancel(f.t.Context())
	m := &multiplex{t: f.t, cancel: cancel}
	for range clients {
		client := f.ca.Client(f.t, f.EdgeTLS)
		m.done.Go(func() {
			for ctx.Err() == nil {
				for _, req := range []string{"GET /", "POST /api/orders"} {
					if err := askTwo(ctx, client, req); err != nil && ctx.Err() == nil {
						f.t.Errorf("HTTP/2: %s: %v", req, err)
						return
					}
					m.ok.Add(1)
				}
			}
		})
	}
	f.t.Cleanup(m.stop)
	return m
}

func askTwo(ctx context.Context, client *http.Client, what string) error {
	method, path, _ := strings.Cut(what, " ")
	var body io.Reader
	if method == http.MethodPost {
		body = strings.NewReader(`{"item":"Croissant"}`)
	}
	req, err := http.NewRequestWithContext(ctx, method, "https://app.handover.test"+path, body)
	if err != nil {
		return err
	}
	res, err := client.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err == nil && (res.StatusCode != http.StatusOK || res.ProtoMajor != 2) {
		err = fmt.Errorf("%s %s %q", res.Proto, res.Status, text)
	}
	return err
}

// answers waits for so many more.
func (m *multiplex) answers(n int64) {
	m.t.Helper()
	from := m.ok.Load()
	await(m.t, fmt.Sprintf("%d answers over HTTP/2", n), func() (bool, string) {
		return m.ok.Load() >= from+n || m.t.Failed(), ""
	})
}

func (m *multiplex) stop() {
	m.cancel()
	m.done.Wait()
}

// What still arrives on a connection to the agent before reaches the app as
// what it is: a request over HTTPS.
func TestARequestOnAnOldConnectionIsStillOneOverHTTPS(t *testing.T) {
	t.Parallel()
	f := newSecure(t)
	g := f.run(f.Spec("web", agenttest.Serves), 1)
	f.domain("app.relay.test", g)
	f.awaitCertificate(lockstep.CertificateIssued)
	client := f.ca.Client(t, f.EdgeTLS)
	told := func() (text string, reused bool) {
		ctx := httptrace.WithClientTrace(t.Context(), &httptrace.ClientTrace{GotConn: func(got httptrace.GotConnInfo) { reused = got.Reused }})
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, "https://app.relay.test/client", nil)
		must(t, err)
		res, err := client.Do(req)
		must(t, err)
		defer res.Body.Close()
		body, err := io.ReadAll(res.Body)
		must(t, err)
		return string(body), reused
	}
	before, _ := told()
	if !strings.HasPrefix(before, "For=127.0.0.1 Host=app.relay.test") || !strings.HasSuffix(before, " Proto=https") {
		t.Errorf("the app was told %q", before)
	}
	f.upgrade("next")
	if after, reused := told(); !reused || after != before {
		t.Errorf("on the old connection (%t) the app was told %q", reused, after)
	}
	if after, reused := told(); reused || after != before {
		t.Errorf("on a new connection (%t) the app was told %q", !reused, after)
	}
}

// An agent whose successor fails goes on with its TLS listener, and gets the
// certificates that are asked for from then on.
func TestAFailedHandoverKeepsHTTPS(t *testing.T) {
	t.Parallel()
	f := newSecure(t)
	g := f.run(f.Spec("web", agenttest.Serves), 1)
	f.domain("app.kept.test", g)
	f.awaitCertificate(lockstep.CertificateIssued)
	conn, err := wire.Dial(t.Context(), f.Dir)
	must(t, err)
	_, err = fmt.Fprint(conn, "POST /v1/handover HTTP/1.1\r\nHost: agent\r\nContent-Length: 0\r\n\r\n")
	must(t, err)
	res, err := http.ReadResponse(bufio.NewReader(conn), nil)
	must(t, err)
	if res.StatusCode != http.StatusSwitchingProtocols {
		t.Fatalf("handover: %s", res.Status)
	}
	_ = conn.Close()
	await(t, "the agent to act again", func() (bool, string) {
		err := f.Client.Start(t.Context(), wire.StartRequest{Call: f.call(), Group: g.ID, Replicas: 1})
		return err == nil, fmt.Sprint(err)
	})
	if res, body, err := f.get(f.EdgeTLS, "https://app.kept.test/"); err != nil || body != "web" {
		t.Errorf("GET: %v %v %q", res, err, body)
	}
	f.domain("later.kept.test", g)
	f.awaitCertificate(lockstep.CertificateIssued)
	if res, body, err := f.get(f.EdgeTLS, "https://later.kept.test/"); err != nil || body != "web" {
		t.Errorf("GET: %v %v %q", res, err, body)
	}
}
