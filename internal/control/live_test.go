package control_test

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/control"
	"github.com/lockstep-dev/lockstep/internal/store"
)

// counted is a store whose transactions have only what reads a project as a
// whole, and count it. Whatever else is asked of them is a query for each of
// something, and panics.
type counted struct {
	control.Store
	reads *int
}

func (c counted) View(ctx context.Context, fn func(control.Tx) error) error {
	return c.Store.View(ctx, func(tx control.Tx) error { return fn(countedTx{all: tx, reads: c.reads}) })
}

type countedTx struct {
	control.Tx
	all   control.Tx
	reads *int
}

func (t countedTx) read() control.Tx {
	*t.reads++
	return t.all
}

func (t countedTx) Projects() ([]lockstep.Project, error) { return t.read().Projects() }
func (t countedTx) Environments(project string) ([]lockstep.Environment, error) {
	return t.read().Environments(project)
}

func (t countedTx) OpenSwitch(project string) (*lockstep.Operation, error) {
	return t.read().OpenSwitch(project)
}

func (t countedTx) WaitingSwitches(project string) ([]lockstep.Operation, error) {
	return t.read().WaitingSwitches(project)
}

func (t countedTx) ProjectOperations(project string) ([]lockstep.Operation, error) {
	return t.read().ProjectOperations(project)
}

func (t countedTx) Revisions(ids []string) ([]lockstep.Revision, error) {
	return t.read().Revisions(ids)
}

func (t countedTx) Started(project string) (map[string]map[string]int, error) {
	return t.read().Started(project)
}

func (t countedTx) Quarantines(project, environment string) ([]lockstep.Quarantine, error) {
	return t.read().Quarantines(project, environment)
}

// However many environments and drills there are, what lockstep current shows
// is read with the same few queries.
func TestLiveIsReadWithAFewQueries(t *testing.T) {
	t.Parallel()
	onBoth(t, func(w *world) {
		reads := 0
		counting := control.New(control.Options{Store: counted{control.Adapt(w.store), &reads}, Now: w.clock.Now, Host: host, Observer: w.sees})
		look := func() (lockstep.Live, int) {
			reads = 0
			return must(w, got(counting.Live(w.Context(), ana, ""))), reads
		}
		w.twoSides()
		_, few := look()
		names, more := []string{"staging", "production"}, ""
		for i := range 6 {
			names, more = append(names, fmt.Sprint("more-", i)), more+fmt.Sprintf("  more-%d: {}\n", i)
		}
		w.apply(strings.Replace(matrixText, "environments:\n", "environments:\n"+more, 1))
		for _, name := range names[2:] {
			w.deployed(name, "1.0.0")
		}
		w.seesReady(names...)
		w.adrift()
		for range 12 {
			must(w, w.trySwitch("more-0", func(o *lockstep.EnvironmentSwitchOptions) { o.Drill = true }))
			w.work()
		}
		live, many := look()
		if !live.Adrift || len(live.Others) != 7 || !live.Others[3].Ready {
			w.Errorf("it shows %+v", live)
		}
		if few != many || many > 10 {
			w.Errorf("%d queries for two environments, %d for eight and twelve drills", few, many)
		}
	})
}

// The matrix is not read while a promotion has the database to itself.
func TestAPromotionDoesNotReadTheMatrix(t *testing.T) {
	t.Parallel()
	var log strings.Builder
	w := newWorldIn(t, store.Options{DataDir: t.TempDir()}, func(o *control.Options) { o.Logger = slog.New(slog.NewTextHandler(&log, nil)) })
	w.setUp()
	w.deployed("staging", "1.0.0")
	w.healthy("staging")
	p := must(w, got(w.control.Projects(t.Context())))[0]
	p.Matrix = []byte("environments: [")
	if err := w.store.Update(t.Context(), func(tx *store.Tx) error { return tx.PutProject(p) }); err != nil {
		t.Fatal(err)
	}
	must(w, w.tryPromote("production", lockstep.PromotionRequest{}))
	if log.String() != "" {
		t.Errorf("it read the matrix: %s", &log)
	}
	must(w, got(w.control.Status(t.Context(), "", "staging")))
	if !strings.Contains(log.String(), "the applied matrix cannot be read") {
		t.Errorf("the status says nothing of a matrix that cannot be read: %q", &log)
	}
}
