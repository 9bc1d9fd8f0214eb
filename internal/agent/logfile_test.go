package agent

import (
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep"
)

func newTestLogs(t *testing.T) *logs {
	t.Helper()
	return &logs{dir: t.TempDir(), size: 1000, log: slog.New(slog.DiscardHandler)}
}

func TestTailReadsAcrossACut(t *testing.T) {
	t.Parallel()
	l := newTestLogs(t)
	f, err := l.open("env", "web-0")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close() //nolint:errcheck // what was written is what is tested
	for n := range 300 {
		if _, err := fmt.Fprintf(f, "line %d\n", n); err != nil {
			t.Fatal(err)
		}
		if info, err := f.Stat(); err != nil || info.Size() > l.size {
			if err := l.cut(l.path("env", "web-0"), info.Size()); err != nil {
				t.Fatal(err)
			}
		}
	}
	got, err := l.tail("env", "web-0", 100)
	if err != nil || len(got) != 100 || got[0] != "line 200" || got[99] != "line 299" {
		t.Errorf("%v, %v", got, err)
	}
	if got, err := l.tail("env", "web-0", 0); err != nil || len(got) != 0 {
		t.Errorf("no lines: %v, %v", got, err)
	}
	_, err = l.tail("env", "other-0", 10)
	if lockstep.CodeOf(err) != lockstep.CodeNotFound {
		t.Errorf("of an unknown instance: %v", err)
	}
}

func TestTailShowsWhatIsNoText(t *testing.T) {
	t.Parallel()
	l := newTestLogs(t)
	f, err := l.open("env", "web-0")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close() //nolint:errcheck // what was written is what is tested
	if got, err := l.tail("env", "web-0", 10); err != nil || len(got) != 0 {
		t.Errorf("of an empty log: %q, %v", got, err)
	}
	if _, err := f.WriteString("\xff\xfe\n\n" + strings.Repeat("x", 1<<20)); err != nil {
		t.Fatal(err)
	}
	got, err := l.tail("env", "web-0", 10)
	if err != nil || len(got) != 3 || got[0] != "\uFFFD" || got[1] != "" || len(got[2]) > lockstep.MaxLogLine+3 {
		t.Errorf("%d lines, %v", len(got), err)
	}
}

func TestPruneKeepsTheLivingAndTheNewest(t *testing.T) {
	t.Parallel()
	l := newTestLogs(t)
	began := time.Now().Add(-time.Hour)
	for n := range logsKept + 5 {
		f, err := l.open("env", fmt.Sprintf("web-%03d", n))
		if err != nil {
			t.Fatal(err)
		}
		at := began.Add(time.Duration(n) * time.Second)
		if err := os.Chtimes(f.Name(), at, at); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(f.Name()+".1", nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
	l.prune("env", time.Now(), func(instance string) bool { return instance == "web-000" })
	files, err := filepath.Glob(filepath.Join(l.dir, "env", "*"))
	if err != nil {
		t.Fatal(err)
	}
	if len(files) != 3*(logsKept+1) || !slices.Contains(files, l.path("env", "web-000")) || slices.Contains(files, l.path("env", "web-001")) {
		t.Errorf("%d files: %v", len(files), files)
	}
}
