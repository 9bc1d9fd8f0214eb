package main

import (
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
	if err != nil {
		fmt.Fprintln(os.Stderr, "looking for processes that are left:", err)
		return 1
	}
	if len(left) > 0 {
		fmt.Fprintf(os.Stderr, "processes are left:\n  %s\n", strings.Join(left, "\n  "))
		return 1
	}
	return code
}

// survivors are the processes of the programs above. One that was asked to
// end may take a moment to be gone.
func survivors() ([]string, error) {
	lockstep, err := exec.LookPath("lockstep")
	if err != nil {
		return nil, err
	}
	bin, err := filepath.EvalSymlinks(filepath.Dir(lockstep))
	if err != nil {
		return nil, err
	}
	deadline := time.Now().Add(5 * time.Second)
	for {
		all, err := process.Processes()
		if err != nil {
			return nil, err
		}
		var left []string
		for _, p := range all {
			if exe, err := p.Exe(); err == nil && strings.HasPrefix(exe, bin) {
				line, _ := p.Cmdline() //nolint:errcheck // it may be gone by now
				left = append(left, fmt.Sprintf("%d %s", p.Pid, line))
			}
		}
		if len(left) == 0 || time.Now().After(deadline) {
			return left, nil
		}
		time.Sleep(20 * time.Millisecond) // nobody tells when another's child is gone
	}
}
