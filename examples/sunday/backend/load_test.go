package main

import (
	"strings"
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep/internal/load"
)

// The load generator and this backend must mean the same: an undisturbed
// backend fails nothing, and one that is killed without draining does.
func TestBackendUnderLoad(t *testing.T) {
	t.Parallel()
	p := startProcess(t, "--port", "0")
	target := load.Target{Addr: strings.TrimPrefix(p.url(t), "http://")}
	logged := make(chan struct{})
	go func() { // an unread pipe would block the backend
		defer close(logged)
		for p.stdout.Scan() {
			continue
		}
	}()
	run := load.Start(t.Context(), target, load.Options{
		SlowFor:    300 * time.Millisecond,
		SessionFor: 500 * time.Millisecond,
		Events:     2,
		Timeout:    10 * time.Second,
	})
	waitFor(t, func() bool { return run.Snapshot().OK >= 300 })
	well := run.Snapshot()
	if well.Failed+well.Shed != 0 || well.ByRelease["9.9.9"] < well.OK {
		t.Errorf("undisturbed: %s, by release %v\n%v", well, well.ByRelease, well.FirstFailures)
	}
	for _, kind := range load.Kinds() {
		if well.ByKind[kind].OK == 0 {
			t.Errorf("no %s was served: %+v", kind, well.ByKind[kind])
		}
	}

	killed := run.Window()
	if err := p.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	waitFor(t, func() bool { return killed.Report().Failed > 0 })
	total := run.Stop()
	<-logged
	for _, kind := range []load.Kind{load.Slow, load.WebSocket, load.SSE} {
		if total.ByKind[kind].Failed == 0 {
			t.Errorf("no %s failed though the backend was killed: %+v", kind, total.ByKind[kind])
		}
	}
}

// waitFor polls a run, which has no signal for its counts.
func waitFor(t *testing.T, holds func() bool) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(30 * time.Second)
	for !holds() {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatal("not within 30 s")
		}
	}
}
