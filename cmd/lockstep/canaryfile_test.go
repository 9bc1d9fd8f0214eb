package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// isDelivered reads the file that a process got for FILE, of which the
// environment has the path alone.
func (w *canaries) isDelivered(environ []byte, process string) {
	w.Helper()
	for kv := range bytes.SplitSeq(environ, []byte{0}) {
		path, found := bytes.CutPrefix(kv, []byte("FILE="))
		if !found {
			continue
		}
		text, err := os.ReadFile(string(path))
		if err != nil || string(text) != w.values["FILE"] {
			w.Errorf("FILE of %s is %s (%v), not what was set", process, path, err)
		}
		if info, err := os.Stat(string(path)); err != nil || info.Mode().Perm() != 0o600 {
			w.Errorf("%s: %v, %v; want one that only its user reads", path, info.Mode(), err)
		}
		return
	}
	w.Errorf("%s has no FILE", process)
}

// place is where the agent says that such files are. On a machine without
// memory for them it is the one exception among the agent's files.
func (w *canaries) place() string {
	w.Helper()
	var info struct{ Agent struct{ Files string } }
	if err := json.Unmarshal([]byte(w.run("info", "-o", "json")), &info); err != nil {
		w.Fatal(err)
	}
	said, dir, _ := strings.Cut(info.Agent.Files, ", below ")
	dir, _, _ = strings.Cut(dir, ", because ")
	switch {
	case said == "on disk":
		rel, err := filepath.Rel(w.dir, dir)
		if err != nil {
			w.Fatal(err)
		}
		w.except(rel)
	case said != "in memory" || strings.HasPrefix(dir, w.dir):
		w.Fatalf("the agent says %q", info.Agent.Files)
	}
	return dir
}

// delivered are the files with values.
func (w *canaries) delivered() []string {
	w.Helper()
	files, err := filepath.Glob(filepath.Join(w.place(), "*", "*", "*"))
	if err != nil {
		w.Fatal(err)
	}
	return files
}

// nothingIsDelivered says that nothing is left of them, here or in memory.
func (w *canaries) nothingIsDelivered() {
	w.Helper()
	if files := w.delivered(); len(files) > 0 {
		w.Errorf("there is still %v", files)
	}
	for _, dir := range []string{"/dev/shm", "/run"} {
		found, _ := filepath.Glob(filepath.Join(dir, "lockstep-*", "*", "*", "FILE")) // a good pattern
		for _, path := range found {
			if stat, err := os.Stat(path); err != nil || stat.Sys().(*syscall.Stat_t).Uid != uint32(os.Geteuid()) {
				continue
			}
			if text, err := os.ReadFile(path); err == nil && bytes.Contains(text, []byte(w.tokens[6])) {
				w.Errorf("%s has it", path)
			}
		}
	}
}
