package postgres

import (
	"bufio"
	"errors"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep/internal/suite"
)

func TestStopLeavesNothing(t *testing.T) {
	t.Parallel()
	s, err := start(suite.Need(t, suite.PostgreSQL))
	if err != nil {
		t.Fatal(err)
	}
	pid := postmaster(t, s.dir)

	if err := s.stop(); err != nil {
		t.Fatal(err)
	}

	if alive(pid) {
		t.Errorf("the server's process %d still runs", pid)
	}
	if _, err := os.Stat(s.dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("its folder is still there (%v)", err)
	}
}

func TestServerThatDoesNotStartSaysWhyAndLeavesNothing(t *testing.T) {
	t.Parallel()
	owner, err := serverUser()
	if err != nil {
		t.Fatal(err)
	}
	dir, err := newFolder(owner)
	if err != nil {
		t.Fatal(err)
	}

	_, err = startIn(dir, owner, "/nowhere")

	if err == nil || !strings.Contains(err.Error(), "/nowhere/initdb") {
		t.Errorf("got %v, want what the shell said", err)
	}
	if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the folder is still there (%v)", err)
	}
}

// holderEnv makes this test binary hold a server until it is killed.
const holderEnv = "LOCKSTEP_TEST_HOLD_POSTGRES"

func TestMain(m *testing.M) {
	if os.Getenv(holderEnv) == "" {
		m.Run()
		return
	}
	bin, err := suite.PostgreSQL.Find()
	if err != nil {
		log.Fatal(err)
	}
	server, err := sharedServer(bin)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(server.dir)
	select {}
}

// TestServerEndsWithItsTestBinary kills a process that holds a server, as the out-of-memory killer would.
func TestServerEndsWithItsTestBinary(t *testing.T) {
	t.Parallel()
	suite.Need(t, suite.PostgreSQL)
	holder := exec.CommandContext(t.Context(), os.Args[0])
	holder.Env = append(os.Environ(), holderEnv+"=1")
	stdout, err := holder.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := holder.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		t.Fatalf("the holder did not start a server: %v", err)
	}
	dir := strings.TrimSpace(line)
	pid := postmaster(t, dir)
	if !alive(pid) {
		t.Fatalf("the server's process %d does not run", pid)
	}

	if err := holder.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = holder.Wait() // says that it was killed

	until(t, "the server has ended", func() bool { return !alive(pid) })
	until(t, "its folder is removed", func() bool {
		_, err := os.Stat(dir)
		return errors.Is(err, os.ErrNotExist)
	})
}

// postmaster returns the process id of the server in that folder.
func postmaster(t *testing.T, dir string) int {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "data", "postmaster.pid"))
	if err != nil {
		t.Fatal(err)
	}
	line, _, _ := strings.Cut(string(text), "\n")
	pid, err := strconv.Atoi(line)
	if err != nil {
		t.Fatal(err)
	}
	return pid
}

func alive(pid int) bool { return !errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) }

// until polls, because a process that is no child of this one gives no signal when it ends.
func until(t *testing.T, what string, done func() bool) {
	t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(30 * time.Second)
	for !done() {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("waited 30 s in vain until %s", what)
		}
	}
}
