package main

import (
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
)

// failpoint ends this process with SIGKILL, as a crash would, the nth time
// that the named point is reached ("before:effect:start" or
// "after:commit:started:start#3"). The crash tests set it; "" is never reached.
func failpoint(spec string) func(string) {
	if spec == "" {
		return nil
	}
	name, nth, counted := strings.Cut(spec, "#")
	want := 1
	if counted {
		if n, err := strconv.Atoi(nth); err == nil {
			want = n
		}
	}
	var reached atomic.Int64
	return func(point string) {
		if point == name && reached.Add(1) == int64(want) {
			syscall.Kill(os.Getpid(), syscall.SIGKILL) //nolint:errcheck // there is nobody left to tell
			select {}
		}
	}
}
