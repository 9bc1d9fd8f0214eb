package edge

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/lockstep-dev/lockstep"
)

// benchRouting has two revisions of three services.
func benchRouting(weight int) lockstep.Routing {
	r := lockstep.Routing{
		Project: project, Environment: envName, Domains: []string{"app.example.com"}, Live: true,
		Splits: []lockstep.Split{{Revision: "old", Weight: 100 - weight}, {Revision: "new", Weight: weight}},
	}
	for _, id := range []string{"old", "new"} {
		routes := lockstep.RevisionRoutes{Revision: id, Hash: "hash-" + id, Release: "release-" + id}
		for _, service := range []string{"frontend", "backend", "reports"} {
			routes.Services = append(routes.Services, lockstep.ServiceRoute{
				Service: service, Group: service + "-" + id, Prefixes: []string{"/" + service, "/static/" + service},
			})
		}
		r.Revisions = append(r.Revisions, routes)
	}
	return r
}

// crowded has a hundred environments beside the one under test.
func crowded() *Edge {
	e := New(Options{})
	for i := range 100 {
		r := benchRouting(50)
		r.Environment, r.Domains, r.Live = fmt.Sprintf("env-%d", i), []string{fmt.Sprintf("app%d.example.com", i)}, false
		e.SetRouting(r.Environment, r)
	}
	e.SetRouting(envID, benchRouting(0))
	for _, id := range []string{"old", "new"} {
		for _, service := range []string{"frontend", "backend", "reports"} {
			e.SetPool(envID, service+"-"+id, []Backend{{service + id + "0", "127.0.0.1:1"}, {service + id + "1", "127.0.0.1:2"}})
		}
	}
	return e
}

// A shift of weights, as a canary makes them.
func BenchmarkSetRouting(b *testing.B) {
	e := crowded()
	b.ReportAllocs()
	weight := 0
	for b.Loop() {
		weight = (weight + 5) % 100
		e.SetRouting(envID, benchRouting(weight))
	}
}

// A switch of the live name between two environments.
func BenchmarkSetRoutingLive(b *testing.B) {
	e := crowded()
	b.ReportAllocs()
	live := false
	for b.Loop() {
		live = !live
		r := benchRouting(0)
		r.Live = live
		e.SetRouting(envID, r)
	}
}

// An instance leaves, or comes back.
func BenchmarkSetPool(b *testing.B) {
	e := crowded()
	both := []Backend{{"i0", "127.0.0.1:1"}, {"i1", "127.0.0.1:2"}}
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		n++
		e.SetPool(envID, "backend-new", both[:1+n%2])
	}
}

// BenchmarkSeat is all that routing costs a request: host, view, weight,
// path, instance, and the counts.
func BenchmarkSeat(b *testing.B) {
	e := crowded()
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		ctx := b.Context()
		for pb.Next() {
			host, _ := hostName(envHost + ":7480")
			x := &exchange{edge: e, env: e.table.Load().hosts[host], aim: aim{path: "/backend/orders"}}
			if x.admit(ctx) != seated {
				b.Fatal("no seat")
			}
			x.end()
		}
	})
}

// BenchmarkRequest is a request through the edge to an app, without a network
// before it.
func BenchmarkRequest(b *testing.B) {
	a := startApp(b, "r", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write(make([]byte, 1024))
	}))
	e := serving(b, Options{}, a)
	handler := e.Handler()
	b.ReportAllocs()
	for b.Loop() {
		r := newRequest(http.MethodGet, "http://"+envHost+"/api/orders?x=1", nil)
		if w := request(handler, r); w.Code != 200 {
			b.Fatalf("answered %d", w.Code)
		}
	}
}
