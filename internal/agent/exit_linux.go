package agent

import (
	"os"

	"golang.org/x/sys/unix"
)

// awaitExit returns when a process that is not our child, or whose end
// someone else collects, has ended.
func awaitExit(pid int, born string, give <-chan struct{}) {
	fd, err := unix.PidfdOpen(pid, unix.PIDFD_NONBLOCK)
	if err != nil {
		pollExit(pid, born, give)
		return
	}
	f := os.NewFile(uintptr(fd), "pidfd")
	defer f.Close() //nolint:errcheck // nothing was written
	if birth(pid) != born {
		return // the PID had gone to another before it was opened
	}
	raw, err := f.SyscallConn()
	if err != nil {
		pollExit(pid, born, give)
		return
	}
	ended := make(chan error, 1)
	go func() {
		// Readable is how a pidfd says that its process has ended. The
		// function is asked first and after each event; closing f ends it.
		ended <- raw.Read(func(fd uintptr) bool {
			poll := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}
			n, err := unix.Poll(poll, 0)
			return n > 0 && err == nil
		})
	}()
	select {
	case err := <-ended:
		if err != nil { // this system cannot wait for it
			pollExit(pid, born, give)
		}
	case <-give:
	}
}
