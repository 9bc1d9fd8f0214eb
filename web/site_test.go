package web

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
)

var built = fstest.MapFS{
	"index.html":            {Data: []byte("<!doctype html>the page")},
	"index.html.gz":         {Data: []byte("page, gzip")},
	"scheme.js":             {Data: []byte("scheme")},
	"assets/app-1a2b.js":    {Data: []byte("program")},
	"assets/app-1a2b.js.br": {Data: []byte("program, brotli")},
	"assets/app-1a2b.js.gz": {Data: []byte("program, gzip")},
}

func get(t *testing.T, h http.Handler, target string, header ...string) *http.Response {
	t.Helper()
	return send(t, h, http.MethodGet, target, header...)
}

func send(t *testing.T, h http.Handler, method, target string, header ...string) *http.Response {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, target, nil)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func content(t *testing.T, r *http.Response) string {
	t.Helper()
	var b bytes.Buffer
	if _, err := b.ReadFrom(r.Body); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestWhatIsServed(t *testing.T) {
	t.Parallel()
	h := newSite(built)
	for name, test := range map[string]struct {
		target, accept string
		status         int
		body           string
		encoding       string
		cache          string
		contentType    string
	}{
		"the page":                   {"/", "", 200, "<!doctype html>the page", "", "no-cache", "text/html; charset=utf-8"},
		"the page, packed":           {"/", "gzip, deflate, br", 200, "page, gzip", "gzip", "no-cache", "text/html; charset=utf-8"},
		"a deep link":                {"/environments/production?tab=logs", "", 200, "<!doctype html>the page", "", "no-cache", "text/html; charset=utf-8"},
		"a version is no file":       {"/releases/2.1.0", "", 200, "<!doctype html>the page", "", "no-cache", "text/html; charset=utf-8"},
		"a script":                   {"/assets/app-1a2b.js", "", 200, "program", "", keep, "text/javascript; charset=utf-8"},
		"the best encoding":          {"/assets/app-1a2b.js", "gzip, br", 200, "program, brotli", "br", keep, "text/javascript; charset=utf-8"},
		"not one that is refused":    {"/assets/app-1a2b.js", "br;q=0, gzip;q=0.5", 200, "program, gzip", "gzip", keep, "text/javascript; charset=utf-8"},
		"a script with a fixed name": {"/scheme.js", "br", 200, "scheme", "", "no-cache", "text/javascript; charset=utf-8"},
		"a script of another build":  {"/assets/app-0000.js", "", 404, "404 page not found\n", "", "", "text/plain; charset=utf-8"},
		"the API":                    {"/api/system/nothing", "", 404, "404 page not found\n", "", "", "text/plain; charset=utf-8"},
		"the API by another way":     {"/environments/../api/x", "", 404, "404 page not found\n", "", "", "text/plain; charset=utf-8"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := get(t, h, test.target, "Accept-Encoding", test.accept)
			body := content(t, r)
			if r.StatusCode != test.status || body != test.body {
				t.Errorf("got %d %q, want %d %q", r.StatusCode, body, test.status, test.body)
			}
			for header, want := range map[string]string{
				"Content-Encoding": test.encoding, "Cache-Control": test.cache, "Content-Type": test.contentType,
			} {
				if got := r.Header.Get(header); got != want {
					t.Errorf("%s: got %q, want %q", header, got, want)
				}
			}
		})
	}
}

func TestEveryAnswerIsGuarded(t *testing.T) {
	t.Parallel()
	for _, target := range []string{"/", "/assets/app-1a2b.js", "/assets/none.js", "/api/x"} {
		r := get(t, newSite(built), target)
		csp := r.Header.Get("Content-Security-Policy")
		if !strings.HasPrefix(csp, "default-src 'none'; script-src 'self'; ") || !strings.HasSuffix(csp, "frame-ancestors 'none'") {
			t.Errorf("%s: policy %q", target, csp)
		}
		if r.Header.Get("X-Content-Type-Options") != "nosniff" || r.Header.Get("Referrer-Policy") != "no-referrer" {
			t.Errorf("%s: headers %v", target, r.Header)
		}
	}
}

func TestWhatABrowserHasIsNotSentAgain(t *testing.T) {
	t.Parallel()
	h := newSite(built)
	plain := get(t, h, "/").Header.Get("ETag")
	packed := get(t, h, "/", "Accept-Encoding", "gzip").Header.Get("ETag")
	again := get(t, h, "/deep", "If-None-Match", plain)
	other := get(t, h, "/", "Accept-Encoding", "gzip", "If-None-Match", plain)
	if plain == "" || strings.HasPrefix(plain, "W/") || plain == packed {
		t.Errorf("ETags %s and %s: want two strong ones", plain, packed)
	}
	if again.StatusCode != http.StatusNotModified {
		t.Errorf("got %d for what is known", again.StatusCode)
	}
	if other.StatusCode != http.StatusOK {
		t.Errorf("got %d for another encoding of what is known", other.StatusCode)
	}
}

func TestItIsOnlyRead(t *testing.T) {
	t.Parallel()
	r := send(t, newSite(built), http.MethodPost, "/")
	if r.StatusCode != http.StatusMethodNotAllowed || r.Header.Get("Allow") != "GET, HEAD" {
		t.Errorf("got %d, Allow %q", r.StatusCode, r.Header.Get("Allow"))
	}
}

func TestABinaryWithoutADashboardSaysHowToGetOne(t *testing.T) {
	t.Parallel()
	for name, h := range map[string]http.Handler{"no folder": newSite(nil), "a folder without a page": newSite(fstest.MapFS{})} {
		r := get(t, h, "/environments/production")
		if body := content(t, r); r.StatusCode != http.StatusOK || !strings.Contains(body, "make build") {
			t.Errorf("%s: got %d %q", name, r.StatusCode, body)
		}
	}
}
