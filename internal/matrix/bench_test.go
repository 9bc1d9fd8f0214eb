package matrix_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/lockstep-dev/lockstep/internal/matrix"
)

// manyEnvironments is a matrix of two services and n environments.
func manyEnvironments(n int) string {
	var b strings.Builder
	b.WriteString("project: sunday\nservices:\n")
	for _, s := range []string{"backend", "page"} {
		fmt.Fprintf(&b, "  %s:\n    command: [./%s]\n    routes: [/%s]\n    env:\n", s, s, s)
		for i := range 25 {
			fmt.Fprintf(&b, "      V%d: value %d\n", i, i)
		}
	}
	b.WriteString("environments:\n")
	for i := range n {
		fmt.Fprintf(&b, "  pr-%d:\n    type: preview\n    services: {backend: {env: {PR: %d}}}\n", i, i)
	}
	return b.String()
}

// The time per environment stays the same from 100 to 10,000.
func BenchmarkParse(b *testing.B) {
	for _, n := range []int{100, 1_000, 10_000} {
		src := []byte(manyEnvironments(n))
		b.Run(fmt.Sprintf("environments=%d", n), func(b *testing.B) {
			b.SetBytes(int64(len(src)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := matrix.Parse(src, "m.yaml"); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/environment")
		})
	}
}

func BenchmarkDiff(b *testing.B) {
	for _, n := range []int{100, 1_000, 10_000} {
		old := parse(b, manyEnvironments(n))
		wanted := parse(b, strings.Replace(manyEnvironments(n), "value 7", "another", 1))
		b.Run(fmt.Sprintf("environments=%d", n), func(b *testing.B) {
			for b.Loop() {
				if matrix.Diff(old, wanted).Count(matrix.Modify) != n {
					b.Fatal("not every environment changed")
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/environment")
		})
	}
}

func TestManyEnvironments(t *testing.T) {
	t.Parallel()
	const n = 10_000
	d := parse(t, manyEnvironments(n))
	if len(d.Environments) != n {
		t.Fatalf("%d environments", len(d.Environments))
	}
	last := d.Environments[n-1]
	if got := last.Config.Services["backend"].Env; len(got) != 1 || got["PR"] != fmt.Sprint(n-1) {
		t.Errorf("%s has %v", last.Name, got)
	}
	if len(d.Environments[5].Config.Services["page"].Defaults) != 25 {
		t.Error("the project's variables are missing")
	}
	_, err := matrix.Parse([]byte(manyEnvironments(n+1)), "m.yaml")
	if err == nil || !strings.Contains(err.Error(), "10001 environments are more than 10000") {
		t.Errorf("one too many: %v", err)
	}
}
