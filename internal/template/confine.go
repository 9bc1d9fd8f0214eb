package template

import (
	"fmt"
	"syscall"
)

// confineAll sets limits that every system has: processor time, no cores, no
// files that grow. It leaves no way back up.
func confineAll(limits Limits, more map[int]uint64) error {
	all := map[int]uint64{
		syscall.RLIMIT_CPU:   uint64(limits.Time.Seconds()) + 3,
		syscall.RLIMIT_CORE:  0,
		syscall.RLIMIT_FSIZE: 0,
	}
	for what, most := range more {
		all[what] = most
	}
	for what, most := range all {
		var now syscall.Rlimit
		if err := syscall.Getrlimit(what, &now); err != nil {
			return fmt.Errorf("limit %d: %w", what, err)
		}
		most = min(most, now.Max)
		if err := syscall.Setrlimit(what, &syscall.Rlimit{Cur: most, Max: most}); err != nil {
			return fmt.Errorf("limit %d: %w", what, err)
		}
	}
	return nil
}
