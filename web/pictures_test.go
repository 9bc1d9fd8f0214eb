package web

import (
	_ "embed"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/client"
	"github.com/lockstep-dev/lockstep/internal/load"
)

//go:embed e2e/pictures-matrix.yaml
var picturesMatrix []byte

var screenshots = flag.String("screenshots", "", "make the pictures of every page anew, into this `folder`: ../docs/screenshots")

// mostOfPictures is what all pictures of the repository may take together.
const mostOfPictures = 4 << 20

// TestScreenshots makes pictures of every page, light and dark, of three widths, from a server on a working day. It
// does so only where it is asked to; otherwise it watches over the size of those that there are.
func TestScreenshots(t *testing.T) {
	t.Parallel()
	dir := filepath.Join("..", "docs", "screenshots")
	if *screenshots != "" {
		b := needBrowser(t)
		var err error
		if dir, err = filepath.Abs(*screenshots); err != nil {
			t.Fatal(err)
		}
		b.env = append(b.env, "LOCKSTEP_PICTURES="+dir)
		for _, told := range b.run(t, workingDay(t).describe(t), []string{"e2e/screenshots.pictures.ts"}) {
			for _, j := range told {
				if j.Status != "passed" {
					t.Errorf("%s: %s\n%s", j.Title, j.Status, strings.Join(j.FailureMessages, "\n"))
				}
			}
		}
	}
	var all int64
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		info, err := os.Stat(file)
		if err != nil {
			t.Fatal(err)
		}
		all += info.Size()
	}
	t.Logf("%d pictures, %.1f MB", len(files), float64(all)/1e6)
	if all > mostOfPictures {
		t.Errorf("the pictures in %s take %.1f MB, and may take %.1f", dir, float64(all)/1e6, mostOfPictures/1e6)
	}
}

// workingDay is a server in the middle of one: releases on their way, one that was taken back, a canary, words that
// are waited for, and users.
func workingDay(t *testing.T) *world {
	t.Helper()
	w := &world{tokens: map[lockstep.Role]string{}}
	w.box = start(t)
	if t.Failed() {
		t.FailNow()
	}
	w.away = w.box
	w.client = must(w.box.Client())(t)
	w.people(t)
	w.apply(t, picturesMatrix)
	w.listen(t)
	for _, r := range [][3]string{
		{"2.0.0", "good", "the new checkout"},
		{"2.1.0", "good", "orders are faster"},
		{"2.2.0", "good", "gift cards"},
		{"2.3.0", "broken-api", "search by colour"},
		{"2.4.0", "good", "search by colour, mended"},
	} {
		w.release(t, r[0], r[1], r[2])
	}
	w.deploy(t, "production", "2.0.0") // the first of its type that something is deployed to is the current one
	var deployed sync.WaitGroup
	for env, versions := range map[string][]string{
		"development": {"2.0.0", "2.2.0", "2.4.0"}, "staging": {"2.0.0", "2.1.0", "2.2.0"}, "production": {"2.1.0"},
		"standby": {"2.0.0"}, "preview-checkout": {"2.2.0"}, "preview-search": {"2.4.0"},
	} {
		deployed.Go(func() {
			for _, version := range versions {
				w.deploy(t, env, version)
			}
		})
	}
	deployed.Wait()
	for env, rate := range map[string]int{"production": 24, "staging": 4} {
		users := load.Start(t.Context(), load.Target{Addr: w.box.Edge(), Host: env + ".sunday.localhost"}, load.Options{
			Rate: rate, Mix: load.Mix{Get: 8, Post: 2}, GetPaths: []string{"/api/version", "/api/orders"},
		})
		t.Cleanup(func() { users.Stop() })
	}
	for env, role := range map[string]string{"standby": "disaster-recovery", "preview-checkout": "ephemeral", "preview-search": "ephemeral"} {
		must(w.client.Tag(t.Context(), env, map[string]string{"role": role}, nil))(t)
	}
	w.settings(t)
	w.onTheWay(t)
	return w
}

// settings are what is configured, and what is planned.
func (w *world) settings(t *testing.T) {
	t.Helper()
	for env, size := range map[string]string{"staging": "25", "production": "100", "standby": "100"} {
		w.variables(t, env, size)
	}
	for _, s := range []client.ScheduleRequest{
		{Name: "nightly", Environment: "development", Rule: "0 2 * * 1-5", TimeZone: "Europe/Berlin", Description: "what was merged by day"},
		{Name: "train", Environment: "production", Rule: "0 9 * * TUE", Promote: true, Description: "what staging has proved"},
		{Name: "follow", Environment: "standby", Rule: "30 10 * * TUE", Promote: true, From: "production"},
	} {
		must(w.client.CreateSchedule(t.Context(), s, client.ChangeOptions{}))(t)
	}
	must(w.client.PauseSchedule(t.Context(), "follow"))(t)
}

// onTheWay is what has not ended: and what ended badly a moment ago.
func (w *world) onTheWay(t *testing.T) {
	t.Helper()
	ctx := t.Context()
	bad := must(w.client.Deploy(ctx, "staging", lockstep.DeploymentRequest{Version: "2.3.0", Description: "search by colour"}, client.DeployOptions{}))(t)
	if err := w.client.Events(ctx, 0, client.EventFilter{Operation: bad.ID}, nil, func(ev lockstep.Event) bool { return ev.Type != lockstep.EventOperationFinished }); err != nil {
		t.Fatal(err)
	}
	canary := must(w.client.Deploy(ctx, "production", lockstep.DeploymentRequest{Version: "2.2.0", Strategy: lockstep.StrategyCanary, Description: "gift cards"}, client.DeployOptions{}))(t)
	must(w.client.Approve(ctx, canary.ID, "for the season"))(t)
	must(w.client.Deploy(ctx, "standby", lockstep.DeploymentRequest{Version: "2.1.0", Description: "as production"}, client.DeployOptions{}))(t)
	night := time.Now().Add(9 * time.Hour).Truncate(time.Hour)
	must(w.client.Deploy(ctx, "preview-checkout", lockstep.DeploymentRequest{Version: "2.4.0", Description: "for the review", Timing: lockstep.Timing{ScheduledFor: &night}}, client.DeployOptions{}))(t)
	// Both sides of the canary get requests for a while, so that there is something to compare.
	err := w.client.Events(ctx, 0, client.EventFilter{Operation: canary.ID}, nil, func(ev lockstep.Event) bool { return ev.Type != lockstep.EventStepProgress })
	if err != nil {
		t.Fatal(err)
	}
}
