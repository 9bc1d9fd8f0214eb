package agent

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"
)

// findsLaunches says that a process can be found by the marks in its environment.
const findsLaunches = true

// look reads /proc.
func (t *table) look(at time.Time) ([]sighting, error) {
	dir, err := os.Open("/proc")
	if err != nil {
		return nil, fmt.Errorf("list processes: %w", err)
	}
	names, err := dir.Readdirnames(-1)
	if err := errors.Join(err, dir.Close()); err != nil {
		return nil, fmt.Errorf("list processes: %w", err)
	}
	seen := make([]sighting, 0, len(names))
	for _, name := range names {
		pid, err := strconv.Atoi(name)
		if err != nil {
			continue
		}
		s, ok := sight(pid)
		if !ok {
			continue
		}
		t.remember(&s, at, func() (string, string) { return readMarks(pid) })
		seen = append(seen, s)
	}
	t.forget(seen)
	return seen, nil
}

// sight reads one process; false where it is gone or a zombie.
func sight(pid int) (sighting, bool) {
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return sighting{}, false
	}
	// The name in parentheses may hold anything; the rest follows the last one.
	end := bytes.LastIndexByte(stat, ')')
	fields := strings.Fields(string(stat[end+1:]))
	if len(fields) < 20 || fields[0] == "Z" || fields[0] == "X" {
		return sighting{}, false
	}
	group, err := strconv.Atoi(fields[2])
	if err != nil {
		return sighting{}, false
	}
	return sighting{pid: pid, group: group, born: bootID() + "/" + fields[19]}, true
}

// bootID tells start times of this boot from those of others: they count
// from the boot.
var bootID = sync.OnceValue(func() string {
	id, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil {
		return "unknown"
	}
	return strings.TrimSpace(string(id))
})

// birth is the born of a living process, "" of any other.
func birth(pid int) string {
	s, _ := sight(pid)
	return s.born
}

func readMarks(pid int) (launch, identity string) {
	env, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/environ")
	if err != nil {
		return "", ""
	}
	for entry := range bytes.SplitSeq(env, []byte{0}) {
		if v, ok := bytes.CutPrefix(entry, []byte(envLaunch+"=")); ok {
			launch = string(v)
		}
		if v, ok := bytes.CutPrefix(entry, []byte(envAgent+"=")); ok {
			identity = string(v)
		}
	}
	return launch, identity
}
