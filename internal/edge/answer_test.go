package edge

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestAnswersOfAllShapes(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 100_000)
	for name, c := range map[string]struct {
		answer string
		code   int
		body   string
		broken bool
	}{
		"length":               {fine, 200, "fine", false},
		"until close":          {"HTTP/1.1 200 OK\r\n\r\nfine", 200, "fine", false},
		"http 1.0":             {"HTTP/1.0 200 OK\r\n\r\nfine", 200, "fine", false},
		"chunks":               {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nfine\r\n0\r\n\r\n", 200, "fine", false},
		"no content":           {"HTTP/1.1 204 No Content\r\n\r\n", 204, "", false},
		"not modified":         {"HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n", 304, "", false},
		"100 before":           {"HTTP/1.1 100 Continue\r\n\r\n" + fine, 200, "fine", false},
		"long":                 {"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" + long, 200, long, false},
		"nothing":              {"", 502, "", true},
		"half a header":        {"HTTP/1.1 200 OK\r\nContent-", 502, "", true},
		"not HTTP":             {"SSH-2.0-OpenSSH\r\n", 502, "", true},
		"endless header":       {"HTTP/1.1 200 OK\r\nX: " + strings.Repeat(long, 11) + fine[len("HTTP/1.1 200 OK"):], 502, "", true},
		"two lengths":          {"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\nfine", 502, "", true},
		"unwanted switch":      {"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n", 502, "", true},
		"server error":         {"HTTP/1.1 500 Oh\r\nContent-Length: 2\r\n\r\noh", 500, "oh", true},
		"odd status above 599": {"HTTP/1.1 999 Odd\r\nContent-Length: 2\r\n\r\noh", 999, "oh", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := serving(t, Options{}, socket(t, func(_ int, conn net.Conn, in *bufio.Reader) {
				if _, ok := take(in); ok {
					_, _ = io.WriteString(conn, c.answer)
				}
			}))
			server := httptest.NewServer(e.EnvironmentHandler(envID))
			t.Cleanup(server.Close)
			resp, err := fetch(t, server)
			if err != nil {
				t.Fatal(err)
			}
			body, err := io.ReadAll(resp.Body)
			_ = resp.Body.Close()
			if resp.StatusCode != c.code || err != nil {
				t.Errorf("answered %d, %v", resp.StatusCode, err)
			}
			if c.body != "" && string(body) != c.body {
				t.Errorf("the body is %d bytes: %.40q", len(body), body)
			}
			eventually(t, "the end is counted", func() bool { return e.Stats(envID)["r"].InFlight == 0 })
			if s := e.Stats(envID)["r"]; s.Requests != 1 || (s.Errors > 0) != c.broken {
				t.Errorf("counted %+v", s)
			}
		})
	}
}

// An answer that breaks off must not look whole to the client.
func TestBrokenAnswerBreaksForTheClientToo(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]string{
		"length": "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nfine",
		"chunks": "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nfine\r\n",
	} {
		e := serving(t, Options{}, socket(t, func(_ int, conn net.Conn, in *bufio.Reader) {
			if _, ok := take(in); ok {
				_, _ = io.WriteString(conn, answer)
			}
		}))
		server := httptest.NewServer(e.EnvironmentHandler(envID))
		t.Cleanup(server.Close)
		resp, err := fetch(t, server)
		if err == nil {
			_, err = io.ReadAll(resp.Body)
			_ = resp.Body.Close()
		}
		if err == nil {
			t.Errorf("%s: half an answer looks whole", name)
		}
		eventually(t, "the broken answer is counted", func() bool {
			s := e.Stats(envID)["r"]
			return s.Requests == 1 && s.Errors == 1 && s.InFlight == 0
		})
	}
}

// A client that goes away is nobody's failure, and frees the instance.
func TestClientGoesAway(t *testing.T) {
	t.Parallel()
	arrived := make(chan struct{}, 4)
	a := startApp(t, "r", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/begun" {
			_, _ = io.WriteString(w, "begun")
			_ = http.NewResponseController(w).Flush()
		}
		arrived <- struct{}{}
		_, _ = io.Copy(io.Discard, r.Body)
		<-r.Context().Done()
	}))
	e := serving(t, Options{}, a)
	addr := open(t, e.EnvironmentHandler(envID))
	for _, start := range []string{
		"GET /waiting HTTP/1.1\r\nHost: x\r\n\r\n",
		"GET /begun HTTP/1.1\r\nHost: x\r\n\r\n",
		"POST /upload HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\nfirst",
		"POST /small HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nfirst",
	} {
		conn, err := dial(t, addr)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.WriteString(conn, start)
		if !strings.Contains(start, "/small") { // its header goes out with its body
			<-arrived
		}
		eventually(t, "it is in flight", func() bool { return e.Stats(envID)["r"].InFlight == 1 })
		_ = conn.Close()
		if left := e.DrainGroups(within(t), envID, []string{groupOf("r")}); left != 0 {
			t.Fatalf("%q is still in flight after its client left", start)
		}
	}
	if s := e.Stats(envID)["r"]; s.Errors != 0 || s.Failed != 0 {
		t.Errorf("counted %+v", s)
	}
	eventually(t, "the app's connections are closed", func() bool { return a.open.Load() == 0 })
}

// An app may answer before it has read the request's body, and hang up. The
// client, which still sends, gets the answer and not a reset connection; many
// tries, because it is a matter of moments who is first.
func TestEarlyAnswer(t *testing.T) {
	t.Parallel()
	e := serving(t, Options{}, socket(t, func(_ int, conn net.Conn, in *bufio.Reader) {
		if _, err := http.ReadRequest(in); err == nil {
			_, _ = io.WriteString(conn, "HTTP/1.1 413 Too Large\r\nConnection: close\r\nContent-Length: 3\r\n\r\nbig")
			_, _ = io.CopyN(io.Discard, in, 64<<10)
		}
	}))
	addr := open(t, e.EnvironmentHandler(envID))
	for range 100 {
		body, send := io.Pipe()
		req, _ := http.NewRequestWithContext(within(t), http.MethodPost, "http://"+addr, body)
		go func() {
			chunk := bytes.Repeat([]byte("x"), 16<<10)
			for {
				if _, err := send.Write(chunk); err != nil {
					return
				}
			}
		}()
		resp, err := (&http.Transport{}).RoundTrip(req)
		_ = body.Close() // ends the sending
		if err != nil {
			t.Fatal(err)
		}
		if resp.StatusCode != http.StatusRequestEntityTooLarge {
			t.Errorf("answered %d", resp.StatusCode)
		}
		_ = resp.Body.Close()
	}
	if s := e.Stats(envID)["r"]; s.Errors != 0 {
		t.Errorf("counted %+v", s)
	}
}

// The answer must come through even if the client sends no more meanwhile.
func TestEarlyAnswerToAClientThatWaits(t *testing.T) {
	t.Parallel()
	e := serving(t, Options{}, socket(t, func(_ int, conn net.Conn, in *bufio.Reader) {
		for {
			r, err := http.ReadRequest(in)
			if err != nil {
				return
			}
			_, _ = io.WriteString(conn, "HTTP/1.1 401 Who\r\nContent-Length: 3\r\n\r\nwho")
			_, _ = io.Copy(io.Discard, r.Body)
		}
	}))
	addr := open(t, e.EnvironmentHandler(envID))
	for range 20 {
		for _, rest := range []string{
			"Content-Length: 100000\r\n\r\nhello",
			"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
		} {
			conn, err := dial(t, addr)
			if err != nil {
				t.Fatal(err)
			}
			_ = conn.SetDeadline(time.Now().Add(time.Minute))
			_, _ = io.WriteString(conn, "POST / HTTP/1.1\r\nHost: x\r\n"+rest)
			resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
			if err != nil || resp.StatusCode != http.StatusUnauthorized {
				t.Fatalf("after %q: %v, %v", rest, resp, err)
			}
			if body, err := io.ReadAll(resp.Body); err != nil || string(body) != "who" {
				t.Errorf("the answer's body is %q, %v", body, err)
			}
			_, _ = io.WriteString(conn, "more") // or less: the server must live with either
			_ = conn.Close()
		}
	}
	if left := e.DrainAll(within(t)); left != 0 {
		t.Errorf("%d in flight", left)
	}
	if s := e.Stats(envID)["r"]; s.Requests != 40 || s.Errors != 0 {
		t.Errorf("counted %+v", s)
	}
}
