package api_test

import (
	"context"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/client"
)

// The public client and this server speak the same language.
func TestTheClientSpeaksIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	c, err := client.New(client.Options{Server: w.base, Token: token, Project: "sunday", HTTP: w.client})
	if err != nil {
		t.Fatal(err)
	}
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	planned, err := c.PlanMatrix(ctx, []byte(matrixText))
	check(err)
	_, err = c.ApplyMatrix(ctx, []byte(matrixText), client.ApplyOptions{Version: planned.Version})
	check(err)
	_, err = c.ApplyMatrix(ctx, []byte(matrixText), client.ApplyOptions{Version: 9})
	if lockstep.CodeOf(err) != lockstep.CodeStale {
		t.Errorf("stale: %v", err)
	}
	if source, version, err := c.Matrix(ctx); err != nil || version != 1 || string(source) != matrixText {
		t.Errorf("matrix %d, %v", version, err)
	}
	path := filepath.Join(t.TempDir(), "artifact")
	check(os.WriteFile(path, []byte("packed"), 0o600))
	file, err := os.Open(path)
	check(err)
	defer file.Close() //nolint:errcheck // read only
	digest := lockstep.HashBytes([]byte("packed"))
	check(c.Upload(ctx, digest, file, nil))
	_, err = c.CreateRelease(ctx, client.NewRelease{Version: "1.0.0", Artifacts: map[string]string{"backend": digest}})
	check(err)
	if _, err := c.Current(ctx); lockstep.CodeOf(err) != lockstep.CodeNoCurrentEnvironment {
		t.Errorf("current: %v", err)
	}
	preview, err := c.PreviewDeploy(ctx, "production", lockstep.DeploymentRequest{Version: "1.0.0"})
	if err != nil || !preview.Gate.RequiresApproval || len(preview.Plan.Steps) == 0 {
		t.Errorf("preview %+v, %v", preview, err)
	}
	d, err := c.Deploy(ctx, "production", lockstep.DeploymentRequest{Version: "1.0.0"}, client.DeployOptions{IdempotencyKey: "k"})
	check(err)
	_, err = c.Approve(ctx, d.ID, "")
	check(err)
	w.work()
	var last lockstep.Event
	check(c.Events(ctx, 0, client.EventFilter{Operation: d.ID}, nil, func(e lockstep.Event) bool {
		last = e
		return e.Type != lockstep.EventEnvironmentStatus || e.Data["to"] != "active"
	}))
	if last.OperationID != d.ID {
		t.Errorf("last event %+v", last)
	}
	if info, err := c.Info(ctx); err != nil || info.Counts.Releases != 1 || info.Version != "1.2.3" {
		t.Errorf("info %+v, %v", info, err)
	}
	for page, err := range client.All(ctx, c.Environments) {
		check(err)
		if _, err := c.Status(ctx, page.Name); err != nil {
			t.Error(err)
		}
	}
	if _, err := c.Rollback(ctx, d.ID, client.RollbackRequest{}); lockstep.CodeOf(err) != lockstep.CodeConflict {
		t.Errorf("rollback of the first: %v", err)
	}
	_, err = c.Destroy(ctx, "staging")
	check(err)
}

func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	w := applied(t)
	c, err := client.New(client.Options{Server: w.base, Token: token, HTTP: w.client})
	if err != nil {
		t.Fatal(err)
	}
	const n = 10
	codes := make(chan lockstep.Code, n)
	var group sync.WaitGroup
	for i := range n {
		group.Go(func() {
			text := matrixText + "# " + string(rune('a'+i)) + "\n"
			_, err := c.ApplyMatrix(context.WithoutCancel(t.Context()), []byte(text), client.ApplyOptions{Version: 1})
			codes <- lockstep.CodeOf(err)
		})
		group.Go(func() {
			if _, err := c.Deploy(context.WithoutCancel(t.Context()), "staging", lockstep.DeploymentRequest{Version: "1.0.0"}, client.DeployOptions{}); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	close(codes)
	count := map[lockstep.Code]int{}
	for code := range codes {
		count[code]++
	}
	if count[""] != 1 || count[lockstep.CodeStale] != n-1 {
		t.Errorf("applies at once: %v", count)
	}
	// One queue: they run one after another, in the order in which they were taken.
	queue := decode[struct{ Items []lockstep.Operation }](w.get("/api/system/operations").is(200)).Items
	if len(queue) != n {
		t.Fatalf("%d operations", len(queue))
	}
	for _, o := range queue {
		if id := w.work(); id != o.ID {
			t.Fatalf("%s ran, want %s", id, o.ID)
		}
	}
}
