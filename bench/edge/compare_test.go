package main

import (
	"context"
	"log"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep/internal/suite"
)

func TestMain(m *testing.M) {
	if role := os.Getenv(roleVariable); role != "" {
		if err := play(context.Background(), role); err != nil {
			log.Fatal(err)
		}
		return
	}
	os.Exit(m.Run())
}

// BenchmarkRouters runs the comparison once and reports the edge's figures.
func BenchmarkRouters(b *testing.B) {
	suite.Need(b, suite.Nginx)
	var results []result
	for b.Loop() {
		var err error
		if results, err = (plan{rounds: 3, duration: time.Second, connections: 32}).run(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(0, "ns/op")
	for _, r := range results {
		if r.router == roleEdge {
			unit := strings.NewReplacer(" ", "-", ",", "").Replace(r.scenario)
			b.ReportMetric(r.throughput, unit+":throughput/nginx")
			b.ReportMetric(r.p99Ratio, unit+":p99/nginx")
		}
	}
	var table strings.Builder
	printTable(&table, results)
	b.Log("\n" + table.String())
}

// The comparison itself works, and counts no failed answer as a fast one.
func TestCompare(t *testing.T) {
	t.Parallel()
	suite.Need(t, suite.Nginx)
	results, err := plan{rounds: 1, duration: 100 * time.Millisecond, connections: 4}.run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if want := 3 * len(scenarios); len(results) < want {
		t.Fatalf("%d results, not %d", len(results), want)
	}
	for _, r := range results {
		if r.perSecond <= 0 || r.p99 < r.p50 || r.throughput <= 0 || r.router == "nginx" && r.throughput != 1 {
			t.Errorf("%+v", r)
		}
	}
}

func TestDriveReportsFailures(t *testing.T) {
	t.Parallel()
	backend, err := startRole(t.Context(), roleBackend, "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(backend.stop)
	if _, err := drive(t.Context(), backend.addr, scenario{name: "too long", size: 65 << 10}, 2, time.Second); err == nil {
		t.Error("a short answer counts as a good one")
	}
}
