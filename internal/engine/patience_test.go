package engine_test

import (
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/engine"
	"github.com/lockstep-dev/lockstep/internal/runtime"
	"github.com/lockstep-dev/lockstep/internal/traffic"
)

// What starts is not what is broken.
func TestAPeerThatStartsIsNoWarning(t *testing.T) {
	for _, test := range []struct {
		name  string
		takes time.Duration
		warns int
	}{{"at once", 0, 0}, {"in a second", time.Second, 0}, {"in ten", 10 * time.Second, 1}} {
		t.Run(test.name, func(t *testing.T) {
			bubble(t, func(t *testing.T, w *world) {
				log, logger := logged()
				ready := time.Now().Add(test.takes)
				_, stop := w.start("one", func(o *engine.Options) {
					o.Logger = logger
					whole := o.Runtime
					o.Runtime = func(env lockstep.Environment) (runtime.Runtime, traffic.Router, error) {
						if time.Now().Before(ready) {
							return nil, nil, lockstep.Errorf(lockstep.CodeUnavailable, "it is being started")
						}
						return whole(env)
					}
				})
				defer stop()
				wantStatus(t, w.finished(w.deploy("staging", "quick")), lockstep.StatusCompleted)
				if got := log.with("level=WARN"); len(got) != test.warns {
					t.Errorf("warnings: %q", got)
				}
				if got := log.with("it works again"); len(got) != test.warns {
					t.Errorf("over: %q", got)
				}
			})
		})
	}
}
