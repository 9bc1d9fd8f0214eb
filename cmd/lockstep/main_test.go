package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/shirou/gopsutil/v4/process"
)

var update = flag.Bool("update", false, "rewrite the golden parts of the scripts")

// TestMain lets this test binary be the program: a copy of it stands on PATH
// as lockstep, so that the server, the agent that it starts and the agent's
// jobs are this code, and another as webapp, which is what gets deployed.
func TestMain(m *testing.M) {
	testscript.Main(cleanEnd{m}, map[string]func(){
		"lockstep": func() { quick(); os.Exit(run()) },
		"webapp":   func() { quick(); os.Exit(webapp()) },
		"receive":  func() { quick(); receive(); os.Exit(1) },
		"ask":      func() { quick(); os.Exit(ask()) },
	})
}

// quick starts the program again where the race detector would make it wait
// for a second at its end. The agent and what it starts have a clean
// environment, in which the wish is missing.
func quick() {
	if os.Getenv("GORACE") != "" {
		return
	}
	exe, err := os.Executable()
	if err == nil {
		err = syscall.Exec(exe, os.Args, append(os.Environ(), hurry))
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

const hurry = "GORACE=atexit_sleep_ms=0"

// cleanEnd fails tests that left a process behind, whoever started it.
type cleanEnd struct{ m *testing.M }

func (c cleanEnd) Run() int {
	code := c.m.Run()
	left, err := survivors()
	for _, p := range left {
		line, _ := p.Cmdline() // it may be gone by now
		err = errors.Join(err, fmt.Errorf("process %d is left: %s", p.Pid, line), p.Kill())
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return code
}

// survivors are the processes of the programs above, the agents first: they
// start again what was killed. One that was asked to end may take a moment.
func survivors() ([]*process.Process, error) {
	lockstep, err := exec.LookPath("lockstep")
	if err != nil {
		return nil, err
	}
	bin, err := filepath.EvalSymlinks(filepath.Dir(lockstep))
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	var left []*process.Process
	err = poll(ctx, func() error {
		if left, err = running(bin); err == nil && len(left) > 0 {
			err = errors.New("some are there still") // nobody tells when another's child is gone
		}
		return err
	})
	if len(left) > 0 {
		return left, nil
	}
	return nil, err
}

// running are the processes of programs below a directory.
func running(dir string) (found []*process.Process, err error) {
	all, err := process.Processes()
	for _, p := range all {
		exe, err := p.Exe()
		if err != nil || !strings.HasPrefix(exe, dir) {
			continue
		}
		if filepath.Base(exe) == "lockstep" {
			found = append([]*process.Process{p}, found...)
		} else {
			found = append(found, p)
		}
	}
	return found, err
}
