package agent

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/agent/wire"
)

// RunJobProcess is the process around one job: `lockstep agent job DIR`. It
// reads the order from in, runs it, and leaves the result in dir. It needs no
// agent to live meanwhile. The command is run at most once for a directory.
func RunJobProcess(dir string, in io.Reader) error {
	var order jobOrder
	if err := json.NewDecoder(io.LimitReader(in, 2*maxBody)).Decode(&order); err != nil {
		return fmt.Errorf("job order: %w", err) // the agent died while it wrote
	}
	interrupts := make(chan os.Signal, 1)
	signal.Notify(interrupts, syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP)
	defer signal.Stop(interrupts)

	if err := begun(dir); err != nil {
		return err
	}
	order.job = dir
	text, err := json.Marshal(order.run(interrupts))
	if err != nil {
		return fmt.Errorf("job result: %w", err)
	}
	// A full disk may have room again soon, and a result cannot be made twice.
	for range 60 {
		if err = writeDurably(filepath.Join(dir, fileResult), text); err == nil {
			return nil
		}
		<-time.After(time.Second)
	}
	return fmt.Errorf("job result: %w", err)
}

// begun says for ever that the command of dir runs or ran, and by whom.
func begun(dir string) error {
	f, err := os.OpenFile(filepath.Join(dir, fileBegun), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("begin job: %w", err)
	}
	_, err = fmt.Fprintln(f, os.Getpid(), birth(os.Getpid()))
	if err := errors.Join(err, f.Sync(), f.Close(), syncDir(dir)); err != nil {
		return fmt.Errorf("begin job: %w", err)
	}
	return nil
}

// run runs the command until it ends, its time is up, or it is interrupted.
// Everything in its process group ends with it.
func (o jobOrder) run(interrupts <-chan os.Signal) wire.JobResult {
	if o.HTTP != nil {
		return o.send(interrupts)
	}
	out := &jobOutput{}
	showing := out.show(filepath.Join(o.job, fileOutput))
	defer showing()
	ctx, cancel := context.WithTimeout(context.Background(), o.Timeout)
	defer cancel()
	cmd := &exec.Cmd{
		Path: o.Path, Args: o.Args, Env: o.Env, Dir: o.Dir, Stdout: out, Stderr: out,
		SysProcAttr: &syscall.SysProcAttr{Setpgid: true, Credential: o.User},
		// What the command leaves behind may keep its output open.
		WaitDelay: 200 * time.Millisecond,
	}
	began := time.Now()
	if err := cmd.Start(); err != nil {
		return wire.JobResult{ExitCode: -1, Output: "cannot be run: " + err.Error() + "\n"}
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	var err error
	select {
	case err = <-ended:
	case <-ctx.Done():
		err = o.end(cmd, ended)
	case <-interrupts:
		err = o.end(cmd, ended)
	}
	_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) // nothing left is as good
	res := wire.JobResult{
		Duration: lockstep.Duration(time.Since(began)),
		TimedOut: ctx.Err() != nil, ExitCode: cmd.ProcessState.ExitCode(),
	}
	res.Output, res.Missing = out.text()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) && !errors.Is(err, exec.ErrWaitDelay) {
		res.ExitCode, res.Output = -1, res.Output+err.Error()+"\n"
	}
	if res.ExitCode == 0 && !res.TimedOut {
		if res.Results, err = readResults(filepath.Join(o.job, fileResults)); err != nil {
			res.Fault = "left results that cannot be used: " + err.Error()
		}
	}
	return res
}

// end interrupts the group, and kills it when the grace is over.
func (o jobOrder) end(cmd *exec.Cmd, ended <-chan error) error {
	_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM) // gone already is as good
	select {
	case err := <-ended:
		return err
	case <-time.After(o.Grace):
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		return <-ended
	}
}
