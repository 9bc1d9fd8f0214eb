package crash

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/lockstep-dev/lockstep/internal/store"
)

// afterwards stops the sandbox and checks what must hold however often
// anything died.
func (f *field) afterwards(ctx context.Context) {
	f.t.Helper()
	f.noLostRequest()
	f.oneStartForEachKey()
	f.oneRunForEachHook()
	if err := f.box.Stop(ctx); err != nil {
		f.t.Fatalf("stop: %v", err)
	}
	f.storeIsSound(ctx)
	f.nothingRuns()
}

// noLostRequest: a request may fail only while the edge was dead, because we
// killed the agent that holds it; and then only without an answer, or with one
// that was cut off. A refusal comes from an edge that lives.
func (f *field) noLostRequest() {
	f.mu.Lock()
	defer f.mu.Unlock()
	lost := 0
	for _, failure := range f.failures {
		excused := false
		for _, w := range f.down {
			excused = excused || (failure.At.After(w.from) && failure.At.Before(w.to))
		}
		excused = excused && failure.Status < http.StatusMultipleChoices
		if !excused {
			if lost++; lost <= 20 {
				f.t.Errorf("lost: %s", failure)
			}
		}
	}
	f.t.Logf("%d requests failed while the edge was dead, %d otherwise", len(f.failures)-lost, lost)
}

// oneStartForEachKey: a step that was run again must find what it did before.
func (f *field) oneStartForEachKey() {
	f.t.Helper()
	entries, err := f.box.Journal()
	if err != nil {
		f.t.Fatal(err)
	}
	starts := map[string]int{}
	for _, e := range entries {
		if e["effect"] == "start" {
			starts[fmt.Sprint(e["key"], " ", e["instance"])]++
		}
	}
	if len(starts) == 0 {
		f.t.Error("the agent's journal has no start")
	}
	for key, n := range starts {
		if n != 1 {
			f.t.Errorf("%d starts of %s", n, key)
		}
	}
}

// oneRunForEachHook: nor does a hook run twice.
func (f *field) oneRunForEachHook() {
	f.t.Helper()
	text, err := os.ReadFile(f.ran())
	if err != nil {
		f.t.Fatal(err)
	}
	runs := map[string]int{}
	for key := range strings.Lines(string(text)) {
		if runs[key]++; runs[key] > 1 {
			f.t.Errorf("run %d of %s", runs[key], key)
		}
	}
	f.t.Logf("%d hooks ran", len(runs))
}

func (f *field) storeIsSound(ctx context.Context) {
	f.t.Helper()
	s, err := store.Open(ctx, store.Options{DataDir: f.box.Dir(), DatabaseURL: f.url})
	if err != nil {
		f.t.Fatal(err)
	}
	if err := s.Check(ctx); err != nil {
		f.t.Errorf("integrity: %v", err)
	}
	if err := s.Close(); err != nil {
		f.t.Error(err)
	}
}

// nothingRuns looks for a process whose working directory lies in the sandbox.
func (f *field) nothingRuns() {
	f.t.Helper()
	for _, pid := range f.inDir() {
		f.t.Errorf("process %s still runs in %s", pid, f.box.Dir())
	}
}

// excuse opens a window in which the edge is dead; the function it returns closes it.
func (f *field) excuse() (closed func()) {
	from := time.Now()
	f.mu.Lock()
	i := len(f.down)
	f.down = append(f.down, window{from: from, to: from.Add(time.Hour)})
	f.mu.Unlock()
	return func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.down[i].to = time.Now()
	}
}
