package crash

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep"
)

// points are the moments at which a crash may do harm, as the engine names
// them. TestCrashAtEveryFailpoint fails where one of them is never reached.
var points = map[string][]string{
	"development": { // recreate
		"after:claim",
		"before:effect:prepare", "after:effect:prepare",
		"before:effect:route", "after:effect:route",
		"before:effect:drain", "after:effect:drain",
		"before:effect:stop", "after:effect:stop",
		"before:effect:start", "after:effect:start",
		"before:effect:start#2", "after:effect:start#2",
		"before:effect:route#3", "after:effect:route#3",
		"before:commit:plan", "after:commit:plan",
		"before:commit:outcome", "after:commit:outcome",
	},
	"production": { // blue_green
		"after:claim",
		"before:effect:prepare", "after:effect:prepare",
		"before:effect:start", "after:effect:start",
		"before:effect:start#2", "after:effect:start#2",
		"before:effect:route", "after:effect:route",
		"before:effect:route#2", "after:effect:route#2",
		"before:commit:plan", "after:commit:plan",
		"before:commit:outcome", "after:commit:outcome",
	},
}

// TestCrashAtEveryFailpoint lets the server kill itself before and after each
// effect and commit of a good and of a bad deployment, under load.
func TestCrashAtEveryFailpoint(t *testing.T) {
	suiteOnly(t)
	databases(t, func(t *testing.T, url string) {
		f := newField(t, url)
		ctx := t.Context()
		f.deployAll(ctx, 0)
		loadCtx, stopLoad := context.WithCancel(ctx)
		defer stopLoad()
		development, production := f.load(loadCtx, "development", 50), f.load(loadCtx, "production", 50)
		n := 0
		for _, env := range []string{"development", "production"} {
			for _, point := range points[env] {
				n++
				d := deployment{env: env, version: fmt.Sprintf("2.0.%d", n), build: "good", want: lockstep.StatusCompleted}
				if n%4 == 0 {
					d.build, d.want = "broken-api", lockstep.StatusRolledBack
				}
				f.dieAt(ctx, point, d)
			}
		}
		development.Stop()
		production.Stop()
		f.afterwards(ctx)
	})
}

// dieAt restarts the server with a failpoint set, deploys, waits until the
// server has killed itself, and lets the next one finish.
func (f *field) dieAt(ctx context.Context, point string, d deployment) {
	f.t.Helper()
	if err := f.box.KillServer(); err != nil {
		f.t.Fatal(err)
	}
	if err := f.box.StartServer(ctx, "LOCKSTEP_FAILPOINT="+point); err != nil {
		f.t.Fatal(err)
	}
	id := f.request(ctx, d)
	died, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	if err := f.box.AwaitServerExit(died); err != nil {
		f.t.Errorf("%s of %s: the point was never reached", point, d.env)
		if err := f.box.KillServer(); err != nil {
			f.t.Fatal(err)
		}
	}
	if err := f.box.StartServer(ctx); err != nil {
		f.t.Fatal(err)
	}
	f.end(ctx, d, id)
}
