package agent

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// confine writes one limit of l into the directory of a cell.
func confine(version int, dir, control string, l limit) error {
	quota, period := l.cpuQuota()
	switch {
	case control == controlCPU && version == 2:
		return put(dir, "cpu.max", strconv.FormatInt(quota, 10)+" "+strconv.FormatInt(period, 10))
	case control == controlCPU:
		if err := put(dir, "cpu.cfs_period_us", strconv.FormatInt(period, 10)); err != nil {
			return err
		}
		return put(dir, "cpu.cfs_quota_us", strconv.FormatInt(quota, 10))
	case version == 2:
		// Half an instance is no use to anybody: all of it is killed together.
		// Where the kernel does not swap or is older, these files are missing.
		_ = put(dir, "memory.oom.group", "1")
		_ = put(dir, "memory.swap.max", "0")
		return put(dir, "memory.max", strconv.FormatInt(l.memory, 10))
	default:
		err := put(dir, "memory.limit_in_bytes", strconv.FormatInt(l.memory, 10))
		if err == nil { // memory and swap together are never less than memory: in this order, and missing as above
			_ = put(dir, "memory.memsw.limit_in_bytes", strconv.FormatInt(l.memory, 10))
		}
		return err
	}
}

// killedForMemory says whether the kernel killed a process of the cell for
// want of memory, and whether that was the cell's own limit.
func killedForMemory(version int, dir string) (killed, own bool) {
	if version == 2 {
		// oom counts only what this limit refused; oom_kill also victims of the machine's.
		events := figures(dir, "memory.events")
		return events["oom_kill"] > 0, events["oom"] > 0
	}
	// What the limit refused is not counted by every kernel that has version 1;
	// how close the cell came to it is.
	most := max(figure(dir, "memory.max_usage_in_bytes"), figure(dir, "memory.memsw.max_usage_in_bytes"))
	full := figure(dir, "memory.limit_in_bytes")
	return figures(dir, "memory.oom_control")["oom_kill"] > 0, most > full-full/64
}

// put writes a control file, which has to be there.
func put(dir, name, text string) error {
	f, err := os.OpenFile(filepath.Join(dir, name), os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	if closing := f.Close(); err == nil {
		err = closing
	}
	return err
}

// figures reads a control file of lines like "oom_kill 3"; what cannot be read is 0.
func figures(dir, name string) map[string]int64 {
	out := map[string]int64{}
	text, _ := os.ReadFile(filepath.Join(dir, name))
	for line := range strings.Lines(string(text)) {
		if fields := strings.Fields(line); len(fields) == 2 {
			out[fields[0]], _ = strconv.ParseInt(fields[1], 10, 64)
		}
	}
	return out
}

func figure(dir, name string) int64 {
	text, _ := os.ReadFile(filepath.Join(dir, name))
	n, _ := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64)
	return n
}

// words reads a control file of words, such as cgroup.controllers.
func words(dir, name string) []string {
	text, _ := os.ReadFile(filepath.Join(dir, name))
	return strings.Fields(string(text))
}
