//go:build !linux

package agent

import (
	"time"

	gops "github.com/shirou/gopsutil/v4/process"
)

// usedBy is the processor time that a process has used, and the memory that
// it holds.
func usedBy(pid int) (cpu time.Duration, memory int64, ok bool) {
	p, err := gops.NewProcess(int32(pid))
	if err != nil {
		return 0, 0, false
	}
	times, err := p.Times()
	if err != nil {
		return 0, 0, false
	}
	if info, err := p.MemoryInfo(); err == nil {
		memory = int64(info.RSS)
	}
	return time.Duration((times.User + times.System) * float64(time.Second)), memory, true
}
