package web

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/lockstep-dev/lockstep/internal/suite/binaries"
)

func TestMain(m *testing.M) { binaries.Main(m) }

// TestJourneys has a browser go through the dashboard of a real server, as people do: e2e/NAME.journey.ts is
// TestJourneys/NAME. All that were chosen by -run go at once, to one server, with one browser.
func TestJourneys(t *testing.T) {
	t.Parallel()
	b := needBrowser(t)
	files, err := filepath.Glob("e2e/*.journey.ts")
	if err != nil || len(files) == 0 {
		t.Fatalf("no journeys in e2e: %v", err)
	}
	var chosen []string // complete when the first of them goes on behind t.Parallel
	whole := t
	reports := sync.OnceValue(func() map[string][]journey {
		w := newWorld(whole)
		return b.run(whole, w.describe(whole), chosen)
	})
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".journey.ts"), func(t *testing.T) {
			chosen = append(chosen, file)
			t.Parallel()
			told := reports()[filepath.Base(file)]
			if len(told) == 0 {
				t.Fatal("nothing was reported of it: see the output above")
			}
			for _, j := range told {
				t.Run(j.Title, j.tell)
			}
		})
	}
}

// TestEveryJourneyIsRun keeps a file from lying in e2e under a name that nobody runs.
func TestEveryJourneyIsRun(t *testing.T) {
	t.Parallel()
	entries, err := os.ReadDir("e2e")
	if err != nil {
		t.Fatal(err)
	}
	parts := []string{"accessible.ts", "browser.ts", "fixture.ts", "places.ts", "world.ts", "say.ts", "measure.ts"}
	for _, e := range entries {
		name := e.Name()
		if strings.HasSuffix(name, ".ts") && !strings.HasSuffix(name, ".journey.ts") && !strings.HasSuffix(name, ".demo.ts") && !strings.HasSuffix(name, ".bench.ts") &&
			!strings.HasSuffix(name, ".pictures.ts") && !slices.Contains(parts, name) {
			t.Errorf("e2e/%s is neither a journey nor a known part of them", name)
		}
	}
}
