package main

import (
	"os/exec"
	"syscall"
	"time"
)

// patience is how long the tests have to end after they were interrupted.
const patience = 10 * time.Second

// inGroup puts cmd into a process group of its own, which is interrupted when the command's context is done: the
// go command does not end the tests that it started. The function that it returns kills what is left of the group
// once the command has ended.
func inGroup(cmd *exec.Cmd) (killRest func()) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGINT) }
	cmd.WaitDelay = patience
	return func() {
		if cmd.Process != nil {
			_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) // most often nobody is left to kill
		}
	}
}
