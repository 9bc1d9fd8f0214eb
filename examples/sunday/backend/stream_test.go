package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
)

func dial(t *testing.T, url string) *websocket.Conn {
	t.Helper()
	conn, _, err := websocket.Dial(t.Context(), url+"/api/ws", nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.CloseNow() })
	return conn
}

func exchange(ctx context.Context, conn *websocket.Conn, text string) (echoed, error) {
	var got echoed
	if err := conn.Write(ctx, websocket.MessageText, []byte(text)); err != nil {
		return got, err
	}
	_, answer, err := conn.Read(ctx)
	if err != nil {
		return got, err
	}
	return got, json.Unmarshal(answer, &got)
}

func TestWebSocketEchoesWithVersion(t *testing.T) {
	t.Parallel()
	url, api, _ := startBackend(t, none)
	conn := dial(t, url)
	for _, text := range []string{"one", `two "quoted" é`, ""} {
		got, err := exchange(t.Context(), conn, text)
		if err != nil || got.Echo != text || got.Version != "1.2.3" {
			t.Errorf("sent %q, got %+v, %v", text, got, err)
		}
	}
	if err := conn.Close(websocket.StatusNormalClosure, ""); err != nil {
		t.Errorf("closing: %v", err)
	}
	api.sockets.Wait()
}

func TestWebSocketsCloseWith1001WhenStopping(t *testing.T) {
	t.Parallel()
	url, api, stop := startBackend(t, none)
	conn := dial(t, url)
	if _, err := exchange(t.Context(), conn, "hello"); err != nil {
		t.Fatal(err)
	}
	stop()
	_, _, err := conn.Read(t.Context())
	if code := websocket.CloseStatus(err); code != websocket.StatusGoingAway {
		t.Errorf("read after the signal to stop = %v, want close status 1001", err)
	}
	api.sockets.Wait()
}

func TestEventsEndAfterCount(t *testing.T) {
	t.Parallel()
	url, _, _ := startBackend(t, none)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url+"/api/events?count=3", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Last-Event-ID", "40")
	began := time.Now()
	_, body, header := send(t, req)
	if header.Get("Content-Type") != "text/event-stream" {
		t.Errorf("Content-Type = %q", header.Get("Content-Type"))
	}
	if took := time.Since(began); took < 3*eventEvery {
		t.Errorf("three events took %s, want one each %s", took, eventEvery)
	}
	blocks := strings.Split(strings.TrimSuffix(body, "\n\n"), "\n\n")
	if len(blocks) != 3 {
		t.Fatalf("got %d events, want 3: %q", len(blocks), body)
	}
	for i, block := range blocks {
		if want := fmt.Sprintf("id: %d\ndata: {\"version\":\"1.2.3\"", 41+i); !strings.HasPrefix(block, want) {
			t.Errorf("event %d = %q, want it to begin with %q", i, block, want)
		}
	}
	for _, bad := range []string{"many", "-1"} {
		if status, _, _ := get(t, url+"/api/events?count="+bad); status != 400 {
			t.Errorf("count=%s = %d, want 400", bad, status)
		}
	}
}

func TestEndlessEventsEndCleanlyWhenStopping(t *testing.T) {
	t.Parallel()
	url, _, stop := startBackend(t, none)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url+"/api/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	stream := bufio.NewReader(resp.Body)
	if line, err := stream.ReadString('\n'); err != nil || line != "id: 1\n" {
		t.Fatalf("first line = %q, %v", line, err)
	}
	stop()
	if _, err := io.Copy(io.Discard, stream); err != nil {
		t.Errorf("the stream ended with %v, want a clean end", err)
	}
}
