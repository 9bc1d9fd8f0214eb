package api_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep/internal/api"
	"github.com/lockstep-dev/lockstep/internal/store"
	"github.com/lockstep-dev/lockstep/internal/suite/postgres"
)

// quiet is a server as it runs, without a log, whose staging has 50 variables.
func quiet(b *testing.B, options store.Options) *world {
	b.Helper()
	w := newWorldIn(b, options, func(o *api.Options) { o.Logger = slog.New(slog.DiscardHandler) })
	w.setUp()
	var body strings.Builder
	for i := range 50 {
		fmt.Fprintf(&body, `,"KEY_%02d": "a value of which ${LOCKSTEP_ENVIRONMENT} is a part, %d"`, i, i)
	}
	w.setVariables("{" + body.String()[1:] + "}")
	w.follow()
	return w
}

func onBoth(b *testing.B, bench func(*testing.B, *world)) {
	b.Helper()
	b.Run("sqlite", func(b *testing.B) { bench(b, quiet(b, store.Options{DataDir: b.TempDir()})) })
	b.Run("postgres", func(b *testing.B) { bench(b, quiet(b, store.Options{DatabaseURL: postgres.Database(b)})) })
}

// ask sends one request over and over on one connection.
func ask(b *testing.B, c *http.Client, req *http.Request, status int) {
	b.Helper()
	for b.Loop() {
		resp, err := c.Do(req)
		if err != nil {
			b.Fatal(err)
		}
		_, err = io.Copy(io.Discard, resp.Body)
		resp.Body.Close()
		if err != nil || resp.StatusCode != status {
			b.Fatal(resp.Status, err)
		}
	}
}

// BenchmarkResolvedConfig reads what one service gets, 50 variables, over
// HTTP: whole, and with an ETag that still holds; beside a handler of net/http
// that does nothing but write the same answer.
func BenchmarkResolvedConfig(b *testing.B) {
	onBoth(b, func(b *testing.B, w *world) {
		b.Helper()
		path := resolvedPath + "?service=backend"
		first := w.get(path).is(200)
		tag := first.header.Get("ETag")
		b.Run("whole", func(b *testing.B) { ask(b, w.client, w.request(http.MethodGet, path, ""), 200) })
		b.Run("etag", func(b *testing.B) {
			ask(b, w.client, w.request(http.MethodGet, path, "", head{"If-None-Match": tag}), 304)
		})
		bare(b, "bare-whole", first.body, tag, "", 200)
		bare(b, "bare-etag", first.body, tag, tag, 304)
	})
}

func bare(b *testing.B, name string, body []byte, tag, known string, status int) {
	b.Helper()
	b.Run(name, func(b *testing.B) {
		ln, err := (&net.ListenConfig{}).Listen(b.Context(), "tcp", "127.0.0.1:0")
		if err != nil {
			b.Fatal(err)
		}
		server := &http.Server{ReadHeaderTimeout: time.Minute, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("ETag", tag)
			if r.Header.Get("If-None-Match") == tag {
				w.WriteHeader(http.StatusNotModified)
				return
			}
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write(body)
		})}
		go func() { _ = server.Serve(ln) }()
		b.Cleanup(func() { _ = server.Close() })
		req, err := http.NewRequestWithContext(b.Context(), http.MethodGet, "http://"+ln.Addr().String()+"/", nil)
		if err != nil {
			b.Fatal(err)
		}
		if known != "" {
			req.Header.Set("If-None-Match", known)
		}
		client := &http.Client{Transport: &http.Transport{}}
		defer client.CloseIdleConnections()
		ask(b, client, req, status)
	})
}

// BenchmarkWatchers has 1,000 requests wait for a change, and measures from the
// moment when it is asked for until each of them has the answer.
func BenchmarkWatchers(b *testing.B) {
	const watchers = 1000
	onBoth(b, func(b *testing.B, w *world) {
		b.Helper()
		w.client.Transport = &http.Transport{MaxIdleConnsPerHost: watchers}
		var took []time.Duration
		for n := 0; b.Loop(); n++ {
			tag := w.get(resolvedPath).is(200).header.Get("ETag")
			begun := make(chan struct{})
			var lock sync.Mutex
			var all sync.WaitGroup
			var began time.Time
			for range watchers {
				req := w.request(http.MethodGet, resolvedPath+"?wait=1m", "", head{"If-None-Match": tag})
				all.Go(func() {
					resp, err := w.client.Do(req)
					if err != nil {
						b.Error(err)
						return
					}
					defer resp.Body.Close()
					<-begun
					if _, err := io.Copy(io.Discard, resp.Body); err != nil || resp.StatusCode != 200 {
						b.Error(resp.Status, err)
					}
					lock.Lock()
					took = append(took, time.Since(began))
					lock.Unlock()
				})
			}
			for w.handler.Waiting() < watchers {
				runtime.Gosched()
			}
			began = time.Now()
			close(begun)
			w.setVariables(fmt.Sprintf(`{"KEY_00": "%d"}`, n))
			all.Wait()
		}
		report(b, took)
	})
}

func report(b *testing.B, took []time.Duration) {
	b.Helper()
	if len(took) == 0 {
		return
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
	b.ReportMetric(float64(took[len(took)-1].Microseconds())/1000, "max-ms")
}

// BenchmarkTenThousandEnvironments is what people do beside it in a project of
// 10,000 environments with 50 variables each. Only SQLite: the machine is to
// be filled in bearable time.
func BenchmarkTenThousandEnvironments(b *testing.B) {
	const n = 10_000
	w := quiet(b, store.Options{DataDir: b.TempDir()})
	env, err := environments(b, w, n)
	if err != nil {
		b.Fatal(err)
	}
	for _, c := range []struct{ name, path string }{
		{"page", "/api/system/environments?limit=50"},
		{"status", "/api/system/environments/" + env + "/status"},
		{"resolved", "/api/system/environments/" + env + "/config/resolved"},
		{"diff", "/api/system/environments/" + env + "/config/diff?from=1&to=latest"},
		{"differences", "/api/system/environments/" + env + "/diff?with=env-00007"},
	} {
		b.Run(c.name, func(b *testing.B) {
			req := w.request(http.MethodGet, c.path, "")
			var took []time.Duration
			for b.Loop() {
				began := time.Now()
				resp, err := w.client.Do(req)
				if err != nil {
					b.Fatal(err)
				}
				_, err = io.Copy(io.Discard, resp.Body)
				resp.Body.Close()
				if err != nil || resp.StatusCode != 200 {
					b.Fatal(resp.Status, err)
				}
				took = append(took, time.Since(began))
			}
			report(b, took)
		})
	}
}

// environments makes n of them, as staging is, and returns one in the middle.
func environments(b *testing.B, w *world, n int) (string, error) {
	b.Helper()
	ctx := context.Background()
	middle := ""
	err := w.store.Update(ctx, func(tx *store.Tx) error {
		p, err := tx.Project("sunday")
		if err != nil {
			return err
		}
		like, err := tx.Environment(p.ID, "staging")
		if err != nil {
			return err
		}
		versions := make([]int64, 2)
		versions[0], versions[1] = 1, 2
		for i := range n {
			env := like
			env.Name = fmt.Sprintf("env-%05d", i)
			env.ID = fmt.Sprintf("00000000-0000-7000-8000-%012d", i)
			if err := tx.PutEnvironment(env); err != nil {
				return err
			}
			for _, number := range versions {
				v, err := tx.ConfigVersion(like.ID, number)
				if err != nil {
					return err
				}
				v.ID, v.EnvironmentID = fmt.Sprintf("%s-%d", env.ID[24:], number), env.ID
				if err := tx.AddConfigVersion(v); err != nil {
					return err
				}
			}
			if i == n/2 {
				middle = env.Name
			}
		}
		return nil
	})
	return middle, err
}
