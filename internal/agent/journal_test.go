package agent

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/agent/wire"
)

func start(key, instance string) wire.Entry {
	return wire.Entry{Effect: effectStart, Environment: "env", Key: key, Instance: instance}
}

func journalLines(t *testing.T, path string) []string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
}

func open1(t *testing.T, dir string) *journal {
	t.Helper()
	j, err := openJournal(dir)
	if err != nil {
		t.Fatal(err)
	}
	return j
}

func TestAStartIsAnnouncedOnce(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "journal.jsonl")
	for range 2 { // the second one after the agent died
		j := open1(t, dir)
		for range 2 {
			if err := j.write(start("op/1", "web-0"), start("op/1", "web-1"), start("op/2", "web-0")); err != nil {
				t.Fatal(err)
			}
		}
		if err := j.close(); err != nil {
			t.Fatal(err)
		}
	}
	if lines := journalLines(t, path); len(lines) != 3 {
		t.Errorf("lines:\n%s", strings.Join(lines, "\n"))
	}
}

func TestALineCutShortIsTakenAway(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "journal.jsonl")
	j := open1(t, dir)
	if err := j.write(start("op/1", "web-0")); err != nil {
		t.Fatal(err)
	}
	if err := j.close(); err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString(`{"at":"2026-01-01T00:00:00Z","effect":"start","environm`); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	j = open1(t, dir)
	defer j.close() //nolint:errcheck // only read from here
	if err := j.write(start("op/2", "web-0")); err != nil {
		t.Fatal(err)
	}
	lines := journalLines(t, path)
	if len(lines) != 2 || !strings.Contains(lines[1], "op/2") {
		t.Errorf("lines:\n%s", strings.Join(lines, "\n"))
	}
}

func TestAJournalIsSetAsideAndStillKnown(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	j := open1(t, dir)
	j.size = 500
	for _, key := range []string{"op/1", "op/2", "op/3", "op/4", "op/5", "op/6"} {
		if err := j.write(start(key, "web-0")); err != nil {
			t.Fatal(err)
		}
	}
	old := journalLines(t, j.path+".1")
	now := journalLines(t, j.path)
	if len(old)+len(now) != 6 || !strings.Contains(now[len(now)-1], "op/6") {
		t.Errorf("aside:\n%s\nnow:\n%s", strings.Join(old, "\n"), strings.Join(now, "\n"))
	}
	if err := j.write(start("op/1", "web-0")); err != nil { // stands in the one aside
		t.Fatal(err)
	}
	if again := journalLines(t, j.path); len(again) != len(now) {
		t.Errorf("announced twice:\n%s", strings.Join(again, "\n"))
	}
	if err := j.close(); err != nil {
		t.Fatal(err)
	}
	if err := j.write(start("op/7", "web-0")); lockstep.CodeOf(err) != lockstep.CodeUnavailable {
		t.Errorf("a write after the end: %v", err)
	}
}
