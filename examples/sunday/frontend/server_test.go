package main

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/lockstep-dev/lockstep/examples/sunday/internal/service"
)

func startFrontend(t *testing.T, backendURL string) string {
	t.Helper()
	id := service.Identity{Service: "frontend", Version: "1.2.3"}
	listener := httptest.NewServer(newHandler(id, backendURL, slog.New(slog.DiscardHandler)))
	t.Cleanup(listener.Close)
	return listener.URL
}

func get(t *testing.T, url string) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(body)
}

func TestPageLoadsNothingItDoesNotHave(t *testing.T) {
	t.Parallel()
	url := startFrontend(t, "")
	resp, page := get(t, url+"/")
	if resp.StatusCode != 200 || !strings.HasPrefix(resp.Header.Get("Content-Type"), "text/html") {
		t.Fatalf("/ = %d %s", resp.StatusCode, resp.Header.Get("Content-Type"))
	}
	if resp.Header.Get(service.ReleaseHeader) != "1.2.3" || resp.Header.Get("Content-Security-Policy") == "" {
		t.Errorf("headers = %v", resp.Header)
	}
	links := regexp.MustCompile(`(?:src|href)="([^"]+)"`).FindAllStringSubmatch(page, -1)
	if len(links) < 3 {
		t.Fatalf("found only %d links in the page", len(links))
	}
	for _, link := range links {
		if strings.HasPrefix(link[1], "/") || strings.Contains(link[1], ":") {
			t.Errorf("%q is not a relative address", link[1])
		}
		if resp, _ := get(t, url+"/"+link[1]); resp.StatusCode != 200 {
			t.Errorf("%s = %d", link[1], resp.StatusCode)
		}
	}
	if resp, _ := get(t, url+"/missing"); resp.StatusCode != 404 {
		t.Errorf("/missing = %d, want 404", resp.StatusCode)
	}
	if resp, body := get(t, url+"/health"); resp.StatusCode != 200 || !strings.Contains(body, `"ok"`) {
		t.Errorf("/health = %d %s", resp.StatusCode, body)
	}
}

// Every element that the script names must be in the page.
func TestScriptAndPageAgree(t *testing.T) {
	t.Parallel()
	url := startFrontend(t, "")
	_, page := get(t, url+"/")
	_, script := get(t, url+"/app.js")
	named := regexp.MustCompile(`\b(?:at|show|chip|state)\("([a-z-]+)"`).FindAllStringSubmatch(script, -1)
	if len(named) < 20 {
		t.Fatalf("found only %d names in the script", len(named))
	}
	for _, name := range named {
		if !strings.Contains(page, `id="`+name[1]+`"`) {
			t.Errorf("the script uses #%s, which the page does not have", name[1])
		}
	}
}

func TestServerCheck(t *testing.T) {
	t.Parallel()
	backend := func(status int, body string) string {
		listener := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path != "/version" {
				t.Errorf("asked for %s", r.URL.Path)
			}
			w.WriteHeader(status)
			_, _ = io.WriteString(w, body)
		}))
		t.Cleanup(listener.Close)
		return listener.URL
	}
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	for name, tc := range map[string]struct {
		url    string
		status int
		same   bool
		says   string
	}{
		"same version":   {backend(200, `{"version":"1.2.3"}`) + "/", 200, true, ""},
		"other version":  {backend(200, `{"version":"1.2.2"}`), 200, false, ""},
		"not set":        {"", 502, false, "BACKEND_URL is not set"},
		"not a URL":      {"http://a b", 502, false, "not a URL"},
		"nobody there":   {gone.URL, 502, false, "did not answer"},
		"failing":        {backend(503, ""), 502, false, "503"},
		"something else": {backend(200, "<html>"), 502, false, "not the JSON expected"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			resp, body := get(t, startFrontend(t, tc.url)+"/server-check")
			var got checked
			if err := json.Unmarshal([]byte(body), &got); err != nil {
				t.Fatalf("%v in %q", err, body)
			}
			if resp.StatusCode != tc.status || got.SameVersion != tc.same || !strings.Contains(got.Error, tc.says) {
				t.Errorf("= %d %s", resp.StatusCode, body)
			}
			if got.Frontend.Version != "1.2.3" || (got.Backend != nil) != (tc.status == 200) {
				t.Errorf("frontend %+v, backend %+v", got.Frontend, got.Backend)
			}
		})
	}
}

// run ends with 0 when its context does, as it does on SIGTERM.
func TestRunStopsWhenTold(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithCancel(t.Context())
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = read.Close() }()
	ended := make(chan int, 1)
	go func() {
		ended <- run(ctx, []string{"--port", "0"}, func(string) string { return "" }, write, io.Discard)
		_ = write.Close()
	}()
	log := json.NewDecoder(read)
	var line struct{ Msg, Address string }
	if err := log.Decode(&line); err != nil || line.Msg != "listening" {
		t.Fatalf("first log line %+v, %v", line, err)
	}
	if resp, _ := get(t, "http://"+line.Address+"/version"); resp.StatusCode != 200 {
		t.Errorf("/version = %d", resp.StatusCode)
	}
	stop()
	for log.More() { // an unread pipe would block the last lines
		if err := log.Decode(&line); err != nil {
			break
		}
	}
	if code := <-ended; code != 0 {
		t.Errorf("exit code %d, want 0", code)
	}
	if code := run(t.Context(), []string{"--colour"}, func(string) string { return "" }, io.Discard, io.Discard); code != 2 {
		t.Errorf("wrong usage: exit code %d, want 2", code)
	}
}
