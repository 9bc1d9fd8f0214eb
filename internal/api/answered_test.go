package api_test

import (
	"context"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep/internal/api"
)

func TestAnAnswerIsToldByItsRoute(t *testing.T) {
	t.Parallel()
	told := make(chan string, 10)
	w := newWorld(t, func(o *api.Options) {
		o.Answered = func(method, route string, status int, took time.Duration) {
			told <- fmt.Sprint(method, " ", route, " ", status, " ", took > 0)
		}
	})
	next := func(want string) {
		t.Helper()
		if got := <-told; got != want {
			t.Errorf("told %q, want %q", got, want)
		}
	}
	w.do(http.MethodPut, "/api/system/matrix", matrixText, head{"If-Match": "*"}).is(200)
	next("PUT /api/system/matrix 200 true")
	w.get("/api/system/environments/guessed").is(404)
	next("GET /api/system/environments/{id} 404 true")
	w.get("/api/system/guessed").is(404)
	next("  404 true")
	w.do(http.MethodGet, "/api/system/environments", "", head{"Authorization": ""}).is(401)
	next("  401 true")
	w.do(http.MethodHead, "/api/system/releases/1", "").is(404)
	next("GET /api/system/releases/{version} 404 true")

	// A stream ends when its reader has enough: its time says nothing.
	ctx, cancel := context.WithCancel(t.Context())
	resp, err := w.client.Do(w.request(http.MethodGet, "/api/system/events", "").WithContext(ctx))
	if err != nil {
		t.Fatal(err)
	}
	if n := w.handler.Streams(); n != 1 {
		t.Errorf("%d streams are open", n)
	}
	cancel()
	_ = resp.Body.Close()
	next("GET /api/system/events 200 false")
}
