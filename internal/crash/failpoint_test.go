package crash

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep"
)

// moment is a point at which a crash may do harm, as the engine names it, in
// a deployment that reaches it. A point that is never reached fails the test.
type moment struct{ env, build, point string }

// moments are those before and after each kind of commit and effect: in
// development of recreate, in production of blue_green; in staging and in
// preview those that only rolling and canary have, in standby those of a
// recipe that waits; with a release whose API is broken of their undo.
func moments() []moment {
	var out []moment
	add := func(env, build string, points ...string) {
		for _, p := range points {
			out = append(out, moment{env, build, "before:" + p}, moment{env, build, "after:" + p})
		}
	}
	for _, env := range []string{"development", "production"} {
		out = append(out, moment{env, "good", "after:claim"})
		add(env, "good", "commit:plan-forward", "effect:prepare", "effect:start", "effect:start#2", "effect:route", "effect:route#2",
			"commit:started:start", "commit:completed:start", "commit:completed:verify", "commit:completed:shift_traffic", "commit:outcome")
		add(env, "broken-api", "commit:failed:verify", "commit:plan-undo", "effect:stop", "commit:completed:stop", "commit:outcome")
	}
	add("staging", "good", "effect:start#3", "effect:start#4", "effect:route#2", "effect:route#3", "commit:completed:drain")
	add("staging", "broken-api", "commit:plan-undo")
	add("preview", "good", "commit:started:analyze", "commit:kept:analyze", "commit:completed:analyze", "effect:route#3")
	add("preview", "broken-api", "commit:plan-undo")
	add("standby", "good", "commit:started:pause", "commit:started:approve", "commit:completed:approve")
	add("production", "good", "effect:job", "commit:completed:hook", "effect:job#2", "commit:started:hook#2")
	add("production", "broken-api", "effect:job")
	add("development", "good", "effect:drain", "effect:stop", "effect:route#3")
	add("development", "broken-api", "effect:start#3", "effect:route#3")
	return out
}

// TestCrashAtEveryFailpoint lets the server kill itself before and after each
// effect and commit of a good and of a bad deployment, under load.
func TestCrashAtEveryFailpoint(t *testing.T) {
	suiteOnly(t)
	databases(t, func(t *testing.T, url string) {
		f := newField(t, url)
		ctx := t.Context()
		f.deployAll(ctx, 0)
		stopLoad := f.load(ctx)
		for n, m := range moments() {
			d := deployment{env: m.env, version: fmt.Sprintf("2.0.%d", n), build: m.build, want: lockstep.StatusCompleted}
			if m.build != "good" {
				d.want = lockstep.StatusRolledBack
			}
			f.dieAt(ctx, m.point+" of "+m.env, m.point, func() { f.end(ctx, d, f.request(ctx, d)) })
		}
		for n, point := range switchPoints {
			to := []string{"standby", "production"}[n%2]
			f.dieAt(ctx, point+" of a switch", point, func() { f.switchTo(ctx, to) })
		}
		stopLoad()
		f.afterwards(ctx)
	})
}

// switchPoints are the moments of a switch, of the commits those that say
// where the address is.
var switchPoints = []string{
	"before:effect:route", "after:effect:route", "after:effect:route#2",
	"after:commit:started:move_live", "after:commit:completed:move_live", "after:commit:completed:probe_live",
	"before:commit:completed:settle_live", "before:commit:completed:set_current", "before:commit:outcome", "after:commit:outcome",
}

// dieAt restarts the server with a failpoint set and acts; when the server has
// killed itself, which may be before it answers, the next one finishes.
func (f *field) dieAt(ctx context.Context, what, point string, act func()) {
	f.t.Helper()
	if err := f.box.KillServer(); err != nil {
		f.t.Fatal(err)
	}
	// A warm side whose time is over is retired at once, and may reach the
	// point before the server answers.
	f.retry(ctx, "a start with a failpoint", func() error {
		return f.box.StartServer(ctx, "LOCKSTEP_FAILPOINT="+point)
	})
	died := make(chan error, 1)
	go func() { died <- f.heir(ctx) }()
	act()
	if err := <-died; err != nil {
		f.t.Errorf("%s: %v", what, err)
	}
}

// heir starts a server once the one before has killed itself, or has lived too
// long to have reached its failpoint, which is an error.
func (f *field) heir(ctx context.Context) error {
	patience, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	var missed error
	if err := f.box.AwaitServerExit(patience); err != nil {
		missed = fmt.Errorf("the point was never reached: %w", err)
		if err := f.box.KillServer(); err != nil {
			return errors.Join(missed, err)
		}
	}
	return errors.Join(missed, f.box.StartServer(ctx))
}
