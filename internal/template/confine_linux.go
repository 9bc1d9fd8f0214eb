package template

import (
	"bytes"
	"os"
	"strconv"
	"syscall"
)

// confine sets the kernel's limits of this process. Its address space may
// grow by four times the memory, as the runtime reserves more than it uses.
func confine(limits Limits) error {
	statm, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return err
	}
	first, _, _ := bytes.Cut(statm, []byte(" "))
	pages, err := strconv.ParseUint(string(first), 10, 64)
	if err != nil {
		return err
	}
	space := pages*uint64(os.Getpagesize()) + 4*uint64(limits.Memory)
	return confineAll(limits, map[int]uint64{syscall.RLIMIT_AS: space})
}
