package lockstep_test

import (
	"testing"

	"github.com/lockstep-dev/lockstep"
)

func TestResourcesInNumbers(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		cpu, memory  string
		milli, bytes int64
	}{
		{"", "", 0, 0},
		{"500m", "256Mi", 500, 256 << 20},
		{"2", "1G", 2000, 1e9},
		{"0.25", "1.5Gi", 250, 3 << 29},
		{"0.0001", "1048576", 1, 1 << 20}, // never rounded to no limit
		{"1m", "64Ti", 1, 64 << 40},
		{"256", "2k", 256000, 2000},
		{"1.5", "3T", 1500, 3e12},
	} {
		r := lockstep.Resources{CPU: c.cpu, Memory: c.memory}
		milli, err := r.MilliCPU()
		if err != nil || milli != c.milli {
			t.Errorf("cpu %q: %d, %v, want %d", c.cpu, milli, err, c.milli)
		}
		bytes, err := r.MemoryBytes()
		if err != nil || bytes != c.bytes {
			t.Errorf("memory %q: %d, %v, want %d", c.memory, bytes, err, c.bytes)
		}
	}
	for _, s := range []string{"m", "Mi", "-1", "0", "1x", "NaN", "Inf", "1e300", "1 Mi", "Mi1"} {
		r := lockstep.Resources{CPU: s, Memory: s}
		if n, err := r.MilliCPU(); err == nil {
			t.Errorf("cpu %q is %d", s, n)
		}
		if n, err := r.MemoryBytes(); err == nil {
			t.Errorf("memory %q is %d", s, n)
		}
	}
}
