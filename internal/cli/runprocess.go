package cli

import (
	"errors"
	"os"
	"os/exec"
	"os/signal"
	"syscall"

	"github.com/lockstep-dev/lockstep"
)

// becomes makes this process the command: nothing stands between it and its
// terminal, its signals and whoever waits for it.
func becomes(program string, args, env []string) error {
	err := syscall.Exec(program, args, env) //nolint:gosec // what the person asks for
	return lockstep.Errorf(lockstep.CodeInvalid, "the command %s cannot be run: %w", args[0], err)
}

// child runs the command beside this process, which has something to remove
// afterwards, and hands it the signals that come here alone. Those of the
// keyboard reach it from the terminal.
func (a *app) child(program string, args, env []string) error {
	cmd := &exec.Cmd{Path: program, Args: args, Env: env, Stdin: a.In, Stdout: a.Out, Stderr: a.Err}
	signals := make(chan os.Signal, 16)
	signal.Notify(signals, os.Interrupt, syscall.SIGQUIT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGUSR1, syscall.SIGUSR2)
	defer signal.Stop(signals)
	if err := cmd.Start(); err != nil {
		return lockstep.Errorf(lockstep.CodeInvalid, "the command %s cannot be run: %w", args[0], err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	for {
		select {
		case s := <-signals:
			if keyboard := s == os.Interrupt || s == syscall.SIGQUIT; !keyboard || !isTerminal(a.In) {
				_ = cmd.Process.Signal(s) // it may have ended
			}
		case err := <-ended:
			var exit *exec.ExitError
			switch {
			case err == nil:
				return nil
			case !errors.As(err, &exit):
				return lockstep.Errorf(lockstep.CodeFailed, "the command %s: %w", args[0], err)
			}
			if status, ok := exit.Sys().(syscall.WaitStatus); ok && status.Signaled() {
				return &exitError{128 + int(status.Signal())} // as a shell says it
			}
			return &exitError{exit.ExitCode()}
		}
	}
}
