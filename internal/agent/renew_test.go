package agent_test

import (
	"fmt"
	"net"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep/internal/agent/agenttest"
)

// Told to reload, an agent hands over to the next version of its program, and
// systemd is told which process to watch.
func TestAReloadHandsOver(t *testing.T) {
	t.Parallel()
	a := agenttest.New(t)
	path := filepath.Join(a.Dir, "notify")
	systemd, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	must(t, err)
	defer systemd.Close() //nolint:errcheck // it was only read from
	announced := func() string {
		t.Helper()
		must(t, systemd.SetReadDeadline(time.Now().Add(patience)))
		text := make([]byte, 4096)
		n, err := systemd.Read(text)
		must(t, err)
		return string(text[:n])
	}

	a.Env = []string{"NOTIFY_SOCKET=" + path}
	a.Launch(t)
	f := onField(t, a)
	t.Cleanup(f.endAgent)
	before, err := f.Info(t.Context())
	must(t, err)
	if got, want := announced(), fmt.Sprintf("READY=1\nMAINPID=%d", before.PID); got != want {
		t.Errorf("announced %q, want %q", got, want)
	}
	f.route(f.run(f.Spec("web", agenttest.Serves), 1))
	bad, stopAsking := f.keepAsking(f.own())

	must(t, syscall.Kill(before.PID, syscall.SIGHUP))
	text := announced()
	<-a.Exited()
	stopAsking()
	after, err := f.Info(t.Context())
	must(t, err)
	if want := fmt.Sprintf("READY=1\nMAINPID=%d", after.PID); text != want || after.PID == before.PID || after.Version != agenttest.Renewed {
		t.Errorf("announced %q by %+v", text, after)
	}
	if n := bad.Load(); n > 0 {
		t.Errorf("%d requests failed", n)
	}

	// Of the same version there is nothing to take over.
	must(t, syscall.Kill(after.PID, syscall.SIGHUP))
	await(t, "the end of the needless agent", func() (bool, string) {
		return strings.Contains(f.Log(), "this one goes on"), f.Log()
	})
	if now, err := f.Info(t.Context()); err != nil || now.PID != after.PID {
		t.Errorf("agent %+v, %v, want %d", now, err, after.PID)
	}
}
