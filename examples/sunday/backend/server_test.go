package main

import (
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep/examples/sunday/internal/service"
)

// startBackend serves a backend of version 1.2.3; stop plays the signal to stop.
func startBackend(t *testing.T, f fault) (url string, api *server, stop func()) {
	t.Helper()
	stopping := make(chan struct{})
	getenv := func(name string) string {
		return map[string]string{"SUNDAY_VERSION": "1.2.3", "LOCKSTEP_ENVIRONMENT": "staging", "LOG_LEVEL": "warn"}[name]
	}
	api = newServer(service.Identify("backend", "", getenv), f, getenv, stopping)
	listener := httptest.NewServer(api.handler(slog.New(slog.DiscardHandler)))
	t.Cleanup(listener.Close)
	return listener.URL, api, func() { close(stopping) }
}

func get(t *testing.T, url string) (status int, body string, header http.Header) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	return send(t, req)
}

func send(t *testing.T, req *http.Request) (status int, body string, header http.Header) {
	t.Helper()
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	read, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatalf("%s %s: body cut short: %v", req.Method, req.URL, err)
	}
	return resp.StatusCode, string(read), resp.Header
}

func TestFaults(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		fault          fault
		health, orders int
	}{
		{none, 200, 200},
		{neverHealthy, 503, 200},
		{brokenAPI, 200, 500},
		{crashes, 200, 200},
		{slowStart, 200, 200},
	} {
		t.Run(string(tc.fault), func(t *testing.T) {
			t.Parallel()
			url, _, _ := startBackend(t, tc.fault)
			if got, _, _ := get(t, url+"/health"); got != tc.health {
				t.Errorf("/health = %d, want %d", got, tc.health)
			}
			if got, _, _ := get(t, url+"/api/orders"); got != tc.orders {
				t.Errorf("/api/orders = %d, want %d", got, tc.orders)
			}
			if got, _, _ := get(t, url+"/api/version"); got != 200 {
				t.Errorf("/api/version = %d, want 200", got)
			}
		})
	}
	if _, err := parseFault("sleepy"); err == nil || !strings.Contains(err.Error(), "never-healthy") {
		t.Errorf("parseFault of an unknown fault = %v, want the known ones listed", err)
	}
}

func TestVersionIsTheSameUnderBothPaths(t *testing.T) {
	t.Parallel()
	url, _, _ := startBackend(t, none)
	for _, path := range []string{"/version", "/api/version"} {
		_, body, header := get(t, url+path)
		var got service.Identity
		if err := json.Unmarshal([]byte(body), &got); err != nil {
			t.Fatalf("%s: %v in %q", path, err, body)
		}
		if got.Version != "1.2.3" || got.Environment != "staging" || got.PID == 0 {
			t.Errorf("%s = %+v", path, got)
		}
		if header.Get("X-Sunday-Release") != "1.2.3" {
			t.Errorf("%s: X-Sunday-Release = %q", path, header.Get("X-Sunday-Release"))
		}
	}
}

func TestSlow(t *testing.T) {
	t.Parallel()
	url, _, stop := startBackend(t, none)
	stop() // a slow answer waits out the signal to stop
	began := time.Now()
	status, body, _ := get(t, url+"/api/slow?ms=120")
	if took := time.Since(began); status != 200 || took < 120*time.Millisecond {
		t.Errorf("/api/slow?ms=120 = %d %s after %s", status, body, took)
	}
	for _, bad := range []string{"soon", "-1", "1.5"} {
		if status, body, _ := get(t, url+"/api/slow?ms="+bad); status != 400 || !strings.Contains(body, `"field":"ms"`) {
			t.Errorf("ms=%s = %d %s, want a 400 that names ms", bad, status, body)
		}
	}
}

func TestSettingsTellNamesOfURLsOnly(t *testing.T) {
	t.Parallel()
	url, _, _ := startBackend(t, none)
	if status, body, _ := get(t, url+"/api/settings"); status != 200 || !strings.Contains(body, `"LOG_LEVEL":"warn"`) {
		t.Errorf("/api/settings = %d %s", status, body)
	}
	got := urlNames([]string{"PATH=/bin", "REDIS_URL=redis://r", "EMPTY_URL=", "DATABASE_URL=postgres://u:secret@h/db", "URL=x"})
	if !slices.Equal(got, []string{"DATABASE_URL", "REDIS_URL"}) {
		t.Errorf("urlNames = %q", got)
	}
}
