package agent_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/agent"
	"github.com/lockstep-dev/lockstep/internal/agent/wire"
)

// receiver is who gets the requests of hooks.
type receiver struct {
	*httptest.Server
	mu   sync.Mutex
	got  []received
	came chan struct{} // one for each request
}

type received struct {
	method, path, body string
	header             http.Header
}

func newReceiver(t *testing.T, answer http.HandlerFunc) *receiver {
	t.Helper()
	r := &receiver{came: make(chan struct{}, 100)}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		body, err := io.ReadAll(req.Body)
		if err != nil {
			t.Error(err)
		}
		r.mu.Lock()
		r.got = append(r.got, received{req.Method, req.URL.String(), string(body), req.Header})
		r.mu.Unlock()
		r.came <- struct{}{}
		answer(w, req)
	}))
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) requests() []received {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]received(nil), r.got...)
}

// request is a job that sends to a receiver, with a secret of a file.
func (f *field) request(t *testing.T, url string) wire.JobRequest {
	t.Helper()
	token := filepath.Join(t.TempDir(), "token")
	must(t, os.WriteFile(token, []byte("Bearer hush-hush\n"), 0o600))
	call := f.call()
	return wire.JobRequest{Call: call, Place: f.place(), Timeout: lockstep.Duration(time.Minute), HTTP: &wire.HTTPJob{
		IdempotencyKey: call.Key,
		HTTPHook: lockstep.HTTPHook{
			URL: url, Body: `{"version": "2.0.0"}`, Headers: map[string]string{"Content-Type": "application/json"},
			HeadersFrom: map[string]lockstep.HeaderSource{"Authorization": {File: token}, "X-Key": {File: token}},
		},
	}}
}

func TestARequestIsSentOnceWithWhatIsSecret(t *testing.T) {
	t.Parallel()
	f := newField(t)
	r := newReceiver(t, func(w http.ResponseWriter, req *http.Request) {
		_, _ = fmt.Fprintf(w, "you said %s; %s", req.Header.Get("Authorization"), strings.Repeat("x", 100<<10)) // it may leave
	})
	req := f.request(t, r.URL+"/deployed?v=2")
	for range 2 {
		res, err := f.RunJob(t.Context(), req)
		must(t, err)
		if res.ExitCode != 0 || res.Answer != "200 OK" || !strings.HasPrefix(res.Output, "you said [REDACTED]; xxx") ||
			len(res.Output) > 70<<10 || !strings.Contains(res.Output, "was not read") {
			t.Errorf("result %.200q of %d bytes, answer %q, %q", res.Output, len(res.Output), res.Answer, res.Fault)
		}
	}
	got := r.requests()
	if len(got) != 1 {
		t.Fatalf("%d requests", len(got))
	}
	if g := got[0]; g.method != "POST" || g.path != "/deployed?v=2" || g.body != `{"version": "2.0.0"}` || g.header.Get("Authorization") != "Bearer hush-hush" ||
		g.header.Get("Idempotency-Key") != req.Call.Key || g.header.Get("Content-Type") != "application/json" {
		t.Errorf("sent %+v", g)
	}
	f.noSecret(t, "hush-hush")
}

// The agent is killed while the answer is on its way: the request was sent
// once, and the next agent has its result.
func TestARequestSurvivesTheAgent(t *testing.T) {
	t.Parallel()
	f := newField(t)
	answer := make(chan struct{})
	r := newReceiver(t, func(w http.ResponseWriter, _ *http.Request) { <-answer; w.WriteHeader(http.StatusAccepted) })
	req := f.request(t, r.URL)
	first := make(chan error, 1)
	go func() {
		_, err := f.RunJob(t.Context(), req)
		first <- err
	}()
	<-r.came
	f.Kill(t)
	t.Log("interrupted:", <-first)
	f.Launch(t)
	close(answer)
	res, err := f.RunJob(t.Context(), req)
	must(t, err)
	if res.Answer != "202 Accepted" || len(r.requests()) != 1 {
		t.Errorf("result %+v of %d requests", res, len(r.requests()))
	}
}

// Everything dies between sending and recording. Nobody knows what came of
// the request, so it is sent again, under the same key.
func TestARequestOfWhichNobodyKnowsIsSentAgain(t *testing.T) {
	t.Parallel()
	f := newField(t)
	answer := make(chan struct{})
	r := newReceiver(t, func(http.ResponseWriter, *http.Request) { <-answer })
	req := f.request(t, r.URL)
	first := make(chan error, 1)
	go func() {
		_, err := f.RunJob(t.Context(), req)
		first <- err
	}()
	<-r.came
	f.Kill(t)
	f.killJobs()
	t.Log("interrupted:", <-first)
	close(answer)
	f.Launch(t)
	res, err := f.RunJob(t.Context(), req)
	must(t, err)
	got := r.requests()
	if res.Answer != "200 OK" || len(got) != 2 || got[0].header.Get("Idempotency-Key") != got[1].header.Get("Idempotency-Key") || got[1].body != got[0].body {
		t.Errorf("result %+v of %+v", res, got)
	}
}

func TestARequestThatFailsSaysWhy(t *testing.T) {
	t.Parallel()
	f := newField(t)
	other := newReceiver(t, func(w http.ResponseWriter, req *http.Request) {
		_, _ = fmt.Fprint(w, req.Header.Get("Authorization"), req.Header.Get("X-Key")) // it may leave
	})
	never := make(chan struct{})
	t.Cleanup(func() { close(never) })
	r := newReceiver(t, func(w http.ResponseWriter, req *http.Request) {
		switch req.URL.Path {
		case "/busy":
			http.Error(w, "come back later", http.StatusServiceUnavailable)
		case "/metadata":
			http.Redirect(w, req, "http://169.254.169.254/latest/meta-data", http.StatusTemporaryRedirect)
		case "/other":
			http.Redirect(w, req, other.URL, http.StatusTemporaryRedirect)
		case "/moved":
			http.Redirect(w, req, other.URL, http.StatusFound)
		case "/round":
			http.Redirect(w, req, "/round", http.StatusPermanentRedirect)
		case "/never":
			select {
			case <-never:
			case <-req.Context().Done():
			}
		}
	})
	for path, want := range map[string]string{
		"/busy":     "was answered 503 Service Unavailable (expected: 200-299)",
		"/metadata": "the address 169.254.169.254 is link-local",
		"/moved":    "makes GET of POST: write that URL into the hook",
		"/round":    "was redirected more than 5 times",
		"/never":    "got no answer from 127.0.0.1",
	} {
		req := f.request(t, r.URL+path)
		if path == "/never" {
			req.Timeout = lockstep.Duration(200 * time.Millisecond)
		}
		res, err := f.RunJob(t.Context(), req)
		must(t, err)
		if res.ExitCode == 0 || !strings.Contains(res.Fault, want) || res.TimedOut != (path == "/never") || res.Final != (path == "/metadata") {
			t.Errorf("%s: %+v, want %q", path, res, want)
		}
	}
	// Whom it is redirected to gets the request, and not the secrets.
	res, err := f.RunJob(t.Context(), f.request(t, r.URL+"/other"))
	must(t, err)
	if got := other.requests(); res.Fault != "" || len(got) != 1 || got[0].body == "" || got[0].header.Get("Authorization")+got[0].header.Get("X-Key") != "" {
		t.Errorf("result %+v of %+v", res, got)
	}
	f.redirectedLocally(t)
	missing := f.request(t, r.URL)
	missing.HTTP.HeadersFrom = map[string]lockstep.HeaderSource{"Cookie": {File: "/no/such/file"}}
	res, err = f.RunJob(t.Context(), missing)
	must(t, err)
	if !res.Final || !strings.Contains(res.Fault, "header Cookie: open /no/such/file: no such file") {
		t.Errorf("result %+v", res)
	}
	// What it answers for later hooks.
	for answer, want := range map[string]string{
		`{"results": {"COUNT": 12, "OK": true, "WHO": "you"}, "more": []}`: "",
		`{"results": {"COUNT": [1]}}`:                                      `the value of "COUNT" is no text, number or boolean`,
		`{"results": {"count": 1}}`:                                        `the name "count"`,
	} {
		says := newReceiver(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = fmt.Fprint(w, answer) }) // it may leave
		res, err = f.RunJob(t.Context(), f.request(t, says.URL))
		must(t, err)
		if got := fmt.Sprint(res.Results); want == "" && got != "map[COUNT:12 OK:true WHO:you]" || !strings.Contains(res.Fault, want) || want != "" && res.ExitCode == 0 {
			t.Errorf("%s: %+v", answer, res)
		}
	}
	wrong := f.request(t, "ftp://example.com")
	_, err = f.RunJob(t.Context(), wrong)
	wantCode(t, err, lockstep.CodeInvalid)
}

// redirectedLocally: another name of this machine is another party, which gets
// no secrets, and may be met because the hook itself means this machine.
func (f *field) redirectedLocally(t *testing.T) {
	t.Helper()
	var back string
	there := newReceiver(t, func(w http.ResponseWriter, req *http.Request) {
		if req.URL.Path == "/back" {
			http.Redirect(w, req, back, http.StatusTemporaryRedirect)
		}
	})
	_, port, _ := strings.Cut(strings.TrimPrefix(there.URL, "http://"), ":")
	here := newReceiver(t, func(w http.ResponseWriter, req *http.Request) {
		if req.URL.Path != "/end" {
			http.Redirect(w, req, "http://localhost:"+port+req.URL.Path, http.StatusTemporaryRedirect)
		}
	})
	back = here.URL + "/end"
	for _, path := range []string{"/stay", "/back"} {
		res, err := f.RunJob(t.Context(), f.request(t, here.URL+path))
		must(t, err)
		if res.Fault != "" || res.Answer != "200 OK" {
			t.Errorf("%s: %+v", path, res)
		}
	}
	for _, g := range there.requests() {
		if g.body != `{"version": "2.0.0"}` || g.header.Get("Authorization")+g.header.Get("X-Key") != "" || g.header.Get("Idempotency-Key") == "" {
			t.Errorf("the other name got %+v", g)
		}
	}
	if got := here.requests(); len(there.requests()) != 2 || len(got) != 3 || got[2].path != "/end" {
		t.Errorf("%d requests there, %+v here", len(there.requests()), got)
	}
}

// Networks of IPv6 hold what IPv6 leads to, IPv4 inside it too, however the
// network is written; and no IPv4 that was not meant.
func TestNetworksOfIPv6(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		network string
		holds   []string
		others  []string
	}{
		{"2001:db8::/32", []string{"2001:db8::1", "2001:db8:ffff::", "2001:db8::1%eth0"}, []string{"2001:db9::1", "10.0.0.1", "::ffff:10.0.0.1"}},
		{"fd00::/8", []string{"fd12:3456::7", "fd00:ec2::254"}, []string{"fc00::1", "10.0.0.1"}},
		{"2001:db8::7", []string{"2001:db8::7"}, []string{"2001:db8::8"}},
		{"::/0", []string{"2001:db8::1", "fd12::1", "64:ff9b::a00:1"}, []string{"10.0.0.1", "::ffff:10.0.0.1", "8.8.8.8"}},
		{"64:ff9b::/96", []string{"64:ff9b::a00:1"}, []string{"10.0.0.1"}},
		{"10.0.0.0/8", []string{"10.1.2.3", "::ffff:10.1.2.3", "64:ff9b::a01:203", "2002:a01:203::1", "::10.1.2.3"}, []string{"11.0.0.1", "2001:db8::1"}},
		{"::ffff:10.0.0.0/104", []string{"10.1.2.3", "::ffff:10.1.2.3", "64:ff9b::a01:203"}, []string{"11.0.0.1", "2001:db8::1"}},
	} {
		denied, err := agent.ParseHookNetwork(nil, []string{tt.network})
		must(t, err)
		for _, addr := range tt.holds {
			if got := agent.Refuses(denied, netip.MustParseAddr(addr), true); !strings.Contains(got, "--hook-deny") {
				t.Errorf("--hook-deny %s and %s: %q", tt.network, addr, got)
			}
		}
		for _, addr := range tt.others {
			if got := agent.Refuses(denied, netip.MustParseAddr(addr), true); got != "" {
				t.Errorf("--hook-deny %s and %s: %q", tt.network, addr, got)
			}
		}
	}
	// What is allowed of IPv6 opens nothing of IPv4, and a network that is
	// denied stays so where a larger one is allowed.
	network, err := agent.ParseHookNetwork([]string{"::/0"}, []string{"2001:db8::/32"})
	must(t, err)
	for addr, want := range map[string]string{
		"fe80::1": "", "fd00:ec2::254": "", "169.254.169.254": "link-local", "::ffff:169.254.169.254": "link-local", "127.0.0.1": "this machine", "2001:db8::1": "--hook-deny",
	} {
		if got := agent.Refuses(network, netip.MustParseAddr(addr), false); want == "" && got != "" || !strings.Contains(got, want) {
			t.Errorf("%s: %q, want %q", addr, got, want)
		}
	}
}

func TestWhereRequestsMayGo(t *testing.T) {
	t.Parallel()
	network, err := agent.ParseHookNetwork([]string{"169.254.10.0/24", "10.1.0.0/16"}, []string{"10.1.2.3", "2001:db8::/32"})
	must(t, err)
	for addr, want := range map[string]string{
		"10.0.0.7": "", "192.168.1.1": "", "100.64.0.1": "", "8.8.8.8": "", "fd12::1": "", "2606:4700::1": "",
		"169.254.169.254": "link-local", "fe80::1%eth0": "link-local", "::ffff:169.254.169.254": "link-local",
		"64:ff9b::a9fe:a9fe": "link-local", "2002:a9fe:a9fe::1": "link-local", "::169.254.169.254": "link-local",
		"fd00:ec2::254": "metadata", "100.100.100.200": "metadata", "168.63.129.16": "metadata",
		"0.0.0.0": "nobody", "0.1.2.3": "nobody", "::": "nobody",
		"224.0.0.1": "everybody", "ff02::1": "everybody", "255.255.255.255": "everybody",
		"127.0.0.1": "this machine", "127.1.2.3": "this machine", "::1": "this machine", "::ffff:127.0.0.1": "this machine",
		"169.254.10.9": "", "10.1.2.3": "--hook-deny", "10.1.2.4": "", "2001:db8::7": "--hook-deny",
	} {
		got := agent.Refuses(network, netip.MustParseAddr(addr), false)
		if want == "" && got != "" || want != "" && !strings.Contains(got, want) {
			t.Errorf("%s: %q, want %q", addr, got, want)
		}
	}
	for addr, want := range map[string]bool{"127.0.0.1": true, "::1": true, "169.254.169.254": false} {
		if got := agent.Refuses(network, netip.MustParseAddr(addr), true); (got == "") != want {
			t.Errorf("%s where the URL says this machine: %q", addr, got)
		}
	}
	for url, want := range map[string]bool{
		"http://localhost:80": true, "http://LOCALHOST.": true, "http://a.localhost": true, "http://127.0.0.1": true, "http://[::1]:9": true,
		"http://localhost.example.com": false, "http://example.com": false, "http://10.0.0.1": false, "http://2130706433": false,
	} {
		if got := agent.IsLocal(t, url); got != want {
			t.Errorf("%s is local: %v", url, got)
		}
	}
	_, err = agent.ParseHookNetwork([]string{"example.com"}, nil)
	wantCode(t, err, lockstep.CodeInvalid)
}
