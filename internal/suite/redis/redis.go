// Package redis gives a test a Redis server of its own, which keeps nothing
// and ends with the test.
package redis

import (
	"bufio"
	"fmt"
	"net"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep/internal/suite"
)

// Server returns the address of a server that wants a password. Where Redis
// is not installed the test ends as [suite.Need] says.
func Server(tb testing.TB, password string, settings ...string) string {
	tb.Helper()
	program := suite.Need(tb, suite.Redis)
	// Somebody else may take the port before the server does; then it says so.
	for range 5 {
		address, err := start(tb, program, password, settings)
		if err == nil {
			return address
		}
		tb.Log(err)
	}
	tb.Fatal("the server does not start")
	return ""
}

func start(tb testing.TB, program, password string, settings []string) (string, error) {
	tb.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	address := listener.Addr().String()
	if err := listener.Close(); err != nil {
		return "", err
	}
	_, port, _ := net.SplitHostPort(address)
	cmd := exec.Command(program, "-") //nolint:noctx // it lives as long as the test
	cmd.Dir = tb.TempDir()
	lines := append([]string{"bind 127.0.0.1", "port " + port, `save ""`, "appendonly no", "daemonize no", "requirepass " + password}, settings...)
	cmd.Stdin = strings.NewReader(strings.Join(lines, "\n") + "\n")
	out, err := cmd.StdoutPipe()
	if err != nil {
		return "", err
	}
	if err := cmd.Start(); err != nil {
		return "", err
	}
	tb.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	ready := make(chan bool, 1)
	var said strings.Builder
	go func() {
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			if strings.Contains(lines.Text(), "Ready to accept connections") {
				ready <- true
			}
			said.WriteString(lines.Text() + "\n")
		}
		ready <- false
	}()
	select {
	case ok := <-ready:
		if !ok {
			return "", fmt.Errorf("redis-server ended: %s", said.String())
		}
		return address, nil
	case <-time.After(30 * time.Second):
		return "", fmt.Errorf("redis-server is not ready within 30 s")
	}
}
