package edge

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"net/netip"
	"net/textproto"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
)

// seen is the last request that reached an app.
func seen(requests chan *http.Request) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		requests <- r.Clone(r.Context())
		w.WriteHeader(http.StatusNoContent)
	}
}

func TestRequestArrivesAsSent(t *testing.T) {
	t.Parallel()
	requests := make(chan *http.Request, 1)
	e := serving(t, Options{}, startApp(t, "r", seen(requests)))
	r := newRequest(http.MethodPatch, "/a%2Fb/ä;v=1?x=1;y=2&z=%zz", strings.NewReader("body"))
	r.Host = "Staging.Sunday.localhost:7480"
	r.RemoteAddr = "192.0.2.7:1234"
	r.Header.Set("X-Custom", "kept")
	r.Header.Set("Connection", "X-Hop")
	r.Header.Set("X-Hop", "dropped")
	r.Header.Set("Proxy-Authorization", "dropped")
	r.Header.Set("Te", "deflate, Trailers")
	r.Header.Del("User-Agent")
	if w := request(e.Handler(), r); w.Code != http.StatusNoContent {
		t.Fatalf("answered %d", w.Code)
	}
	got := <-requests
	if got.Method != http.MethodPatch || got.RequestURI != "/a%2Fb/%C3%A4;v=1?x=1;y=2&z=%zz" {
		t.Errorf("the app got %s %s", got.Method, got.RequestURI)
	}
	if got.Host != "Staging.Sunday.localhost:7480" {
		t.Errorf("the app got Host %s", got.Host)
	}
	want := http.Header{
		"X-Custom":          {"kept"},
		"Content-Length":    {"4"},
		"Te":                {"trailers"},
		"X-Forwarded-For":   {"192.0.2.7"},
		"X-Forwarded-Host":  {"Staging.Sunday.localhost:7480"},
		"X-Forwarded-Proto": {"http"},
	}
	if fmt.Sprint(got.Header) != fmt.Sprint(want) {
		t.Errorf("the app got the header\n%v, not\n%v", got.Header, want)
	}
}

// Exchanges are lent out again; what one client sent must not show in the
// next one's request.
func TestNothingOfOneRequestShowsInTheNext(t *testing.T) {
	t.Parallel()
	requests := make(chan *http.Request, 1)
	e := serving(t, Options{}, startApp(t, "r", seen(requests)))
	h := e.EnvironmentHandler(envID)
	for range 50 {
		r := newRequest(http.MethodPost, "/secret?token=secret", strings.NewReader("secret"))
		r.Header.Set("Authorization", "secret")
		r.Header.Set("Cookie", "secret")
		r.Trailer = http.Header{"X-Secret": {"secret"}}
		request(h, r)
		<-requests
		get(h, "/")
		if got := <-requests; strings.Contains(fmt.Sprint(got.Header, got.URL, got.Host, got.ContentLength, got.Trailer), "secret") || got.ContentLength != 0 {
			t.Fatalf("the second request arrived with the first one's: %v %v", got.URL, got.Header)
		}
	}
}

// spoof is what a client sends to pass for another.
func spoof(r *http.Request) {
	for name, value := range map[string]string{
		"Forwarded":          "for=203.0.113.9;proto=https;host=evil",
		"X-Forwarded-For":    "203.0.113.9",
		"X-Forwarded-Proto":  "https",
		"X-Forwarded-Host":   "evil",
		"X-Forwarded-Port":   "443",
		"X-Forwarded-Prefix": "/admin",
		"X-Real-Ip":          "203.0.113.9",
		"X_Forwarded_For":    "203.0.113.9",
		"X_forwarded-Proto":  "https",
		"X_Real_Ip":          "203.0.113.9",
	} {
		r.Header[name] = []string{value}
	}
	// A hop-by-hop list must not take off what the edge sets either.
	r.Header["Connection"] = []string{"X-Forwarded-For, X-Forwarded-Host"}
}

func TestForwardedHeadersCannotBeSpoofed(t *testing.T) {
	t.Parallel()
	requests := make(chan *http.Request, 1)
	e := serving(t, Options{TrustedProxies: []netip.Prefix{netip.MustParsePrefix("198.51.100.0/24")}},
		startApp(t, "r", seen(requests)))
	r := newRequest(http.MethodGet, "http://"+envHost+"/", nil)
	r.RemoteAddr = "192.0.2.7:1234"
	spoof(r)
	request(e.Handler(), r)
	got := <-requests
	for name, values := range got.Header {
		for _, value := range values {
			if strings.Contains(value, "203.0.113.9") || strings.Contains(value, "evil") || strings.Contains(value, "https") ||
				value == "443" || value == "/admin" {
				t.Errorf("the client's %s: %s reached the app", name, value)
			}
		}
	}
	if got.Header.Get("X-Forwarded-For") != "192.0.2.7" || got.Header.Get("X-Forwarded-Host") != envHost ||
		got.Header.Get("X-Forwarded-Proto") != "http" {
		t.Errorf("the app got %v", got.Header)
	}
}

func TestTrustedProxyIsBelieved(t *testing.T) {
	t.Parallel()
	requests := make(chan *http.Request, 1)
	e := serving(t, Options{TrustedProxies: []netip.Prefix{netip.MustParsePrefix("198.51.100.0/24")}},
		startApp(t, "r", seen(requests)))
	r := newRequest(http.MethodGet, "http://"+envHost+"/", nil)
	r.RemoteAddr = "198.51.100.3:1234"
	spoof(r)
	delete(r.Header, "Connection")
	request(e.Handler(), r)
	got := (<-requests).Header
	for name, want := range map[string]string{
		"X-Forwarded-For": "203.0.113.9, 198.51.100.3", "X-Forwarded-Proto": "https", "X-Forwarded-Host": "evil",
		"X-Forwarded-Port": "443", "X_Forwarded_For": "",
	} {
		if got.Get(name) != want && strings.Join(got[name], "|") != want {
			t.Errorf("behind a trusted proxy the app got %s: %q, not %q", name, got[name], want)
		}
	}
}

func TestInternalRequestsKeepTheirHeaders(t *testing.T) {
	t.Parallel()
	requests := make(chan *http.Request, 1)
	e := serving(t, Options{}, startApp(t, "r", seen(requests)))
	r := newRequest(http.MethodGet, "/", nil)
	r.Header.Set("X-Forwarded-For", "203.0.113.9")
	request(e.GroupHandler(envID, groupOf("r")), r)
	if got := (<-requests).Header.Get("X-Forwarded-For"); got != "203.0.113.9" {
		t.Errorf("the service got X-Forwarded-For %q from its neighbour", got)
	}
}

func TestTrailersBothWays(t *testing.T) {
	t.Parallel()
	trailers := make(chan string, 1)
	e := serving(t, Options{}, startApp(t, "r", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		trailers <- r.Trailer.Get("X-Sum")
		w.Header().Set("Trailer", "X-Announced")
		_, _ = io.WriteString(w, "body")
		w.Header().Set("X-Announced", "a")
		if r.URL.Path == "/late" {
			w.Header().Set(http.TrailerPrefix+"X-Late", "l")
		}
	})))
	server := httptest.NewServer(e.EnvironmentHandler(envID))
	t.Cleanup(server.Close)
	for path, want := range map[string]string{"/": "map[X-Announced:[a]]", "/late": "map[X-Announced:[a] X-Late:[l]]"} {
		body, send := io.Pipe()
		req, _ := http.NewRequestWithContext(within(t), http.MethodPost, server.URL+path, body)
		req.Trailer = http.Header{"X-Sum": nil}
		go func() {
			_, _ = io.WriteString(send, "data")
			req.Trailer.Set("X-Sum", "42")
			_ = send.Close()
		}()
		resp, err := server.Client().Do(req)
		if err != nil {
			t.Fatal(err)
		}
		if _, announced := resp.Trailer["X-Announced"]; !announced && path == "/" {
			t.Error("the client did not hear of the trailer before the body")
		}
		_, _ = io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		if got := <-trailers; got != "42" {
			t.Errorf("the app got the trailer X-Sum %q, not 42", got)
		}
		if got := fmt.Sprint(resp.Trailer); got != want {
			t.Errorf("%s: the client got the trailers %s, not %s", path, got, want)
		}
	}
}

func TestInterimAnswers(t *testing.T) {
	t.Parallel()
	e := serving(t, Options{}, startApp(t, "r", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Link", "</a.css>; rel=preload")
		w.WriteHeader(http.StatusEarlyHints)
		w.WriteHeader(http.StatusProcessing)
		_, _ = io.WriteString(w, "done")
	})))
	server := httptest.NewServer(e.EnvironmentHandler(envID))
	t.Cleanup(server.Close)
	var codes []int
	ctx := httptrace.WithClientTrace(within(t), &httptrace.ClientTrace{
		Got1xxResponse: func(code int, h textproto.MIMEHeader) error {
			codes = append(codes, code)
			if code == http.StatusEarlyHints && h.Get("Link") == "" {
				t.Error("the early hint came without its link")
			}
			return nil
		},
	})
	req, _ := http.NewRequestWithContext(ctx, http.MethodGet, server.URL, nil)
	resp, err := server.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	body, _ := io.ReadAll(resp.Body)
	_ = resp.Body.Close()
	if fmt.Sprint(codes) != "[103 102]" || string(body) != "done" {
		t.Errorf("the client got %v and %q", codes, body)
	}
}

func TestEventStreamIsFlushed(t *testing.T) {
	t.Parallel()
	next := make(chan struct{})
	e := serving(t, Options{}, startApp(t, "r", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		_ = http.NewResponseController(w).Flush()
		for range 3 {
			select {
			case <-next:
			case <-r.Context().Done():
				return
			}
			_, _ = io.WriteString(w, "data: x\n\n")
			_ = http.NewResponseController(w).Flush()
		}
	})))
	addr := open(t, e.EnvironmentHandler(envID))
	req, _ := http.NewRequestWithContext(within(t), http.MethodGet, "http://"+addr, nil)
	resp, err := http.DefaultClient.Do(req) // the header comes before the first event
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	if s := e.Stats(envID)["r"]; s.InFlight != 1 || s.Requests != 1 {
		t.Errorf("an open stream counts as %+v", s)
	}
	events := bufio.NewReader(resp.Body)
	for range 3 {
		next <- struct{}{} // the app sends the next one only after we have read the last
		for range 2 {
			if _, err := events.ReadString('\n'); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func TestUploadStreams(t *testing.T) {
	t.Parallel()
	e := serving(t, Options{}, startApp(t, "r", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_ = http.NewResponseController(w).EnableFullDuplex()
		part := make([]byte, 5)
		_, _ = io.ReadFull(r.Body, part)
		w.Header().Set("X-First", string(part))
		rest, _ := io.ReadAll(r.Body)
		_, _ = w.Write(rest)
	})))
	arrived := make(chan struct{})
	inner := e.GroupHandler(envID, groupOf("r"))
	addr := open(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		close(arrived)
		inner.ServeHTTP(w, r)
	}))
	body, send := io.Pipe()
	req, _ := http.NewRequestWithContext(within(t), http.MethodPost, "http://"+addr, body)
	go func() {
		_, _ = io.WriteString(send, "first")
		<-arrived
		_, _ = io.WriteString(send, strings.Repeat("second", 50_000))
		_ = send.Close()
	}()
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	got, _ := io.ReadAll(resp.Body)
	_ = resp.Body.Close()
	if resp.Header.Get("X-First") != "first" || len(got) != 300_000 {
		t.Errorf("the app read %q and %d bytes", resp.Header.Get("X-First"), len(got))
	}
}

func TestWebSocket(t *testing.T) {
	t.Parallel()
	e := serving(t, Options{}, startApp(t, "r", nil))
	addr := open(t, e.EnvironmentHandler(envID))
	ctx := within(t)
	conn, _, err := websocket.Dial(ctx, "ws://"+addr+"/api/ws", nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, message := range []string{"one", strings.Repeat("long", 5000)} {
		if err := conn.Write(ctx, websocket.MessageText, []byte(message)); err != nil {
			t.Fatal(err)
		}
		conn.SetReadLimit(1 << 20)
		_, got, err := conn.Read(ctx)
		if err != nil || !strings.Contains(string(got), message) {
			t.Fatalf("the echo is %.40q: %v", got, err)
		}
	}
	if s := e.Stats(envID)["r"]; s.InFlight != 1 || s.Requests != 1 || s.Latency.P99 > 5000 {
		t.Errorf("an open WebSocket counts as %+v", s)
	}
	if err := conn.Close(websocket.StatusNormalClosure, ""); err != nil {
		t.Errorf("close: %v", err)
	}
	if left := e.DrainGroups(ctx, envID, []string{groupOf("r")}); left != 0 {
		t.Errorf("%d in flight after the close", left)
	}
}

// "Upgrade: h2c" would let a client past the routing.
func TestOnlyWebSocketsUpgrade(t *testing.T) {
	t.Parallel()
	requests := make(chan *http.Request, 1)
	e := serving(t, Options{}, startApp(t, "r", seen(requests)))
	for _, protocol := range []string{"h2c", "HTTP/2.0", "websocket, h2c", "TLS/1.3"} {
		r := newRequest(http.MethodGet, "/", nil)
		r.Header.Set("Connection", "Upgrade, HTTP2-Settings")
		r.Header.Set("Upgrade", protocol)
		r.Header.Set("Http2-Settings", "AAMAAABkAAQAAP__")
		request(e.EnvironmentHandler(envID), r)
		got := (<-requests).Header
		if got.Get("Upgrade") != "" || got.Get("Connection") != "" || got.Get("Http2-Settings") != "" {
			t.Errorf("Upgrade: %s reached the app: %v", protocol, got)
		}
	}
}

func TestHTTP2ClearText(t *testing.T) {
	t.Parallel()
	e := serving(t, Options{}, startApp(t, "r", nil))
	addr := open(t, e.Handler())
	protocols := &http.Protocols{}
	protocols.SetUnencryptedHTTP2(true)
	transport := &http.Transport{Protocols: protocols}
	t.Cleanup(transport.CloseIdleConnections)
	for range 3 {
		req, _ := http.NewRequestWithContext(within(t), http.MethodPost, "http://"+addr, strings.NewReader("12345"))
		req.Host = envHost
		resp, err := transport.RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		if resp.ProtoMajor != 2 || string(body) != "r 5" {
			t.Errorf("over %s the answer is %q", resp.Proto, body)
		}
	}
}

// raw sends bytes and returns the status of each answer until the server
// closes the connection.
func raw(t *testing.T, addr, request string) (codes []int) {
	t.Helper()
	conn, err := dial(t, addr)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	_ = conn.SetDeadline(time.Now().Add(20 * time.Second))
	if _, err := io.WriteString(conn, request); err != nil {
		t.Fatal(err)
	}
	answers := bufio.NewReader(conn)
	for {
		resp, err := http.ReadResponse(answers, nil)
		if err != nil {
			return codes
		}
		_, _ = io.Copy(io.Discard, resp.Body)
		codes = append(codes, resp.StatusCode)
		if tcp, ok := conn.(*net.TCPConn); ok {
			_ = tcp.CloseWrite() // not before: to the server it means that the client is gone
		}
	}
}

func TestShapesThatNoAppShouldSee(t *testing.T) {
	t.Parallel()
	byHost := func(e *Edge) http.Handler { return e.Handler() }
	fixed := func(e *Edge) http.Handler { return e.EnvironmentHandler(envID) }
	host := "Host: " + envHost + "\r\n"
	for name, c := range map[string]struct {
		handler func(*Edge) http.Handler
		request string
		codes   string
		reach   int64
	}{
		"plain":                {byHost, "GET / HTTP/1.1\r\n" + host + "\r\n", "[200]", 1},
		"connect":              {byHost, "CONNECT " + envHost + ":80 HTTP/1.1\r\n" + host + "\r\n", "[405]", 0},
		"connect to others":    {fixed, "CONNECT evil:443 HTTP/1.1\r\nHost: evil:443\r\n\r\n", "[405]", 0},
		"trace":                {byHost, "TRACE / HTTP/1.1\r\n" + host + "\r\n", "[405]", 0},
		"absolute to us":       {byHost, "GET http://" + envHost + "/ HTTP/1.1\r\nHost: evil\r\n\r\n", "[200]", 1},
		"absolute to others":   {byHost, "GET http://evil/ HTTP/1.1\r\n" + host + "\r\n", "[404]", 0},
		"absolute, fixed":      {fixed, "GET http://evil/ HTTP/1.1\r\nHost: evil\r\n\r\n", "[421]", 0},
		"absolute, ftp":        {byHost, "GET ftp://" + envHost + "/ HTTP/1.1\r\n" + host + "\r\n", "[421]", 0},
		"opaque":               {byHost, "GET http:x HTTP/1.1\r\n" + host + "\r\n", "[400]", 0},
		"two hosts":            {byHost, "GET / HTTP/1.1\r\n" + host + "Host: evil\r\n\r\n", "[400]", 0},
		"no host":              {byHost, "GET / HTTP/1.1\r\n\r\n", "[400]", 0},
		"odd host":             {byHost, "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", "[400]", 0},
		"comma host":           {byHost, "GET / HTTP/1.1\r\nHost: a,b\r\n\r\n", "[400]", 0},
		"unknown host":         {byHost, "GET / HTTP/1.1\r\nHost: evil\r\n\r\n", "[404]", 0},
		"two lengths":          {byHost, "POST / HTTP/1.1\r\n" + host + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nab", "[400]", 0},
		"signed length":        {byHost, "POST / HTTP/1.1\r\n" + host + "Content-Length: +1\r\n\r\na", "[400]", 0},
		"unknown coding":       {byHost, "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", "[501]", 0},
		"odd coding":           {byHost, "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", "[501]", 0},
		"space before colon":   {byHost, "GET / HTTP/1.1\r\n" + host + "Content-Length : 1\r\n\r\na", "[400]", 0},
		"folded header":        {byHost, "GET / HTTP/1.1\r\n" + host + " X: y\r\n\r\n", "[400]", 0},
		"1.0 with coding":      {fixed, "POST / HTTP/1.0\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /smuggled HTTP/1.0\r\n\r\n", "[200]", 1},
		"both lengths":         {byHost, "POST / HTTP/1.1\r\n" + host + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n", "[200]", 1},
		"1.0":                  {fixed, "GET / HTTP/1.0\r\n\r\n", "[200]", 1},
		"star":                 {byHost, "GET * HTTP/1.1\r\n" + host + "\r\n", "[400]", 0},
		"malformed chunk":      {byHost, "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\nzz\r\n", "[400]", 1},
		"header above 64 KiB":  {byHost, "GET / HTTP/1.1\r\n" + host + "X: " + strings.Repeat("a", 80<<10) + "\r\n\r\n", "[431]", 0},
		"unprintable protocol": {byHost, "GET / HTTP/1.1\r\n" + host + "Connection: Upgrade\r\nUpgrade: a\x80\r\n\r\n", "[200]", 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := startApp(t, "r", nil)
			addr := open(t, c.handler(serving(t, Options{}, a)))
			if got := fmt.Sprint(raw(t, addr, c.request)); got != c.codes {
				t.Errorf("answered %s, not %s", got, c.codes)
			}
			if got := a.served.Load(); got > c.reach {
				t.Errorf("%d requests reached the app, at most %d should", got, c.reach)
			}
		})
	}
}

func TestExpectContinue(t *testing.T) {
	t.Parallel()
	e := serving(t, Options{}, startApp(t, "r", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/refuse" {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		n, _ := io.Copy(io.Discard, r.Body)
		_, _ = fmt.Fprint(w, n)
	})))
	addr := open(t, e.EnvironmentHandler(envID))
	for path, want := range map[string]int{"/accept": http.StatusContinue, "/refuse": http.StatusForbidden} {
		conn, err := dial(t, addr)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = conn.Close() }()
		_ = conn.SetDeadline(time.Now().Add(20 * time.Second))
		_, _ = fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n", path)
		answers := bufio.NewReader(conn)
		resp, err := http.ReadResponse(answers, nil)
		if err != nil || resp.StatusCode != want {
			t.Fatalf("%s: %v, %v; want %d", path, resp, err, want)
		}
		if want != http.StatusContinue {
			continue
		}
		_, _ = io.WriteString(conn, "body")
		resp, err = http.ReadResponse(answers, nil)
		if err != nil || resp.StatusCode != http.StatusOK {
			t.Fatalf("%s: after the body %v, %v", path, resp, err)
		}
		if got, _ := io.ReadAll(resp.Body); string(got) != "4" {
			t.Errorf("the app read %s bytes, not 4", got)
		}
	}
}
