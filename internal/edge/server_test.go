package edge

import (
	"io"
	"net"
	"net/http"
	"testing"
	"time"
)

// Who sends a header byte by byte is dropped; a slow answer is not cut off.
func TestServerLimits(t *testing.T) {
	t.Parallel()
	server := NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		<-time.After(200 * time.Millisecond)
		_, _ = io.WriteString(w, "slow")
	}))
	if server.ReadHeaderTimeout <= 0 || server.ReadHeaderTimeout > 30*time.Second || server.IdleTimeout <= time.Minute {
		t.Errorf("a header may take %s, a connection may idle %s", server.ReadHeaderTimeout, server.IdleTimeout)
	}
	server.ReadHeaderTimeout = 50 * time.Millisecond
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	go func() { _ = server.Serve(listener) }()

	conn, err := dial(t, listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	_ = conn.SetDeadline(time.Now().Add(time.Minute))
	_, _ = io.WriteString(conn, "GET / HTTP/1.1\r\nHost: x\r\n")
	if answer, err := io.ReadAll(conn); err != nil || len(answer) > 0 {
		t.Errorf("half a header is answered %q, %v", answer, err)
	}

	req, _ := http.NewRequestWithContext(within(t), http.MethodGet, "http://"+listener.Addr().String(), nil)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	if body, err := io.ReadAll(resp.Body); err != nil || string(body) != "slow" {
		t.Errorf("a slow answer came as %q, %v", body, err)
	}
}
