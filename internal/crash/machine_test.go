package crash

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// inDir are the processes whose working directory lies in the sandbox.
func (f *field) inDir() (pids []string) {
	f.t.Helper()
	dirs, err := filepath.Glob("/proc/[0-9]*/cwd")
	if err != nil {
		f.t.Fatal(err)
	}
	for _, link := range dirs {
		if cwd, err := os.Readlink(link); err == nil && strings.HasPrefix(cwd, f.box.Dir()) {
			pids = append(pids, strings.Split(link, "/")[2])
		}
	}
	return pids
}

// listening counts the addresses at which the agent takes connections.
func (f *field) listening(ctx context.Context) (n int) {
	f.t.Helper()
	open := map[string]bool{}
	for _, family := range []string{"tcp", "tcp6"} {
		text, _ := os.ReadFile("/proc/net/" + family) // none is none
		for line := range strings.Lines(string(text)) {
			if words := strings.Fields(line); len(words) > 9 && words[3] == "0A" {
				open["socket:["+words[9]+"]"] = true
			}
		}
	}
	links, err := filepath.Glob(fmt.Sprintf("/proc/%d/fd/*", f.box.AgentPID(ctx)))
	if err != nil {
		f.t.Fatal(err)
	}
	for _, link := range links {
		if to, err := os.Readlink(link); err == nil && open[to] {
			n++
		}
	}
	return n
}

// cgroups are those that the sandbox's agents made: the agent notes below
// which directories they may be, and names them by its identity.
func (f *field) cgroups() (out []string) {
	f.t.Helper()
	text, _ := os.ReadFile(filepath.Join(f.box.Dir(), "agent", "cgroups")) // none is none
	entries, err := f.box.Journal()
	if err != nil {
		f.t.Fatal(err)
	}
	envs := map[string]bool{}
	for _, e := range entries {
		if env := fmt.Sprint(e["environment"]); env != "" {
			envs[env] = true
		}
	}
	for base := range strings.Lines(string(text)) {
		found, err := filepath.Glob(filepath.Join(strings.TrimSpace(base), "lockstep-*"))
		if err != nil {
			f.t.Fatal(err)
		}
		for _, dir := range found {
			if _, rest, ok := strings.Cut(filepath.Base(dir), "."); ok {
				if env, _, _ := strings.Cut(rest, "."); envs[env] {
					out = append(out, dir)
				}
			}
		}
	}
	return out
}
