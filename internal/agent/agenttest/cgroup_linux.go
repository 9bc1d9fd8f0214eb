package agenttest

import (
	"os"
	"syscall"
)

// enter makes a process begin in a cgroup of version 2.
func enter(attr *syscall.SysProcAttr, cgroup string) (letGo func(), err error) {
	dir, err := os.Open(cgroup)
	if err != nil {
		return nil, err
	}
	attr.UseCgroupFD, attr.CgroupFD = true, int(dir.Fd())
	return func() { _ = dir.Close() }, nil // only its number was needed
}
