//go:build !linux

package agent

import (
	"fmt"
	"strconv"
	"syscall"
	"time"

	gops "github.com/shirou/gopsutil/v4/process"
)

// findsLaunches: the environment of another process cannot be read here.
const findsLaunches = false

// look lists PIDs and their groups.
func (t *table) look(at time.Time) ([]sighting, error) {
	pids, err := gops.Pids()
	if err != nil {
		return nil, fmt.Errorf("list processes: %w", err)
	}
	var seen []sighting
	for _, pid := range pids {
		group, err := syscall.Getpgid(int(pid))
		if err != nil {
			continue // gone, or not ours to see
		}
		seen = append(seen, sighting{pid: int(pid), group: group})
	}
	return seen, nil
}

// birth is the born of a living process, "" of any other.
func birth(pid int) string {
	p, err := gops.NewProcess(int32(pid))
	if err != nil {
		return ""
	}
	if status, err := p.Status(); err == nil && len(status) > 0 && status[0] == gops.Zombie {
		return ""
	}
	created, err := p.CreateTime()
	if err != nil {
		return ""
	}
	return strconv.FormatInt(created, 10)
}
