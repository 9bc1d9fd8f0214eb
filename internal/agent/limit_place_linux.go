package agent

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// hierarchy is a tree of cgroups as this process sees it.
type hierarchy struct {
	version     int
	controllers []string // of version 1; those of version 2 differ from directory to directory
	dir         string   // where it is mounted
	root        string   // which of its directories stands there
}

// hierarchies are those of /proc/self/mountinfo.
func hierarchies(mountinfo string) []hierarchy {
	var out []hierarchy
	for line := range strings.Lines(mountinfo) {
		place, system, ok := strings.Cut(strings.TrimSpace(line), " - ")
		places, systems := strings.Fields(place), strings.Fields(system)
		if !ok || len(places) < 5 || len(systems) < 3 {
			continue
		}
		h := hierarchy{root: unescape(places[3]), dir: unescape(places[4])}
		switch systems[0] {
		case "cgroup":
			h.version, h.controllers = 1, strings.Split(systems[2], ",")
		case "cgroup2":
			h.version = 2
		default:
			continue
		}
		out = append(out, h)
	}
	return out
}

// unescape undoes how mountinfo writes spaces and the like: \040.
func unescape(s string) string {
	if !strings.Contains(s, `\`) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+3 < len(s) {
			if n, err := strconv.ParseUint(s[i+1:i+4], 8, 8); err == nil {
				b.WriteByte(byte(n))
				i += 3
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// membership is /proc/PID/cgroup: the path of a process by controller, and
// that of version 2 under "".
func membership(text string) map[string]string {
	out := map[string]string{}
	for line := range strings.Lines(text) {
		parts := strings.SplitN(strings.TrimSuffix(line, "\n"), ":", 3)
		if len(parts) < 3 {
			continue
		}
		for control := range strings.SplitSeq(parts[1], ",") {
			out[control] = parts[2]
		}
	}
	return out
}

// locate is the directory of a cgroup; false where it is not in what is mounted.
func (h hierarchy) locate(path string) (string, bool) {
	rel, err := filepath.Rel(h.root, path)
	// A path that climbs is outside of this process's namespace.
	if err != nil || strings.HasPrefix(path+"/", "/../") || rel == ".." || strings.HasPrefix(rel, "../") {
		return "", false
	}
	return filepath.Join(h.dir, rel), true
}

// placeOf is the directory of a process for a controller of version 1, or
// for version 2 where control is "".
func placeOf(control string, all []hierarchy, of map[string]string) (dir string, ok bool) {
	path, ok := of[control]
	if !ok {
		return "", false
	}
	for _, h := range all {
		if (control == "") != (h.version == 2) || control != "" && !slices.Contains(h.controllers, control) {
			continue
		}
		if dir, ok := h.locate(path); ok {
			return dir, true
		}
	}
	return "", false
}

// mountedHere are the hierarchies of this process.
func mountedHere() ([]hierarchy, error) {
	text, err := os.ReadFile("/proc/self/mountinfo")
	return hierarchies(string(text)), err
}

// membershipOf is that of a process, empty where it is gone.
func membershipOf(pid string) map[string]string {
	text, _ := os.ReadFile("/proc/" + pid + "/cgroup") // gone is nowhere
	return membership(string(text))
}
